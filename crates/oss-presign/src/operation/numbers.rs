//! Numbers in headers and parameters: checked against their ranges, and stored as text so that they need no allocator.

use core::fmt;

use super::error::ValueError;
use super::limits;
use crate::decimal::Decimal;
use crate::text::shown_as_text;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// Returns the number in decimal.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        shown_as_text!([] $name);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }
    };
}

number! {
    /// The number of a part in a multipart upload: 1 to 10 000.
    PartNumber
}

impl PartNumber {
    /// The greatest part number.
    pub const MAX: u32 = limits::PART_NUMBER;

    /// Checks a part number.
    ///
    /// # Errors
    /// [`ValueError::PartNumber`] outside 1 to 10 000.
    pub const fn new(number: u32) -> Result<Self, ValueError> {
        match number {
            1..=Self::MAX => Ok(Self(Decimal::new(number as u64))),
            _ => Err(ValueError::PartNumber { number }),
        }
    }
}

impl TryFrom<u32> for PartNumber {
    type Error = ValueError;

    fn try_from(number: u32) -> Result<Self, ValueError> {
        Self::new(number)
    }
}

number! {
    /// The position at which AppendObject appends: the current size of the object, in bytes.
    AppendPosition
}

impl AppendPosition {
    /// Creates a position. Any number of bytes is valid.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(Decimal::new(bytes))
    }
}

impl From<u64> for AppendPosition {
    fn from(bytes: u64) -> Self {
        Self::new(bytes)
    }
}

number! {
    /// The exact size of a body in bytes, at most 5 GiB.
    ContentLength
}

impl ContentLength {
    /// The largest body of one request, in bytes: 5 GiB (OSS, "PutObject").
    pub const MAX: u64 = limits::CONTENT_LENGTH;

    /// Checks the size of a body, in bytes.
    ///
    /// # Errors
    /// [`ValueError::ContentLength`] above 5 GiB.
    pub const fn new(bytes: u64) -> Result<Self, ValueError> {
        if bytes > Self::MAX {
            Err(ValueError::ContentLength { bytes })
        } else {
            Ok(Self(Decimal::new(bytes)))
        }
    }
}

impl TryFrom<u64> for ContentLength {
    type Error = ValueError;

    fn try_from(number: u64) -> Result<Self, ValueError> {
        Self::new(number)
    }
}

number! {
    /// A rate in bit/s, 819 200 to 838 860 800 (100 KiB/s to 100 MiB/s).
    TrafficLimit
}

impl TrafficLimit {
    /// The lowest limit, in bit/s.
    pub const MIN: u32 = limits::TRAFFIC_LIMIT_MIN;
    /// The highest limit, in bit/s.
    pub const MAX: u32 = limits::TRAFFIC_LIMIT;

    /// Checks a limit, in bit/s.
    ///
    /// # Errors
    /// [`ValueError::TrafficLimit`] outside the range.
    pub const fn bits_per_second(bits: u32) -> Result<Self, ValueError> {
        match bits {
            Self::MIN..=Self::MAX => Ok(Self(Decimal::new(bits as u64))),
            _ => Err(ValueError::TrafficLimit { bits }),
        }
    }
}

impl TryFrom<u32> for TrafficLimit {
    type Error = ValueError;

    fn try_from(number: u32) -> Result<Self, ValueError> {
        Self::bits_per_second(number)
    }
}

number! {
    /// The greatest number of entries in a page of a listing: 1 to 1000.
    PageSize
}

impl PageSize {
    /// The greatest page size.
    pub const MAX: u32 = limits::PAGE_SIZE;

    /// Checks a page size.
    ///
    /// # Errors
    /// [`ValueError::PageSize`] outside 1 to 1000.
    pub const fn new(entries: u32) -> Result<Self, ValueError> {
        match entries {
            1..=Self::MAX => Ok(Self(Decimal::new(entries as u64))),
            _ => Err(ValueError::PageSize { entries }),
        }
    }
}

impl TryFrom<u32> for PageSize {
    type Error = ValueError;

    fn try_from(number: u32) -> Result<Self, ValueError> {
        Self::new(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for good in [1, 10_000] {
            assert!(PartNumber::new(good).is_ok());
        }
        for number in [0, 10_001] {
            assert_eq!(PartNumber::new(number), Err(ValueError::PartNumber { number }));
        }
        for good in [819_200, 838_860_800] {
            assert!(TrafficLimit::bits_per_second(good).is_ok());
        }
        for bits in [0, 819_199, 838_860_801] {
            assert_eq!(TrafficLimit::bits_per_second(bits), Err(ValueError::TrafficLimit { bits }));
        }
        assert_eq!(PageSize::new(1000).unwrap().as_str(), "1000");
        for entries in [0, 1001] {
            assert_eq!(PageSize::new(entries), Err(ValueError::PageSize { entries }));
        }
        assert_eq!(ContentLength::new(5_368_709_120).unwrap().as_str(), "5368709120");
        let bytes = 5_368_709_121;
        assert_eq!(ContentLength::new(bytes), Err(ValueError::ContentLength { bytes }));
        assert_eq!(AppendPosition::new(u64::MAX).as_str(), "18446744073709551615");
    }
}
