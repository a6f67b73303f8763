//! Percent-decoding.

use crate::hex::hex_value;

/// The bytes that a percent-encoded text stands for. A `%` without two hex digits stands for itself,
/// as WHATWG URL parsing has it; `+` is a plus sign.
#[derive(Clone, Debug)]
pub(crate) struct Decoded<'a> {
    rest: &'a [u8],
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// Whether the text stands for exactly these bytes.
    pub(crate) fn is(self, bytes: &[u8]) -> bool {
        self.eq(bytes.iter().copied())
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

/// The first byte that a percent-encoded text stands for, and the rest of the text.
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
}
