//! The causes of a refusal as the command prints them, for people and for programs.

use std::fmt::Write as _;

use oss_presign::explain::Mistake;
use oss_presign::verify::{FormError, VerifyError};
use serde::Serialize;

use crate::output;

/// The certainty of the causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Certainty {
    /// The signature that was sent was reproduced under these causes.
    Proved,
    /// A difference between two requests, or the service's own words, show the cause.
    Shown,
    /// Nothing shows the cause.
    Guessed,
}

impl Certainty {
    /// The certainty of a verdict's reason, if no mistake was proved.
    pub(crate) const fn of(error: &VerifyError) -> Self {
        match error {
            VerifyError::SignatureMismatch => Self::Guessed,
            _ => Self::Shown,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Shown => "shown",
            Self::Guessed => "guessed",
        }
    }
}

/// One cause.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cause {
    pub(crate) code: &'static str,
    pub(crate) says: String,
    pub(crate) signed: Option<String>,
    pub(crate) sent: Option<String>,
    /// What to do, if `says` does not say it.
    #[serde(skip)]
    pub(crate) remedy: Option<&'static str>,
}

impl Cause {
    /// A cause that quotes nothing.
    pub(crate) fn new(code: &'static str, says: impl Into<String>) -> Self {
        Self { code, says: says.into(), signed: None, sent: None, remedy: None }
    }
}

impl From<&Mistake> for Cause {
    fn from(mistake: &Mistake) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            code: mistake.code().as_str(),
            says: mistake.says().to_owned(),
            signed: owned(mistake.signed()),
            sent: owned(mistake.sent()),
            remedy: Some(mistake.remedy()),
        }
    }
}

impl From<&oss_presign::diagnose::Diagnosis> for Cause {
    fn from(diagnosis: &oss_presign::diagnose::Diagnosis) -> Self {
        Self { says: diagnosis.to_string(), ..Self::from(diagnosis.cause()) }
    }
}

impl From<&oss_presign::diagnose::Cause> for Cause {
    fn from(cause: &oss_presign::diagnose::Cause) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            signed: owned(cause.signed()),
            sent: owned(cause.sent()),
            ..Self::new(cause.code(), cause.to_string())
        }
    }
}

impl From<&FormError> for Cause {
    fn from(error: &FormError) -> Self {
        Self::new(error.cause_code(), error.to_string())
    }
}

impl From<&VerifyError> for Cause {
    fn from(error: &VerifyError) -> Self {
        Self::new(error.cause_code(), error.to_string())
    }
}

/// Returns the causes for people: a sentence of cause, what was signed and what was sent, a sentence of remedy.
pub(crate) fn text(causes: &[Cause]) -> String {
    let mut text = String::new();
    for cause in causes {
        _ = writeln!(text, "{}", output::escaped(&cause.says));
        for (what, value) in [("signed", &cause.signed), ("sent  ", &cause.sent)] {
            if let (Some(value), Some(_)) = (value, cause.remedy) {
                _ = writeln!(text, "  {what} {}", output::escaped(value));
            }
        }
        if let Some(remedy) = cause.remedy {
            _ = writeln!(text, "{remedy}");
        }
    }
    text
}
