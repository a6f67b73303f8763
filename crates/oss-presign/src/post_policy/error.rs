//! Why the description of a form was refused.

use core::fmt;

use super::condition::MAX_FORM_OBJECT_BYTES;
use crate::excerpt::Excerpt;

/// Why a condition was refused: no form could meet it, or OSS would not accept it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostPolicyError {
    /// The key or the prefix contains `${filename}`, which OSS replaces.
    KeyVariable,
    /// No key can begin with the prefix.
    KeyPrefix,
    /// No form can have a field of this name.
    FieldName {
        /// The name.
        field: Excerpt,
    },
    /// Signing writes this field, or the policy has a method of its own for it.
    ReservedField {
        /// The name.
        field: Excerpt,
    },
    /// A value contains a line end or another control character, which browsers change when they send a form.
    ControlCharacter {
        /// The field.
        field: Excerpt,
    },
    /// The list of values is empty.
    EmptyList {
        /// The field.
        field: Excerpt,
    },
    /// No value of the field meets all its conditions.
    Contradiction {
        /// The field.
        field: Excerpt,
    },
    /// No file can have a size within this range and all others.
    LengthRange {
        /// The least size, in bytes.
        least: u64,
        /// The greatest size, in bytes.
        most: u64,
    },
    /// OSS responds to a form only with 200, 201 or 204.
    Status {
        /// The status that was asked for.
        status: u16,
    },
    /// The redirect is not an absolute URL.
    Redirect,
    /// The fixed capacity of the policy is used up.
    TooMany {
        /// The number of conditions that fit.
        capacity: usize,
    },
}

impl PostPolicyError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeyVariable => "PolicyKeyVariable",
            Self::KeyPrefix => "PolicyKeyPrefix",
            Self::FieldName { .. } => "PolicyFieldName",
            Self::ReservedField { .. } => "PolicyReservedField",
            Self::ControlCharacter { .. } => "PolicyControlCharacter",
            Self::EmptyList { .. } => "PolicyEmptyList",
            Self::Contradiction { .. } => "PolicyContradiction",
            Self::LengthRange { .. } => "PolicyLengthRange",
            Self::Status { .. } => "PolicyStatus",
            Self::Redirect => "PolicyRedirect",
            Self::TooMany { .. } => "PolicyTooMany",
        }
    }
}

impl fmt::Display for PostPolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyVariable => f.write_str(
                "OSS replaces `${filename}` in a key by the name of the file: give the prefix before it, and the form adds it",
            ),
            Self::KeyPrefix => f.write_str(
                "no key begins with this prefix: write it without a leading `/` or `\\`, without segments `.` and `..`, \
                 and shorter than 1023 bytes",
            ),
            Self::FieldName { field } => write!(
                f,
                "no form has a field `{field}`: write the bare name, such as `content-type`, without `$`"
            ),
            Self::ReservedField { field } => write!(
                f,
                "field `{field}` is written by signing, or has a method of its own: leave it out"
            ),
            Self::ControlCharacter { field } => write!(
                f,
                "a value of field `{field}` contains a line end or another control character, which browsers change: drop it"
            ),
            Self::EmptyList { field } => {
                write!(f, "the list of values for field `{field}` is empty: give one, or drop the condition")
            }
            Self::Contradiction { field } => {
                write!(f, "no value of field `{field}` meets all its conditions: drop the one that was added last")
            }
            Self::LengthRange { least, most } => write!(
                f,
                "no file has {least} to {most} bytes: give the smaller number first, at most {MAX_FORM_OBJECT_BYTES}, \
                 and one range alone"
            ),
            Self::Status { status } => {
                write!(f, "OSS does not answer a form with {status}: choose 200, 201 or 204")
            }
            Self::Redirect => f.write_str("a redirect goes to an absolute URL: begin it with `https://` and a host"),
            Self::TooMany { capacity } => {
                write!(f, "more than {capacity} conditions: describe the policy with a larger capacity")
            }
        }
    }
}

impl core::error::Error for PostPolicyError {}
