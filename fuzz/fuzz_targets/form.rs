//! A policy that is signed is judged as `base64`, `serde_json` and a second, plain evaluation judge it.
//!
//! Input: lines of `field: value` with the size of the file as `content-length`, an empty line, the policy in JSON.
#![no_main]

use base64::Engine as _;
use libfuzzer_sys::fuzz_target;
use oss_presign::verify::{ExpectedScope, FormError, ReceivedForm, VerificationKey, verify_form};
use oss_presign::{Credentials, Product, Region, Signer, SigningKey, Timestamp};
use oss_presign_fuzz::policy::{Outcome, evaluate};
use oss_presign_fuzz::text;

const SECRET: &str = "fake-access-key-secret";
const NOW: u64 = 1_731_400_358;

fuzz_target!(|input: &[u8]| {
    let (fields, policy) = text::split(input, b"\n\n");
    let fields: Vec<(&str, &str)> = text::headers(fields)
        .filter_map(|(name, value)| Some((name, std::str::from_utf8(value).ok()?)))
        .collect();
    unsigned(&fields, policy);
    signed(&fields, policy);
});

fn judge(form: &ReceivedForm<'_>) -> Result<(), FormError> {
    let region = Region::new("cn-hangzhou").expect("a region");
    let now = Timestamp::from_unix(NOW).expect("a time of 2024");
    verify_form(form, &ExpectedScope { region, product: Product::Oss }, now, |_, scope| {
        Some(VerificationKey::new(SigningKey::derive(SECRET, scope)))
    })
    .map(drop)
}

/// Whatever is given as a signed policy, base64 or not.
fn unsigned(fields: &[(&str, &str)], policy: &[u8]) {
    let Ok(policy) = std::str::from_utf8(policy) else { return };
    let region = Region::new("cn-hangzhou").expect("a region");
    let now = Timestamp::from_unix(NOW).expect("a time of 2024");
    let credentials = Credentials::new("fake-access-key-id", SECRET).expect("credentials");
    let signer = Signer::new(&credentials, region, now);
    let mut buffer = vec![0; policy.len() + 1024];
    let signed = signer.sign_policy_base64(policy, now, &mut buffer).expect("the buffer is large enough");
    let fields: Vec<_> = signed.fields().chain(fields.iter().copied()).collect();
    let judged = judge(&ReceivedForm { bucket: "examplebucket", fields: &fields, content_length: 1 });
    let decoded = base64::engine::general_purpose::STANDARD.decode(policy);
    let is_json = decoded.is_ok_and(|json| serde_json::from_slice::<serde_json::Value>(&json).is_ok());
    assert!(is_json || judged.is_err(), "{policy}");
}

fn signed(fields: &[(&str, &str)], policy: &[u8]) {
    let length = fields.iter().find(|(name, _)| *name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(1);
    let region = Region::new("cn-hangzhou").expect("a region");
    let now = Timestamp::from_unix(NOW).expect("a time of 2024");
    let credentials = Credentials::new("fake-access-key-id", SECRET).expect("credentials");
    let signer = Signer::new(&credentials, region, now);
    let mut buffer = vec![0; policy.len() * 2 + 1024];
    let signed = signer.sign_policy(policy, now, &mut buffer).expect("the buffer is large enough");
    let theirs = base64::engine::general_purpose::STANDARD.decode(signed.policy());
    assert_eq!(theirs.as_deref(), Ok(policy));
    let fields: Vec<_> = signed.fields().chain(fields.iter().copied()).collect();
    let judged = judge(&ReceivedForm { bucket: "examplebucket", fields: &fields, content_length: length });
    let outcome = match &judged {
        Ok(()) => Outcome::Met,
        Err(FormError::PolicyMalformed) => Outcome::Malformed,
        Err(FormError::PolicyExpired { .. }) => Outcome::Expired,
        Err(FormError::PolicyLacks { .. }) => Outcome::Lacks,
        Err(FormError::ConditionNotMet { .. }) => Outcome::NotMet,
        Err(FormError::TooSmall { .. }) => Outcome::TooSmall,
        Err(FormError::TooLarge { .. }) => Outcome::TooLarge,
        // A field twice, or too many of them, is refused before the policy is read.
        Err(FormError::DuplicateField { .. } | FormError::Signature(_)) => return,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(outcome, evaluate(policy, "examplebucket", &fields, length, NOW), "{judged:?}");
}
