//! Searching text by ASCII bytes.
//!
//! The searches of `core` for characters and strings take any Unicode, and pay for it on a microcontroller: kilobytes of
//! flash, and panics that no optimizer proves away. What separates here is ASCII throughout.

/// What stands before and after the first separator; `None` where there is none.
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands before the first separator, and what stands after it; without a separator, all and nothing.
pub(crate) fn split_first(text: &str, separator: u8) -> (&str, &str) {
    match split_once(text, separator) {
        Some(parts) => parts,
        None => (text, ""),
    }
}

/// The pieces between separators; a text without any is one piece.
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

/// Whether one of the bytes occurs.
pub(crate) fn contains_any(text: &str, bytes: &[u8]) -> bool {
    text.bytes().any(|byte| bytes.contains(&byte))
}

/// Whether a text occurs.
pub(crate) fn contains(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len().max(1)).any(|window| window == wanted.as_bytes())
}

/// The text without the blanks and tabs around it.
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

/// Whether a text begins or ends with white space (Unicode property `White_Space`), without a table and without decoding
/// characters.
pub(crate) fn has_outer_white_space(text: &str) -> bool {
    let bytes = text.as_bytes();
    let last = bytes.iter().rposition(|byte| !matches!(byte, 0x80..=0xbf));
    begins_with_white_space(bytes)
        || last.and_then(|last| bytes.get(last..)).is_some_and(begins_with_white_space)
}

fn begins_with_white_space(bytes: &[u8]) -> bool {
    // The first three bytes, which are a whole character where it counts.
    let first = (0..3).fold(0, |first, at| first << 8 | bytes.get(at).copied().map_or(0, u32::from));
    matches!(first >> 16, 0x09..=0x0d | 0x20)
        || matches!(first >> 8, 0xc285 | 0xc2a0)
        || matches!(
            first,
            // U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000
            0xe1_9a80 | 0xe2_8080..=0xe2_808a | 0xe2_80a8 | 0xe2_80a9 | 0xe2_80af | 0xe2_819f | 0xe3_8080
        )
}

/// Whether a text begins so. A loop, because for texts this short `memcmp` is more code than its callers.
pub(crate) fn begins_with(text: &str, beginning: &[u8]) -> bool {
    text.len() >= beginning.len() && text.bytes().zip(beginning).all(|(found, wanted)| found == *wanted)
}

/// Whether a text ends so.
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
        for character in '\0'..=char::MAX {
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
