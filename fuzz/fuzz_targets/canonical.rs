//! What is signed is what a second, plain implementation signs: canonical request and signature, as URL and by header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region, RequestWithCapacity,
    Scope, Signer, SigningKey, Timestamp,
};
use oss_presign_fuzz::plain;

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    method: u8,
    style: u8,
    key: Option<&'a str>,
    for_service: bool,
    cloud_box: bool,
    token: Option<&'a str>,
    headers: Vec<(&'a str, &'a str)>,
    query: Vec<(&'a str, Option<&'a str>)>,
    additional: Vec<&'a str>,
    now: u64,
    expires: u32,
}

/// An error is a refusal of the input.
fn check(input: &Input<'_>) -> Result<(), Error> {
    let bucket = Bucket::new("examplebucket")?;
    let methods = [Method::Get, Method::Put, Method::Head, Method::Post, Method::Delete];
    let method = methods[usize::from(input.method) % methods.len()];
    let mut request: RequestWithCapacity<'_, 32> = match input.key {
        Some(key) => RequestWithCapacity::new(method, bucket, ObjectKey::allowing_dot_segments(key)?),
        None if input.for_service => RequestWithCapacity::for_service(method),
        None => RequestWithCapacity::for_bucket(method, bucket),
    };
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in &input.headers {
        request.header(name, value)?;
        all.push(((*name).to_owned(), value.as_bytes().to_vec()));
    }
    for (name, value) in &input.query {
        request.query(name, *value)?;
    }
    for name in &input.additional {
        request.additional_header(name)?;
    }
    let (region, product) = if input.cloud_box {
        (Region::new("cb-f8z7yvzgwfkl9q0h")?, Product::CloudBox)
    } else {
        (Region::new("cn-hangzhou")?, Product::Oss)
    };
    let (endpoint, host) = match (input.style % 3, input.key.is_some() || !input.for_service) {
        (0, true) => (Endpoint::virtual_hosted("s3.example.com:9000")?, "examplebucket.s3.example.com:9000"),
        (0, false) => (Endpoint::virtual_hosted("s3.example.com:9000")?, "s3.example.com:9000"),
        (1, _) => (Endpoint::path_style("127.0.0.1")?, "127.0.0.1"),
        _ => (Endpoint::cname("static.example.com")?, "static.example.com"),
    };
    let now = Timestamp::from_unix(input.now % (Timestamp::MAX.unix() + 1))?;
    let mut credentials = Credentials::new(ID, SECRET)?;
    if let Some(token) = input.token {
        credentials = credentials.with_security_token(token)?;
    }
    let scope = Scope::new(now, region, product);
    let signer = Signer::with_key(&credentials, scope, SigningKey::derive(SECRET, &scope));

    let date_time = String::from_utf8(now.iso8601_basic().to_vec()).expect("a time is ASCII");
    let credential =
        format!("{ID}/{}/{}/{}/aliyun_v4_request", &date_time[..8], region.as_str(), product.as_str());
    if !all.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        all.push(("host".into(), host.into()));
    }
    let mut resource = b"/".to_vec();
    if input.key.is_some() || !input.for_service {
        resource.extend_from_slice(b"examplebucket/");
        resource.extend_from_slice(input.key.unwrap_or_default().as_bytes());
    }
    let given =
        input.query.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.unwrap_or("").into()));
    let plain = plain::Request {
        method: method.as_str().to_owned(),
        resource,
        query: given.collect(),
        headers: all,
        additional: input.additional.iter().map(|name| (*name).to_owned()).collect(),
    };

    let mut buffer = vec![0; 64 * 1024];
    if let Ok(expiry) = Expiry::secs(input.expires) {
        let mut expected = plain.clone();
        let mut add = |name: &str, value: &str| expected.query.push((name.into(), value.into()));
        add("x-oss-signature-version", "OSS4-HMAC-SHA256");
        add("x-oss-credential", &credential);
        add("x-oss-date", &date_time);
        add("x-oss-expires", &expiry.seconds().to_string());
        if let Some(token) = input.token {
            add("x-oss-security-token", token);
        }
        let mut names: Vec<String> = plain.additional.iter().map(|name| name.to_ascii_lowercase()).collect();
        names.retain(|name| !plain::is_always_signed(name));
        names.sort();
        names.dedup();
        if !names.is_empty() {
            add("x-oss-additional-headers", &names.join(";"));
        }
        let signed = signer.presign(&request, &endpoint, now, expiry, &mut buffer)?;
        let mut text = String::new();
        signed.write_canonical_request(&mut text).expect("a String takes everything");
        assert_eq!(text.as_bytes(), expected.canonical(), "{}", signed.url());
        let signature = expected.signature(SECRET, &date_time, region.as_str(), product.as_str());
        assert_eq!(signed.signature(), signature);
        assert!(signed.url().ends_with(&format!("&x-oss-signature={signature}")));
    }

    let mut expected = plain.clone();
    expected.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-oss-content-sha256"));
    expected.headers.push(("x-oss-content-sha256".into(), b"UNSIGNED-PAYLOAD".to_vec()));
    expected.headers.push(("x-oss-date".into(), date_time.clone().into()));
    if let Some(token) = input.token {
        expected.headers.push(("x-oss-security-token".into(), token.into()));
    }
    let signed = signer.sign_header(&request, &endpoint, now, &mut buffer)?;
    let mut text = String::new();
    signed.write_canonical_request(&mut text).expect("a String takes everything");
    assert_eq!(text.as_bytes(), expected.canonical(), "{}", signed.url());
    assert_eq!(signed.signature(), expected.signature(SECRET, &date_time, region.as_str(), product.as_str()));
    Ok(())
}

fuzz_target!(|input: Input<'_>| {
    let _ = check(&input);
});
