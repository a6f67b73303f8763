//! HTTP methods that OSS knows.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::text::parsed_text;

/// An HTTP method that OSS knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Put,
    Post,
    Head,
    Delete,
    Options,
}

impl Method {
    /// Parses the name of a method. Letter case does not count.
    ///
    /// # Errors
    /// [`MethodError`] for a method that OSS does not know.
    pub fn parse(name: &str) -> Result<Self, MethodError> {
        const ALL: [Method; 6] =
            [Method::Get, Method::Put, Method::Post, Method::Head, Method::Delete, Method::Options];
        let known = ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name));
        known.ok_or_else(|| MethodError { name: Excerpt::of(name) })
    }

    /// Returns the name in upper case, as it is signed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Head => "HEAD",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

parsed_text!(Method, Method::parse, MethodError);

/// A method that OSS does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodError {
    name: Excerpt,
}

impl MethodError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "MethodUnknown"
    }
}

impl fmt::Display for MethodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OSS knows no method `{}`: use GET, PUT, POST, HEAD, DELETE or OPTIONS", self.name)
    }
}

impl core::error::Error for MethodError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_letter_case_and_no_other() {
        assert_eq!(Method::parse("put"), Ok(Method::Put));
        assert_eq!(Method::parse("GET"), Ok(Method::Get));
        for name in ["", "PATCH", "GET ", "PUТ"] {
            assert!(Method::parse(name).is_err(), "{name}");
        }
    }
}
