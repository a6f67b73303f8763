//! Which servers the providers trust: those that the platform trusts, as transfers do.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{CertificateError, Error};
use ureq_plain as ureq;
use ureq_plain::tls::{RootCerts, TlsConfig};

/// Returns the settings of TLS. The root certificates are read when the first connection is made.
///
/// On Linux and the BSDs `SSL_CERT_FILE` (and `SSL_CERT_DIR`) replace the system's root certificates.
pub(super) fn config() -> TlsConfig {
    // The program's choice comes first.
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build()
}

/// Returns why a server is not trusted, if that is the error.
pub(super) fn distrust(error: &ureq::Error) -> Option<String> {
    let error = match error {
        ureq::Error::Rustls(error) => error,
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref()?,
        _ => return None,
    };
    Some(match error {
        // The platform's verifier found none.
        Error::General(_) => "this system has no root certificates: install the package `ca-certificates`, or name a \
                              file with certificates in SSL_CERT_FILE"
            .into(),
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            "its certificate is from an unknown authority: if you trust it, name a file with its certificate in \
             SSL_CERT_FILE"
                .into()
        }
        Error::InvalidCertificate(error) => format!("its certificate is not acceptable: {error}"),
        error => format!("TLS failed: {error}"),
    })
}
