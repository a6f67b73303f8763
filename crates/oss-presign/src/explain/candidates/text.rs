//! Mistakes with the method, the last line, and the layout of the signed texts.

use alloc::borrow::Cow;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::explain::change::{Change, SigV4};
use crate::explain::code::MistakeCode;
use crate::explain::draft::Layout;
use crate::explain::signing_draft::{Chain, Digest};
use crate::hex::lower_hex;

/// The methods of OSS, the most used first.
pub(in crate::explain) const METHODS: [&str; 5] = ["PUT", "GET", "HEAD", "POST", "DELETE"];

/// SHA-256 of no bytes.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(super) fn methods<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    // If the method is not known, the search begins with each of them, so another one is no mistake.
    if context.evidence.sent.method.is_some() {
        for method in METHODS.into_iter().filter(|method| *method != context.draft.method) {
            candidates.add(Common, MistakeCode::Method, Change::Method(method));
        }
    }
}

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let mut payload = |value: Cow<'a, str>, of_body| {
        candidates.add(Known, MistakeCode::PayloadHash, Change::Payload { value, of_body });
    };
    payload(Cow::Borrowed(EMPTY_SHA256), false);
    payload(Cow::Borrowed(""), false);
    if let Some(hash) = context.evidence.body_sha256 {
        let digits = lower_hex(&hash);
        payload(alloc::string::String::from_utf8_lossy(&digits).into_owned().into(), true);
    }
    if context.draft.header("x-oss-content-sha256").is_some_and(|value| value != "UNSIGNED-PAYLOAD") {
        payload(Cow::Borrowed("UNSIGNED-PAYLOAD"), false);
    }
    let mut algorithm = |commonness, change| candidates.add(commonness, MistakeCode::Algorithm, change);
    for part in [SigV4::All, SigV4::AllButProduct] {
        algorithm(Known, Change::SigV4(part));
    }
    for part in [SigV4::KeyPrefix, SigV4::Algorithm, SigV4::Terminator] {
        algorithm(Rare, Change::SigV4(part));
    }
    algorithm(Known, Change::Chain(Chain::Hex));
    for digest in [Digest::Whole, Digest::Bytes, Digest::UpperHex] {
        algorithm(Rare, Change::Digest(digest));
    }
    for layout in [
        Layout::NoBlankLine,
        Layout::NoAdditionalLine,
        Layout::LastLineFeed,
        Layout::NoPayloadLine,
        Layout::CarriageReturns,
    ] {
        algorithm(Rare, Change::Layout(layout));
    }
}
