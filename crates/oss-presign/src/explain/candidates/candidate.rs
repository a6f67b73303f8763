//! A mistake to try, and the input from which such mistakes are made.

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

/// The commonness of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Commonness {
    /// Users ask about it most.
    Common,
    /// It happens with some HTTP clients and some signers.
    Known,
    /// It happens while a new signer is being written.
    Rare,
}

/// The input from which mistakes are made.
#[derive(Clone, Copy)]
pub(in crate::explain) struct Context<'c, 'a> {
    pub(in crate::explain) evidence: &'c Evidence<'a>,
    pub(in crate::explain) presented: &'c Presented<'a>,
    /// What a right signer would have signed.
    pub(in crate::explain) draft: &'c Draft<'a>,
    pub(in crate::explain) signing: &'c SigningDraft<'a>,
}

/// Collects the mistakes to try.
pub(super) struct Candidates<'a>(pub(super) Vec<Candidate<'a>>);

impl<'a> Candidates<'a> {
    pub(super) fn add(&mut self, commonness: Commonness, code: MistakeCode, change: Change<'a>) {
        self.0.push(Candidate { code, change, commonness });
    }
}
