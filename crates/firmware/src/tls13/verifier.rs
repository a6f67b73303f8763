//! Whether the server is the one that was asked for: its chain by rustls-webpki, and its signature of the handshake.

use core::time::Duration;

use embedded_tls::{
    Aes128GcmSha256, CertificateEntryRef, CertificateRef, CertificateVerifyRef, Sha256, TlsVerifier,
};
use heapless::Vec;
use rustls_pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, TrustAnchor, UnixTime};
use sha2::Digest as _;
use webpki::{EndEntityCert, KeyUsage, RawPublicKeyEntity, anchor_from_trusted_cert};

use super::Expected;
use crate::tls::Refused;

/// The most roots that a program can trust. With more of them it trusts none.
pub const MAX_ROOTS: usize = 8;
/// The most certificates that embedded-tls reads.
const MAX_CERTIFICATES: usize = 16;
/// A public key of RSA with 4096 bits takes 550.
const KEY_BYTES: usize = 560;

/// Follows one handshake.
pub(super) struct Verifier<'a> {
    expected: &'a Expected<'a>,
    progress: Progress,
}

/// How far the server has got. There is one way, from the first to the third; everything else ends at the last.
#[allow(clippy::large_enum_variant, reason = "there is one of them, and not every program has an allocator")]
enum Progress {
    /// Nothing has come.
    Started,
    /// A certificate has come, and it is one that is expected.
    Certified {
        /// The handshake so far, which the server signs.
        transcript: Sha256,
        /// `SubjectPublicKeyInfo` of the certificate.
        key: Vec<u8, KEY_BYTES>,
    },
    /// The server has signed this handshake with the certificate's key.
    Proved,
    Refused(Refused),
}

impl<'a> Verifier<'a> {
    pub(super) fn new(expected: &'a Expected<'a>) -> Self {
        Self { expected, progress: Progress::Started }
    }

    /// Why the server was refused, if it was.
    pub(super) fn refused(&self) -> Option<Refused> {
        match self.progress {
            Progress::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether the server has shown everything, once it says that the handshake is over.
    pub(super) fn finish(&self) -> Result<(), Refused> {
        match self.progress {
            Progress::Proved => Ok(()),
            Progress::Refused(reason) => Err(reason),
            Progress::Started => Err(Refused::Missing),
            Progress::Certified { .. } => Err(Refused::NotOwned),
        }
    }

    /// Takes a step, or ends the handshake.
    fn advance(&mut self, outcome: Result<Progress, Refused>) -> Result<(), embedded_tls::TlsError> {
        self.progress = outcome.unwrap_or_else(Progress::Refused);
        match self.progress {
            Progress::Refused(_) => Err(embedded_tls::TlsError::InvalidCertificate),
            _ => Ok(()),
        }
    }
}

impl TlsVerifier<Aes128GcmSha256> for Verifier<'_> {
    /// The name is part of what is expected.
    fn set_hostname_verification(&mut self, _name: &str) -> Result<(), embedded_tls::TlsError> {
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &Sha256,
        chain: CertificateRef<'_>,
    ) -> Result<(), embedded_tls::TlsError> {
        let outcome = match self.progress {
            Progress::Started => checked_key(self.expected, &chain)
                .map(|key| Progress::Certified { transcript: transcript.clone(), key }),
            // One is enough.
            _ => Err(Refused::Unusable),
        };
        self.advance(outcome)
    }

    fn verify_signature(&mut self, signed: CertificateVerifyRef<'_>) -> Result<(), embedded_tls::TlsError> {
        let outcome = match &self.progress {
            Progress::Certified { transcript, key } => {
                proved(self.expected, transcript, key, &signed).map(|()| Progress::Proved)
            }
            _ => Err(Refused::NotOwned),
        };
        self.advance(outcome)
    }
}

/// Checks a chain, and gives the server's public key.
#[inline(never)]
fn checked_key(expected: &Expected<'_>, chain: &CertificateRef<'_>) -> Result<Vec<u8, KEY_BYTES>, Refused> {
    let mut certificates = Vec::<CertificateDer<'_>, MAX_CERTIFICATES>::new();
    for entry in &chain.entries {
        let CertificateEntryRef::X509(certificate) = *entry else { return Err(Refused::Unusable) };
        certificates.push(certificate.into()).map_err(|_| Refused::Unusable)?;
    }
    let (first, intermediates) = certificates.split_first().ok_or(Refused::Missing)?;
    let server = EndEntityCert::try_from(first)?;

    let mut roots = Vec::<CertificateDer<'_>, MAX_ROOTS>::new();
    for &root in expected.roots {
        roots.push(root.into()).map_err(|_| Refused::Untrusted)?;
    }
    let mut anchors = Vec::<TrustAnchor<'_>, MAX_ROOTS>::new();
    for root in &roots {
        anchors.push(anchor_from_trusted_cert(root)?).map_err(|_| Refused::Untrusted)?;
    }
    let now = UnixTime::since_unix_epoch(Duration::from_secs(expected.now.unix()));
    let algorithms = expected.algorithms.certificates;
    server.verify_for_usage(algorithms, &anchors, intermediates, now, KeyUsage::server_auth(), None, None)?;
    let name = ServerName::try_from(expected.name).map_err(|_| Refused::OtherName)?;
    server.verify_is_valid_for_subject_name(&name)?;
    // An anchor is a name and a key, and this is how webpki gives a key away.
    public_key(&anchor_from_trusted_cert(first)?)
}

/// `SubjectPublicKeyInfo`, of which webpki leaves the tag and the length away.
fn public_key(of: &TrustAnchor<'_>) -> Result<Vec<u8, KEY_BYTES>, Refused> {
    const SEQUENCE: u8 = 0x30;
    let content = of.subject_public_key_info.as_ref();
    let [high, low] = (content.len() as u16).to_be_bytes();
    let header: &[u8] = match content.len() {
        0..=0x7f => &[SEQUENCE, low],
        0x80..=0xff => &[SEQUENCE, 0x81, low],
        _ => &[SEQUENCE, 0x82, high, low],
    };
    let mut key = Vec::new();
    key.extend_from_slice(header).map_err(|_| Refused::Unusable)?;
    // Longer ones do not fit.
    key.extend_from_slice(content).map_err(|_| Refused::Unusable)?;
    Ok(key)
}

/// Checks that the server has signed this handshake: RFC 8446, section 4.4.3.
#[inline(never)]
fn proved(
    expected: &Expected<'_>,
    transcript: &Sha256,
    key: &[u8],
    signed: &CertificateVerifyRef<'_>,
) -> Result<(), Refused> {
    const CONTEXT: &[u8; 34] = b"TLS 1.3, server CertificateVerify\0";
    let mut message = Vec::<u8, { 64 + 34 + 32 }>::new();
    for part in [&[b' '; 64], &CONTEXT[..], &transcript.clone().finalize()] {
        message.extend_from_slice(part).map_err(|_| Refused::NotOwned)?;
    }
    let mut known = expected.algorithms.handshake.iter();
    let (_, algorithm) =
        known.find(|(scheme, _)| *scheme == signed.signature_scheme).ok_or(Refused::Unusable)?;
    let key = SubjectPublicKeyInfoDer::from(key);
    let key = RawPublicKeyEntity::try_from(&key)?;
    key.verify_signature(*algorithm, &message, signed.signature).map_err(|_| Refused::NotOwned)
}

impl From<webpki::Error> for Refused {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error;
        match error {
            Error::CertExpired { .. } => Self::Expired,
            Error::CertNotValidYet { .. } => Self::NotYetValid,
            Error::CertNotValidForName(_) => Self::OtherName,
            Error::UnknownIssuer
            | Error::EndEntityUsedAsCa
            | Error::PathLenConstraintViolated
            | Error::InvalidSignatureForPublicKey => Self::Untrusted,
            _ => Self::Unusable,
        }
    }
}
