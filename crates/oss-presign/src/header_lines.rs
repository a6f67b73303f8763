//! Owned headers in a single text, so that a signed request needs one allocation for all of them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// Headers with lower-case names, each as a line `name:value`. A name contains no colon, and neither contains a line feed:
/// both were checked before.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct HeaderLines {
    lines: String,
}

impl HeaderLines {
    /// Copies headers whose names and values have been checked.
    pub(crate) fn of<'h>(headers: impl Iterator<Item = (&'h str, &'h str)> + Clone) -> Self {
        let length = headers.clone().map(|(name, value)| name.len() + value.len() + ":\n".len()).sum();
        let mut copied = Self { lines: String::with_capacity(length) };
        headers.for_each(|(name, value)| copied.push(name, value));
        copied
    }

    /// Appends a header whose name and value have been checked.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        let name_at = self.lines.len();
        self.lines.push_str(name);
        if let Some(name) = self.lines.get_mut(name_at..) {
            name.make_ascii_lowercase();
        }
        self.lines.push(':');
        self.lines.push_str(value);
        self.lines.push('\n');
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.lines.split_terminator('\n').filter_map(|line| line.split_once(':'))
    }

    /// Returns whether a header with this name is there, in upper or lower case.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    pub(crate) fn to_pairs(&self) -> Vec<(String, String)> {
        self.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }
}

/// Shows the names without their values.
impl fmt::Debug for HeaderLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// As a list of pairs, whose length is known to formats that need it.
#[cfg(feature = "serde")]
impl serde::Serialize for HeaderLines {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq as _;
        let mut list = serializer.serialize_seq(Some(self.iter().count()))?;
        for header in self.iter() {
            list.serialize_element(&header)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_is_read_as_it_was_written() {
        let headers = [("X-Oss-Meta-A", "1: 2\t中"), ("content-md5", ""), ("range", ":")];
        let lines = HeaderLines::of(headers.into_iter());
        let expected = [("x-oss-meta-a", "1: 2\t中"), ("content-md5", ""), ("range", ":")];
        assert!(lines.iter().eq(expected));
        assert_eq!(lines.lines.capacity(), lines.lines.len());
        assert!(lines.contains("Content-MD5") && !lines.contains("content-type"));
        assert!(HeaderLines::of(core::iter::empty()).iter().next().is_none());
    }
}
