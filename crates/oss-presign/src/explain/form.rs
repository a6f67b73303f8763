//! The search for a PostObject form, whose string to sign is its policy.

use alloc::string::String;
use alloc::vec::Vec;

use super::agreement;
use super::budget::{Budget, Spent};
use super::candidates::{self, Context};
use super::change::Change;
use super::code::MistakeCode;
use super::describe::describe;
use super::evidence::{Evidence, FormEvidence, KnownSecret, SentRequest};
use super::explanation::{Explanation, Finding, Mistake};
use super::older;
use super::policy_text::{self, PolicyText};
use super::presented::Presented;
use super::signing_draft::{SecretDraft, SigningDraft};
use super::target::Target;
use crate::sha256::MacKey;
use crate::writer::Writer as _;

/// Finds the mistakes that make the signature of a form that was sent.
///
/// The signature of a form covers only its policy. The policy may have been signed in another base64, changed after it was
/// signed, or signed with another secret or for another scope. At most `budget` signatures are made.
#[must_use]
pub fn explain_form(evidence: &FormEvidence<'_>, budget: u32) -> Explanation {
    let Some(presented) = Presented::in_form(evidence.fields) else {
        return Explanation { finding: Finding::Unreadable, tried: 0 };
    };
    let targets = Target::all(&presented.signature);
    let texts = policy_text::all(evidence);
    if targets.is_empty() || texts.is_empty() || evidence.secrets.is_empty() {
        return Explanation { finding: Finding::Unreadable, tried: 0 };
    }
    let budget = Budget::new(budget);
    let mut search = FormSearch { evidence, presented: &presented, targets, texts, budget };
    let finding = match search.run() {
        Ok(Some(finding)) => finding,
        Ok(None) | Err(Spent) => Finding::NotFound,
    };
    Explanation { finding, tried: search.budget.made() }
}

struct FormSearch<'e, 'a> {
    evidence: &'e FormEvidence<'a>,
    presented: &'e Presented<'a>,
    targets: Vec<Target>,
    /// The texts that may have been signed, the right one first.
    texts: Vec<PolicyText>,
    budget: Budget,
}

impl FormSearch<'_, '_> {
    /// Tries each text that may have been signed with each way to sign it, the right way first. `None` if no mistake makes the
    /// signature.
    fn run(&mut self) -> Result<Option<Finding>, Spent> {
        let evidence = Evidence {
            region: self.evidence.region,
            now: self.evidence.now,
            ..Evidence::new(
                SentRequest { method: Some("POST"), url: "", headers: None },
                self.evidence.secrets,
            )
        };
        for secret in self.secrets() {
            let signing = self.presented.signing(secret);
            let draft = self.presented.empty_draft();
            let context =
                Context { evidence: &evidence, presented: self.presented, draft: &draft, signing: &signing };
            let mut candidates = candidates::all(context);
            candidates.retain(|candidate| is_of_key(&candidate.change));
            let key = signing.key(self.evidence.secrets);
            if let Some(mistakes) = self.try_texts(&key, &evidence, secret)? {
                return Ok(Some(if mistakes.is_empty() {
                    Finding::Right { method: "POST".into() }
                } else {
                    Finding::Proved(mistakes)
                }));
            }
            for candidate in &candidates {
                let mut changed: SigningDraft<'_> = signing.clone();
                candidate.change.apply_to_signing(&mut changed);
                let key = changed.key(self.evidence.secrets);
                if let Some(mut mistakes) = self.try_texts(&key, &evidence, changed.secret)? {
                    mistakes.insert(0, describe(candidate, context));
                    return Ok(Some(Finding::Proved(mistakes)));
                }
            }
            if let Some(found) = self.older(secret)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn secrets(&self) -> Vec<SecretDraft> {
        let secrets = || self.evidence.secrets.iter().enumerate();
        let named =
            |(_, known): &(usize, &KnownSecret<'_>)| known.access_key_id == self.presented.access_key_id;
        let of_id: Vec<_> = secrets().filter(named).map(|(index, _)| SecretDraft::of(index)).collect();
        if of_id.is_empty() { secrets().map(|(index, _)| SecretDraft::of(index)).collect() } else { of_id }
    }

    /// Signs each text with a key. If a signature is the one that was sent, returns the mistakes that the form has besides the
    /// one that is tried.
    fn try_texts(
        &mut self,
        key: &MacKey,
        evidence: &Evidence<'_>,
        secret: SecretDraft,
    ) -> Result<Option<Vec<Mistake>>, Spent> {
        for policy in &self.texts {
            self.budget.spend()?;
            let mut mac = key.start();
            mac.put(&policy.text);
            let code = mac.finish();
            if let Some(target) = self.targets.iter().find(|target| target.is(&code)) {
                let mut mistakes: Vec<Mistake> =
                    policy.mistake.iter().chain(&target.mistake).cloned().collect();
                mistakes.extend(agreement::mistakes(evidence, self.presented, secret));
                return Ok(Some(mistakes));
            }
        }
        Ok(None)
    }

    /// Tries the signature versions before V4.
    fn older(&mut self, secret: SecretDraft) -> Result<Option<Finding>, Spent> {
        let secret = secret.bytes("", self.evidence.secrets);
        for policy in &self.texts {
            let text = String::from_utf8_lossy(&policy.text);
            for code in older::codes(&secret, &text) {
                self.budget.spend()?;
                if self.targets.iter().any(|target| target.is(&code)) {
                    let says =
                        "The policy was signed with the secret itself, as before V4, under the fields of V4.";
                    let mistake = Mistake::new(MistakeCode::Algorithm, says, None, None);
                    let mistakes = [mistake].into_iter().chain(policy.mistake.clone()).collect();
                    return Ok(Some(Finding::Proved(mistakes)));
                }
            }
        }
        Ok(None)
    }
}

/// Returns whether a change is about the signing key. A form signs neither a canonical request nor a date.
const fn is_of_key(change: &Change<'_>) -> bool {
    !change.is_of_text() && !matches!(change, Change::Digest(_) | Change::Time { .. })
}
