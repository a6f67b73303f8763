//! The signature versions before V4, for signers that mix the versions.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hmac::{Hmac, KeyInit};
use zeroize::Zeroizing;

use super::change::is_of_signature;
use super::draft::Draft;
use super::presented::Presented;
use crate::encode::Position;
use crate::writer::Writer as _;

/// A signature version before V4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// Returns each string to sign that a signer may have made by the older versions.
pub(super) fn strings_to_sign(presented: &Presented<'_>, draft: &Draft<'_>) -> Vec<(Version, String)> {
    // V1 and V2 have an empty line in place of a header that was not sent.
    let header = |name| draft.header(name).unwrap_or("");
    let mut headers: Vec<_> =
        draft.headers.iter().filter(|header| header.name.starts_with("x-oss-")).collect();
    headers.sort_by(|a, b| a.name.cmp(&b.name));
    let headers: String =
        headers.iter().map(|header| format!("{}:{}\n", header.name, header.value)).collect();
    let mut path = Vec::new();
    path.push(b'/');
    path.put(&draft.path.bucket);
    path.put(&draft.path.key);
    let path = String::from_utf8_lossy(&path).into_owned();
    let mut encoded = Vec::new();
    encoded.put_encoded(path.as_bytes(), Position::Query);
    let encoded = String::from_utf8_lossy(&encoded).into_owned();
    let mut strings = Vec::new();
    for expires in times(presented) {
        for query in queries(draft) {
            let (method, md5, content_type) = (&draft.method, header("content-md5"), header("content-type"));
            let beginning = format!("{method}\n{md5}\n{content_type}\n{expires}\n{headers}");
            strings.push((Version::V1, format!("{beginning}{path}{query}")));
            strings.push((Version::V2, format!("{beginning}\n{encoded}{query}")));
        }
    }
    strings
}

/// Returns the authentication codes of a string to sign with the secret as the key: by SHA-1 and by SHA-256.
pub(super) fn codes(secret: &Zeroizing<Vec<u8>>, string_to_sign: &str) -> [Vec<u8>; 2] {
    [code::<Hmac<sha1::Sha1>>(secret, string_to_sign), code::<Hmac<sha2::Sha256>>(secret, string_to_sign)]
}

fn code<M: hmac::Mac + KeyInit>(secret: &[u8], message: &str) -> Vec<u8> {
    // HMAC takes keys of any length, so this does not fail.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else { return Vec::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Returns what may be in the line of the date: the time of expiry, the lifetime, the date. A lifetime that is not a number
/// has no time of expiry.
fn times<'p>(presented: &'p Presented<'_>) -> Vec<Cow<'p, str>> {
    let mut times = Vec::new();
    let seconds = presented.expires.as_deref().and_then(|expires| expires.parse::<u32>().ok());
    if let (Some(date), Some(seconds)) = (presented.signed_at(), seconds) {
        times.push(Cow::Owned(format!("{}", date.unix() + u64::from(seconds))));
    }
    times.extend(presented.expires.as_deref().map(Cow::Borrowed));
    times.push(Cow::Borrowed(&presented.date_time));
    times
}

/// Returns the parameters that a signer may have taken for subresources: none, its own, its own with the token, or all.
fn queries(draft: &Draft<'_>) -> Vec<String> {
    let text = |wanted: &dyn Fn(&[u8]) -> bool| {
        let mut pairs: Vec<String> = Vec::new();
        for parameter in draft.query.parameters.iter().filter(|parameter| wanted(&parameter.name)) {
            let name = String::from_utf8_lossy(&parameter.name);
            let value = String::from_utf8_lossy(&parameter.value);
            pairs.push(if value.is_empty() { name.into_owned() } else { format!("{name}={value}") });
        }
        pairs.sort();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    };
    let mut queries: Vec<String> = alloc::vec![
        String::new(),
        text(&|name| !is_of_signature(name)),
        text(&|name| !is_of_signature(name) || name == b"x-oss-security-token"),
        text(&|_| true),
    ];
    queries.dedup();
    queries
}
