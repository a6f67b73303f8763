//! TLS 1.3 by embedded-tls, as a stream of `embedded-io` over another one.
//!
//! A server is accepted only with a chain of certificates that ends at one of the roots, for the name that was asked for,
//! while all of them are valid, and only when it has signed this very handshake with the certificate's key. embedded-tls
//! leaves all of this to a verifier, which is [`verifier`], over rustls-webpki.

mod random;
#[cfg(feature = "tls13-rsa")]
mod rsa;
mod signatures;
mod verifier;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{Aes128GcmSha256, CryptoProvider, CryptoRngCore, TlsConfig, TlsContext, TlsVerifier};
use oss_presign::Timestamp;
use rand_core::TryCryptoRng;

use crate::tls::Refused;
use crate::upload::Failure;
use random::Random;
use verifier::Verifier;

#[cfg(feature = "tls13-rsa")]
pub use rsa::P256_AND_RSA;
pub use signatures::{Algorithms, P256};
pub use verifier::MAX_ROOTS;

/// The longest record that a server may send: RFC 8446, section 5.2. OSS need not send shorter ones.
const RECORD_BYTES: usize = (1 << 14) + 256;
/// Records that are sent.
const SENT_BYTES: usize = 2048;

/// Where the records of a session are.
pub struct Memory {
    received: [u8; RECORD_BYTES],
    sent: [u8; SENT_BYTES],
}

impl Memory {
    /// All zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { received: [0; RECORD_BYTES], sent: [0; SENT_BYTES] }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// Which server is accepted.
pub struct Expected<'a> {
    /// Certificates in DER format, at most [`MAX_ROOTS`]; a chain may end at any of them.
    pub roots: &'a [&'a [u8]],
    /// The server's name, which its certificate must have.
    pub name: &'a str,
    /// The time at which its certificate must be valid.
    pub now: Timestamp,
    /// What certificates and the server may sign with.
    pub algorithms: &'a Algorithms,
}

/// Why there is no session, or why it ended.
#[derive(Debug, Clone, Copy)]
pub enum TlsError {
    /// The certificate of the server is refused.
    Certificate(Refused),
    /// The random generator failed.
    Random,
    /// The server does not keep to TLS 1.3, or does not speak it.
    Protocol(embedded_tls::TlsError),
    /// The stream below failed.
    Stream(ErrorKind),
}

impl core::fmt::Display for TlsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Certificate(reason) => write!(f, "the server's certificate is refused: {reason}"),
            Self::Random => f.write_str("the random generator failed"),
            Self::Protocol(error) => write!(f, "TLS 1.3: {error}"),
            Self::Stream(kind) => write!(f, "the stream failed: {kind:?}"),
        }
    }
}

impl core::error::Error for TlsError {}

impl embedded_io::Error for TlsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(kind) => *kind,
            Self::Certificate(_) | Self::Random | Self::Protocol(_) => ErrorKind::Other,
        }
    }
}

impl From<embedded_tls::TlsError> for TlsError {
    fn from(error: embedded_tls::TlsError) -> Self {
        match error {
            embedded_tls::TlsError::Io(kind) => Self::Stream(kind),
            // The stream has ended, and TLS has not: it is cut short.
            embedded_tls::TlsError::IoError => Self::Stream(ErrorKind::ConnectionReset),
            error => Self::Protocol(error),
        }
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::Certificate(reason) => Self::Certificate { reason: reason.name() },
            TlsError::Random | TlsError::Protocol(_) => Self::Tls,
            TlsError::Stream(kind) => oss_upload_embedded::Error::Io(kind).into(),
        }
    }
}

/// An established session. Dropping it tells the server that it ends.
pub struct Session<'m, S: Read + Write> {
    /// None once it is dropped: telling the server takes the connection.
    connection: Option<TlsConnection<'m, S, Aes128GcmSha256>>,
}

impl<'m, S: Read + Write> Session<'m, S> {
    /// Shakes hands with a server over a connected stream.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn connect(
        memory: &'m mut Memory,
        stream: S,
        expected: &Expected<'_>,
        random: impl TryCryptoRng,
    ) -> Result<Self, TlsError> {
        let mut config = TlsConfig::new().with_server_name(expected.name);
        if expected.algorithms.rsa {
            config = config.enable_rsa_signatures();
        }
        let mut provider = Provider { random: Random::new(random), verifier: Verifier::new(expected) };
        let mut connection = TlsConnection::new(stream, &mut memory.received, &mut memory.sent);
        let opened = connection.open(TlsContext::new(&config, &mut provider));

        if provider.random.has_failed() {
            return Err(TlsError::Random);
        }
        // Why the certificate was refused says more than that the handshake has failed.
        if let Some(reason) = provider.verifier.refused() {
            return Err(TlsError::Certificate(reason));
        }
        opened?;
        // embedded-tls asks the verifier about what the server sends. That it has sent all of it is for us to see.
        provider.verifier.finish().map_err(TlsError::Certificate)?;
        Ok(Self { connection: Some(connection) })
    }

    fn connection(&mut self) -> Result<&mut TlsConnection<'m, S, Aes128GcmSha256>, TlsError> {
        self.connection.as_mut().ok_or(TlsError::Stream(ErrorKind::NotConnected))
    }
}

/// What embedded-tls asks for.
struct Provider<'a, R> {
    random: Random<R>,
    verifier: Verifier<'a>,
}

impl<R: TryCryptoRng> CryptoProvider for Provider<'_, R> {
    type CipherSuite = Aes128GcmSha256;
    /// The client has no certificate and signs nothing.
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, embedded_tls::TlsError> {
        Ok(&mut self.verifier)
    }
}

impl<S: Read + Write> ErrorType for Session<'_, S> {
    type Error = TlsError;
}

impl<S: Read + Write> Read for Session<'_, S> {
    /// A stream that ends without TLS's own end is cut short, which is an error.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        match self.connection()?.read(buffer) {
            // The server has ended the session, now or before.
            Err(embedded_tls::TlsError::ConnectionClosed | embedded_tls::TlsError::MissingHandshake) => Ok(0),
            outcome => Ok(outcome?),
        }
    }
}

impl<S: Read + Write> Write for Session<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        Ok(self.connection()?.write(bytes)?)
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        Ok(self.connection()?.flush()?)
    }
}

impl<S: Read + Write> Drop for Session<'_, S> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // The upload has ended whether or not the server hears of it.
            let _ = connection.close();
        }
    }
}
