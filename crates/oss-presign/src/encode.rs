//! Percent-encoding: one encoder for the canonical text and for the URL.
//!
//! OSS's rule ("Include a V4 signature in a URL"): `A-Z a-z 0-9 - . _ ~` stay, every other byte becomes
//! `%XX` in upper case; `/` stays in a path and is escaped in a query.

use core::cmp::Ordering;

/// Whether a byte stands for itself (RFC 3986, unreserved characters).
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~')
}

/// Where a text goes, which decides what becomes of `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// `/` separates segments and stays.
    Path,
    /// A query name or value: `/` becomes `%2F`.
    Query,
}

impl Position {
    pub(crate) const fn keeps(self, byte: u8) -> bool {
        is_unreserved(byte) || (byte == b'/' && matches!(self, Self::Path))
    }
}

/// What every byte becomes: its one or three bytes, and behind them how many they are.
pub(crate) struct Table([[u8; 4]; 256]);

/// Bytes that are encoded at a time where there is room.
pub(crate) const STRIDE: usize = 16;

/// Room for a stride that is all escapes, and as much more that no place in it needs a check.
pub(crate) const STRIDE_ROOM: usize = 64 + 3;

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

    /// 2 KB of constants, which are worth it where vectors are.
    pub(crate) const fn of(position: Position) -> &'static Self {
        static PATH: Table = Table::new(Position::Path);
        static QUERY: Table = Table::new(Position::Query);
        match position {
            Position::Path => &PATH,
            Position::Query => &QUERY,
        }
    }

    /// Encodes at most [`STRIDE`] bytes, and says how many they have become. Four bytes are written at once
    /// whatever their number is, which spares a branch that no processor could predict.
    #[inline]
    pub(crate) fn encode(&self, bytes: &[u8], room: &mut [u8; STRIDE_ROOM]) -> usize {
        let mut length = 0;
        for &byte in bytes.iter().take(STRIDE) {
            let encoded = &self.0[usize::from(byte)];
            // Never more than 45 here; said in a way that compilers see.
            if let Some(place) = room.get_mut(length & 63..).and_then(|rest| rest.first_chunk_mut()) {
                *place = *encoded;
            }
            length += usize::from(encoded[3]);
        }
        length
    }
}

/// The three bytes `%XX`.
pub(crate) const fn escape(byte: u8) -> [u8; 3] {
    [b'%', upper_hex_digit(byte >> 4), upper_hex_digit(byte & 15)]
}

const fn upper_hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) }
}

/// How many bytes at the start of `bytes` stand for themselves.
pub(crate) fn unescaped_prefix(bytes: &[u8], position: Position) -> usize {
    bytes.iter().position(|&byte| !position.keeps(byte)).unwrap_or(bytes.len())
}

/// Whether sixteen bytes all stand for themselves. Without a branch inside, compilers turn it into a few
/// vector instructions.
pub(crate) fn all_stay(chunk: &[u8; STRIDE], position: Position) -> bool {
    chunk.iter().fold(true, |all, &byte| all & keeps_branchless(byte, position))
}

/// Bytes whose escapes are counted at a time.
pub(crate) const COUNTED: usize = 32;

/// How many of 32 bytes need an escape; like [`all_stay`], a few vector instructions. On its own, because compilers
/// find worse ones for many chunks.
#[inline(never)]
pub(crate) fn escapes_of(chunk: &[u8; COUNTED], position: Position) -> usize {
    let mut escapes = 0u8;
    for &byte in chunk {
        escapes += u8::from(!keeps_branchless(byte, position));
    }
    usize::from(escapes)
}

fn keeps_branchless(byte: u8, position: Position) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `-` and `.` come right before `/`, and that right before the digits.
    let from_dash = byte.wrapping_sub(b'-') < 13;
    let slash = (byte == b'/') & matches!(position, Position::Query);
    letter | (from_dash & !slash) | (byte == b'_') | (byte == b'~')
}

/// Orders two texts as their encoded forms would be ordered, without encoding them: `%` sorts before
/// every byte that stands for itself, and escapes among each other sort as their bytes do.
pub(crate) fn compare_encoded(a: &[u8], b: &[u8]) -> Ordering {
    let weight = |byte: u8| (is_unreserved(byte), byte);
    a.iter().map(|&byte| weight(byte)).cmp(b.iter().map(|&byte| weight(byte)))
}

/// The value of a hex digit, in either case.
pub(crate) const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

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
        if let [b'%', high, low, rest @ ..] = self.rest
            && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
        {
            self.rest = rest;
            return Some(high << 4 | low);
        }
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }
}

/// 64 lower-case hex digits.
pub(crate) fn lower_hex(digest: &[u8; 32]) -> [u8; 64] {
    let mut hex = [0; 64];
    write_lower_hex(digest, &mut hex);
    hex
}

/// The same, to where they belong, by arithmetic that vectors have. On its own where there are any, because
/// compilers spoil it when they see where the digest comes from.
#[cfg_attr(target_pointer_width = "64", inline(never))]
pub(crate) fn write_lower_hex(digest: &[u8; 32], hex: &mut [u8; 64]) {
    for (pair, &byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        // Both digits of a byte side by side, the higher one first in memory.
        let digits = (u16::from(byte) >> 4 | u16::from(byte) << 8) & 0x0f0f;
        let above_nine = ((digits + 0x0606) >> 4) & 0x0101;
        *pair = (digits + 0x3030 + above_nine * u16::from(b'a' - b'0' - 10)).to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::String, vec::Vec};

    /// The rule as SIGNING states it, byte by byte.
    const UNRESERVED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    #[test]
    fn both_predicates_are_the_rule() {
        for byte in 0..=255u8 {
            let unreserved = UNRESERVED.contains(&byte);
            assert_eq!(is_unreserved(byte), unreserved);
            assert_eq!(keeps_branchless(byte, Position::Query), unreserved, "{byte}");
            assert_eq!(keeps_branchless(byte, Position::Path), unreserved || byte == b'/', "{byte}");
        }
    }

    #[test]
    fn prefix_stops_at_each_position() {
        for length in 0..70 {
            for stop in 0..length {
                let mut text = Vec::from_iter(UNRESERVED.iter().copied().cycle().take(length));
                text[stop] = b'%';
                assert_eq!(unescaped_prefix(&text, Position::Path), stop);
            }
            let text = Vec::from_iter(UNRESERVED.iter().copied().cycle().take(length));
            assert_eq!(unescaped_prefix(&text, Position::Query), length);
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
        let mut texts: Vec<Vec<u8>> = (0..=255).map(|b| std::vec![b'a', b]).collect();
        texts.extend([b"".to_vec(), b"a".to_vec(), b"a-b".to_vec(), b"a=".to_vec(), b"a1".to_vec()]);
        for a in &texts {
            for b in &texts {
                assert_eq!(compare_encoded(a, b), encode(a).cmp(&encode(b)), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn decodes_escapes_and_nothing_else() {
        let decode = |text| String::from_utf8(Decoded::new(text).collect()).unwrap();
        assert_eq!(decode("%E4%B8%AD%20%2b+%"), "中 ++%");
        assert_eq!(decode("%4"), "%4");
        assert_eq!(decode("%zz%41"), "%zzA");
    }

    #[test]
    fn hex_is_lower_case() {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&[0x09, 0xaf, 0x10, 0xfe]);
        assert_eq!(&lower_hex(&digest)[..10], b"09af10fe00");
        for byte in 0..=255u8 {
            digest[31] = byte;
            assert_eq!(&lower_hex(&digest)[62..], std::format!("{byte:02x}").as_bytes());
        }
    }
}
