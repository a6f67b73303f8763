//! Undoing what other kinds of text do to a URL: HTML, JSON, mail, shells.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::code::MistakeCode;
use super::explanation::Mistake;
use crate::decode::Decoded;

/// A way to escape a URL that HTTP clients do not undo.
struct Escape {
    /// The text that shows this way. The escape is undone only if the URL contains it.
    evidence: &'static str,
    /// The text in the URL, and the text that it stands for.
    sent: &'static str,
    meant: &'static str,
    says: &'static str,
}

const ESCAPES: [Escape; 8] = [
    Escape {
        evidence: "&amp;",
        sent: "&amp;",
        meant: "&",
        says: "The URL was escaped for HTML: it contains `&amp;` in place of `&`.",
    },
    Escape {
        evidence: "&#38;",
        sent: "&#38;",
        meant: "&",
        says: "The URL was escaped for HTML: it contains `&#38;` in place of `&`.",
    },
    Escape {
        evidence: "\\u0026",
        sent: "\\u0026",
        meant: "&",
        says: "The URL was escaped for JSON: it contains `\\u0026` in place of `&`.",
    },
    Escape {
        evidence: "\\u003d",
        sent: "\\u003d",
        meant: "=",
        says: "The URL was escaped for JSON: it contains `\\u003d` in place of `=`.",
    },
    Escape {
        evidence: "\\&",
        sent: "\\&",
        meant: "&",
        says: "The URL was escaped for a shell: it contains `\\&` in place of `&`.",
    },
    Escape {
        evidence: "x-oss-signature=3D",
        sent: "=3D",
        meant: "=",
        says: "The URL was encoded for mail (quoted-printable): it contains `=3D` in place of `=`.",
    },
    Escape {
        evidence: "x-oss-signature%3D",
        sent: "%3D",
        meant: "=",
        says: "The URL was percent-encoded as a whole: it contains `%3D` in place of `=`.",
    },
    Escape {
        evidence: "%252Faliyun_v4_request",
        sent: "%25",
        meant: "%",
        says: "The URL was percent-encoded twice: it contains `%25` in place of `%`.",
    },
];

/// A URL as it was signed, and what was done to it since.
#[derive(Debug)]
pub(super) struct Repaired<'u> {
    pub(super) url: Cow<'u, str>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Returns the URL as it was sent and, if it was escaped, as it was before.
pub(super) fn all(url: &str) -> Vec<Repaired<'_>> {
    let mut readings = alloc::vec![Repaired { url: Cow::Borrowed(url), mistakes: Vec::new() }];
    let mut repaired = Repaired { url: Cow::Borrowed(url), mistakes: Vec::new() };
    unwrap(&mut repaired);
    for escape in &ESCAPES {
        if repaired.url.contains(escape.evidence) && repaired.url.contains(escape.sent) {
            let undone = if escape.sent == "%3D" {
                String::from_utf8_lossy(&Decoded::new(&repaired.url).collect::<Vec<u8>>()).into_owned()
            } else {
                repaired.url.replace(escape.sent, escape.meant)
            };
            repaired.url = Cow::Owned(undone);
            let escaped = repaired.mistakes.iter().any(|mistake| mistake.code() == MistakeCode::UrlEscaped);
            if !escaped {
                let (signed, sent) = (Some(escape.meant), Some(escape.sent));
                repaired.mistakes.push(Mistake::new(MistakeCode::UrlEscaped, escape.says, signed, sent));
            }
        }
    }
    if !repaired.mistakes.is_empty() {
        readings.push(repaired);
    }
    readings
}

/// Recognizes a URL that was escaped for another kind of text: HTML, JSON, mail. This needs no secret.
#[must_use]
pub fn recognize_escapes(url: &str) -> Option<Mistake> {
    all(url).pop()?.mistakes.into_iter().find(|mistake| mistake.code() == MistakeCode::UrlEscaped)
}

/// Removes quotes and blanks around the URL, and line ends in it.
fn unwrap(repaired: &mut Repaired<'_>) {
    let trimmed = repaired.url.trim_matches(|character: char| {
        character.is_whitespace()
            || matches!(character, '"' | '\'' | '`' | '<' | '>' | '\u{201c}' | '\u{201d}')
    });
    // A soft line break of quoted-printable is `=` and a line end.
    let joined = trimmed.replace("=\r\n", "").replace("=\n", "").replace(['\r', '\n'], "");
    if joined != *repaired.url {
        let says = if joined == trimmed {
            "Quotes or blanks around the URL were taken for a part of it."
        } else {
            "The URL was broken into lines."
        };
        repaired.mistakes.push(Mistake::new(MistakeCode::SignatureDamaged, says.to_string(), None, None));
        repaired.url = Cow::Owned(joined);
    }
}
