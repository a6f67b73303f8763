//! Base64 (RFC 4648, section 4), a few bytes at a time.
//!
//! The `base64` crate encodes one slice into another, so a policy would need a second buffer. This module encodes a policy
//! while it is written and decodes one while it is read, and it cannot panic.

use crate::writer::Writer;

/// Encodes bytes and passes the text on to another writer.
pub(crate) struct Base64<'w, W> {
    writer: &'w mut W,
    pending: [u8; 3],
    filled: usize,
}

impl<'w, W: Writer> Base64<'w, W> {
    pub(crate) fn new(writer: &'w mut W) -> Self {
        Self { writer, pending: [0; 3], filled: 0 }
    }

    /// Writes the remaining one or two bytes with their padding.
    pub(crate) fn finish(self) {
        let [a, b, c, d] = digits(self.pending);
        match self.filled {
            0 => {}
            1 => self.writer.put(&[a, b, b'=', b'=']),
            _ => self.writer.put(&[a, b, c, if self.filled == 2 { b'=' } else { d }]),
        }
    }
}

impl<W: Writer> Writer for Base64<'_, W> {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(place) = self.pending.get_mut(self.filled) {
                *place = byte;
            }
            self.filled += 1;
            if self.filled == 3 {
                self.writer.put(&digits(self.pending));
                self.pending = [0; 3];
                self.filled = 0;
            }
        }
    }
}

/// Returns the four base64 digits of three bytes.
pub(crate) const fn digits(bytes: [u8; 3]) -> [u8; 4] {
    let [a, b, c] = bytes;
    [digit(a >> 2), digit((a & 3) << 4 | b >> 4), digit((b & 15) << 2 | c >> 6), digit(c & 63)]
}

const fn digit(value: u8) -> u8 {
    match value {
        0..=25 => b'A' + value,
        26..=51 => b'a' + (value - 26),
        52..=61 => b'0' + (value - 52),
        62 => b'+',
        _ => b'/',
    }
}

const fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Returns whether a text is canonical base64: with padding, and with zeros in the bits that decoding drops.
pub(crate) fn is_base64(text: &str) -> bool {
    let (groups, rest) = text.as_bytes().as_chunks::<4>();
    let Some((last, whole)) = groups.split_last() else { return rest.is_empty() };
    let last_fits = match *last {
        [a, b, b'=', b'='] => value(a).is_some() && value(b).is_some_and(|value| value & 15 == 0),
        [a, b, c, b'='] => {
            value(a).is_some() && value(b).is_some() && value(c).is_some_and(|value| value & 3 == 0)
        }
        digits => digits.into_iter().all(|digit| value(digit).is_some()),
    };
    rest.is_empty() && last_fits && whole.as_flattened().iter().all(|&digit| value(digit).is_some())
}

/// Iterates over the decoded bytes of a text for which [`is_base64`] holds.
#[derive(Clone, Debug)]
pub(crate) struct Decoded<'a> {
    rest: &'a [u8],
    bits: u32,
    held: u32,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes(), bits: 0, held: 0 }
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        while self.held < 8 {
            let (&digit, rest) = self.rest.split_first()?;
            self.rest = rest;
            self.bits = self.bits << 6 | u32::from(value(digit)?);
            self.held += 6;
        }
        self.held -= 8;
        Some((self.bits >> self.held) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn encode(pieces: &[&[u8]]) -> String {
        let mut text = Vec::new();
        let mut base64 = Base64::new(&mut text);
        for piece in pieces {
            base64.put(piece);
        }
        base64.finish();
        String::from_utf8(text).unwrap()
    }

    /// RFC 4648, section 10.
    #[test]
    fn rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(&[bytes.as_bytes()]), text);
            assert!(is_base64(text));
            assert!(Decoded::new(text).eq(bytes.bytes()), "{text}");
        }
    }

    #[test]
    fn every_byte_and_every_cut() {
        let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        let whole = encode(&[&bytes]);
        assert!(Decoded::new(&whole).eq(bytes.iter().copied()));
        // Miri encodes some thousand bytes per second: a cut after each number of bytes of a group of three.
        for cut in (0..20).step_by(if cfg!(miri) { 7 } else { 1 }) {
            assert_eq!(encode(&[&bytes[..cut], &bytes[cut..]]), whole);
        }
    }

    #[test]
    fn refuses_other_texts() {
        for bad in ["Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm-_", "Zm 8"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
