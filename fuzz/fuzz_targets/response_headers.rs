//! The head of a response, whatever it says: no wait is longer than the policy allows, and the attempts end.
//!
//! Input: a status, then lines of `name: value`.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use oss_presign_fuzz::text;
use oss_upload::driver::{Attempt, ContentRange, Decision, ErrorFields, ResponseHead, RetryState, UrlParts};
use oss_upload::{ByteRange, RetryPolicy};

fuzz_target!(|input: &[u8]| {
    let (status, headers) = text::split(input, b"\n");
    let status = std::str::from_utf8(status).ok().and_then(|status| status.parse().ok()).unwrap_or(503);
    let mut head = ResponseHead::new(status);
    for (name, value) in text::headers(headers) {
        head.record(name, value);
    }
    let _ = (head.verdict(), head.names_object(), head.crc64(), format!("{head:?}"));
    assert!(head.location.is_none_or(|place| !place.contains(['?', '#'])));
    if let Some(range) = head.content_range() {
        assert!(range.first <= range.last && range.last < range.total && range.length() <= range.total);
        let text = format!("bytes {}-{}/{}", range.first, range.last, range.total);
        assert_eq!(ContentRange::parse(&text), Some(range));
        let _ = ByteRange { first: range.first, last: Some(range.last) }.to_string();
    }
    if let Ok(text) = std::str::from_utf8(headers)
        && let Some(url) = UrlParts::parse(text)
    {
        assert!(!url.host().is_empty() && text.contains(url.authority));
        let _ = (url.expires_at(), url.is_loopback(), url.additional_headers().count());
    }
    let mut scratch = [];
    let failure = ErrorFields::read(&head, b"", &mut scratch).failure();
    let policy = RetryPolicy::default();
    let mut state = RetryState::new(policy);
    let attempt = Attempt {
        number: 0,
        elapsed: Duration::ZERO,
        rereadable: true,
        refreshable: status % 2 == 0,
        random: u64::from(status) << 48,
        url_life: None,
    };
    for number in 1.. {
        assert!(number <= policy.max_attempts);
        match state.failed(failure, attempt) {
            Decision::Retry { after } | Decision::Refresh { after } => {
                assert!(after <= policy.longest_wait.max(policy.cap), "{after:?}");
            }
            Decision::WaitTooLong { asked, allowed } => {
                assert!(asked > allowed);
                break;
            }
            _ => break,
        }
    }
});
