//! The names of the lines of a canonical request.

use core::fmt;

/// A line of a canonical request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CanonicalLine {
    /// The method.
    Method,
    /// The bucket and the key.
    Uri,
    /// The query parameters.
    Query,
    /// A header, or the blank line after the headers.
    Header,
    /// The list of additional headers, or the hash of the body.
    Tail,
}

impl fmt::Display for CanonicalLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "method",
            Self::Uri => "bucket and key",
            Self::Query => "query",
            Self::Header => "headers",
            Self::Tail => "last lines",
        })
    }
}
