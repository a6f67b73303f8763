//! The causes that were found, their certainty, and what would tell more.

use oss_presign::diagnose::{self, Diagnosis};
use oss_presign::explain::{Explanation, Finding};

use crate::causes::{Cause, Certainty};
use crate::known_secrets::KnownSecrets;

/// The causes of a refusal, and their certainty.
pub(super) struct Judgement {
    pub(super) certainty: Certainty,
    pub(super) causes: Vec<Cause>,
    pub(super) first_difference: Option<String>,
    /// What would tell more, line by line.
    pub(super) advice: Vec<String>,
}

impl Judgement {
    pub(super) fn new(certainty: Certainty, causes: Vec<Cause>) -> Self {
        Self { certainty, causes, first_difference: None, advice: Vec::new() }
    }

    /// The mistakes that make the signature; `None` if none was found.
    pub(super) fn proved(explanation: &Explanation) -> Option<Self> {
        let causes: Vec<Cause> = explanation.mistakes().iter().map(Cause::from).collect();
        (!causes.is_empty()).then(|| Self::new(Certainty::Proved, causes))
    }

    /// The cause of a diagnosis, without the secret.
    pub(super) fn diagnosed(diagnosis: &Diagnosis) -> Self {
        let certainty = match diagnosis.certainty() {
            diagnose::Certainty::Certain => Certainty::Shown,
            diagnose::Certainty::Likely | diagnose::Certainty::Possible => Certainty::Guessed,
        };
        Self::new(certainty, vec![Cause::from(diagnosis)])
    }

    /// Returns all causes in one line.
    pub(super) fn sentence(&self) -> String {
        let sentences = self.causes.iter().map(|cause| cause.says.as_str());
        sentences.collect::<Vec<_>>().join(" ")
    }

    /// Adds what would make a guess a proof. `wanted` is what only this kind of input can be completed with.
    pub(super) fn advise(
        &mut self,
        searched: Option<&Explanation>,
        secrets: &KnownSecrets,
        wanted: &[&'static str],
    ) {
        if self.certainty != Certainty::Guessed {
            return;
        }
        let of_secret = match searched.map(Explanation::finding) {
            None => Some("the secret, in the environment or a profile: it proves the cause"),
            Some(Finding::NotFound) => Some("the secret that signed, if it is another (--profile NAME)"),
            Some(_) => None,
        };
        if let Some(explanation) = searched.filter(|found| *found.finding() == Finding::NotFound) {
            self.advice.push(format!(
                "No known mistake, and no two of them together, make this signature with the secrets at hand \
                 ({} signatures tried).",
                explanation.tried()
            ));
        } else if let (None, Some(reason)) = (searched, secrets.missing()) {
            self.advice.push(format!("No secret is at hand: {reason}."));
        }
        let wanted: Vec<&str> = of_secret.into_iter().chain(wanted.iter().copied()).collect();
        if !wanted.is_empty() {
            self.advice.push("For a better answer, give:".to_owned());
            self.advice.extend(wanted.iter().map(|wanted| format!("  {wanted}")));
        }
    }
}
