//! Searches for ASCII bytes in text.
//!
//! The search functions of `core` support all of Unicode. On a microcontroller that costs kilobytes of flash, and leaves
//! panics in the binary that the optimizer cannot remove. Every separator in this crate is an ASCII byte.

/// Returns the text before and the text after the first separator, or `None` without a separator.
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Returns the text before and the text after the first separator; without a separator, the whole text and an empty one.
pub(crate) fn split_first(text: &str, separator: u8) -> (&str, &str) {
    match split_once(text, separator) {
        Some(parts) => parts,
        None => (text, ""),
    }
}

/// Iterates over the pieces between separators. A text without a separator is one piece.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> + Clone {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (piece, after) = match split_once(text, separator) {
            Some((piece, after)) => (piece, Some(after)),
            None => (text, None),
        };
        rest = after;
        Some(piece)
    })
}

/// Returns whether the text contains one of the bytes.
pub(crate) fn contains_any(text: &str, bytes: &[u8]) -> bool {
    text.bytes().any(|byte| bytes.contains(&byte))
}

/// Returns whether the text contains another text.
pub(crate) fn contains(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len().max(1)).any(|window| window == wanted.as_bytes())
}

/// Returns the text without leading and trailing blanks and tabs.
pub(crate) fn trim_blanks(text: &str) -> &str {
    let mut text = text;
    while let Some(rest) = text.strip_prefix(" ").or_else(|| text.strip_prefix("\t")) {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix(" ").or_else(|| text.strip_suffix("\t")) {
        text = rest;
    }
    text
}

/// Returns whether a text begins or ends with white space (Unicode property `White_Space`). It needs no Unicode table,
/// which would cost flash in firmware.
pub(crate) fn has_outer_white_space(text: &str) -> bool {
    let bytes = text.as_bytes();
    let last = bytes.iter().rposition(|byte| !matches!(byte, 0x80..=0xbf));
    begins_with_white_space(bytes)
        || last.and_then(|last| bytes.get(last..)).is_some_and(begins_with_white_space)
}

fn begins_with_white_space(bytes: &[u8]) -> bool {
    // The first three bytes as one number. Every white-space character has at most three bytes.
    let first = (0..3).fold(0, |first, at| first << 8 | bytes.get(at).copied().map_or(0, u32::from));
    matches!(first >> 16, 0x09..=0x0d | 0x20)
        || matches!(first >> 8, 0xc285 | 0xc2a0)
        || matches!(
            first,
            // U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000
            0xe1_9a80 | 0xe2_8080..=0xe2_808a | 0xe2_80a8 | 0xe2_80a9 | 0xe2_80af | 0xe2_819f | 0xe3_8080
        )
}

/// Returns whether a text begins with these bytes. It compares in a loop, because linking `memcmp` for such short texts
/// would add more code than the loop.
pub(crate) fn begins_with(text: &str, beginning: &[u8]) -> bool {
    text.len() >= beginning.len() && text.bytes().zip(beginning).all(|(found, wanted)| found == *wanted)
}

/// Returns whether a text ends with these bytes.
pub(crate) fn ends_with(text: &str, end: &[u8]) -> bool {
    let start = text.len().checked_sub(end.len()).and_then(|start| text.get(start..));
    start.is_some_and(|found| begins_with(found, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn white_space_is_that_of_unicode() {
        // Miri would take hours for all.
        let last = if cfg!(miri) { '\u{ff}' } else { char::MAX };
        for character in '\0'..=last {
            let expected = character.is_whitespace();
            assert_eq!(has_outer_white_space(&std::format!("{character}a")), expected, "{character:?}");
            assert_eq!(has_outer_white_space(&std::format!("é{character}")), expected, "{character:?}");
            assert!(!has_outer_white_space(&std::format!("a{character}é")), "{character:?}");
        }
        assert!(!has_outer_white_space(""));
    }

    proptest! {
        #[test]
        fn agrees_with_core(text in "[a/;: \t.ü\\n]{0,12}", wanted in "[a/:]{1,3}") {
            let text = text.as_str();
            for separator in *b"/;a" {
                let pattern = char::from(separator);
                prop_assert_eq!(split_once(text, separator), text.split_once(pattern));
                prop_assert_eq!(split(text, separator).collect::<Vec<_>>(), text.split(pattern).collect::<Vec<_>>());
            }
            prop_assert_eq!(contains_any(text, b"/;"), text.contains(['/', ';']));
            prop_assert_eq!(contains(text, &wanted), text.contains(wanted.as_str()));
            prop_assert_eq!(begins_with(text, wanted.as_bytes()), text.starts_with(&wanted));
            prop_assert_eq!(ends_with(text, wanted.as_bytes()), text.ends_with(&wanted));
            prop_assert_eq!(trim_blanks(text), text.trim_matches([' ', '\t']));
        }
    }
}
