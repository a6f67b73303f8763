//! Headers of a request: which names and values there are, and which of them a signature covers.

use core::cmp::Ordering;

use crate::excerpt::Excerpt;
use crate::request_error::RequestError;
use crate::search::trim_blanks;

/// One header of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    /// `None` for an additional header that was named and has no value: `host` takes the endpoint's.
    pub(crate) value: Option<&'a str>,
    pub(crate) coverage: Coverage,
    /// Whether the name has no upper-case letter, so that it can be signed as it is.
    pub(crate) lower_case: bool,
}

/// Whether a signature covers a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// OSS signs headers of this name always.
    Default,
    /// The signer asked for it.
    Additional,
    None,
}

/// Headers that the signer writes, or that would compete with a signature in the URL.
pub(crate) const SIGNER_HEADERS: [&str; 3] = ["authorization", "x-oss-date", "x-oss-security-token"];

/// Whether OSS signs a header without being asked to: `content-type`, `content-md5` and every `x-oss-*`.
pub(crate) fn is_signed_by_default(name: &str) -> bool {
    name.as_bytes().first_chunk::<6>().is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"x-oss-"))
        || name.eq_ignore_ascii_case("content-type")
        || name.eq_ignore_ascii_case("content-md5")
}

/// Whether a name has no upper-case letter.
pub(crate) fn is_lower_case(name: &str) -> bool {
    // All bytes are looked at, because that makes vector instructions.
    !name.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase())
}

/// Orders header names as their lower-case forms.
pub(crate) fn compare_names(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

/// RFC 9110, section 5.6.2: a token.
pub(crate) fn check_header_name(name: &str) -> Result<(), RequestError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(legal) {
        return Err(RequestError::HeaderName { name: Excerpt::of(name) });
    }
    Ok(())
}

/// Returns a header's value without the blanks around it.
pub(crate) fn check_header_value<'v>(name: &str, value: &'v str) -> Result<&'v str, RequestError> {
    let value = trim_blanks(value);
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(RequestError::HeaderValueControlCharacter { name: Excerpt::of(name) });
    }
    Ok(value)
}
