//! A form as it arrived.

use core::fmt;

/// A PostObject form as it arrived.
#[derive(Clone, Copy)]
pub struct ReceivedForm<'a> {
    /// The bucket that it was sent to.
    pub bucket: &'a str,
    /// Its fields before `file`, names in any letter case, values as text. `key` is the one that the object
    /// will have: with `${filename}` replaced.
    pub fields: &'a [(&'a str, &'a str)],
    /// The size of the file in bytes.
    pub content_length: u64,
}

impl<'a> ReceivedForm<'a> {
    /// The value of a field.
    pub(super) fn field(&self, wanted: &'static str) -> Option<&'a str> {
        let found = self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|&(_, value)| value)
    }
}

impl fmt::Debug for ReceivedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedForm")
            .field("bucket", &self.bucket)
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}
