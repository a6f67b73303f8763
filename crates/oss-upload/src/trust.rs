//! Which servers are trusted, the same for every adapter: by rustls, with the platform's root certificates.

use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use std::path::Path;
use std::sync::OnceLock;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use crate::error::TransferError;
use crate::untrusted::Untrusted;

/// Which servers are trusted: those that the platform trusts, and those of the caller's CA file.
///
/// On Linux and the BSDs the certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR` replace those of the system, as they do for
/// OpenSSL. On macOS and Windows the certificates of `SSL_CERT_FILE` are trusted as well as those of the system.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    more: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// Trusts the servers that the platform trusts.
    pub fn platform() -> Self {
        Self::default()
    }

    /// Trusts the certificate authorities of this file (PEM) as well.
    ///
    /// # Errors
    /// [`TransferError::Io`] if the file cannot be read, or contains no certificate.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Result<Self, TransferError> {
        let found = read(path.as_ref()).map_err(TransferError::io("reading the CA file"))?;
        self.more.extend(found);
        Ok(self)
    }

    /// The settings of TLS connections, for an adapter. `protocols` are offered by ALPN. The root certificates are read
    /// when the first server is checked, so that what speaks plain HTTP does without any.
    ///
    /// # Errors
    /// [`Untrusted::NoProvider`] where the process has no cryptography.
    #[doc(hidden)]
    pub fn client_config(&self, protocols: &[&[u8]]) -> Result<ClientConfig, TransferError> {
        let provider = chosen(CryptoProvider::get_default().cloned(), built_in())?;
        let verifier =
            PlatformAndMore { provider: provider.clone(), more: self.more.clone(), loaded: OnceLock::new() };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| Untrusted::NoProvider)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(config)
    }
}

/// The cryptography of TLS: the program's choice for the whole process comes first.
fn chosen(
    installed: Option<Arc<CryptoProvider>>,
    built_in: Option<Arc<CryptoProvider>>,
) -> Result<Arc<CryptoProvider>, Untrusted> {
    installed.or(built_in).ok_or(Untrusted::NoProvider)
}

fn built_in() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "ring")]
    let provider = Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(feature = "ring"))]
    let provider = None;
    provider
}

fn read(path: &Path) -> std::io::Result<Vec<CertificateDer<'static>>> {
    let invalid = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what);
    let pem = std::fs::read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(invalid("there is no certificate in the form of PEM (`-----BEGIN CERTIFICATE-----`) in it")),
    }
}

/// The platform's verifier, made when it is first needed.
#[derive(Debug)]
struct PlatformAndMore {
    provider: Arc<CryptoProvider>,
    more: Vec<CertificateDer<'static>>,
    loaded: OnceLock<Result<Verifier, rustls::Error>>,
}

impl PlatformAndMore {
    fn verifier(&self) -> Result<&Verifier, rustls::Error> {
        let loaded = self.loaded.get_or_init(|| {
            let mut more = self.more.clone();
            // Elsewhere the platform's verifier reads it.
            if cfg!(any(windows, target_vendor = "apple"))
                && let Some(path) = std::env::var_os("SSL_CERT_FILE")
            {
                more.extend(read(path.as_ref()).map_err(|_| no_roots())?);
            }
            load(more, self.provider.clone()).map_err(|error| match error {
                rustls::Error::General(_) => no_roots(),
                other => other,
            })
        });
        loaded.as_ref().map_err(Clone::clone)
    }
}

#[cfg(not(target_os = "android"))]
fn load(
    more: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(more, provider)
}

/// Android's verifier takes no certificates of an application.
#[cfg(target_os = "android")]
fn load(
    more: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    if more.is_empty() { Verifier::new(provider) } else { Err(no_roots()) }
}

fn no_roots() -> rustls::Error {
    rustls::Error::Other(OtherError(Arc::new(Untrusted::NoRoots)))
}

impl ServerCertVerifier for PlatformAndMore {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Untrusted {
    /// Why a connection was not trusted, where that is what an HTTP client's error says somewhere along its chain.
    #[doc(hidden)]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(found) = error.downcast_ref::<Self>() {
            return Some(found.clone());
        }
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Self::of(error);
        }
        // The source of an I/O error is that of the error within, which is passed over.
        if let Some(within) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            return Self::find(within);
        }
        Self::find(error.source()?)
    }

    /// What a damaged line does is none: another attempt may succeed.
    fn of(error: &rustls::Error) -> Option<Self> {
        use CertificateError as Wrong;
        let what = || error.to_string();
        Some(match error {
            rustls::Error::Other(OtherError(within)) => return Self::find(within.as_ref()),
            rustls::Error::InvalidCertificate(wrong) => match wrong {
                // The signature is wrong where an authority only has the name of a trusted one.
                Wrong::UnknownIssuer | Wrong::BadSignature => Self::UnknownAuthority,
                Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => Self::WrongName,
                Wrong::Expired | Wrong::ExpiredContext { .. } => Self::Expired,
                Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => Self::NotYetValid,
                _ => Self::Certificate { what: what() },
            },
            rustls::Error::PeerIncompatible(_)
            | rustls::Error::AlertReceived(
                AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
            ) => Self::NothingInCommon { what: what() },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn the_cause_is_found_wherever_an_http_client_puts_it() {
        let expired = || rustls::Error::InvalidCertificate(CertificateError::Expired);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, expired()));
        assert_eq!(Untrusted::find(&wrapped), Some(Untrusted::Expired));
        assert_eq!(Untrusted::find(&no_roots()), Some(Untrusted::NoRoots));
        for transient in
            [rustls::Error::AlertReceived(AlertDescription::BadRecordMac), rustls::Error::DecryptError]
        {
            assert_eq!(Untrusted::find(&transient), None, "{transient}");
        }
        assert_eq!(Untrusted::find(&io::Error::from(io::ErrorKind::ConnectionReset)), None);
    }

    #[cfg(feature = "ring")]
    #[test]
    fn the_cryptography_that_the_program_installed_comes_before_ring() {
        let installed =
            CryptoProvider { cipher_suites: Vec::new(), ..rustls::crypto::ring::default_provider() };
        let found = chosen(Some(Arc::new(installed)), built_in()).unwrap();
        assert!(found.cipher_suites.is_empty());
        assert!(!chosen(None, built_in()).unwrap().cipher_suites.is_empty());
        // Without the feature `ring` there is nothing to fall back on.
        assert_eq!(chosen(None, None).unwrap_err(), Untrusted::NoProvider);
    }

    #[test]
    fn a_ca_file_without_a_certificate_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "no certificate").unwrap();
        let refused = Trust::platform().ca_file(file.path());
        assert!(
            matches!(refused, Err(TransferError::Io { doing: "reading the CA file", .. })),
            "{refused:?}"
        );
        assert!(Trust::platform().ca_file("/nowhere/ca.pem").is_err());
    }
}
