//! Mistakes with the path: the place of the bucket, and the encoding of the key.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use unicode_normalization::UnicodeNormalization as _;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::decode::Decoded;
use crate::explain::change::{Change, KeyEdit};
use crate::explain::code::MistakeCode;
use crate::explain::spelling::Spelling;

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let path = &context.draft.path;
    // Before the encodings, because a key that was sent encoded twice looks like one that was signed without encoding.
    edits(context, &path.key, candidates);
    for buckets in [0, 2] {
        if path.buckets > 0 || buckets == 0 {
            candidates.add(Common, MistakeCode::Path, Change::Buckets(buckets));
        }
    }
    for (at, spelling) in Spelling::WRONG.into_iter().enumerate() {
        let commonness = if at < 4 { Common } else { Known };
        candidates.add(commonness, MistakeCode::PathEncoding, Change::PathSpelling(spelling));
    }
    let sent = context.presented.path;
    for buckets in [1, 0] {
        candidates.add(Known, MistakeCode::PathEncoding, Change::PathAsSent { path: sent, buckets });
    }
}

/// Adds the keys that the signer may have signed instead.
fn edits<'a>(context: Context<'_, 'a>, key: &[u8], candidates: &mut Candidates<'a>) {
    let mut add = |commonness, code, key: Vec<u8>, edit| {
        candidates.add(commonness, code, Change::Key { key: Cow::Owned(key), edit });
    };
    if let Some(handed_out) = context.evidence.signed {
        let (_, path, _) = handed_out.parts();
        add(Common, MistakeCode::Path, Decoded::new(path).collect(), KeyEdit::AsHandedOut);
    }
    if key.contains(&b'%') {
        let text = String::from_utf8_lossy(key);
        let once = Decoded::new(&text).collect();
        add(Common, MistakeCode::PathEncoding, once, KeyEdit::SentTwiceEncoded);
    }
    if key.contains(&b'+') {
        let blanks = key.iter().map(|&byte| if byte == b'+' { b' ' } else { byte });
        add(Common, MistakeCode::PathEncoding, blanks.collect(), KeyEdit::SentPlus);
    }
    add(Common, MistakeCode::Path, [b"/", key].concat(), KeyEdit::LeadingSlash);
    if let Some(rest) = key.strip_prefix(b"/") {
        add(Known, MistakeCode::Path, rest.to_vec(), KeyEdit::NoLeadingSlash);
    }
    let collapsed = collapse_slashes(key);
    if collapsed != key {
        add(Known, MistakeCode::Path, collapsed, KeyEdit::SingleSlashes);
    }
    // One slash may have been two when the key was signed.
    let slashes = key.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    for at in slashes.take(16) {
        let mut doubled = key.to_vec();
        doubled.insert(at, b'/');
        add(Known, MistakeCode::Path, doubled, KeyEdit::DoubleSlash);
    }
    let resolved = resolve_dot_segments(key);
    if resolved != key {
        add(Known, MistakeCode::Path, resolved, KeyEdit::DotSegments);
    }
    if let Ok(text) = core::str::from_utf8(key) {
        for (form, edit) in
            [(text.nfc().collect::<String>(), KeyEdit::Composed), (text.nfd().collect(), KeyEdit::Decomposed)]
        {
            if form != text {
                add(Known, MistakeCode::PathEncoding, form.into_bytes(), edit);
            }
        }
        let trimmed = text.trim_end();
        if trimmed != text {
            add(Known, MistakeCode::Path, trimmed.as_bytes().to_vec(), KeyEdit::NoLineFeed);
        }
    }
    for end in [&b"\n"[..], b"\r\n", b" ", b"\r"] {
        add(Rare, MistakeCode::Path, [key, end].concat(), KeyEdit::LineFeed);
    }
}

fn collapse_slashes(key: &[u8]) -> Vec<u8> {
    let mut collapsed = Vec::with_capacity(key.len());
    for &byte in key {
        if byte != b'/' || collapsed.last() != Some(&b'/') {
            collapsed.push(byte);
        }
    }
    collapsed
}

/// Removes dot segments by RFC 3986, section 5.2.4.
fn resolve_dot_segments(key: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = key.split(|&byte| byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            b"." | b".." => {
                if segment == b".." && kept.len() > 1 {
                    kept.pop();
                }
                if last {
                    kept.push(b"");
                }
            }
            _ => kept.push(segment),
        }
    }
    kept.join(&b'/')
}
