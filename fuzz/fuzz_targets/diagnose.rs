//! The diagnosis of a refusal never panics, and its sentence is short whatever the service sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::Timestamp;
use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};

/// The longest sentence that is allowed, in bytes.
const LONGEST: usize = 4096;

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    signed: Option<(&'a str, &'a str, Vec<(&'a str, &'a str)>)>,
    sent: (&'a str, &'a str, Vec<(&'a str, &'a str)>),
    query: Option<Vec<(u8, &'a str)>>,
    clock: Option<u64>,
    status: u16,
    code: Option<u8>,
    ec: Option<&'a str>,
    message: Option<&'a str>,
    canonical_request: Option<&'a str>,
    string_to_sign: Option<&'a str>,
    server_time: Option<u64>,
}

const CODES: [&str; 12] = [
    "SignatureDoesNotMatch",
    "AccessDenied",
    "RequestTimeTooSkewed",
    "InvalidAccessKeyId",
    "NoSuchKey",
    "NoSuchBucket",
    "SecurityTokenExpired",
    "InvalidArgument",
    "AuthorizationQueryParametersError",
    "EntityTooLarge",
    "InvalidSecurityToken",
    "MethodNotAllowed",
];
const NAMES: [&str; 7] = [
    "x-oss-signature-version",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-signature",
    "x-oss-additional-headers",
    "x-oss-security-token",
];

fuzz_target!(|input: Input<'_>| {
    let mut url = input.sent.1.to_owned();
    for (name, value) in input.query.iter().flatten() {
        let mark = if url.contains('?') { '&' } else { '?' };
        url.push_str(&format!("{mark}{}={value}", NAMES[usize::from(*name) % NAMES.len()]));
    }
    let time = |seconds: Option<u64>| seconds.and_then(|seconds| Timestamp::from_unix(seconds).ok());
    let signed = input.signed.as_ref();
    let attempt = Attempt {
        signed: signed.map(|(method, url, headers)| Message { method, url, headers }),
        sent: Message { method: input.sent.0, url: &url, headers: &input.sent.2 },
        clock: time(input.clock),
    };
    let refusal = Refusal {
        status: input.status,
        code: input.code.map(|code| CODES[usize::from(code) % CODES.len()]),
        ec: input.ec,
        message: input.message,
        canonical_request: input.canonical_request,
        string_to_sign: input.string_to_sign,
        server_time: time(input.server_time),
    };
    let diagnosis = diagnose(&attempt, &refusal);
    let shown = diagnosis.to_string();
    assert!(!shown.is_empty() && shown.len() <= LONGEST, "{} bytes: {shown}", shown.len());
    assert!(!diagnosis.cause().code().is_empty());
});
