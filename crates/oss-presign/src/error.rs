//! What every error of this crate has in common.
//!
//! Each stage has its own small enum, beside the code that refuses. [`Error`] is their union, for callers
//! who pass them all on.

use core::fmt;

use crate::credentials::CredentialsError;
use crate::endpoint::EndpointError;
use crate::expiry::ExpiryError;
use crate::method::MethodError;
use crate::object::{BucketError, ObjectKeyError};
use crate::operation::ValueError;
use crate::post_policy::PostPolicyError;
use crate::presigned::PresignError;
use crate::request::RequestError;
use crate::scope::ScopeError;
use crate::time::TimeError;

/// Any refusal between a description and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A time was refused.
    Time(TimeError),
    /// An access key or a token was refused.
    Credentials(CredentialsError),
    /// A region or a product was refused.
    Scope(ScopeError),
    /// A bucket name was refused.
    Bucket(BucketError),
    /// An object key was refused.
    ObjectKey(ObjectKeyError),
    /// An endpoint was refused.
    Endpoint(EndpointError),
    /// A method was refused.
    Method(MethodError),
    /// A header or a query parameter was refused.
    Request(RequestError),
    /// The value of a header or a parameter was refused.
    Value(ValueError),
    /// A lifetime was refused.
    Expiry(ExpiryError),
    /// A condition of a form was refused.
    PostPolicy(PostPolicyError),
    /// Signing was refused.
    Presign(PresignError),
}

macro_rules! union {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        impl Error {
            /// A stable name for programs: that of the variant that refused.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant(error) => error.code(),)* }
            }
        }

        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$variant(error) => error.fmt(f),)* }
            }
        }

        impl core::error::Error for Error {
            fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
                match self { $(Self::$variant(error) => error.source(),)* }
            }
        }

        $(impl From<$inner> for Error {
            fn from(error: $inner) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

union! {
    Time(TimeError),
    Credentials(CredentialsError),
    Scope(ScopeError),
    Bucket(BucketError),
    ObjectKey(ObjectKeyError),
    Endpoint(EndpointError),
    Method(MethodError),
    Request(RequestError),
    Value(ValueError),
    Expiry(ExpiryError),
    PostPolicy(PostPolicyError),
    Presign(PresignError),
}

/// The beginning of a text that an error names. Display shows control characters as escapes, and an
/// ellipsis where the text went on.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    // A length of one byte keeps errors that hold two of them under 128 bytes. Where a character is cut is seen to when
    // somebody reads it, which firmware that shows no text never does.
    bytes: [u8; Excerpt::BYTES],
    length: u8,
    cut: bool,
}

impl Excerpt {
    /// How many bytes are kept: 48, and 14 without an operating system, where stacks are short and every copy of an
    /// error costs flash.
    pub const BYTES: usize = if cfg!(target_os = "none") { 14 } else { 48 };

    pub(crate) fn of(text: &str) -> Self {
        let mut excerpt = Self { bytes: [0; Self::BYTES], length: 0, cut: false };
        for byte in text.bytes() {
            match excerpt.bytes.get_mut(usize::from(excerpt.length)) {
                Some(place) => {
                    *place = byte;
                    excerpt.length += 1;
                }
                None => excerpt.cut = true,
            }
        }
        excerpt
    }

    /// What was kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let kept = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        kept.utf8_chunks().next().map(|chunk| chunk.valid()).unwrap_or_default()
    }

    /// Whether the text went on.
    pub(crate) const fn is_cut(&self) -> bool {
        self.cut
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_str().escape_debug())?;
        if self.cut { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    #[test]
    fn excerpt_shows_where_it_was_cut() {
        assert_eq!(Excerpt::of("a\r\nb").to_string(), "a\\r\\nb");
        let long: String = core::iter::repeat_n('é', 30).collect();
        let shown = Excerpt::of(&long).to_string();
        assert_eq!(shown.chars().filter(|&c| c == 'é').count(), 24);
        assert!(shown.ends_with('…'));
    }
}
