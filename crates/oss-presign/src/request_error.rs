//! Why a description was refused.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::method::Method;

/// Why a header or a query parameter was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The name of a header is empty or holds something other than an HTTP token's characters.
    HeaderName {
        /// The name.
        name: Excerpt,
    },
    /// The value of a header holds CR, LF, NUL or another control character than tab.
    HeaderValueControlCharacter {
        /// The header's name.
        name: Excerpt,
    },
    /// The same header was given twice, in any letter case.
    DuplicateHeader {
        /// The header's name.
        name: Excerpt,
    },
    /// The header is one that signing writes, or that must not go beside a signed URL.
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
    /// The query parameter is one that signing writes.
    ReservedQuery {
        /// The parameter's name.
        name: Excerpt,
    },
    /// There is no such operation: OSS takes a bare POST on an object as a form alone.
    BarePost,
    /// An upload id is empty.
    UploadIdEmpty,
    /// A parameter that the operation does not have.
    NotForMethod {
        /// The parameter.
        what: &'static str,
        /// The method.
        method: Method,
    },
    /// The request's fixed capacity is used up.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many fit.
        capacity: usize,
    },
}

impl RequestError {
    /// A stable name for programs.
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
                "`{name}` is no header name: use letters, digits and hyphens, without blanks or a colon"
            ),
            Self::HeaderValueControlCharacter { name } => {
                write!(
                    f,
                    "the value of header `{name}` holds a control character: only tabs may stand in one"
                )
            }
            Self::DuplicateHeader { name } => {
                write!(
                    f,
                    "header `{name}` is given twice (letter case does not count): join the values or drop one"
                )
            }
            Self::ReservedHeader { name } => {
                write!(f, "header `{name}` is the signer's to write: leave it out")
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
                write!(f, "query parameter `{name}` is the signer's to write: leave it out")
            }
            Self::BarePost => f.write_str(
                "OSS takes a bare POST on an object as a form alone (PostObject): sign a `PostPolicy`, or use PUT",
            ),
            Self::UploadIdEmpty => {
                f.write_str("the upload id is empty: give the one that InitiateMultipartUpload answered with")
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
