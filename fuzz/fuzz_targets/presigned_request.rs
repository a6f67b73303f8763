//! A presigned request from a bare URL or from JSON: what is accepted survives the way through JSON, shows no query,
//! and has the expiry that its URL has.
//!
//! Input: a URL, or JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::{PresignedRequest, Timestamp};
use oss_presign_fuzz::plain;

fuzz_target!(|input: &str| {
    if let Ok(request) = serde_json::from_str::<PresignedRequest>(input) {
        survives(&request);
    }
    if let Ok(request) = PresignedRequest::from_url("PUT", input) {
        survives(&request);
        let value = |wanted: &[u8]| {
            let query = input.split_once('?').expect("a presigned URL has a query").1;
            let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let (_, value) = pairs.find(|(name, _)| plain::decode(name) == wanted).expect("it is required");
            String::from_utf8(plain::decode(value)).expect("it was read")
        };
        let date = Timestamp::parse_iso8601_basic(&value(b"x-oss-date")).expect("it was read");
        let expires: u64 = value(b"x-oss-expires").parse().expect("it was read");
        assert!((1..=604_800).contains(&expires));
        assert_eq!(request.expires_at(), date.saturating_add(expires), "{input}");
        assert!(
            request
                .missing_headers()
                .iter()
                .all(|name| !name.is_empty() && *name == name.to_ascii_lowercase())
        );
    }
});

fn survives(request: &PresignedRequest) {
    let json = serde_json::to_string(request).expect("a request is JSON");
    let again: PresignedRequest = serde_json::from_str(&json).expect("it was written by us");
    assert_eq!(&again, request, "{json}");
    let (shown_part, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    // A path may contain the same text as the query.
    let shown = format!("{request:?} {:?}", request.clone().into_parts()).replace(shown_part, "");
    assert!(query.len() < 16 || !shown.contains(query), "{shown}");
    let is_sendable = |text: &str| !text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
    assert!(is_sendable(request.url()) && !request.url().contains(' '));
    assert!(request.headers().all(|(name, value)| is_sendable(name) && is_sendable(value)));
}
