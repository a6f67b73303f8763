//! Why a server is not trusted.

use alloc::string::String;
use core::fmt;

/// Why no TLS connection was made: another attempt would end the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Untrusted {
    /// This system has no root certificates, and the caller named none.
    NoRoots,
    /// The certificate comes from an authority that is not among the trusted ones.
    UnknownAuthority,
    /// The certificate is for another name.
    WrongName,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// Something else is wrong with the certificate.
    Certificate {
        /// What, in the words of the TLS library.
        what: String,
    },
    /// Client and server have no version of TLS, or no cipher, in common.
    NothingInCommon {
        /// What, in the words of the TLS library.
        what: String,
    },
    /// The program has no cryptography for TLS.
    NoProvider,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAME_ONE: &str = "name its certificate with a CA file (`Trust::ca_file`) or in SSL_CERT_FILE";
        match self {
            Self::NoRoots => write!(
                f,
                "this system has no root certificates: install the package `ca-certificates`, or give a CA file \
                 (`Trust::ca_file`) or SSL_CERT_FILE"
            ),
            Self::UnknownAuthority => {
                write!(f, "the server's certificate is from an unknown authority: if you trust it, {NAME_ONE}")
            }
            Self::WrongName => f.write_str(
                "the server's certificate is for another name: check the endpoint, or whether something in between answers",
            ),
            Self::Expired => {
                f.write_str("the server's certificate has expired, or this machine's clock is wrong")
            }
            Self::NotYetValid => {
                f.write_str("the server's certificate is not valid yet, or this machine's clock is wrong")
            }
            Self::Certificate { what } => write!(f, "the server's certificate is not acceptable: {what}"),
            Self::NothingInCommon { what } => {
                write!(f, "the server speaks no TLS that is acceptable, which is 1.2 or later: {what}")
            }
            Self::NoProvider => f.write_str(
                "this program has no TLS cryptography: switch on feature `ring`, or install a rustls `CryptoProvider`",
            ),
        }
    }
}

impl core::error::Error for Untrusted {}
