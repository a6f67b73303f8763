//! Mistakes with the security token in the query.

use alloc::borrow::Cow;
use alloc::string::String;

use super::candidate::Commonness::{Common, Known};
use super::candidate::{Candidates, Context};
use crate::decode::Decoded;
use crate::explain::change::{Change, TokenEdit};
use crate::explain::code::MistakeCode;
use crate::explain::presented::Location;
use crate::explain::spelling::Spelling;

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    if context.presented.location != Location::Url {
        return;
    }
    let mut add = |commonness, value, spelling, edit| {
        candidates.add(commonness, MistakeCode::SecurityToken, Change::Token { value, spelling, edit });
    };
    let sent = context.draft.query.find(b"x-oss-security-token").map(|parameter| parameter.value.clone());
    if let Some(sent) = &sent {
        add(Common, None, None, TokenEdit::NotSigned);
        // Before the encodings, because a token that was sent encoded twice looks like one that was signed without encoding.
        let once = Decoded::new(&String::from_utf8_lossy(sent)).collect();
        add(Common, Some(Cow::Owned(once)), None, TokenEdit::SentTwiceEncoded);
        add(Known, Some(sent.clone()), Some(Spelling::Raw), TokenEdit::Unencoded);
        add(Known, Some(sent.clone()), Some(Spelling::Twice), TokenEdit::EncodedTwice);
    }
    for (index, known) in context.evidence.secrets.iter().enumerate() {
        let Some(token) = known.security_token else { continue };
        let edit = match &sent {
            Some(sent) if **sent == *token.as_bytes() => continue,
            Some(_) => TokenEdit::Other(index),
            None => TokenEdit::NotSent,
        };
        add(Common, Some(Cow::Borrowed(token.as_bytes())), None, edit);
    }
}
