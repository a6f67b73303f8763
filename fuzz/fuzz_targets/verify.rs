//! Verification of whatever is received: it never panics, sees the canonical request that a second, plain
//! implementation sees, and takes that one's signature and no other.
//!
//! Input: `METHOD BUCKET TARGET` (`-` for no bucket), then lines of `name: value`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::verify::{ExpectedScope, ParsedSignature, ReceivedRequest, VerificationKey, VerifyError};
use oss_presign::{Product, Region, SigningKey, Timestamp};
use oss_presign_fuzz::{plain, text};

const SECRET: &str = "fake-access-key-secret";

fuzz_target!(|input: &[u8]| {
    let (line, rest) = text::split(input, b"\n");
    let Ok(line) = std::str::from_utf8(line) else { return };
    let mut words = line.splitn(3, ' ');
    let (Some(method), Some(bucket), Some(target)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let bucket = (bucket != "-").then_some(bucket);
    // A server knows its buckets.
    if bucket.is_some_and(|bucket| oss_presign::Bucket::new(bucket).is_err()) {
        return;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(&str, &[u8])> = text::headers(rest).filter(|(name, _)| name.is_ascii()).collect();
    let received = ReceivedRequest { method, bucket, path, query, headers: &headers };
    if let Ok(parsed) = received.presigned() {
        let mut expected = plain(&received, additional_of_query(query));
        expected.query.retain(|(name, _)| name != b"x-oss-signature");
        check(&parsed, &expected, &received);
        if let Some(query) = with_signature(query, &signature(&parsed, &expected)) {
            let received = ReceivedRequest { query: &query, ..received };
            let verified = verify(&received.presigned().expect("another signature is well-formed, too"));
            assert_ne!(verified, Err(VerifyError::SignatureMismatch), "{query}");
        }
    }
    if let Ok(parsed) = received.authorized() {
        check(&parsed, &plain(&received, additional_of_header(&headers)), &received);
    }
});

fn scope() -> ExpectedScope<'static> {
    ExpectedScope { region: Region::new("cn-hangzhou").expect("a region"), product: Product::Oss }
}

fn verify(parsed: &ParsedSignature<'_>) -> Result<(), VerifyError> {
    let now = Timestamp::from_unix(1_731_400_358).expect("a time of 2024");
    let lookup = |_: &str, scope: &oss_presign::Scope<'_>| {
        Some(VerificationKey::new(SigningKey::derive(SECRET, scope)))
    };
    parsed.verify(&scope(), now, lookup).map(drop)
}

/// The same request for the second implementation.
fn plain(received: &ReceivedRequest<'_>, additional: Vec<String>) -> plain::Request {
    let mut resource = received.bucket.map_or(String::new(), |bucket| format!("/{bucket}")).into_bytes();
    resource.extend(if received.path.is_empty() { b"/".to_vec() } else { plain::decode(received.path) });
    if received.bucket.is_none() && received.path.len() > 1 && !received.path[1..].contains('/') {
        resource.push(b'/');
    }
    let pairs = received.query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = pairs.map(|(name, value)| (plain::decode(name), plain::decode(value)));
    plain::Request {
        method: received.method.to_owned(),
        resource,
        query: query.collect(),
        headers: received.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        additional,
    }
}

fn additional_of_query(query: &str) -> Vec<String> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let value = pairs.into_iter().find(|(name, _)| plain::decode(name) == b"x-oss-additional-headers");
    let names = value.map_or(Vec::new(), |(_, value)| plain::decode(value));
    named(&String::from_utf8_lossy(&names))
}

fn additional_of_header(headers: &[(&str, &[u8])]) -> Vec<String> {
    let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let value = found.map_or("", |(_, value)| std::str::from_utf8(value).unwrap_or_default());
    let fields = value.strip_prefix("OSS4-HMAC-SHA256 ").unwrap_or_default().split(',');
    let fields = fields.filter_map(|field| field.trim_matches([' ', '\t']).split_once('='));
    let names =
        fields.into_iter().find(|(name, _)| *name == "AdditionalHeaders").map_or("", |(_, names)| names);
    named(names)
}

fn named(names: &str) -> Vec<String> {
    names.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn signature(parsed: &ParsedSignature<'_>, expected: &plain::Request) -> String {
    let mut string_to_sign = String::new();
    parsed.write_string_to_sign(&scope(), &mut string_to_sign).expect("a String takes everything");
    let time = string_to_sign.lines().nth(1).expect("the time is the second line");
    // By header, the time may be that of `Date`; the day of the scope is what the key needs.
    let date = string_to_sign.lines().nth(2).and_then(|scope| scope.split('/').next()).expect("a scope");
    if time.starts_with(date) {
        expected.signature(SECRET, time, "cn-hangzhou", "oss")
    } else {
        String::new()
    }
}

fn check(parsed: &ParsedSignature<'_>, expected: &plain::Request, received: &ReceivedRequest<'_>) {
    let canonical = expected.canonical();
    let mut seen = String::new();
    match parsed.write_canonical_request(&mut seen) {
        Ok(()) => assert_eq!(seen.as_bytes(), canonical, "{received:?}"),
        Err(_) => assert!(std::str::from_utf8(&canonical).is_err(), "{received:?}"),
    }
    let signature = signature(parsed, expected);
    if verify(parsed).is_ok() && !signature.is_empty() {
        assert_eq!(parsed.signature(), signature, "{received:?}");
    }
}

/// The query with another signature; `None` where it has none that is written plainly.
fn with_signature(query: &str, signature: &str) -> Option<String> {
    let at = query.match_indices("x-oss-signature=").map(|(at, _)| at);
    let at =
        at.into_iter().find(|&at| at == 0 || query.as_bytes()[at - 1] == b'&')? + "x-oss-signature=".len();
    let end = query[at..].find('&').map_or(query.len(), |length| at + length);
    Some(format!("{}{signature}{}", &query[..at], &query[end..]))
}
