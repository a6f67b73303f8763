//! Values of headers that are checked or encoded without an allocator.

use heapless::String;

use super::error::ValueError;
use super::limits;
use crate::base64::{Decoded, digits, is_base64};
use crate::encode::{escape, is_unreserved};
use crate::excerpt::Excerpt;
use crate::object_key::ObjectKey;
use crate::search::{split, split_first};
use crate::text::{borrowed_text, parsed_text, shown_as_text};

/// The value of a `Content-MD5` header: an MD5 digest in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentMd5([u8; 24]);

impl ContentMd5 {
    /// Encodes a digest, given as its 16 bytes (not as hex digits).
    #[must_use]
    pub const fn new(digest: &[u8; 16]) -> Self {
        let mut text = [b'='; 24];
        let (mut from, mut to): (&[u8], &mut [u8]) = (digest, &mut text);
        while let ([a, b, c, from_rest @ ..], [w, x, y, z, to_rest @ ..]) = (from, to) {
            [*w, *x, *y, *z] = digits([*a, *b, *c]);
            (from, to) = (from_rest, to_rest);
        }
        let ([.., w, x, _, _], [.., last]) = (&mut text, digest);
        [*w, *x, _, _] = digits([*last, 0, 0]);
        Self(text)
    }

    /// Returns the value of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It is base64, so this is always text.
        core::str::from_utf8(&self.0).unwrap_or("")
    }
}

shown_as_text!([] ContentMd5);

/// The name of a header for user metadata: `x-oss-meta-` and a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetaName(String<{ MetaName::MAX + MetaName::PREFIX.len() }, u8>);

impl MetaName {
    /// The longest name, in bytes without the prefix. This limit of the crate keeps the type small;
    /// [`Request::header`](crate::Request::header) accepts longer names.
    pub const MAX: usize = limits::META_NAME;
    const PREFIX: &str = "x-oss-meta-";

    /// Creates a name from its text, such as `owner`, with or without the prefix `x-oss-meta-`.
    ///
    /// # Errors
    /// [`ValueError::MetaName`] if the name is empty, longer than 64 bytes, or contains anything but letters, digits and
    /// hyphens.
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

    /// Returns the name of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(MetaName, MetaName::new, ValueError);

/// The key that a symbolic link points to, percent-encoded for its header, in at most `BYTES` bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SymlinkTarget<const BYTES: usize = 256>(String<BYTES>);

impl<const BYTES: usize> SymlinkTarget<BYTES> {
    /// Encodes the key that the link points to.
    ///
    /// # Errors
    /// [`ValueError::SymlinkTarget`] if the encoded key is longer than `BYTES` bytes.
    pub fn new(key: ObjectKey<'_>) -> Result<Self, ValueError> {
        let mut text = String::new();
        for &byte in key.as_str().as_bytes() {
            let escaped = escape(byte);
            let plain = [byte];
            let encoded: &[u8] = if byte == b'/' || is_unreserved(byte) { &plain } else { &escaped };
            for &byte in encoded {
                text.push(char::from(byte)).map_err(|_| ValueError::SymlinkTarget { capacity: BYTES })?;
            }
        }
        Ok(Self(text))
    }

    /// Returns the value of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

shown_as_text!([const BYTES: usize] SymlinkTarget<BYTES>);

impl<const BYTES: usize> TryFrom<ObjectKey<'_>> for SymlinkTarget<BYTES> {
    type Error = ValueError;

    fn try_from(key: ObjectKey<'_>) -> Result<Self, ValueError> {
        Self::new(key)
    }
}

/// The tags of an object in the form of their header: `name=value&name=value`, percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tagging<'a>(&'a str);

impl<'a> Tagging<'a> {
    /// The greatest number of tags of an object.
    pub const MAX: usize = 10;

    /// Checks the text of a list of tags.
    ///
    /// # Errors
    /// [`ValueError::Tagging`] if there are more than ten tags, a tag has no name, or a character is not encoded.
    pub fn new(tags: &'a str) -> Result<Self, ValueError> {
        let encoded = |byte: u8| is_unreserved(byte) || matches!(byte, b'%' | b'+');
        let fits = |tag: &str| {
            let (name, value) = split_first(tag, b'=');
            !name.is_empty() && name.bytes().all(encoded) && value.bytes().all(encoded)
        };
        if split(tags, b'&').all(fits) && split(tags, b'&').count() <= Self::MAX {
            Ok(Self(tags))
        } else {
            Err(ValueError::Tagging)
        }
    }

    /// Returns the value of the header.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

borrowed_text!(Tagging, ValueError);

/// A callback or its variables: a JSON object in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Callback<'a>(&'a str);

impl<'a> Callback<'a> {
    /// Checks the base64 text of a callback.
    ///
    /// # Errors
    /// [`ValueError::Callback`] if the text is not base64, or does not encode a JSON object.
    pub fn from_base64(text: &'a str) -> Result<Self, ValueError> {
        let first = Decoded::new(text).find(|byte| !byte.is_ascii_whitespace());
        if is_base64(text) && first == Some(b'{') { Ok(Self(text)) } else { Err(ValueError::Callback) }
    }

    /// Returns the base64 text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

shown_as_text!(['a] Callback<'a>);

impl<'a> TryFrom<&'a str> for Callback<'a> {
    type Error = ValueError;

    fn try_from(base64: &'a str) -> Result<Self, ValueError> {
        Self::from_base64(base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
