//! Why a form is refused, and OSS's error response.

use core::fmt;

use super::error::{ScopePart, VerifyError};
use super::signature_location::SignatureLocation;
use crate::excerpt::Excerpt;
use crate::text::shown_as_text;
use crate::time::Timestamp;

/// The comparison in a condition of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operator {
    /// `eq`, or an object with the field's name.
    Equals,
    /// `starts-with`.
    StartsWith,
    /// `in`.
    OneOf,
    /// `not-in`.
    NoneOf,
}

impl Operator {
    /// Returns the name in a policy.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "eq",
            Self::StartsWith => "starts-with",
            Self::OneOf => "in",
            Self::NoneOf => "not-in",
        }
    }
}

shown_as_text!([] Operator);

/// Why a form is refused.
///
/// [`code`](FormError::code), [`http_status`](FormError::http_status) and [`ec`](FormError::ec) are the values in OSS's error
/// response (OSS, "PostObject", "Error codes"); `Display` is its message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormError {
    /// The signature, or another field of the signature, is refused.
    Signature(VerifyError),
    /// The form contains a field twice.
    DuplicateField {
        /// Its name.
        name: Excerpt,
    },
    /// The policy is not base64, or not the JSON of a policy.
    PolicyMalformed,
    /// The policy lacks a condition for a field that must have one.
    PolicyLacks {
        /// The field.
        name: &'static str,
    },
    /// The policy has expired.
    PolicyExpired {
        /// The time at which it expired.
        expired_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// A field does not meet a condition.
    ConditionNotMet {
        /// The comparison of the condition.
        operator: Operator,
        /// The field.
        field: Excerpt,
    },
    /// The file is smaller than the policy allows.
    TooSmall {
        /// The least size, in bytes.
        least: u64,
        /// The size of the file, in bytes.
        bytes: u64,
    },
    /// The file is larger than the policy allows.
    TooLarge {
        /// The greatest size, in bytes.
        most: u64,
        /// The size of the file, in bytes.
        bytes: u64,
    },
}

impl FormError {
    /// Returns the `Code` of OSS's error response.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Signature(error) => error.code(),
            Self::DuplicateField { .. } => "MalformedPOSTRequest",
            Self::PolicyMalformed | Self::PolicyLacks { .. } => "InvalidPolicyDocument",
            Self::PolicyExpired { .. } | Self::ConditionNotMet { .. } => "AccessDenied",
            Self::TooSmall { .. } => "EntityTooSmall",
            Self::TooLarge { .. } => "EntityTooLarge",
        }
    }

    /// Returns the HTTP status of OSS's error response.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Signature(error) => error.http_status(),
            Self::PolicyExpired { .. } | Self::ConditionNotMet { .. } => 403,
            _ => 400,
        }
    }

    /// Returns the fine-grained code (`EC`) of OSS's error response, if it is documented.
    #[must_use]
    pub fn ec(&self) -> Option<&'static str> {
        let Self::Signature(error) = self else { return None };
        Some(match error {
            VerifyError::SignatureMismatch => "0002-00000705",
            VerifyError::SignatureVersion => "0002-00000701",
            VerifyError::MissingParameter { name: "x-oss-signature" } => "0002-00000703",
            VerifyError::SignatureEmpty => "0002-00000704",
            VerifyError::CredentialMalformed | VerifyError::CredentialDate => "0002-00000710",
            VerifyError::WrongScope {
                location: SignatureLocation::Form, part: ScopePart::Region, ..
            } => "0002-00000715",
            _ => return None,
        })
    }

    /// Returns the stable code of the cause, for programs, as [`VerifyError::cause_code`] does. A form that does not meet its
    /// policy has the code `unknown`.
    #[must_use]
    pub const fn cause_code(&self) -> &'static str {
        match self {
            Self::Signature(error) => error.cause_code(),
            Self::PolicyExpired { .. } => "expired",
            _ => "unknown",
        }
    }
}

impl From<VerifyError> for FormError {
    fn from(error: VerifyError) -> Self {
        Self::Signature(error)
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(error) => error.fmt(f),
            Self::DuplicateField { name } => write!(f, "The form field {name} is there twice."),
            Self::PolicyMalformed => f.write_str(
                "Invalid Policy: it must be base64 of {\"expiration\":\"YYYY-MM-DDTHH:MM:SS.000Z\",\"conditions\":[…]}.",
            ),
            Self::PolicyLacks { name } => write!(f, "Invalid Policy: its conditions must name {name}."),
            Self::PolicyExpired { expired_at, now } => write!(
                f,
                "Invalid according to Policy: Policy expired. It expired at {expired_at}; the server's time is {now}."
            ),
            Self::ConditionNotMet { operator, field } => write!(
                f,
                "Invalid according to Policy: Policy Condition failed: [\"{}\", \"${field}\", …].",
                operator.as_str()
            ),
            Self::TooSmall { least, bytes } => write!(
                f,
                "Your proposed upload is smaller than the minimum allowed size: {bytes} bytes, at least {least}."
            ),
            Self::TooLarge { most, bytes } => write!(
                f,
                "Your proposed upload exceeds the maximum allowed size: {bytes} bytes, at most {most}."
            ),
        }
    }
}

impl core::error::Error for FormError {}
