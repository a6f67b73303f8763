//! A mistake to try, and what such mistakes are made from.

use alloc::vec::Vec;

use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::explain::draft::Draft;
use crate::explain::evidence::Evidence;
use crate::explain::presented::Presented;
use crate::explain::signing_draft::SigningDraft;

/// A mistake to try.
#[derive(Clone, Debug)]
pub(in crate::explain) struct Candidate<'a> {
    pub(in crate::explain) code: MistakeCode,
    pub(in crate::explain) change: Change<'a>,
    pub(super) commonness: Commonness,
}

/// How common a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Commonness {
    /// What users ask about most.
    Common,
    /// What happens with some clients, or with signers of one's own.
    Known,
    /// What a signer does that somebody wrote this week.
    Rare,
}

/// What the candidates are made from.
#[derive(Clone, Copy)]
pub(in crate::explain) struct Context<'c, 'a> {
    pub(in crate::explain) evidence: &'c Evidence<'a>,
    pub(in crate::explain) presented: &'c Presented<'a>,
    /// What a right signer would have signed.
    pub(in crate::explain) draft: &'c Draft<'a>,
    pub(in crate::explain) signing: &'c SigningDraft<'a>,
}

/// Collects candidates.
pub(super) struct Candidates<'a>(pub(super) Vec<Candidate<'a>>);

impl<'a> Candidates<'a> {
    pub(super) fn add(&mut self, commonness: Commonness, code: MistakeCode, change: Change<'a>) {
        self.0.push(Candidate { code, change, commonness });
    }
}
