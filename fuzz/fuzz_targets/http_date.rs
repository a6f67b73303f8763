//! An HTTP date is the second that `httpdate` reads.
//!
//! Input: a date.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::{Duration, SystemTime};

fuzz_target!(|input: &str| {
    let ours = oss_upload::parse_http_date(input);
    assert_eq!(ours, oss_presign::Timestamp::parse_http_date(input).ok().map(oss_presign::Timestamp::unix));
    let theirs = httpdate::parse_http_date(input).ok();
    let theirs =
        theirs.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).map(|time| time.as_secs());
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        assert_eq!(ours, theirs, "{input}");
    }
    // Every second that there is, in the only form that is sent.
    let mut bytes = [0; 8];
    let length = input.len().min(8);
    bytes[..length].copy_from_slice(&input.as_bytes()[..length]);
    let seconds = u64::from_le_bytes(bytes) % 253_402_300_800;
    let text = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    assert_eq!(oss_upload::parse_http_date(&text), Some(seconds), "{text}");
});
