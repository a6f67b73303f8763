//! Canonical request, string to sign and signature a second time, as OSS's documentation puts them: slow, allocating,
//! and without a line of the crates that it is compared with.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// What is signed.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Bucket and key, not encoded: `/`, `/bucket/` or `/bucket/key`.
    pub resource: Vec<u8>,
    /// All parameters but the signature, not encoded.
    pub query: Vec<(Vec<u8>, Vec<u8>)>,
    /// All headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The names that are signed beside those that always are.
    pub additional: Vec<String>,
}

impl Request {
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let query: BTreeMap<String, String> =
            self.query.iter().map(|(name, value)| (encode(name, false), encode(value, false))).collect();
        let query: Vec<String> = query
            .into_iter()
            .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") })
            .collect();
        let headers: BTreeMap<String, &[u8]> =
            self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), trim(value))).collect();
        let mut additional: Vec<String> =
            self.additional.iter().map(|name| name.to_ascii_lowercase()).collect();
        additional.retain(|name| !is_always_signed(name));
        additional.sort();
        additional.dedup();

        let mut text = Vec::new();
        for line in [&self.method, &encode(&self.resource, true), &query.join("&")] {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
        }
        for (name, value) in &headers {
            if is_always_signed(name) || additional.contains(name) {
                text.extend_from_slice(name.as_bytes());
                text.push(b':');
                text.extend_from_slice(value);
                text.push(b'\n');
            }
        }
        text.push(b'\n');
        text.extend_from_slice(additional.join(";").as_bytes());
        text.push(b'\n');
        text.extend_from_slice(headers.get("x-oss-content-sha256").copied().unwrap_or(b"UNSIGNED-PAYLOAD"));
        text
    }

    /// The signature of the canonical request at a time `YYYYMMDDTHHMMSSZ`.
    #[must_use]
    pub fn signature(&self, secret: &str, time: &str, region: &str, product: &str) -> String {
        let date = &time[..8];
        let canonical_hash = hex(&Sha256::digest(self.canonical()));
        let string_to_sign = format!(
            "OSS4-HMAC-SHA256\n{time}\n{date}/{region}/{product}/aliyun_v4_request\n{canonical_hash}"
        );
        let mut key = format!("aliyun_v4{secret}").into_bytes();
        for step in [date, region, product, "aliyun_v4_request"] {
            key = hmac(&key, step.as_bytes());
        }
        hex(&hmac(&key, string_to_sign.as_bytes()))
    }
}

#[must_use]
pub fn is_always_signed(lower_case_name: &str) -> bool {
    lower_case_name == "content-type"
        || lower_case_name == "content-md5"
        || lower_case_name.starts_with("x-oss-")
}

/// Percent-encodes every byte but `A-Z a-z 0-9 - . _ ~`, and `/` where it is kept.
#[must_use]
pub fn encode(bytes: &[u8], keep_slash: bool) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte.into()),
            b'/' if keep_slash => text.push('/'),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// The reverse; a `%` without two hex digits stands for itself.
#[must_use]
pub fn decode(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

fn trim(mut value: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    while value.first().is_some_and(is_blank) {
        value = &value[1..];
    }
    while value.last().is_some_and(is_blank) {
        value = &value[..value.len() - 1];
    }
    value
}

#[must_use]
pub fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
