//! The ways in which signers encode a path or a query.

use alloc::vec::Vec;

use crate::encode::{Position, escape, is_unreserved};
use crate::writer::Writer as _;

/// An encoding of bytes as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// The percent-encoding of OSS.
    Strict,
    /// Percent-encoded, and the result percent-encoded again.
    Twice,
    /// No encoding.
    Raw,
    /// A blank as `+`, other bytes as OSS encodes them.
    PlusForBlank,
    /// `/` as `%2F`, other bytes as OSS encodes them.
    SlashEscaped,
    /// Escapes with lower-case digits.
    LowerCase,
    /// `~` as `%7E`, other bytes as OSS encodes them.
    TildeEscaped,
    /// JavaScript's `encodeURIComponent`.
    UriComponent,
    /// JavaScript's `encodeURI`.
    Uri,
    /// Java's `URLEncoder` and HTML forms.
    Form,
}

impl Spelling {
    /// The wrong encodings, the commonest first. If two may give the same text, the simpler one comes first.
    pub(super) const WRONG: [Self; 9] = [
        Self::PlusForBlank,
        Self::Twice,
        Self::Raw,
        Self::SlashEscaped,
        Self::LowerCase,
        Self::TildeEscaped,
        Self::Form,
        Self::UriComponent,
        Self::Uri,
    ];

    pub(super) fn write(self, text: &mut Vec<u8>, bytes: &[u8], position: Position) {
        match self {
            Self::Strict => text.put_encoded(bytes, position),
            Self::Raw => text.put(bytes),
            _ => bytes.iter().for_each(|&byte| self.write_byte(text, byte, position)),
        }
    }

    fn write_byte(self, text: &mut Vec<u8>, byte: u8, position: Position) {
        let kept = match self {
            Self::SlashEscaped => is_unreserved(byte),
            Self::TildeEscaped => byte != b'~' && position.keeps(byte),
            Self::UriComponent => position.keeps(byte) || b"!'()*".contains(&byte),
            Self::Uri => position.keeps(byte) || b";,/?:@&=+$!*'()#".contains(&byte),
            Self::Form => byte == b'*' || (byte != b'~' && position.keeps(byte)),
            _ => position.keeps(byte),
        };
        let [percent, high, low] = escape(byte);
        match self {
            _ if kept => text.push(byte),
            Self::PlusForBlank | Self::Form if byte == b' ' => text.push(b'+'),
            Self::Twice => text.extend([percent, b'2', b'5', high, low]),
            Self::LowerCase => {
                text.extend([percent, high.to_ascii_lowercase(), low.to_ascii_lowercase()]);
            }
            _ => text.extend([percent, high, low]),
        }
    }

    /// Describes the encoding, to follow the words "was signed".
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Strict => "percent-encoded once",
            Self::Twice => "percent-encoded twice",
            Self::Raw => "without percent-encoding",
            Self::PlusForBlank => "with `+` for a blank instead of `%20`",
            Self::SlashEscaped => "with `%2F` for each slash",
            Self::LowerCase => "with escapes in lower case",
            Self::TildeEscaped => "with `~` escaped",
            Self::UriComponent => "with !'()* left as they are, as encodeURIComponent does",
            Self::Uri => "with ;,/?:@&=+$!*'()# left as they are, as encodeURI does",
            Self::Form => "with `+` for a blank and `~` escaped, as in HTML forms",
        }
    }
}
