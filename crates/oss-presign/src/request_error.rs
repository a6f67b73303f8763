//! Why the description of a request was refused.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::method::Method;

/// Why a header or a query parameter was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The name of a header is empty, or contains a character that an HTTP token cannot have.
    HeaderName {
        /// The name.
        name: Excerpt,
    },
    /// The value of a header contains CR, LF, NUL or any other control character except tab.
    HeaderValueControlCharacter {
        /// The header's name.
        name: Excerpt,
    },
    /// The same header was given twice; letter case does not count.
    DuplicateHeader {
        /// The header's name.
        name: Excerpt,
    },
    /// Signing writes this header, or it must not be sent with a presigned URL.
    ReservedHeader {
        /// The header's name.
        name: Excerpt,
    },
    /// An additional header has no value.
    AdditionalHeaderEmpty {
        /// The header's name.
        name: Excerpt,
    },
    /// A query parameter has no name.
    QueryNameEmpty,
    /// The same query parameter was given twice.
    DuplicateQuery {
        /// The parameter's name.
        name: Excerpt,
    },
    /// Signing writes this query parameter.
    ReservedQuery {
        /// The parameter's name.
        name: Excerpt,
    },
    /// A POST on an object names no sub-resource: OSS accepts that only as a form (PostObject).
    BarePost,
    /// An upload id is empty.
    UploadIdEmpty,
    /// The operation does not have this parameter.
    NotForMethod {
        /// The parameter.
        what: &'static str,
        /// The method.
        method: Method,
    },
    /// The fixed capacity of the request is used up.
    TooMany {
        /// What there are too many of, in the plural.
        what: &'static str,
        /// The number that fits.
        capacity: usize,
    },
}

impl RequestError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::HeaderName { .. } => "HeaderName",
            Self::HeaderValueControlCharacter { .. } => "HeaderValueControlCharacter",
            Self::DuplicateHeader { .. } => "DuplicateHeader",
            Self::ReservedHeader { .. } => "ReservedHeader",
            Self::AdditionalHeaderEmpty { .. } => "AdditionalHeaderEmpty",
            Self::QueryNameEmpty => "QueryNameEmpty",
            Self::DuplicateQuery { .. } => "DuplicateQuery",
            Self::ReservedQuery { .. } => "ReservedQuery",
            Self::BarePost => "BarePost",
            Self::UploadIdEmpty => "UploadIdEmpty",
            Self::NotForMethod { .. } => "NotForMethod",
            Self::TooMany { .. } => "TooMany",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeaderName { name } => write!(
                f,
                "`{name}` is not a header name: use letters, digits and hyphens, without blanks or a colon"
            ),
            Self::HeaderValueControlCharacter { name } => {
                write!(
                    f,
                    "the value of header `{name}` contains a control character: only tabs are allowed"
                )
            }
            Self::DuplicateHeader { name } => {
                write!(
                    f,
                    "header `{name}` is given twice (letter case does not count): join the values or drop one"
                )
            }
            Self::ReservedHeader { name } => {
                write!(f, "header `{name}` is written by signing: leave it out")
            }
            Self::AdditionalHeaderEmpty { name } => {
                write!(
                    f,
                    "additional header `{name}` has an empty value, which servers and proxies drop: give it one or do not sign it"
                )
            }
            Self::QueryNameEmpty => f.write_str("a query parameter needs a name"),
            Self::DuplicateQuery { name } => {
                write!(f, "query parameter `{name}` is given twice: drop one")
            }
            Self::ReservedQuery { name } => {
                write!(f, "query parameter `{name}` is written by signing: leave it out")
            }
            Self::BarePost => f.write_str(
                "OSS accepts a POST without a sub-resource only as a form (PostObject): sign a `PostPolicy`, or use PUT",
            ),
            Self::UploadIdEmpty => {
                f.write_str("the upload id is empty: give the one that InitiateMultipartUpload returned")
            }
            Self::NotForMethod { what, method } => {
                write!(f, "`{what}` goes with the GET of an object, not with {}: leave it out", method.as_str())
            }
            Self::TooMany { what, capacity } => {
                write!(f, "more than {capacity} {what}: describe the request with a larger capacity")
            }
        }
    }
}

impl core::error::Error for RequestError {}
