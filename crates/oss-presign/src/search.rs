//! Searching text by ASCII bytes.
//!
//! The searches of `core` for characters and strings take any Unicode, and pay for it on a microcontroller: kilobytes of
//! flash, and panics that no optimizer proves away. What separates here is ASCII throughout.

/// What stands before and after the first separator; `None` where there is none.
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
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
pub(crate) fn trim_blanks(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix(" ").or_else(|| text.strip_prefix("\t")) {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix(" ").or_else(|| text.strip_suffix("\t")) {
        text = rest;
    }
    text
}

/// Whether a character is white space (Unicode property `White_Space`), without its table.
pub(crate) const fn is_white_space(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
            | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn white_space_is_that_of_unicode() {
        for character in '\0'..=char::MAX {
            assert_eq!(is_white_space(character), character.is_whitespace(), "{character:?}");
        }
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
            prop_assert_eq!(trim_blanks(text), text.trim_matches([' ', '\t']));
        }
    }
}
