//! The search: each mistake by itself, then two together, the commonest first.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::agreement;
use super::budget::{Budget, Spent};
use super::candidates::{self, Candidate, Context, METHODS};
use super::change::Change;
use super::code::MistakeCode;
use super::describe::describe;
use super::draft::Draft;
use super::evidence::Evidence;
use super::explanation::{Explanation, Finding, Mistake};
use super::older;
use super::presented::Presented;
use super::reading::{Reading, readings};
use super::repair;
use super::signing_draft::{Digest, SecretDraft, SigningDraft};
use crate::sha256::Mac;

/// The number of secrets that are tried for a request that names none of their access key ids.
const MAX_SECRETS: usize = 8;

/// Finds the mistakes that make the signature that was sent.
///
/// At most `budget` signatures are made; [`DEFAULT_BUDGET`](super::DEFAULT_BUDGET) takes less than a second. See the
/// [module](crate::explain) for what is tried.
#[must_use]
pub fn explain(evidence: &Evidence<'_>, budget: u32) -> Explanation {
    let repaired = repair::all(evidence.sent.url);
    let mut search = Search { evidence, budget: Budget::new(budget), text: Vec::with_capacity(1024) };
    let readings = readings(evidence, &repaired);
    let finding = if readings.is_empty() || evidence.secrets.is_empty() {
        Finding::Unreadable
    } else {
        match search.run(&readings) {
            Ok(Some(finding)) => finding,
            Ok(None) | Err(Spent) => Finding::NotFound,
        }
    };
    Explanation { finding, tried: search.budget.made() }
}

/// What a right signer would have signed with one of the secrets: the start of the search.
struct Base<'r, 'a> {
    reading: &'r Reading<'a>,
    draft: Draft<'a>,
    signing: SigningDraft<'a>,
    hash: [u8; 32],
    started: Mac,
}

impl<'a> Base<'_, 'a> {
    fn context<'c>(&'c self, evidence: &'c Evidence<'a>) -> Context<'c, 'a> {
        Context { evidence, presented: &self.reading.presented, draft: &self.draft, signing: &self.signing }
    }
}

/// A mistake that makes another signature than all mistakes before it.
struct Single<'a> {
    candidate: Candidate<'a>,
    /// The changed input of the canonical request, and its hash.
    text: Option<(Draft<'a>, [u8; 32])>,
    /// The changed signing, and its key.
    signing: Option<(SigningDraft<'a>, Mac)>,
}

/// The result of trying each mistake by itself.
enum Singles<'a> {
    Found(Finding),
    /// No mistake by itself makes the signature. Those that make different signatures are kept for the pairs.
    Wrong(Vec<Single<'a>>),
}

struct Search<'e, 'a> {
    evidence: &'e Evidence<'a>,
    budget: Budget,
    /// The canonical request that is tried, in a buffer that is used again for the next one.
    text: Vec<u8>,
}

impl<'a> Search<'_, 'a> {
    /// `None` if no mistake makes the signature.
    fn run(&mut self, readings: &[Reading<'a>]) -> Result<Option<Finding>, Spent> {
        let mut bases = Vec::new();
        for reading in readings {
            bases.extend(self.bases(reading));
        }
        for base in &bases {
            let found = self.check(base, &base.signing, &base.started, &base.hash, &base.draft)?;
            if let Some(mistakes) = found {
                return Ok(Some(finding(mistakes, &base.draft)));
            }
        }
        let mut singles = Vec::new();
        for base in &bases {
            match self.singles(base)? {
                Singles::Found(finding) => return Ok(Some(finding)),
                Singles::Wrong(of_base) => singles.push(of_base),
            }
        }
        for base in &bases {
            if let Some(found) = self.older(base)? {
                return Ok(Some(found));
            }
        }
        for (base, singles) in bases.iter().zip(&singles) {
            if let Some(found) = self.pairs(base, singles)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn bases<'r>(&mut self, reading: &'r Reading<'a>) -> Vec<Base<'r, 'a>> {
        let methods = match self.evidence.sent.method {
            Some(method) => alloc::vec![method],
            None => METHODS.to_vec(),
        };
        let secrets = self.secrets(&reading.presented);
        let mut bases = Vec::new();
        for method in methods {
            for draft in reading.presented.drafts(method, self.evidence.bucket) {
                let hash = draft.hash(&mut self.text);
                for &secret in &secrets {
                    let signing = reading.presented.signing(secret);
                    let started = signing.start(self.evidence.secrets);
                    bases.push(Base { reading, draft: draft.clone(), signing, hash, started });
                }
            }
        }
        bases
    }

    /// The secrets of the access key id that the request names. Without one, the first of all secrets.
    fn secrets(&self, presented: &Presented<'_>) -> Vec<SecretDraft> {
        let secrets = || self.evidence.secrets.iter().enumerate();
        let id = &presented.access_key_id;
        let of_id: Vec<_> = secrets()
            .filter(|(_, known)| known.access_key_id == id)
            .map(|(index, _)| SecretDraft::of(index))
            .collect();
        if !of_id.is_empty() {
            return of_id;
        }
        let swapped = secrets().find(|(_, known)| known.access_key_secret == id);
        if let Some((index, _)) = swapped {
            return alloc::vec![SecretDraft { is_id: true, ..SecretDraft::of(index) }];
        }
        secrets().take(MAX_SECRETS).map(|(index, _)| SecretDraft::of(index)).collect()
    }

    /// Makes a signature. If it is the one that was sent, returns the mistakes that the request has besides the one that is
    /// tried.
    fn check(
        &mut self,
        base: &Base<'_, 'a>,
        signing: &SigningDraft<'a>,
        started: &Mac,
        hash: &[u8; 32],
        draft: &Draft<'a>,
    ) -> Result<Option<Vec<Mistake>>, Spent> {
        self.budget.spend()?;
        if signing.digest == Digest::Whole {
            draft.write(&mut self.text);
        }
        let code = signing.digest.finish(started, hash, &self.text);
        let Some(target) = base.reading.targets.iter().find(|target| target.is(&code)) else {
            return Ok(None);
        };
        let mut mistakes = base.reading.mistakes.clone();
        mistakes.extend(target.mistake.clone());
        mistakes.extend(agreement::mistakes(self.evidence, &base.reading.presented, signing.secret));
        Ok(Some(mistakes))
    }

    /// Tries each mistake by itself.
    fn singles(&mut self, base: &Base<'_, 'a>) -> Result<Singles<'a>, Spent> {
        let context = base.context(self.evidence);
        let mut seen = BTreeSet::from([base.hash]);
        let mut signings: Vec<SigningDraft<'a>> = alloc::vec![base.signing.clone()];
        let mut singles = Vec::new();
        for candidate in candidates::all(context) {
            let single = if candidate.change.is_of_text() {
                let mut draft = base.draft.clone();
                candidate.change.apply(&mut draft);
                let hash = draft.hash(&mut self.text);
                if !seen.insert(hash) {
                    // An encoding that does not change this key may change the key of another mistake.
                    if hash == base.hash && matches!(candidate.change, Change::PathSpelling(_)) {
                        singles.push(Single { candidate, text: Some((draft, hash)), signing: None });
                    }
                    continue;
                }
                Single { candidate, text: Some((draft, hash)), signing: None }
            } else {
                let mut signing = base.signing.clone();
                candidate.change.apply_to_signing(&mut signing);
                if signings.contains(&signing) {
                    continue;
                }
                let started = signing.start(self.evidence.secrets);
                signings.push(signing.clone());
                Single { candidate, text: None, signing: Some((signing, started)) }
            };
            let (draft, hash) =
                single.text.as_ref().map_or((&base.draft, &base.hash), |(draft, hash)| (draft, hash));
            let (signing, started) = single
                .signing
                .as_ref()
                .map_or((&base.signing, &base.started), |(signing, started)| (signing, started));
            if let Some(mut mistakes) = self.check(base, signing, started, hash, draft)? {
                mistakes.insert(0, describe(&single.candidate, context));
                return Ok(Singles::Found(finding(mistakes, draft)));
            }
            singles.push(single);
        }
        Ok(Singles::Wrong(singles))
    }

    /// Tries two mistakes together, the pairs of the commonest first.
    fn pairs(&mut self, base: &Base<'_, 'a>, singles: &[Single<'a>]) -> Result<Option<Finding>, Spent> {
        let context = base.context(self.evidence);
        let parts: Vec<_> = singles.iter().map(|single| single.candidate.change.part()).collect();
        for sum in 1..singles.len() * 2 {
            for first in sum.saturating_sub(singles.len() - 1)..sum.div_ceil(2) {
                let second = sum - first;
                let (Some(a), Some(b)) = (singles.get(first), singles.get(second)) else { continue };
                if parts.get(first) == parts.get(second) {
                    continue;
                }
                if let Some(mut mistakes) = self.pair(base, a, b)? {
                    mistakes.splice(
                        0..0,
                        [&a.candidate, &b.candidate].map(|candidate| describe(candidate, context)),
                    );
                    return Ok(Some(finding(mistakes, &base.draft)));
                }
            }
        }
        Ok(None)
    }

    fn pair(
        &mut self,
        base: &Base<'_, 'a>,
        a: &Single<'a>,
        b: &Single<'a>,
    ) -> Result<Option<Vec<Mistake>>, Spent> {
        let texts = (&a.text, &b.text);
        let both;
        let (draft, hash) = match texts {
            (Some((draft, _)), Some(_)) => {
                let mut changed = draft.clone();
                b.candidate.change.apply(&mut changed);
                let hash = changed.hash(&mut self.text);
                both = (changed, hash);
                (&both.0, &both.1)
            }
            (Some((draft, hash)), None) | (None, Some((draft, hash))) => (draft, hash),
            (None, None) => (&base.draft, &base.hash),
        };
        let both_signings;
        let (signing, started) = match (&a.signing, &b.signing) {
            (Some((signing, _)), Some(_)) => {
                let mut changed = signing.clone();
                b.candidate.change.apply_to_signing(&mut changed);
                let started = changed.start(self.evidence.secrets);
                both_signings = (changed, started);
                (&both_signings.0, &both_signings.1)
            }
            (Some((signing, started)), None) | (None, Some((signing, started))) => (signing, started),
            (None, None) => (&base.signing, &base.started),
        };
        self.check(base, signing, started, hash, draft)
    }

    /// Tries the signature versions before V4.
    fn older(&mut self, base: &Base<'_, 'a>) -> Result<Option<Finding>, Spent> {
        let secret = base.signing.secret.bytes("", self.evidence.secrets);
        for (version, string_to_sign) in older::strings_to_sign(&base.reading.presented, &base.draft) {
            for code in older::codes(&secret, &string_to_sign) {
                self.budget.spend()?;
                if base.reading.targets.iter().any(|target| target.is(&code)) {
                    let says = match version {
                        older::Version::V1 => {
                            "The string to sign is that of a V1 signature, under the parameters of V4."
                        }
                        older::Version::V2 => {
                            "The string to sign is that of a V2 signature, under the parameters of V4."
                        }
                    };
                    let mut mistakes = alloc::vec![Mistake::new(MistakeCode::Algorithm, says, None, None)];
                    mistakes.extend(base.reading.mistakes.clone());
                    return Ok(Some(Finding::Proved(mistakes)));
                }
            }
        }
        Ok(None)
    }
}

fn finding(mistakes: Vec<Mistake>, draft: &Draft<'_>) -> Finding {
    if mistakes.is_empty() {
        Finding::Right { method: String::from(&*draft.method) }
    } else {
        Finding::Proved(mistakes)
    }
}
