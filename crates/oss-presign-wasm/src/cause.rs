//! Why a request is refused: what `oss-presign explain --json` and `verify --json` print of it.

use oss_presign::diagnose::{self, Diagnosis};
use oss_presign::verify::VerifyError;

use crate::texts::Writer;

/// How sure the causes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// The signature that was sent was made again under these causes.
    #[cfg(feature = "explain")]
    Proved,
    /// What was sent and what was signed, or the service's own words, show it.
    Shown,
    /// Neither.
    Guessed,
}

impl Certainty {
    pub(crate) const fn of_diagnosis(diagnosis: &Diagnosis) -> Self {
        match diagnosis.certainty() {
            diagnose::Certainty::Certain => Self::Shown,
            diagnose::Certainty::Likely | diagnose::Certainty::Possible => Self::Guessed,
        }
    }

    pub(crate) const fn of_error(error: &VerifyError) -> Self {
        match error {
            VerifyError::SignatureMismatch => Self::Guessed,
            _ => Self::Shown,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "explain")]
            Self::Proved => "proved",
            Self::Shown => "shown",
            Self::Guessed => "guessed",
        }
    }
}

/// One cause.
#[derive(Debug)]
pub(crate) struct Cause {
    code: &'static str,
    says: String,
    signed: Option<String>,
    sent: Option<String>,
    /// What to do, where `says` does not.
    remedy: Option<&'static str>,
}

impl Cause {
    /// A cause that quotes nothing.
    pub(crate) fn new(code: &'static str, says: impl Into<String>) -> Self {
        Self { code, says: says.into(), signed: None, sent: None, remedy: None }
    }
}

/// Writes a certainty, and the list of causes.
pub(crate) fn write(certainty: Certainty, causes: &[Cause], result: &mut Writer) {
    result.text(certainty.as_str());
    result.number(causes.len() as u64);
    for cause in causes {
        result.text(cause.code);
        result.text(&cause.says);
        result.optional(cause.signed.as_deref());
        result.optional(cause.sent.as_deref());
        result.optional(cause.remedy);
    }
}

#[cfg(feature = "explain")]
impl From<&oss_presign::explain::Mistake> for Cause {
    fn from(mistake: &oss_presign::explain::Mistake) -> Self {
        Self {
            code: mistake.code().as_str(),
            says: mistake.says().to_owned(),
            signed: mistake.signed().map(str::to_owned),
            sent: mistake.sent().map(str::to_owned),
            remedy: Some(mistake.remedy()),
        }
    }
}

impl From<&Diagnosis> for Cause {
    fn from(diagnosis: &Diagnosis) -> Self {
        let cause = diagnosis.cause();
        Self {
            code: cause.code(),
            says: diagnosis.to_string(),
            signed: cause.signed().map(str::to_owned),
            sent: cause.sent().map(str::to_owned),
            remedy: None,
        }
    }
}

impl From<&VerifyError> for Cause {
    fn from(error: &VerifyError) -> Self {
        Self::new(error.cause_code(), error.to_string())
    }
}
