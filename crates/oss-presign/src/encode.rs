//! Percent-encoding: one encoder for the canonical request and for the URL.
//!
//! OSS's rule ("Include a V4 signature in a URL"): `A-Z a-z 0-9 - . _ ~` stay, every other byte becomes
//! `%XX` in upper case; `/` stays in a path and is escaped in a query.

use core::cmp::Ordering;

/// Returns whether a byte is not escaped anywhere (RFC 3986, unreserved characters).
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~')
}

/// The part of a URL that a text is encoded for. It decides whether `/` is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// A path, in which `/` separates segments and is not escaped.
    Path,
    /// The name or value of a query parameter, in which `/` becomes `%2F`.
    Query,
}

impl Position {
    /// Returns whether a byte is not escaped in this position.
    pub(crate) const fn keeps(self, byte: u8) -> bool {
        is_unreserved(byte) || (byte == b'/' && matches!(self, Self::Path))
    }
}

/// Returns the escape `%XX` of a byte.
pub(crate) const fn escape(byte: u8) -> [u8; 3] {
    [b'%', upper_hex_digit(byte >> 4), upper_hex_digit(byte & 15)]
}

const fn upper_hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) }
}

/// Returns the length of the encoded form of a text, in bytes.
pub(crate) fn encoded_length(bytes: &[u8], position: Position) -> usize {
    // Counting up to 255 in a single byte lets compilers use vector instructions.
    let escapes: usize = bytes
        .chunks(255)
        .map(|chunk| {
            usize::from(chunk.iter().fold(0u8, |count, &byte| count + u8::from(!position.keeps(byte))))
        })
        .sum();
    bytes.len() + 2 * escapes
}

/// Compares two texts by their encoded forms, without encoding them: `%` is less than every byte that is not escaped, and
/// escapes have the order of the bytes they encode.
pub(crate) fn compare_encoded(a: &[u8], b: &[u8]) -> Ordering {
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((&a, &b)) => (is_unreserved(a), a).cmp(&(is_unreserved(b), b)),
        None => a.len().cmp(&b.len()),
    }
}

/// A faster encoder with tables of 2 KB, for machines that have the memory: it handles most bytes of a URL.
#[cfg(feature = "alloc")]
pub(crate) mod table {
    use super::{Position, escape};

    /// The number of bytes that are encoded at a time.
    pub(crate) const STRIDE: usize = 16;

    /// The output size for one stride: 48 bytes if all are escaped, rounded up so that four bytes can be written at any
    /// position below 64 without a bounds check.
    pub(crate) const STRIDE_ROOM: usize = 64 + 3;

    /// The encoded form of every byte: one or three bytes, and their number in the last place.
    pub(crate) struct Table([[u8; 4]; 256]);

    impl Table {
        const fn new(position: Position) -> Self {
            let mut table = [[0; 4]; 256];
            let mut byte = 0;
            while byte < 256 {
                let [percent, high, low] = escape(byte as u8);
                table[byte] =
                    if position.keeps(byte as u8) { [byte as u8, 0, 0, 1] } else { [percent, high, low, 3] };
                byte += 1;
            }
            Self(table)
        }

        pub(crate) const fn of(position: Position) -> &'static Self {
            static PATH: Table = Table::new(Position::Path);
            static QUERY: Table = Table::new(Position::Query);
            match position {
                Position::Path => &PATH,
                Position::Query => &QUERY,
            }
        }

        /// Encodes at most [`STRIDE`] bytes, and returns the length of their encoded form. It writes four bytes for every
        /// input byte, and then advances by one or three: that avoids a branch that processors cannot predict.
        #[inline]
        pub(crate) fn encode(&self, bytes: &[u8], room: &mut [u8; STRIDE_ROOM]) -> usize {
            let mut length = 0;
            for &byte in bytes.iter().take(STRIDE) {
                let encoded = &self.0[usize::from(byte)];
                // `length` is at most 45 here. The mask makes that visible to the compiler.
                if let Some(place) = room.get_mut(length & 63..).and_then(|rest| rest.first_chunk_mut()) {
                    *place = *encoded;
                }
                length += usize::from(encoded[3]);
            }
            length
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// The rule as OSS's documentation states it, byte by byte.
    const UNRESERVED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    #[test]
    fn both_positions_follow_the_rule() {
        for byte in 0..=255u8 {
            let unreserved = UNRESERVED.contains(&byte);
            assert_eq!(is_unreserved(byte), unreserved);
            assert_eq!(Position::Query.keeps(byte), unreserved, "{byte}");
            assert_eq!(Position::Path.keeps(byte), unreserved || byte == b'/', "{byte}");
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn tables_hold_what_the_rule_says_of_each_byte() {
        for position in [Position::Path, Position::Query] {
            for byte in 0..=255u8 {
                let kept = UNRESERVED.contains(&byte) || position == Position::Path && byte == b'/';
                let escaped = std::format!("%{byte:02X}");
                let expected = if kept { &[byte][..] } else { escaped.as_bytes() };
                let mut room = [0; table::STRIDE_ROOM];
                let length = table::Table::of(position).encode(&[byte], &mut room);
                assert_eq!(&room[..length], expected);
            }
        }
    }

    #[test]
    fn escapes_are_upper_case() {
        assert_eq!(&escape(0x00), b"%00");
        assert_eq!(&escape(b'/'), b"%2F");
        assert_eq!(&escape(0xff), b"%FF");
    }

    #[test]
    fn order_is_that_of_the_encoded_forms() {
        let encode = |text: &[u8]| {
            text.iter()
                .flat_map(|&b| if is_unreserved(b) { std::vec![b] } else { escape(b).to_vec() })
                .collect::<Vec<u8>>()
        };
        // Miri compares some thousand texts per second. 17 divides 255, so the last byte is among them.
        let step = if cfg!(miri) { 17 } else { 1 };
        let mut texts: Vec<Vec<u8>> = (0..=255).step_by(step).map(|b| std::vec![b'a', b]).collect();
        texts.extend([b"".to_vec(), b"a".to_vec(), b"a-b".to_vec(), b"a=".to_vec(), b"a1".to_vec()]);
        let encoded: Vec<Vec<u8>> = texts.iter().map(|text| encode(text)).collect();
        for (a, encoded_a) in texts.iter().zip(&encoded) {
            for (b, encoded_b) in texts.iter().zip(&encoded) {
                assert_eq!(compare_encoded(a, b), encoded_a.cmp(encoded_b), "{a:?} {b:?}");
            }
        }
    }
}
