//! Percent-decoding.

use crate::hex::hex_value;

/// Iterates over the decoded bytes of a percent-encoded text. A `%` without two hex digits is kept as it is, as in WHATWG
/// URL parsing; `+` is a plus sign.
#[derive(Clone, Debug)]
pub(crate) struct Decoded<'a> {
    rest: &'a [u8],
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// Returns whether the decoded text equals these bytes.
    pub(crate) fn is(mut self, mut bytes: &[u8]) -> bool {
        loop {
            let Some(after) = bytes.strip_prefix(self.plain_run()) else { return false };
            let (decoded, wanted) = (self.next(), after.split_first());
            bytes = match (decoded, wanted) {
                (None, None) => return true,
                (Some(byte), Some((wanted, rest))) if byte == *wanted => rest,
                _ => return false,
            };
        }
    }

    /// Returns the bytes before the next `%`, which need no decoding, and continues after them. Usually that is a whole name, or
    /// most of a value.
    pub(crate) fn plain_run(&mut self) -> &'a [u8] {
        let length = self.rest.iter().position(|&byte| byte == b'%').unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
        self.rest = rest;
        plain
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = decode_first(self.rest)?;
        self.rest = rest;
        Some(byte)
    }
}

/// Returns the first decoded byte of a percent-encoded text, and the text after it.
pub(crate) fn decode_first(text: &[u8]) -> Option<(u8, &[u8])> {
    if let [b'%', high, low, rest @ ..] = text
        && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
    {
        return Some((high << 4 | low, rest));
    }
    let (&byte, rest) = text.split_first()?;
    Some((byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn decodes_escapes_and_nothing_else() {
        let decode = |text| String::from_utf8(Decoded::new(text).collect()).unwrap();
        assert_eq!(decode("%E4%B8%AD%20%2b+%"), "中 ++%");
        assert_eq!(decode("%4"), "%4");
        assert_eq!(decode("%zz%41"), "%zzA");
    }

    #[test]
    fn is_what_decoding_gives() {
        for text in ["", "a", "%", "%4", "%41", "a%20b", "%E4%B8%AD%20%2b+%", "%zz%41", "a%25", "%%41"] {
            let decoded: std::vec::Vec<u8> = Decoded::new(text).collect();
            assert!(Decoded::new(text).is(&decoded), "{text}");
            for other in ["", "a", "%", "A", "%4", "%41", "a b", "a bc", "中 ++%", "a%"] {
                assert_eq!(
                    Decoded::new(text).is(other.as_bytes()),
                    decoded == other.as_bytes(),
                    "{text} {other}"
                );
            }
        }
    }
}
