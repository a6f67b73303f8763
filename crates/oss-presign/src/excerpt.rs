//! The texts that errors quote.

use core::fmt;

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

    /// The beginning of `text`.
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

    /// What was kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Up to a character that was cut; nothing where there is no whole one.
        let kept = self.bytes.get(..usize::from(self.length));
        kept.and_then(|kept| kept.utf8_chunks().next()).map_or("", |chunk| chunk.valid())
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
