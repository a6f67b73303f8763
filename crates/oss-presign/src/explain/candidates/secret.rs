//! Signing with the secret in a wrong form, or with another secret.

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::explain::signing_draft::{Chain, SecretDraft};

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let base = context.signing.secret;
    let mut add = |commonness, code, secret| candidates.add(commonness, code, Change::Secret(secret));
    for (commonness, after) in
        [(Common, "\n"), (Common, " "), (Known, "\r\n"), (Known, "\r"), (Rare, "\t"), (Rare, "\0")]
    {
        add(commonness, MistakeCode::Secret, SecretDraft { after, ..base });
    }
    let others = context.evidence.secrets.iter().enumerate();
    for (index, other) in others.filter(|(index, _)| *index != base.index) {
        let code = if other.name.is_some() { MistakeCode::SecretOfProfile } else { MistakeCode::AccessKeyId };
        add(Common, code, SecretDraft::of(index));
    }
    for (before, after) in [(" ", ""), ("\"", "\""), ("'", "'"), ("\u{feff}", "")] {
        add(Known, MistakeCode::Secret, SecretDraft { before, after, ..base });
    }
    add(Known, MistakeCode::Secret, SecretDraft { trimmed: true, ..base });
    add(Known, MistakeCode::Secret, SecretDraft { is_id: !base.is_id, ..base });
    candidates.add(Known, MistakeCode::Secret, Change::KeyPrefix(""));
    candidates.add(Known, MistakeCode::Secret, Change::Chain(Chain::None));
}
