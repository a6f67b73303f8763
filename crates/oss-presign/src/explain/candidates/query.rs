//! Mistakes with the query: parameters that were added, lost or changed, and their encoding.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::decode::Decoded;
use crate::explain::change::{Change, is_of_signature};
use crate::explain::code::MistakeCode;
use crate::explain::draft::Order;
use crate::explain::presented::decode;
use crate::explain::spelling::Spelling;
use crate::search::split_first;

/// The parameters without a value that name a part of an object or a bucket.
const SUBRESOURCES: [&str; 14] = [
    "acl",
    "uploads",
    "tagging",
    "symlink",
    "restore",
    "objectMeta",
    "delete",
    "cors",
    "lifecycle",
    "policy",
    "versions",
    "location",
    "stat",
    "append",
];

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let parameters = &context.draft.query.parameters;
    let own = || parameters.iter().filter(|parameter| !is_of_signature(&parameter.name));
    for parameter in own() {
        let (name, value) = (&parameter.name, &parameter.value);
        let mut add = |commonness, code, change| candidates.add(commonness, code, change);
        add(Common, MistakeCode::QueryAdded, Change::ParameterDropped(name.clone()));
        if value.is_empty() {
            continue;
        }
        let with = |value: Vec<u8>| Change::ParameterValue { name: name.clone(), value: Cow::Owned(value) };
        add(Known, MistakeCode::QueryValue, with(Vec::new()));
        if value.contains(&b'%') {
            let text = String::from_utf8_lossy(value).into_owned();
            add(Known, MistakeCode::QueryValue, with(Decoded::new(&text).collect()));
        }
        if value.contains(&b'+') {
            let blanks = value.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
            add(Known, MistakeCode::QueryValue, with(blanks));
        }
        for spelling in [Spelling::Twice, Spelling::Raw] {
            let change = Change::ParameterSpelling { name: name.clone(), spelling };
            add(Rare, MistakeCode::QueryEncoding, change);
        }
    }
    if own().count() > 1 {
        candidates.add(Common, MistakeCode::QueryAdded, Change::OwnParametersDropped);
    }
    for parameter in parameters.iter().filter(|parameter| is_of_signature(&parameter.name)) {
        if *parameter.name != *b"x-oss-security-token" {
            let change = Change::ParameterDropped(parameter.name.clone());
            candidates.add(Rare, MistakeCode::QueryAdded, change);
        }
    }
    lost(context, candidates);
    for (order, commonness) in
        [(Order::IgnoringCase, Known), (Order::RawNames, Known), (Order::AsSent, Known), (Order::Pairs, Rare)]
    {
        candidates.add(commonness, MistakeCode::QueryEncoding, Change::QueryOrder(order));
    }
    candidates.add(Known, MistakeCode::QueryEncoding, Change::QueryAsSent);
    candidates.add(Known, MistakeCode::QueryEncoding, Change::BareEquals);
    for spelling in Spelling::WRONG {
        candidates.add(Known, MistakeCode::QueryEncoding, Change::QuerySpelling(spelling));
    }
}

/// Adds parameters that may have been signed, but are not in the URL.
fn lost<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let query = &context.draft.query;
    if let Some(handed_out) = context.evidence.signed {
        let (_, _, signed) = handed_out.parts();
        for pair in signed.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = split_first(pair, b'=');
            let (name, value) = (decode(name), decode(value));
            if *name == *b"x-oss-signature" || *name == *b"x-oss-security-token" {
                continue;
            }
            match query.find(&name) {
                None => {
                    let change = Change::ParameterRestored { name, value };
                    candidates.add(Common, MistakeCode::QueryLost, change);
                }
                Some(sent) if sent.value != value => {
                    let change = Change::ParameterValue { name, value };
                    candidates.add(Common, MistakeCode::QueryValue, change);
                }
                Some(_) => {}
            }
        }
    }
    for name in SUBRESOURCES.into_iter().chain(["x-oss-additional-headers"]) {
        if query.find(name.as_bytes()).is_none() {
            let name = Cow::Borrowed(name.as_bytes());
            let change = Change::ParameterRestored { name, value: Cow::Borrowed(b"") };
            candidates.add(Known, MistakeCode::QueryLost, change);
        }
    }
}
