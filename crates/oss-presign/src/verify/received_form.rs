//! A form as a server received it.

use core::fmt;

/// A PostObject form as a server received it.
#[derive(Clone, Copy)]
pub struct ReceivedForm<'a> {
    /// The bucket that the form was sent to.
    pub bucket: &'a str,
    /// The fields before `file`: names, whose letter case does not count, and values. In the value of `key`, `${filename}` must
    /// already be replaced by the name of the file.
    pub fields: &'a [(&'a str, &'a str)],
    /// The size of the file in bytes.
    pub content_length: u64,
}

impl<'a> ReceivedForm<'a> {
    /// Returns the value of a field.
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
