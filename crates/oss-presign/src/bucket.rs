//! Names of buckets that OSS accepts.

use core::fmt;

use crate::text::borrowed_text;

/// The name of a bucket: 3 to 63 characters `a-z 0-9 -` that begin and end with a letter or digit (OSS, "Bucket naming
/// conventions").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket<'a>(&'a str);

impl<'a> Bucket<'a> {
    /// Checks a bucket's name.
    ///
    /// # Errors
    /// [`BucketError`] if OSS does not allow this name.
    pub const fn new(name: &'a str) -> Result<Self, BucketError> {
        let bytes = name.as_bytes();
        if bytes.len() < 3 || bytes.len() > 63 {
            return Err(BucketError::Length { bytes: bytes.len() });
        }
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            if !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-') {
                return Err(match byte {
                    b'A'..=b'Z' => BucketError::UpperCase,
                    b'.' => BucketError::Dot,
                    _ => BucketError::Character,
                });
            }
            rest = tail;
        }
        if matches!(bytes, [b'-', ..] | [.., b'-']) {
            return Err(BucketError::HyphenAtEnd);
        }
        Ok(Self(name))
    }

    /// Returns the name.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

borrowed_text!(Bucket, BucketError);

/// Why a text is not a valid bucket name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BucketError {
    /// Not 3 to 63 bytes long.
    Length {
        /// The length that was given.
        bytes: usize,
    },
    /// Contains an upper-case letter.
    UpperCase,
    /// Contains a dot, usually because a host name was given instead of a bucket name.
    Dot,
    /// Contains a character other than `a-z 0-9 -`.
    Character,
    /// Begins or ends with a hyphen.
    HyphenAtEnd,
}

impl BucketError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "BucketLength",
            Self::UpperCase => "BucketUpperCase",
            Self::Dot => "BucketDot",
            Self::Character => "BucketCharacter",
            Self::HyphenAtEnd => "BucketHyphenAtEnd",
        }
    }
}

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { bytes } => {
                write!(f, "a bucket's name has 3 to 63 bytes, this one has {bytes}")
            }
            Self::UpperCase => f.write_str("a bucket's name is lower-case: write it with `a-z 0-9 -` only"),
            Self::Dot => f.write_str(
                "a bucket's name has no dots: give the bare name (`examplebucket`), and a host through the endpoint",
            ),
            Self::Character => f.write_str("a bucket's name has only the characters `a-z 0-9 -`"),
            Self::HyphenAtEnd => f.write_str("a bucket's name begins and ends with a letter or a digit"),
        }
    }
}

impl core::error::Error for BucketError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn buckets() {
        let longest: String = core::iter::repeat_n('x', 63).collect();
        for name in ["abc", "a1b2c3", "my-bucket-01", "0-0", longest.as_str()] {
            assert_eq!(Bucket::new(name).map(Bucket::as_str), Ok(name));
        }
        let too_long: String = core::iter::repeat_n('x', 64).collect();
        assert_eq!(Bucket::new("ab"), Err(BucketError::Length { bytes: 2 }));
        assert_eq!(Bucket::new(""), Err(BucketError::Length { bytes: 0 }));
        assert_eq!(Bucket::new(&too_long), Err(BucketError::Length { bytes: 64 }));
        assert_eq!(Bucket::new("Abc"), Err(BucketError::UpperCase));
        assert_eq!(Bucket::new("a.oss-cn-hangzhou.aliyuncs.com"), Err(BucketError::Dot));
        assert_eq!(Bucket::new("a/b"), Err(BucketError::Character));
        assert_eq!(Bucket::new("a_b"), Err(BucketError::Character));
        assert_eq!(Bucket::new("büc"), Err(BucketError::Character));
        assert_eq!(Bucket::new("-ab"), Err(BucketError::HyphenAtEnd));
        assert_eq!(Bucket::new("ab-"), Err(BucketError::HyphenAtEnd));
    }
}
