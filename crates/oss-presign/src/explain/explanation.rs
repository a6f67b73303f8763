//! What a search finds.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::code::MistakeCode;

/// A mistake that was made, proved by the signature that it makes. `Display` is one sentence.
///
/// It holds no secret, no security token and no signature.
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

    /// Which kind of mistake it is.
    #[must_use]
    pub const fn code(&self) -> MistakeCode {
        self.code
    }

    /// One sentence that names the cause.
    #[must_use]
    pub fn says(&self) -> &str {
        &self.says
    }

    /// One sentence that says what to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        self.code.remedy()
    }

    /// What was signed, where that has a text; an absent header, and what may not be shown, have none.
    #[must_use]
    pub fn signed(&self) -> Option<&str> {
        self.signed.as_deref()
    }

    /// What was sent, where that has a text and is known.
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

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The signature is right for the request as it is known.
    Right {
        /// The method that it is right for.
        method: String,
    },
    /// These mistakes together make the signature: the commonest first.
    Proved(Vec<Mistake>),
    /// No mistake that was tried makes the signature.
    NotFound,
    /// Nothing could be tried: the request has no signature that can be read, or no secret is known.
    Unreadable,
}

/// What a search found, and how many signatures that took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub(super) finding: Finding,
    pub(super) tried: u32,
}

impl Explanation {
    /// What was found.
    #[must_use]
    pub const fn finding(&self) -> &Finding {
        &self.finding
    }

    /// The mistakes, where some were proved.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        match &self.finding {
            Finding::Proved(mistakes) => mistakes,
            _ => &[],
        }
    }

    /// The number of signatures that were made.
    #[must_use]
    pub const fn tried(&self) -> u32 {
        self.tried
    }
}

/// The longest text of a request that an explanation quotes, in bytes.
const MAX_QUOTED_BYTES: usize = 240;

/// As much of a text as an explanation quotes.
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
