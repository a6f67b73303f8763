//! Why a signature is refused, and OSS's error response.

use core::fmt;

use super::signature_location::SignatureLocation;
use crate::excerpt::Excerpt;
use crate::time::Timestamp;

/// A part of a credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopePart {
    /// The date, which must be the UTC day of the signing time.
    Date,
    /// The region, which must be the region of the bucket.
    Region,
    /// The product.
    Product,
}

/// Why a signature is refused.
///
/// [`code`](VerifyError::code), [`http_status`](VerifyError::http_status) and [`ec`](VerifyError::ec) are the values in OSS's
/// error response (OSS, "Error codes"); `Display` is its message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// A parameter or header of the signature is missing.
    MissingParameter {
        /// Its name.
        name: &'static str,
    },
    /// The query contains a parameter twice.
    DuplicateParameter {
        /// Its name.
        name: Excerpt,
    },
    /// The request contains a signed header twice.
    DuplicateHeader {
        /// Its name.
        name: Excerpt,
    },
    /// The value of a header that is needed for verification is not UTF-8.
    HeaderNotText {
        /// Its name.
        name: Excerpt,
    },
    /// The request has more parameters or headers than can be verified without an allocator.
    TooMany {
        /// What there are too many of, in the plural.
        what: &'static str,
        /// The number that can be verified.
        capacity: usize,
    },
    /// The path does not begin with a slash.
    PathMalformed,
    /// The signature version is not `OSS4-HMAC-SHA256`.
    SignatureVersion,
    /// The credential is not `AK/YYYYMMDD/region/product/aliyun_v4_request`.
    CredentialMalformed,
    /// The date in the credential is not `YYYYMMDD`.
    CredentialDate,
    /// The `Authorization` header is not `OSS4-HMAC-SHA256 Credential=…,Signature=…`.
    AuthorizationMalformed,
    /// `x-oss-date` in a URL or a form is not `YYYYMMDDTHHMMSSZ`.
    Date,
    /// A request with an `Authorization` header has neither `x-oss-date` nor `Date`.
    DateHeaderMissing,
    /// The date of a request with an `Authorization` header is malformed.
    DateHeaderMalformed {
        /// The header: `x-oss-date`, whose form is `YYYYMMDDTHHMMSSZ`, or `Date`, whose form is that of RFC 1123 in GMT.
        name: &'static str,
    },
    /// `x-oss-expires` is not a number from 1 to 604800.
    Expires,
    /// `x-oss-content-sha256` of a request that is signed by header is not `UNSIGNED-PAYLOAD`.
    ContentSha256,
    /// The list of additional headers is empty.
    AdditionalHeadersEmpty,
    /// The list of additional headers contains an empty name.
    AdditionalHeadersEmptyName,
    /// The list of additional headers is longer than 512 bytes.
    AdditionalHeadersTooLong,
    /// An additional header is not in the request.
    HeaderMissing {
        /// Its name.
        name: Excerpt,
    },
    /// The scope is not the expected one.
    WrongScope {
        /// The place of the signature in the request.
        location: SignatureLocation,
        /// The part of the scope that differs.
        part: ScopePart,
        /// The value in the request.
        presented: Excerpt,
        /// The expected value.
        expected: Excerpt,
    },
    /// The lookup found no key for this access key id.
    UnknownAccessKeyId {
        /// The access key id.
        id: Excerpt,
    },
    /// The URL has expired.
    Expired {
        /// The time at which it expired.
        expired_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The date of the URL is more than fifteen minutes in the future.
    NotYetValid {
        /// The date of the URL.
        signed_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The date of a request that is signed by header differs by more than fifteen minutes from the server's time.
    TimeTooSkewed {
        /// The date of the request.
        signed_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The credentials have expired, and with them everything they signed.
    CredentialsExpired {
        /// The time at which they expired.
        expired_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The security token is not the one that the access key was issued with.
    SecurityToken {
        /// Whether the request has no security token at all.
        missing: bool,
    },
    /// The signature of a form is empty.
    SignatureEmpty,
    /// The signature differs from the one that the server calculated.
    SignatureMismatch,
}

impl VerifyError {
    /// Returns the `Code` of OSS's error response.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownAccessKeyId { .. } => "InvalidAccessKeyId",
            Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::DateHeaderMissing
            | Self::DateHeaderMalformed { .. } => "AccessDenied",
            Self::TimeTooSkewed { .. } => "RequestTimeTooSkewed",
            Self::CredentialsExpired { .. } => "SecurityTokenExpired",
            Self::SecurityToken { .. } => "InvalidSecurityToken",
            Self::SignatureMismatch => "SignatureDoesNotMatch",
            _ => "InvalidArgument",
        }
    }

    /// Returns the HTTP status of OSS's error response.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::UnknownAccessKeyId { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::DateHeaderMissing
            | Self::DateHeaderMalformed { .. }
            | Self::TimeTooSkewed { .. }
            | Self::CredentialsExpired { .. }
            | Self::SecurityToken { .. }
            | Self::SignatureMismatch => 403,
            _ => 400,
        }
    }

    /// Returns the fine-grained code (`EC`) of OSS's error response, if it is documented.
    #[must_use]
    pub fn ec(&self) -> Option<&'static str> {
        Some(match self {
            Self::SignatureMismatch => "0002-00000201",
            Self::Expired { .. } => "0002-00000069",
            Self::Expires => "0002-00000232",
            Self::CredentialDate => "0002-00000223",
            Self::CredentialMalformed => "0002-00000224",
            Self::AuthorizationMalformed => "0002-00000213",
            Self::WrongScope { location: SignatureLocation::Url { .. }, part: ScopePart::Region, .. } => {
                "0002-00000226"
            }
            Self::WrongScope {
                location: SignatureLocation::AuthorizationHeader,
                part: ScopePart::Region,
                ..
            } => "0002-00000228",
            Self::SignatureVersion => "0002-00000066",
            Self::MissingParameter { name: "x-oss-signature" } => "0002-00000219",
            Self::AdditionalHeadersEmpty => "0002-00000076",
            Self::AdditionalHeadersEmptyName => "0002-00000210",
            Self::HeaderMissing { .. } => "0002-00000112",
            Self::ContentSha256 => "0002-00000214",
            Self::DateHeaderMissing => "0002-00000503",
            Self::DateHeaderMalformed { .. } => "0002-00000502",
            Self::TimeTooSkewed { .. } => "0002-00000504",
            _ => return None,
        })
    }

    /// Returns the stable code of the cause, for programs. Diagnosis ([`Cause::code`](crate::diagnose::Cause::code)) and the
    /// search for mistakes name the same causes by the same codes. The code is `unknown` for a signature that differs, because
    /// the request itself does not show its cause, and for a malformed request.
    #[must_use]
    pub const fn cause_code(&self) -> &'static str {
        match self {
            Self::MissingParameter { .. } => "url-cut",
            Self::WrongScope { part: ScopePart::Date, .. } => "date",
            Self::WrongScope { part: ScopePart::Region, .. } => "region",
            Self::WrongScope { part: ScopePart::Product, .. } => "product",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } | Self::TimeTooSkewed { .. } => "clock",
            Self::UnknownAccessKeyId { .. } => "access-key-id",
            Self::SecurityToken { .. } | Self::CredentialsExpired { .. } => "security-token",
            Self::HeaderMissing { .. } => "header-missing",
            Self::AdditionalHeadersEmpty | Self::AdditionalHeadersEmptyName => "additional-headers",
            Self::SignatureVersion => "algorithm",
            Self::ContentSha256 => "payload-hash",
            _ => "unknown",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingParameter { name } => write!(f, "The request lacks {name}."),
            Self::DuplicateParameter { name } => write!(f, "The query parameter {name} is there twice."),
            Self::DuplicateHeader { name } => write!(f, "The header {name} is there twice."),
            Self::HeaderNotText { name } => write!(f, "The header {name} is not UTF-8."),
            Self::TooMany { what, capacity } => write!(f, "The request has more than {capacity} {what}."),
            Self::PathMalformed => f.write_str("The path must begin with a slash."),
            Self::SignatureVersion => f.write_str("The signature version must be OSS4-HMAC-SHA256."),
            Self::CredentialMalformed => {
                f.write_str("x-oss-credential must be AK/YYYYMMDD/region/oss/aliyun_v4_request.")
            }
            Self::CredentialDate => f.write_str("The date in the credential must be YYYYMMDD."),
            Self::AuthorizationMalformed => f.write_str(
                "Authorization must be OSS4-HMAC-SHA256 Credential=AK/YYYYMMDD/region/oss/aliyun_v4_request,Signature=hex.",
            ),
            Self::Date => f.write_str("x-oss-date must be YYYYMMDDTHHMMSSZ."),
            Self::DateHeaderMissing => f.write_str("OSS authentication requires a valid Date: send x-oss-date or Date."),
            Self::DateHeaderMalformed { name: "x-oss-date" } => {
                f.write_str("OSS authentication requires a valid Date: x-oss-date must be YYYYMMDDTHHMMSSZ.")
            }
            Self::DateHeaderMalformed { .. } => f.write_str(
                "OSS authentication requires a valid Date: Date must be in GMT, as Tue, 12 Nov 2024 08:32:38 GMT.",
            ),
            Self::Expires => f.write_str("x-oss-expires must be a number from 1 to 604800."),
            Self::ContentSha256 => f.write_str("x-oss-content-sha256 must be UNSIGNED-PAYLOAD."),
            Self::AdditionalHeadersEmpty => f.write_str("The list of additional headers must not be empty."),
            Self::AdditionalHeadersEmptyName => {
                f.write_str("The list of additional headers must not hold an empty name.")
            }
            Self::AdditionalHeadersTooLong => {
                f.write_str("The list of additional headers must not be longer than 512 bytes.")
            }
            Self::HeaderMissing { name } => {
                write!(f, "The header {name} is named as signed but is not in the request.")
            }
            Self::WrongScope { part, presented, expected, .. } => {
                let part = match part {
                    ScopePart::Date => "date",
                    ScopePart::Region => "region",
                    ScopePart::Product => "product",
                };
                write!(f, "The {part} in the credential is {presented}, it must be {expected}.")
            }
            Self::UnknownAccessKeyId { .. } => {
                f.write_str("The OSS Access Key Id you provided does not exist in our records.")
            }
            Self::Expired { expired_at, now } => {
                write!(f, "Request has expired. It expired at {expired_at}; the server's time is {now}.")
            }
            Self::NotYetValid { signed_at, now } => {
                write!(f, "Request is not valid yet. It was signed at {signed_at}; the server's time is {now}.")
            }
            Self::TimeTooSkewed { signed_at, now } => write!(
                f,
                "The difference between the request time {signed_at} and the server's time {now} is too large."
            ),
            Self::CredentialsExpired { expired_at, now } => write!(
                f,
                "The security token expired at {expired_at}; the server's time is {now}."
            ),
            Self::SecurityToken { missing: true } => {
                f.write_str("The access key was issued with a security token, which the request lacks.")
            }
            Self::SecurityToken { missing: false } => f.write_str("The security token is not that of the access key."),
            Self::SignatureEmpty => f.write_str("x-oss-signature must not be empty."),
            Self::SignatureMismatch => f.write_str(
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            ),
        }
    }
}

impl core::error::Error for VerifyError {}
