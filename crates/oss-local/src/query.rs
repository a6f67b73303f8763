//! The query of a request, decoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{OssError, Result};

/// Name and value pairs in the order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// A `+` stands for itself here; where it came for a blank, the service has made it `%20` before.
    pub(crate) fn parse(raw: &str) -> Result<Self> {
        let mut pairs = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// The value of the first parameter of this name; an absent value is an empty one.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }
}

/// Percent-decodes strictly: a `%` without two hex digits, or bytes that are not UTF-8, are refused.
pub(crate) fn decode(text: &str) -> Result<String> {
    let bytes = text.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|&(_, byte)| *byte == b'%') {
        let escape = bytes.get(at + 1..at + 3);
        if !escape.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return Err(OssError::new(
                400,
                "InvalidURI",
                "A % in the URI is not followed by two hex digits.",
            ));
        }
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(OssError::new(400, "InvalidURI", "The URI is not UTF-8 once it is decoded.")),
    }
}

/// All but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a whole value, slashes included.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_and_a_plus_stays() {
        let query = Query::parse("a=1&acl&b=%2F+%20&&c=d=e").unwrap();
        assert_eq!(query.value("a"), Some("1"));
        assert_eq!(query.value("acl"), Some(""));
        assert_eq!(query.value("b"), Some("/+ "));
        assert_eq!(query.value("c"), Some("d=e"));
        assert!(!query.has(""));
    }

    #[test]
    fn broken_escapes_and_broken_utf8_are_refused() {
        for raw in ["a=%", "a=%2", "%zz=1", "a=%ff", "a=%C3%28"] {
            assert_eq!(Query::parse(raw).unwrap_err().code, "InvalidURI", "{raw}");
        }
    }
}
