//! Why a presigned request was refused.

use alloc::string::String;
use core::fmt;

use crate::verify::VerifyError;

/// Why a [`PresignedRequest`](crate::PresignedRequest) was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresignedRequestError {
    /// OSS does not know the method.
    Method,
    /// Not an absolute `http` or `https` URL.
    NotAnHttpUrl,
    /// The URL contains a blank, a character that is not ASCII, or a fragment.
    NotEncoded,
    /// The URL lacks a parameter of a V4 signature.
    MissingParameter {
        /// The parameter.
        name: &'static str,
        /// Whether other parameters of the signature are present, so that the URL was probably cut off.
        cut: bool,
    },
    /// A parameter of the signature is malformed.
    Malformed(VerifyError),
    /// The expiry is not before the year 10000.
    Expiry,
    /// The name is not a valid header name.
    HeaderName {
        /// The name.
        name: String,
    },
    /// The value of the header contains a control character.
    HeaderValue {
        /// The header's name.
        name: String,
    },
    /// The header is given twice.
    DuplicateHeader {
        /// The header's name.
        name: String,
    },
}

impl PresignedRequestError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Method => "MethodUnknown",
            Self::NotAnHttpUrl => "NotAnHttpUrl",
            Self::NotEncoded => "UrlNotEncoded",
            Self::MissingParameter { .. } => "MissingParameter",
            Self::Malformed(_) => "Malformed",
            Self::Expiry => "Expiry",
            Self::HeaderName { .. } => "HeaderName",
            Self::HeaderValue { .. } => "HeaderValueControlCharacter",
            Self::DuplicateHeader { .. } => "DuplicateHeader",
        }
    }
}

impl fmt::Display for PresignedRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("OSS knows no such method: use GET, PUT, POST, HEAD, DELETE or OPTIONS"),
            Self::NotAnHttpUrl => f.write_str("a presigned URL begins with `https://` or `http://` and a host"),
            Self::NotEncoded => f.write_str(
                "the URL contains a blank, a character that is not ASCII, or a `#`: pass it on exactly as it was made",
            ),
            Self::MissingParameter { name, cut: true } => write!(
                f,
                "the URL lacks `{name}`: it was probably cut at an `&`; in a shell, put it in single quotes"
            ),
            Self::MissingParameter { name, cut: false } => {
                write!(f, "the URL lacks `{name}`: this is not a V4 presigned URL")
            }
            Self::Malformed(error) => write!(f, "the URL is damaged or of another kind: {error}"),
            Self::Expiry => f.write_str("`expires_at` is given in seconds since 1970, not milliseconds"),
            Self::HeaderName { name } => write!(f, "`{}` is not a header name", name.escape_debug()),
            Self::HeaderValue { name } => write!(f, "the value of header `{name}` contains a control character"),
            Self::DuplicateHeader { name } => write!(f, "header `{name}` is given twice"),
        }
    }
}

impl core::error::Error for PresignedRequestError {}
