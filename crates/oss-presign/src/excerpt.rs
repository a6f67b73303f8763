//! Short quotations of the caller's texts in errors.

use core::fmt;

/// The start of a text that an error quotes. `Display` shows control characters as escapes, and an ellipsis if the text was
/// longer.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    // One byte for the length keeps errors with two excerpts under 128 bytes. The cut may fall inside a character; `as_str`
    // deals with that, so that firmware which never shows the text does not link the code for it.
    bytes: [u8; Excerpt::BYTES],
    length: u8,
    cut: bool,
}

impl Excerpt {
    /// The greatest number of bytes that are kept: 48, or 14 without an operating system, where stacks are small and
    /// copying an error costs flash.
    pub const BYTES: usize = if cfg!(target_os = "none") { 14 } else { 48 };

    /// Creates an excerpt of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    pub(crate) fn of_bytes(text: &[u8]) -> Self {
        let mut excerpt = Self { bytes: [0; Self::BYTES], length: 0, cut: false };
        for &byte in text {
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

    /// Returns the part of the text that was kept, without a character that was cut in two.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The first chunk of valid UTF-8 ends before a character that was cut.
        let kept = self.bytes.get(..usize::from(self.length));
        kept.and_then(|kept| kept.utf8_chunks().next()).map_or("", |chunk| chunk.valid())
    }

    /// Returns whether the text was longer than this excerpt.
    pub(crate) const fn is_cut(&self) -> bool {
        self.cut
    }
}

impl AsRef<str> for Excerpt {
    fn as_ref(&self) -> &str {
        self.as_str()
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
