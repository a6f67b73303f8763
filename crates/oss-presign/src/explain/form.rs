//! PostObject forms: the string to sign is the policy alone.

use alloc::string::String;
use alloc::vec::Vec;

use super::agreement;
use super::candidates::{self, Candidate, Context};
use super::change::Change;
use super::code::MistakeCode;
use super::describe::describe;
use super::evidence::{BucketPlace, Evidence, FormEvidence, KnownSecret, SentRequest};
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
/// A form's signature covers its policy and nothing else: the policy may have been signed in another base64, before a
/// change, or by another secret or for another scope. At most `budget` signatures are made.
#[must_use]
pub fn explain_form(evidence: &FormEvidence<'_>, budget: u32) -> Explanation {
    let Some(presented) = Presented::in_form(evidence.fields) else {
        return Explanation { finding: Finding::Unreadable, tried: 0 };
    };
    let targets = Target::all(&presented.signature);
    if targets.is_empty() || evidence.secrets.is_empty() {
        return Explanation { finding: Finding::Unreadable, tried: 0 };
    }
    let mut search = FormSearch { evidence, presented: &presented, targets, budget, tried: 0 };
    let finding = search.run().unwrap_or(Finding::NotFound);
    Explanation { finding, tried: search.tried }
}

struct FormSearch<'e, 'a> {
    evidence: &'e FormEvidence<'a>,
    presented: &'e Presented<'a>,
    targets: Vec<Target>,
    budget: u32,
    tried: u32,
}

impl FormSearch<'_, '_> {
    /// Each text that may have been signed, with each way to sign it: right ones first. `None` where nothing is found.
    fn run(&mut self) -> Option<Finding> {
        let evidence = Evidence {
            region: self.evidence.region,
            now: self.evidence.now,
            ..Evidence::new(
                SentRequest { method: Some("POST"), url: "", headers: None },
                self.evidence.secrets,
            )
        };
        let texts = policy_text::all(self.evidence);
        for secret in self.secrets() {
            let signing = self.presented.signing(secret);
            let draft = self.presented.drafts("POST", BucketPlace::Host("")).pop()?;
            let context =
                Context { evidence: &evidence, presented: self.presented, draft: &draft, signing: &signing };
            let candidates: Vec<Candidate<'_>> = candidates::all(context)
                .into_iter()
                .filter(|candidate| is_of_key(&candidate.change))
                .collect();
            let key = signing.key(self.evidence.secrets);
            for text in &texts {
                if let Some(mistakes) = self.check(&key, text, &evidence, secret)? {
                    return Some(if mistakes.is_empty() {
                        Finding::Right { method: "POST".into() }
                    } else {
                        Finding::Proved(mistakes)
                    });
                }
            }
            for candidate in &candidates {
                let mut changed: SigningDraft<'_> = signing.clone();
                candidate.change.apply_to_signing(&mut changed);
                let key = changed.key(self.evidence.secrets);
                for text in &texts {
                    if let Some(mut mistakes) = self.check(&key, text, &evidence, changed.secret)? {
                        mistakes.insert(0, describe(candidate, context));
                        return Some(Finding::Proved(mistakes));
                    }
                }
            }
            if let Some(found) = self.older(secret, &texts) {
                return Some(found);
            }
        }
        None
    }

    fn secrets(&self) -> Vec<SecretDraft> {
        let secrets = || self.evidence.secrets.iter().enumerate();
        let named =
            |(_, known): &(usize, &KnownSecret<'_>)| known.access_key_id == self.presented.access_key_id;
        let of_id: Vec<_> = secrets().filter(named).map(|(index, _)| SecretDraft::of(index)).collect();
        if of_id.is_empty() { secrets().map(|(index, _)| SecretDraft::of(index)).collect() } else { of_id }
    }

    /// Makes a signature; `None` where the budget is spent.
    fn check(
        &mut self,
        key: &MacKey,
        policy: &PolicyText,
        evidence: &Evidence<'_>,
        secret: SecretDraft,
    ) -> Option<Option<Vec<Mistake>>> {
        if self.tried >= self.budget {
            return None;
        }
        self.tried += 1;
        let mut mac = key.start();
        mac.put(&policy.text);
        let code = mac.finish();
        let Some(target) = self.targets.iter().find(|target| target.is(&code)) else { return Some(None) };
        let mut mistakes: Vec<Mistake> = policy.mistake.iter().chain(&target.mistake).cloned().collect();
        mistakes.extend(agreement::mistakes(evidence, self.presented, secret));
        Some(Some(mistakes))
    }

    /// Tries the form's signatures before V4.
    fn older(&mut self, secret: SecretDraft, texts: &[PolicyText]) -> Option<Finding> {
        let secret = secret.bytes("", self.evidence.secrets);
        for policy in texts {
            let text = String::from_utf8_lossy(&policy.text);
            for code in older::codes(&secret, &text) {
                if self.tried >= self.budget {
                    return None;
                }
                self.tried += 1;
                if self.targets.iter().any(|target| target.is(&code)) {
                    let says =
                        "The policy was signed with the secret itself, as before V4, under the fields of V4.";
                    let mistake = Mistake::new(MistakeCode::Algorithm, says, None, None);
                    return Some(Finding::Proved(
                        [mistake].into_iter().chain(policy.mistake.clone()).collect(),
                    ));
                }
            }
        }
        None
    }
}

/// Whether a change is about the key: a form has neither a canonical request nor a date in what is signed.
const fn is_of_key(change: &Change<'_>) -> bool {
    !change.is_of_text() && !matches!(change, Change::Digest(_) | Change::Time { .. })
}
