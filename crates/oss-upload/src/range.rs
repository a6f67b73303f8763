//! Byte ranges: what is asked for, what came.

use core::fmt;

/// The bytes `first..=last` of an object, or everything from `first` on: displays as the value of a `Range` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Offset of the first byte wanted.
    pub first: u64,
    /// Offset of the last byte wanted; `None` for all that follow.
    pub last: Option<u64>,
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes={}-", self.first)?;
        match self.last {
            Some(last) => write!(f, "{last}"),
            None => Ok(()),
        }
    }
}

/// The value of a `Content-Range` header: which bytes an answer with status 206 holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// Offset of the first byte.
    pub first: u64,
    /// Offset of the last byte.
    pub last: u64,
    /// Size of the whole object in bytes.
    pub total: u64,
}

impl ContentRange {
    /// Parses `bytes FIRST-LAST/TOTAL`; `None` where the size is unknown (`*`) or the numbers contradict each other.
    pub fn parse(text: &str) -> Option<Self> {
        let (range, total) = split_at_byte(after_prefix(text.as_bytes(), b"bytes ")?, b'/')?;
        let (first, last) = split_at_byte(range, b'-')?;
        let (first, last, total) = (decimal(first)?, decimal(last)?, decimal(total)?);
        (first <= last && last < total).then_some(Self { first, last, total })
    }

    /// How many bytes the answer holds.
    pub fn length(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// A number of decimal digits alone: no sign, no blanks, no overflow (`str::parse` would take a `+`).
pub fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

/// What stands before and behind the first `separator`. By hand: the searches of `str` leave panics in a firmware.
pub(crate) fn split_at_byte(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}

/// What follows `prefix`, by hand for the same reason.
pub(crate) fn after_prefix<'t>(text: &'t [u8], prefix: &[u8]) -> Option<&'t [u8]> {
    if text.get(..prefix.len())? == prefix { text.get(prefix.len()..) } else { None }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn decimals_are_digits_alone() {
        let read = |text: &str| decimal(text.as_bytes());
        assert_eq!((read("0"), read("18446744073709551615")), (Some(0), Some(u64::MAX)));
        for text in ["", "+1", "-1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_in_headers() {
        assert_eq!(ByteRange { first: 0, last: Some(99) }.to_string(), "bytes=0-99");
        assert_eq!(ByteRange { first: 7, last: None }.to_string(), "bytes=7-");
        assert_eq!(
            ContentRange::parse("bytes 0-99/1000"),
            Some(ContentRange { first: 0, last: 99, total: 1000 })
        );
        assert_eq!(ContentRange::parse("bytes 0-0/1").map(|r| r.length()), Some(1));
        for text in [
            "bytes 5-4/10",
            "bytes 0-10/10",
            "bytes */10",
            "bytes 0-9/*",
            "items 0-9/10",
            "bytes +0-9/10",
            "",
        ] {
            assert_eq!(ContentRange::parse(text), None, "{text}");
        }
    }
}
