//! The texts that a signer may have signed for the policy of a form.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::code::MistakeCode;
use super::evidence::FormEvidence;
use super::explanation::Mistake;
use crate::base64::{self, Base64};
use crate::writer::Writer as _;

/// The length of a line of base64 in MIME (RFC 2045).
const LINE: usize = 76;

/// A text that may have been signed, and the mistake that this would be.
pub(super) struct PolicyText {
    pub(super) text: Vec<u8>,
    pub(super) mistake: Option<Mistake>,
}

/// Returns the policy as it was sent, then the other texts that may have been signed for it. Without a policy, returns none.
pub(super) fn all(evidence: &FormEvidence<'_>) -> Vec<PolicyText> {
    let policy = evidence.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("policy"));
    let Some((_, sent)) = policy else { return Vec::new() };
    let mut texts = alloc::vec![PolicyText { text: sent.as_bytes().to_vec(), mistake: None }];
    let mut add = |code, says: &str, text: Vec<u8>| {
        if texts.iter().all(|known| known.text != text) {
            let mistake = Some(Mistake::new(code, says.to_string(), None, None));
            texts.push(PolicyText { text, mistake });
        }
    };
    if let Some(handed_out) = evidence.signed_policy {
        let says = "The policy was changed after the form was signed: the one that the signer handed out makes this signature.";
        add(MistakeCode::QueryValue, says, handed_out.as_bytes().to_vec());
    }
    // Mail and terminals break lines.
    let joined: String = sent.split_whitespace().collect();
    let says = "The policy was changed after it was signed: blanks or line ends were put into it.";
    add(MistakeCode::QueryValue, says, joined.into_bytes());
    // Decoding as `application/x-www-form-urlencoded` makes blanks of plus signs.
    let whole: String = sent.replace(' ', "+").split_whitespace().collect();
    let says = "The policy was changed after it was signed: blanks stand where `+` was signed.";
    add(MistakeCode::QueryValue, says, whole.as_bytes().to_vec());
    let mut standard = whole.replace('-', "+").replace('_', "/");
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    let says = "The policy was signed in standard base64, but sent in another.";
    add(MistakeCode::Algorithm, says, standard.as_bytes().to_vec());
    let url_safe = standard.replace('+', "-").replace('/', "_");
    let says = "The policy was signed in the URL-safe alphabet of base64, but sent in another.";
    add(MistakeCode::Algorithm, says, url_safe.as_bytes().to_vec());
    let says = "The policy was signed in base64 without its padding.";
    for text in [&standard, &url_safe] {
        add(MistakeCode::Algorithm, says, text.trim_end_matches('=').as_bytes().to_vec());
    }
    let lines: Vec<&[u8]> = standard.as_bytes().chunks(LINE).collect();
    let says = "The policy was signed in base64 that is broken into lines.";
    for (between, end) in [(&b"\n"[..], &b""[..]), (b"\n", b"\n"), (b"\r\n", b""), (b"\r\n", b"\r\n")] {
        add(MistakeCode::Algorithm, says, [lines.join(between).as_slice(), end].concat());
    }
    if base64::is_base64(&standard) {
        let json: Vec<u8> = base64::Decoded::new(&standard).collect();
        let compact = without_blanks(&json);
        let says =
            "The policy was changed after it was signed: blanks were put between the parts of its JSON.";
        add(MistakeCode::QueryValue, says, to_base64(&compact));
        let says = "The policy was signed as JSON instead of as the base64 of it.";
        add(MistakeCode::Algorithm, says, json);
        add(MistakeCode::Algorithm, says, compact);
    }
    texts
}

fn to_base64(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut encoder = Base64::new(&mut text);
    encoder.put(bytes);
    encoder.finish();
    text
}

/// Returns JSON without the white space outside its strings.
fn without_blanks(json: &[u8]) -> Vec<u8> {
    let (mut compact, mut in_string, mut escaped) = (Vec::with_capacity(json.len()), false, false);
    for &byte in json {
        if in_string || !byte.is_ascii_whitespace() {
            compact.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
    }
    compact
}
