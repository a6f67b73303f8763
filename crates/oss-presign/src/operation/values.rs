//! Values of headers and parameters, checked and rendered where no allocator is.

use core::fmt;

use heapless::String;

use crate::Excerpt;
use crate::base64::{Decoded, digits, is_base64};
use crate::decimal::Decimal;
use crate::encode::{Position, escape, is_unreserved, unescaped_prefix};
use crate::object::ObjectKey;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The number in decimal.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }
    };
}

number! {
    /// The number of a part of a multipart upload, 1 to 10 000.
    PartNumber
}

impl PartNumber {
    /// The greatest.
    pub const MAX: u32 = 10_000;

    /// Checks a number.
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

number! {
    /// Where AppendObject appends: the size of the object so far, in bytes.
    AppendPosition
}

impl AppendPosition {
    /// Any position.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(Decimal::new(bytes))
    }
}

number! {
    /// The exact size of a body in bytes, at most 5 GiB.
    ContentLength
}

impl ContentLength {
    /// The greatest body of one request: 5 GiB (OSS, "PutObject").
    pub const MAX: u64 = 5 << 30;

    /// Checks a size.
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

number! {
    /// A rate in bit/s, 819 200 to 838 860 800 (100 KiB/s to 100 MiB/s).
    TrafficLimit
}

impl TrafficLimit {
    /// The least, in bit/s.
    pub const MIN: u32 = 819_200;
    /// The greatest, in bit/s.
    pub const MAX: u32 = 838_860_800;

    /// Checks a rate.
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

number! {
    /// How many entries a listing has at most, 1 to 1000.
    PageSize
}

impl PageSize {
    /// The greatest.
    pub const MAX: u32 = 1000;

    /// Checks a number.
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

/// An MD5 as `Content-MD5` has it: base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentMd5([u8; 24]);

impl ContentMd5 {
    /// From the digest's bytes, not from its hex digits.
    #[must_use]
    pub const fn new(digest: &[u8; 16]) -> Self {
        let mut text = [b'='; 24];
        let (mut from, mut to): (&[u8], &mut [u8]) = (digest, &mut text);
        while let ([a, b, c, from_rest @ ..], [w, x, y, z, to_rest @ ..]) = (from, to) {
            [*w, *x, *y, *z] = digits([*a, *b, *c]);
            (from, to) = (from_rest, to_rest);
        }
        if let [.., w, x, _, _] = &mut text
            && let [.., last] = digest
        {
            [*w, *x, _, _] = digits([*last, 0, 0]);
        }
        Self(text)
    }

    /// The value of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The name of a piece of user metadata, with the `x-oss-meta-` before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetaName(String<{ MetaName::MAX + MetaName::PREFIX.len() }, u8>);

impl MetaName {
    /// The longest name, in bytes without the prefix. A limit of this crate, for the sake of small machines;
    /// [`Request::header`](crate::Request::header) takes longer ones.
    pub const MAX: usize = 64;
    const PREFIX: &str = "x-oss-meta-";

    /// From `owner` or from `x-oss-meta-owner`.
    ///
    /// # Errors
    /// [`ValueError::MetaName`] for a name that is empty, over 64 bytes, or holds something other than letters,
    /// digits and hyphens.
    pub fn new(name: &str) -> Result<Self, ValueError> {
        let refused = || ValueError::MetaName { name: Excerpt::of(name) };
        let bare = match name.split_at_checked(Self::PREFIX.len()) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case(Self::PREFIX) => rest,
            _ => name,
        };
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if bare.is_empty() || !bare.bytes().all(legal) {
            return Err(refused());
        }
        let mut text = String::new();
        text.push_str(Self::PREFIX).and_then(|()| text.push_str(bare)).map_err(|_| refused())?;
        Ok(Self(text))
    }

    /// The name of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key that a symbolic link points to, percent-encoded as the header wants it, in at most `BYTES` bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SymlinkTarget<const BYTES: usize = 256>(String<BYTES>);

impl<const BYTES: usize> SymlinkTarget<BYTES> {
    /// Encodes a key.
    ///
    /// # Errors
    /// [`ValueError::SymlinkTarget`] where the encoded key has more than `BYTES` bytes.
    pub fn new(key: ObjectKey<'_>) -> Result<Self, ValueError> {
        let mut text = String::new();
        let mut rest = key.as_str();
        let too_long = ValueError::SymlinkTarget { capacity: BYTES };
        while !rest.is_empty() {
            let plain = unescaped_prefix(rest.as_bytes(), Position::Path);
            let (run, after) = rest.split_at_checked(plain).unwrap_or((rest, ""));
            text.push_str(run).map_err(|_| too_long.clone())?;
            let mut after = after.chars();
            if let Some(character) = after.next() {
                for &byte in character.encode_utf8(&mut [0; 4]).as_bytes() {
                    for escaped in escape(byte) {
                        text.push(char::from(escaped)).map_err(|_| too_long.clone())?;
                    }
                }
            }
            rest = after.as_str();
        }
        Ok(Self(text))
    }

    /// The value of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tags of an object as the header has them: `name=value&name=value`, percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tagging<'a>(&'a str);

impl<'a> Tagging<'a> {
    /// How many tags an object has at most.
    pub const MAX: usize = 10;

    /// Checks tags.
    ///
    /// # Errors
    /// [`ValueError::Tagging`] for more than ten tags, one without a name, and a character that is not encoded.
    pub fn new(tags: &'a str) -> Result<Self, ValueError> {
        let encoded = |byte: u8| is_unreserved(byte) || matches!(byte, b'%' | b'+');
        let fits = |tag: &str| {
            let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
            !name.is_empty() && name.bytes().all(encoded) && value.bytes().all(encoded)
        };
        if tags.split('&').all(fits) && tags.split('&').count() <= Self::MAX {
            Ok(Self(tags))
        } else {
            Err(ValueError::Tagging)
        }
    }

    /// The value of the header.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// A callback or its variables: a JSON object in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Callback<'a>(&'a str);

impl<'a> Callback<'a> {
    /// Checks a text in base64.
    ///
    /// # Errors
    /// [`ValueError::Callback`] where it is no base64, or no JSON object in it.
    pub fn from_base64(text: &'a str) -> Result<Self, ValueError> {
        let first = Decoded::new(text).find(|byte| !byte.is_ascii_whitespace());
        if is_base64(text) && first == Some(b'{') { Ok(Self(text)) } else { Err(ValueError::Callback) }
    }

    /// The text that was given.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// Parts are numbered from 1 to 10 000.
    PartNumber {
        /// What was given.
        number: u32,
    },
    /// More than one request carries.
    ContentLength {
        /// What was given, in bytes.
        bytes: u64,
    },
    /// A rate that OSS does not take.
    TrafficLimit {
        /// What was given, in bit/s.
        bits: u32,
    },
    /// A listing has 1 to 1000 entries.
    PageSize {
        /// What was given.
        entries: u32,
    },
    /// No name for user metadata.
    MetaName {
        /// What was given.
        name: Excerpt,
    },
    /// The encoded key does not fit.
    SymlinkTarget {
        /// How many bytes do.
        capacity: usize,
    },
    /// No tags in their encoded form.
    Tagging,
    /// No JSON object in base64.
    Callback,
}

impl ValueError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PartNumber { .. } => "PartNumber",
            Self::ContentLength { .. } => "ContentLength",
            Self::TrafficLimit { .. } => "TrafficLimit",
            Self::PageSize { .. } => "PageSize",
            Self::MetaName { .. } => "MetaName",
            Self::SymlinkTarget { .. } => "SymlinkTarget",
            Self::Tagging => "Tagging",
            Self::Callback => "Callback",
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartNumber { number } => {
                write!(f, "{number} is no part number: parts are numbered from 1 to {}", PartNumber::MAX)
            }
            Self::ContentLength { bytes } => write!(
                f,
                "one request carries at most {} bytes, not {bytes}: use a multipart upload",
                ContentLength::MAX
            ),
            Self::TrafficLimit { bits } => write!(
                f,
                "a traffic limit is given in bit/s, {} to {}, not {bits}: multiply bytes by 8",
                TrafficLimit::MIN,
                TrafficLimit::MAX
            ),
            Self::PageSize { entries } => {
                write!(f, "a listing has 1 to {} entries, not {entries}", PageSize::MAX)
            }
            Self::MetaName { name } => write!(
                f,
                "`{name}` is no name for metadata: use 1 to {} letters, digits and hyphens",
                MetaName::MAX
            ),
            Self::SymlinkTarget { capacity } => write!(
                f,
                "the encoded target has more than {capacity} bytes: name a larger type, such as `SymlinkTarget::<3069>`"
            ),
            Self::Tagging => f.write_str(
                "tags are written `name=value&name=value`, percent-encoded, at most ten of them, each with a name",
            ),
            Self::Callback => {
                f.write_str("a callback is a JSON object in base64 with its padding: encode the JSON first")
            }
        }
    }
}

impl core::error::Error for ValueError {}

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

    /// MD5 of the empty text and of `abc` (RFC 1321, section A.5), through `base64`.
    #[test]
    fn md5() {
        let empty =
            [0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e];
        assert_eq!(ContentMd5::new(&empty).as_str(), "1B2M2Y8AsgTpgAmY7PhCfg==");
        let abc =
            [0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2, 0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d, 0x28, 0xe1, 0x7f, 0x72];
        assert_eq!(ContentMd5::new(&abc).as_str(), "kAFQmDzST7DWlj99KOF/cg==");
    }

    #[test]
    fn meta_names() {
        for name in ["owner", "x-oss-meta-owner", "X-OSS-META-owner"] {
            assert_eq!(MetaName::new(name).unwrap().as_str(), "x-oss-meta-owner");
        }
        let longest = "k".repeat(64);
        assert!(MetaName::new(&longest).is_ok());
        for bad in ["", "x-oss-meta-", "a b", "a_b", "ü", "a:b", &"k".repeat(65)] {
            assert_eq!(MetaName::new(bad), Err(ValueError::MetaName { name: Excerpt::of(bad) }), "{bad}");
        }
    }

    #[test]
    fn symlink_targets() {
        let key = |text| ObjectKey::new(text).unwrap();
        let encoded = SymlinkTarget::<24>::new(key("a/ü 中")).unwrap();
        assert_eq!(encoded.as_str(), "a/%C3%BC%20%E4%B8%AD");
        assert!(SymlinkTarget::<20>::new(key("a/ü 中")).is_ok());
        let expected = Err(ValueError::SymlinkTarget { capacity: 19 });
        assert_eq!(SymlinkTarget::<19>::new(key("a/ü 中")), expected);
        assert_eq!(SymlinkTarget::<2>::new(key("abc")), Err(ValueError::SymlinkTarget { capacity: 2 }));
    }

    #[test]
    fn tags_and_callbacks() {
        for good in ["a=1", "a=1&b=2", "a", "a%20b=%E4%B8%AD", "a=1+2", "a&b&c&d&e&f&g&h&i&j"] {
            assert_eq!(Tagging::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "=1", "a=1&", "a b=1", "a=1&b=ü", "a=1=2", "a&b&c&d&e&f&g&h&i&j&k"] {
            assert_eq!(Tagging::new(bad), Err(ValueError::Tagging), "{bad}");
        }
        assert!(Callback::from_base64("eyJhIjoxfQ==").is_ok());
        for bad in ["", "{\"a\":1}", "eyJhIjoxfQ", "WzFd", "eyJhIjoxfQ==\n"] {
            assert_eq!(Callback::from_base64(bad), Err(ValueError::Callback), "{bad}");
        }
    }
}
