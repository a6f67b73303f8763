//! Mistakes with headers: signed and not sent, sent and not signed, or signed with another value.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::base64::{self, Base64};
use crate::encode::Position;
use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::explain::draft::HeaderDraft;
use crate::explain::presented::{Location, decode};
use crate::header::is_signed_by_default;
use crate::hex::hex_value;
use crate::writer::Writer as _;

/// Headers that signers add by themselves, with their few values.
const KNOWN: [(&str, &str); 21] = [
    ("x-oss-object-acl", "private"),
    ("x-oss-object-acl", "public-read"),
    ("x-oss-object-acl", "public-read-write"),
    ("x-oss-object-acl", "default"),
    ("x-oss-forbid-overwrite", "true"),
    ("x-oss-forbid-overwrite", "false"),
    ("x-oss-storage-class", "Standard"),
    ("x-oss-storage-class", "IA"),
    ("x-oss-storage-class", "Archive"),
    ("x-oss-storage-class", "ColdArchive"),
    ("x-oss-storage-class", "DeepColdArchive"),
    ("x-oss-server-side-encryption", "AES256"),
    ("x-oss-server-side-encryption", "KMS"),
    ("x-oss-server-side-encryption", "SM4"),
    ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
    ("x-oss-acl", "private"),
    ("x-oss-acl", "public-read"),
    ("x-oss-metadata-directive", "REPLACE"),
    ("x-oss-metadata-directive", "COPY"),
    ("x-oss-tagging-directive", "Replace"),
    ("x-oss-request-payer", "requester"),
];

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    for header in &context.draft.headers {
        if header.name != "content-type" && header.name != "host" {
            sent(context, header, candidates);
        }
    }
    signed_elsewhere(context, candidates);
    for (name, value) in KNOWN {
        let code = match context.draft.header(name) {
            Some(sent) if sent == value => continue,
            Some(_) => MistakeCode::HeaderValue,
            None => MistakeCode::HeaderMissing,
        };
        let change = Change::Header { name: name.into(), value: Some(value.into()) };
        let common = code == MistakeCode::HeaderValue || is_common(name);
        candidates.add(if common { Common } else { Known }, code, change);
    }
    additional(context, candidates);
}

fn is_common(name: &str) -> bool {
    ["x-oss-object-acl", "x-oss-forbid-overwrite", "x-oss-storage-class"].contains(&name)
}

/// Adds the mistakes with a header that was sent.
fn sent<'a>(context: Context<'_, 'a>, header: &HeaderDraft<'a>, candidates: &mut Candidates<'a>) {
    let HeaderDraft { name, value } = header;
    let mut add = |commonness, code, value| {
        candidates.add(commonness, code, Change::Header { name: name.clone(), value });
    };
    let (dropped, differs) = match &**name {
        "content-md5" => (MistakeCode::ContentMd5, MistakeCode::ContentMd5),
        "x-oss-security-token" => (MistakeCode::SecurityToken, MistakeCode::SecurityToken),
        _ => (MistakeCode::HeaderAdded, MistakeCode::HeaderValue),
    };
    if is_signed_by_default(name) {
        add(Common, dropped, None);
    }
    if name == "content-md5" {
        for other in md5_spellings(value) {
            add(Known, differs, Some(Cow::Owned(other)));
        }
        return;
    }
    let written = context.presented.headers.iter().flatten().find(|(other, _)| other == name);
    for other in [written.map(|(_, value)| Cow::Borrowed(*value))].into_iter().flatten() {
        add(Known, differs, Some(other));
    }
    for other in [format!(" {value}"), format!("{value} "), format!(" {value} "), value.to_ascii_lowercase()]
    {
        add(Rare, differs, Some(Cow::Owned(other)));
    }
    let decoded = String::from_utf8_lossy(&decode(value)).into_owned();
    let mut encoded = Vec::new();
    encoded.put_encoded(value.as_bytes(), Position::Query);
    let latin1 = value.bytes().map(char::from).collect();
    for other in [decoded, String::from_utf8_lossy(&encoded).into_owned(), latin1] {
        add(Rare, differs, Some(Cow::Owned(other)));
    }
}

/// Adds the headers that the signer returned, and those that were sent under a name that OSS does not sign.
fn signed_elsewhere<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    for (name, value) in context.evidence.signed.iter().flat_map(|signed| signed.headers) {
        let name = name.to_ascii_lowercase();
        let (value, sent) = (value.trim_matches([' ', '\t']), context.draft.header(&name));
        let code = match (&*name, sent) {
            ("content-type", _) => continue,
            (_, Some(sent)) if sent == value => continue,
            ("content-md5", _) => MistakeCode::ContentMd5,
            ("host", _) => MistakeCode::Host,
            (_, Some(_)) => MistakeCode::HeaderValue,
            (_, None) => MistakeCode::HeaderMissing,
        };
        let change = Change::Header { name: name.into(), value: Some(Cow::Borrowed(value)) };
        candidates.add(Common, code, change);
    }
    for (name, value) in context.presented.headers.iter().flatten() {
        if is_signed_by_default(name) {
            continue;
        }
        let meant = if name.starts_with("oss-") {
            format!("x-{name}")
        } else if let Some((_, end)) = name.split_once("meta-") {
            format!("x-oss-meta-{end}")
        } else {
            continue;
        };
        let value = Some(Cow::Borrowed(value.trim_matches([' ', '\t'])));
        let change = Change::Header { name: meant.into(), value };
        candidates.add(Known, MistakeCode::HeaderMissing, change);
    }
}

/// Adds the mistakes with additional headers: which are listed, and which of those are signed.
fn additional<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let (draft, presented) = (context.draft, context.presented);
    let mut add = |commonness, change| candidates.add(commonness, MistakeCode::AdditionalHeaders, change);
    for name in &draft.additional {
        add(Known, Change::AdditionalHeaderDropped(name.clone()));
    }
    if !draft.additional.is_empty() {
        add(Known, Change::AdditionalNames(Vec::new()));
    }
    let all: Vec<Cow<'a, str>> = draft.headers.iter().map(|header| header.name.clone()).collect();
    if all != draft.additional {
        add(Known, Change::AdditionalNames(all));
    }
    let listed: Vec<Cow<'a, str>> = presented.additional.iter().map(|name| name.clone().into()).collect();
    if listed != draft.additional {
        add(Rare, Change::AdditionalNames(listed));
    }
    for (name, value) in presented.headers.iter().flatten() {
        let by_default = is_signed_by_default(name) || name == "authorization";
        if !by_default && !presented.additional.contains(name) {
            let value = Cow::Borrowed(value.trim_matches([' ', '\t']));
            add(Rare, Change::AdditionalHeader { name: name.clone().into(), value: value.clone() });
            candidates_without_list(name, value, &mut add);
        }
    }
    if presented.location == Location::Url && !presented.additional.iter().any(|name| name == "host") {
        let value = Cow::Borrowed(presented.host);
        add(Known, Change::AdditionalHeader { name: "host".into(), value: value.clone() });
        candidates_without_list("host", value, &mut add);
    }
}

fn candidates_without_list<'a>(
    name: &str,
    value: Cow<'a, str>,
    add: &mut impl FnMut(super::candidate::Commonness, Change<'a>),
) {
    add(Rare, Change::Header { name: Cow::Owned(name.into()), value: Some(value) });
}

/// Returns an MD5 in the other forms that people write: hex, base64 of the hex digits, base64.
fn md5_spellings(value: &str) -> Vec<String> {
    let mut spellings = Vec::new();
    let digits: Vec<u8> = value.bytes().filter_map(hex_value).collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = if value.len() == 32 && rest.is_empty() && pairs.len() == 16 {
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        spellings.push(to_base64(&bytes));
        bytes
    } else if base64::is_base64(value) {
        base64::Decoded::new(value).collect()
    } else {
        return spellings;
    };
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    spellings.push(to_base64(hex.as_bytes()));
    spellings.push(hex.to_uppercase());
    spellings.push(hex);
    spellings.retain(|spelling| spelling != value);
    spellings
}

fn to_base64(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    let mut encoder = Base64::new(&mut text);
    encoder.put(bytes);
    encoder.finish();
    String::from_utf8_lossy(&text).into_owned()
}
