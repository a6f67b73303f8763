//! Headers of a request: which names and values are legal, and which headers a signature covers.

use core::cmp::Ordering;

use crate::excerpt::Excerpt;
use crate::request_error::RequestError;
use crate::search::trim_blanks;

/// One header of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    /// `None` for an additional header that was named but has no value yet. For `host`, the endpoint provides it.
    pub(crate) value: Option<&'a str>,
    pub(crate) coverage: Coverage,
    /// Whether the name has no upper-case letter, so that it needs no conversion for signing.
    pub(crate) lower_case: bool,
}

/// Whether a signature covers a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Signed because OSS always signs headers of this name.
    Default,
    /// Signed because the signer asked for it.
    Additional,
    /// Not signed.
    None,
}

/// Headers that a request may not contain, because signing writes them or because they conflict with a signature in the URL.
pub(crate) const SIGNER_HEADERS: [&str; 3] = ["authorization", "x-oss-date", "x-oss-security-token"];

/// Returns whether OSS signs a header by default: `content-type`, `content-md5` and every `x-oss-*`.
pub(crate) fn is_signed_by_default(name: &str) -> bool {
    name.as_bytes().first_chunk::<6>().is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"x-oss-"))
        || name.eq_ignore_ascii_case("content-type")
        || name.eq_ignore_ascii_case("content-md5")
}

/// Returns whether a name has no upper-case letter.
pub(crate) fn is_lower_case(name: &str) -> bool {
    // It looks at all bytes instead of stopping at the first: compilers turn that into vector instructions.
    !name.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase())
}

/// Compares header names by their lower-case forms.
pub(crate) fn compare_names(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

/// Checks that a name is a token.
pub(crate) fn check_header_name(name: &str) -> Result<(), RequestError> {
    if is_token(name) { Ok(()) } else { Err(RequestError::HeaderName { name: Excerpt::of(name) }) }
}

/// Returns whether a text is a token, as the names of headers are (RFC 9110, section 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let legal = |byte: u8| {
        matches!(byte,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
    };
    // It looks at all bytes instead of stopping at the first: compilers turn that into vector instructions.
    !text.is_empty() & text.bytes().fold(true, |all, byte| all & legal(byte))
}

/// Returns a header's value without leading and trailing blanks, and refuses control characters other than tab.
pub(crate) fn check_header_value<'v>(name: &str, value: &'v str) -> Result<&'v str, RequestError> {
    let value = trim_blanks(value);
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(RequestError::HeaderValueControlCharacter { name: Excerpt::of(name) });
    }
    Ok(value)
}
