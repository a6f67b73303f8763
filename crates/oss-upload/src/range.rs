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
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last, total) = (decimal(first)?, decimal(last)?, decimal(total)?);
        (first <= last && last < total).then_some(Self { first, last, total })
    }

    /// How many bytes the answer holds.
    pub fn length(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// A number of digits alone (`str::parse` would take a `+`).
pub(crate) fn decimal(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

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
