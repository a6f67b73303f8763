//! A request as a server received it.

use super::error::VerifyError;
use crate::excerpt::Excerpt;

/// A request as a server received it. Nothing is decoded or left out.
#[derive(Clone, Copy)]
pub struct ReceivedRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The bucket, if the host contains it or is mapped to it. `None` if the path contains it. Its characters are not checked
    /// here: pass a text from a `Host` header through [`Bucket::new`](crate::Bucket::new) first, because a `/` in it would move
    /// the border between bucket and key.
    pub bucket: Option<&'a str>,
    /// The path, percent-encoded as it was received.
    pub path: &'a str,
    /// The query, percent-encoded as it was received, without its `?`.
    pub query: &'a str,
    /// All headers, including `host`. The letter case of names does not count.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> ReceivedRequest<'a> {
    /// Returns the value of a header without leading and trailing blanks, or an error if the header is there twice or its value
    /// is not UTF-8.
    pub(super) fn header(&self, wanted: &'static str) -> Result<Option<&'a str>, VerifyError> {
        let mut values = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let value = values.next();
        if values.next().is_some() {
            return Err(VerifyError::DuplicateHeader { name: Excerpt::of(wanted) });
        }
        let Some((_, value)) = value else { return Ok(None) };
        let text = core::str::from_utf8(trim_blank_bytes(value));
        text.map(Some).map_err(|_| VerifyError::HeaderNotText { name: Excerpt::of(wanted) })
    }
}

impl core::fmt::Debug for ReceivedRequest<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("method", &self.method)
            .field("bucket", &self.bucket)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Returns a value without leading and trailing blanks and tabs.
pub(super) fn trim_blank_bytes(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
