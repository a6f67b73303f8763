//! The result of a search.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::code::MistakeCode;

/// A mistake of the signer or sender, proved by the signature that it makes. `Display` is one sentence.
///
/// It contains no secret, no security token and no signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    code: MistakeCode,
    says: String,
    signed: Option<String>,
    sent: Option<String>,
}

impl Mistake {
    pub(super) fn new(
        code: MistakeCode,
        says: impl Into<String>,
        signed: Option<&str>,
        sent: Option<&str>,
    ) -> Self {
        let shown = |text: Option<&str>| text.map(excerpt);
        Self { code, says: says.into(), signed: shown(signed), sent: shown(sent) }
    }

    /// Returns the kind of mistake.
    #[must_use]
    pub const fn code(&self) -> MistakeCode {
        self.code
    }

    /// Returns one sentence that names the cause.
    #[must_use]
    pub fn says(&self) -> &str {
        &self.says
    }

    /// Returns one sentence that says what to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        self.code.remedy()
    }

    /// Returns what was signed. `None` for a header that was not signed, and for values that must not be shown.
    #[must_use]
    pub fn signed(&self) -> Option<&str> {
        self.signed.as_deref()
    }

    /// Returns what was sent. `None` if it is not known, was not sent, or must not be shown.
    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        self.sent.as_deref()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The signature is right for the request, as far as the request is known.
    Right {
        /// The method for which it is right.
        method: String,
    },
    /// These mistakes together make the signature. The commonest comes first.
    Proved(Vec<Mistake>),
    /// No mistake that was tried makes the signature.
    NotFound,
    /// No mistake could be tried, because the request has no readable signature or no secret is known.
    Unreadable,
}

/// The result of a search, and the number of signatures that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub(super) finding: Finding,
    pub(super) tried: u32,
}

impl Explanation {
    /// Returns the result.
    #[must_use]
    pub const fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Returns the proved mistakes: a signer that makes all of them gets exactly the signature that was sent. Empty if none is.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        match &self.finding {
            Finding::Proved(mistakes) => mistakes,
            _ => &[],
        }
    }

    /// Returns the number of signatures that the search made.
    #[must_use]
    pub const fn tried(&self) -> u32 {
        self.tried
    }
}

/// The greatest number of bytes that an explanation quotes from a text.
const MAX_QUOTED_BYTES: usize = 240;

/// Returns the part of a text that an explanation quotes.
pub(super) fn excerpt(text: &str) -> String {
    if text.len() <= MAX_QUOTED_BYTES {
        return text.to_owned();
    }
    let mut kept: String = text
        .char_indices()
        .take_while(|(at, _)| *at < MAX_QUOTED_BYTES)
        .map(|(_, character)| character)
        .collect();
    kept.push('…');
    kept
}
