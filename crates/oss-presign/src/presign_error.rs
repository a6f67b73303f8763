//! Why a request was not signed.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::expiry::ExpiryError;
use crate::time::Timestamp;
use crate::writer::BufferTooSmall;

/// Why a request was not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresignError {
    /// The signing key belongs to another UTC day than the signing time.
    StaleKey {
        /// The day of the key, `YYYYMMDD`.
        key_date: [u8; 8],
        /// The signing time.
        now: Timestamp,
    },
    /// The lifetime of the URL was refused.
    Expiry(ExpiryError),
    /// The endpoint is in another region than the one that the signer signs for.
    OtherRegion {
        /// The region of the endpoint.
        endpoint: Excerpt,
    },
    /// An additional header has no value in the request.
    AdditionalHeaderMissing {
        /// The header's name.
        name: Excerpt,
    },
    /// The request signs a `host` header that differs from the host of the URL.
    HostMismatch {
        /// The value of the `host` header.
        given: Excerpt,
    },
    /// Many keys were to be signed, but the request that describes them names no bucket.
    BucketMissing,
    /// The caller's buffer is too small for the result.
    BufferTooSmall {
        /// The exact length that is needed, in bytes.
        needed: usize,
    },
    /// An invariant of this crate was broken: a defect of the crate, not of the request.
    Internal,
}

impl PresignError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::StaleKey { .. } => "StaleKey",
            Self::Expiry(error) => error.code(),
            Self::OtherRegion { .. } => "EndpointOtherRegion",
            Self::AdditionalHeaderMissing { .. } => "AdditionalHeaderMissing",
            Self::HostMismatch { .. } => "HostMismatch",
            Self::BucketMissing => "BucketMissing",
            Self::BufferTooSmall { .. } => "BufferTooSmall",
            Self::Internal => "Internal",
        }
    }
}

impl From<BufferTooSmall> for PresignError {
    fn from(BufferTooSmall { needed }: BufferTooSmall) -> Self {
        Self::BufferTooSmall { needed }
    }
}

impl From<ExpiryError> for PresignError {
    fn from(error: ExpiryError) -> Self {
        Self::Expiry(error)
    }
}

impl fmt::Display for PresignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaleKey { key_date, now } => write!(
                f,
                "the signing key is that of {}, but the signing time is {now}: use the key of that day",
                key_date.escape_ascii()
            ),
            Self::Expiry(error) => error.fmt(f),
            Self::OtherRegion { endpoint } => write!(
                f,
                "the endpoint is in region `{endpoint}`, and the signer signs for another: if the bucket is there, sign for \
                 `{endpoint}`, else use the endpoint of the signer's region"
            ),
            Self::AdditionalHeaderMissing { name } => write!(
                f,
                "additional header `{name}` has no value in the request: add the header, or do not sign it"
            ),
            Self::HostMismatch { given } => write!(
                f,
                "header `host` is signed as `{given}`, which is not the host of the URL: leave it to the endpoint"
            ),
            Self::BucketMissing => f.write_str(
                "signing many keys needs the bucket that they are in: describe it with `Request::for_bucket`",
            ),
            Self::BufferTooSmall { needed } => write!(f, "the result needs a buffer of {needed} bytes"),
            Self::Internal => f.write_str(
                "an invariant of oss-presign does not hold, so nothing was signed: please report this request",
            ),
        }
    }
}

impl core::error::Error for PresignError {}
