//! Signing of the `http` crate's requests, checked as a server would.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use std::time::Duration;

use http::{HeaderValue, Request};
use oss_presign_std::oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, VerifyError};
use oss_presign_std::oss_presign::{Product, Region, SigningKey};
use oss_presign_std::{Addressing, Credentials, Error, HttpError, ManualClock, Presigner};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use support::{BUCKET, ID, REGION, SECRET, at, builder};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;
const TOKEN: &str = "fake-security-token";
const VIRTUAL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com";
const PATH: &str = "http://127.0.0.1:9000/examplebucket";
const CNAME: &str = "https://static.example.com:8443";

fn presigner(token: bool) -> Presigner {
    let credentials = match token {
        true => Credentials::with_security_token(ID, SECRET, TOKEN).unwrap(),
        false => Credentials::new(ID, SECRET).unwrap(),
    };
    builder().credentials(credentials).clock(ManualClock::new(at(NOW))).build().unwrap()
}

fn request(uri: &str) -> Request<&'static str> {
    Request::put(uri)
        .header("Content-Type", "image/jpeg")
        .header("X-Oss-Meta-Owner", "  42 ")
        .header("range", "bytes=0-1")
        .header("user-agent", "fake")
        .body("body")
        .unwrap()
}

/// What a server says to the request as it would be sent; `bucket` where the host carries it, or stands for it.
fn verify(request: &Request<&str>, bucket: Option<&str>, token: bool) -> Result<(), VerifyError> {
    let host = request.uri().authority().unwrap().as_str();
    let mut headers = vec![("host", host.as_bytes())];
    headers.extend(request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    let received = ReceivedRequest {
        method: request.method().as_str(),
        bucket,
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
    };
    let presented = match request.headers().contains_key("authorization") {
        true => received.authorized()?,
        false => received.presigned()?,
    };
    let expected = ExpectedScope { region: Region::new(REGION).unwrap(), product: Product::Oss };
    let verified = presented.verify(&expected, at(NOW), |id, scope| {
        assert_eq!(id, ID);
        let key = VerificationKey::new(SigningKey::derive(SECRET, scope));
        Some(if token { key.with_security_token(TOKEN) } else { key })
    });
    verified.map(drop)
}

#[test]
fn by_header_and_by_query_through_every_kind_of_host() {
    for token in [false, true] {
        let presigner = presigner(token);
        for (base, addressing, bucket) in [
            (VIRTUAL, Addressing::VirtualHosted, Some(BUCKET)),
            (PATH, Addressing::Path, None),
            (CNAME, Addressing::Cname, Some(BUCKET)),
        ] {
            for target in
                ["/a", "/a/%C3%BC%20+1%25.jpg?acl&x-oss-process=image%2Fresize,w_1&a=%2B+b", "/?uploads", "/"]
            {
                let signer =
                    presigner.http(BUCKET, addressing).additional_header("Range").additional_header("host");
                let uri = format!("{base}{target}");
                let mut by_header = request(&uri);
                signer.sign(&mut by_header).unwrap();
                verify(&by_header, bucket, token).unwrap();
                let mut by_query = request(&uri);
                let end = signer.presign(&mut by_query, Duration::from_secs(60)).unwrap();
                assert_eq!(end, at(NOW + 60));
                verify(&by_query, bucket, token).unwrap();
                for signed in [&mut by_header, &mut by_query] {
                    signed.headers_mut().insert("range", HeaderValue::from_static("bytes=0-2"));
                    assert_eq!(verify(signed, bucket, token), Err(VerifyError::SignatureMismatch));
                }
            }
        }
    }
}

#[test]
fn what_official_sdks_sign_by_header() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../oss-presign/tests/vectors/header.jsonl");
    let mut equal = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| vector[field].as_str();
        let pairs = |field: &str| -> Vec<(&str, &str)> {
            let pairs = vector[field].as_array().unwrap().iter();
            pairs.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap_or_default())).collect()
        };
        let now = at(vector["timestamp"].as_u64().unwrap());
        if text("disputed").is_some() || now < at(1_577_836_800) {
            continue;
        }
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let query: Vec<_> =
            pairs("query").into_iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        let (bucket, key) = (text("bucket").unwrap(), text("key").unwrap_or_default());
        let (addressing, in_path) = match text("style").unwrap() {
            "virtual" => (Addressing::VirtualHosted, String::new()),
            "path" => (Addressing::Path, format!("{bucket}/")),
            _ => (Addressing::Cname, String::new()),
        };
        let key = encode(key).replace("%2F", "/");
        let (scheme, host) = (text("scheme").unwrap(), text("host").unwrap());
        let uri = format!("{scheme}://{host}/{in_path}{key}?{}", query.join("&"));
        let mut request = Request::builder().method(text("method").unwrap()).uri(uri);
        for (name, value) in pairs("headers") {
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let (id, secret) = (text("access_key_id").unwrap(), text("access_key_secret").unwrap());
        let credentials = match text("security_token") {
            Some(token) => Credentials::with_security_token(id, secret, token),
            None => Credentials::new(id, secret),
        };
        let presigner = Presigner::builder()
            .credentials(credentials.unwrap())
            .region(text("region").unwrap())
            .product(Product::parse(text("product").unwrap()).unwrap())
            .clock(ManualClock::new(now))
            .build()
            .unwrap();
        let mut signer = presigner.http(bucket, addressing).allow_dot_segments();
        for name in vector["additional_headers"].as_array().unwrap() {
            signer = signer.additional_header(name.as_str().unwrap());
        }
        let mut request = request.body(()).unwrap();
        signer.sign(&mut request).unwrap();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(authorization.ends_with(text("signature").unwrap()), "{line}");
        equal += 1;
    }
    assert_eq!(equal, 63);
}

#[test]
fn what_is_not_signed_stays_as_it_is() {
    let mut request = request(&format!("{VIRTUAL}/a"));
    presigner(true).http(BUCKET, Addressing::VirtualHosted).sign(&mut request).unwrap();
    let header = |name: &str| request.headers()[name].to_str().unwrap();
    assert_eq!((header("user-agent"), header("range")), ("fake", "bytes=0-1"));
    assert_eq!(header("x-oss-date"), "20241112T083238Z");
    assert_eq!(header("x-oss-content-sha256"), "UNSIGNED-PAYLOAD");
    assert_eq!(header("x-oss-security-token"), TOKEN);
    assert!(!header("authorization").contains("AdditionalHeaders"));
    let shown = format!("{:?}", request.headers());
    assert!(!shown.contains(TOKEN) && !shown.contains("Signature="), "{shown}");
    assert_eq!(*request.body(), "body");
    let (mut parts, ()) = Request::get(format!("{VIRTUAL}/a")).body(()).unwrap().into_parts();
    presigner(false).http(BUCKET, Addressing::VirtualHosted).sign_parts(&mut parts).unwrap();
    assert!(parts.headers.contains_key("authorization"));
    let (mut parts, ()) = Request::get(format!("{VIRTUAL}/a")).body(()).unwrap().into_parts();
    presigner(false)
        .http(BUCKET, Addressing::VirtualHosted)
        .presign_parts(&mut parts, Duration::from_secs(1))
        .unwrap();
    assert!(parts.uri.query().unwrap().contains("x-oss-expires=1&"));
}

#[test]
fn a_retry_is_signed_anew() {
    let mut request = request(&format!("{VIRTUAL}/a%20b?acl"));
    presigner(true).http(BUCKET, Addressing::VirtualHosted).sign(&mut request).unwrap();
    let uri = request.uri().clone();
    // By now the credentials are others, without a token.
    let later = presigner(false);
    later.http(BUCKET, Addressing::VirtualHosted).additional_header("host").sign(&mut request).unwrap();
    assert_eq!(*request.uri(), uri);
    assert!(!request.headers().contains_key("x-oss-security-token"));
    assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
    verify(&request, Some(BUCKET), false).unwrap();
}

#[test]
fn the_service_itself() {
    let mut request = Request::get("https://oss-cn-hangzhou.aliyuncs.com/?max-keys=3").body("").unwrap();
    presigner(false).http_service().sign(&mut request).unwrap();
    verify(&request, None, false).unwrap();
    let mut object = Request::get("https://oss-cn-hangzhou.aliyuncs.com/a").body("").unwrap();
    let error = presigner(false).http_service().sign(&mut object).unwrap_err();
    assert_eq!(error, Error::Http(HttpError::PathWithoutBucket));
}

#[test]
fn refusals_leave_the_request_as_it_was() {
    let presigner = presigner(false);
    let virtual_hosted = presigner.http(BUCKET, Addressing::VirtualHosted);
    let path = presigner.http(BUCKET, Addressing::Path);
    let plain = |uri: String| Request::put(uri).body("").unwrap();
    let with = |name: &'static str, value: &[u8]| {
        let mut request = plain(format!("{VIRTUAL}/a"));
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
        request
    };
    let mut twice = with("content-type", b"a/b");
    twice.headers_mut().append("content-type", HeaderValue::from_static("c/d"));
    let mut unknown = plain(format!("{VIRTUAL}/a"));
    *unknown.method_mut() = http::Method::PATCH;
    for (signer, request, code) in [
        (&virtual_hosted, plain("/a".into()), "HttpUriNotAbsolute"),
        (&virtual_hosted, plain(format!("{CNAME}/a")), "HttpHostWithoutBucket"),
        (
            &virtual_hosted,
            plain("https://examplebucket-2.oss-cn-hangzhou.aliyuncs.com/a".into()),
            "HttpHostWithoutBucket",
        ),
        (&path, plain(format!("{PATH}-2/a")), "HttpPathWithoutBucket"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/%ff")), "HttpUriNotText"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/a?a=%ff")), "HttpUriNotText"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/a/../b")), "KeyDotSegment"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/a/%2e%2e/b")), "KeyDotSegment"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/a?b&b=1")), "DuplicateQuery"),
        (&virtual_hosted, plain(format!("{VIRTUAL}/a?x-oss-signature=1")), "ReservedQuery"),
        (&virtual_hosted, with("x-oss-meta-a", b"\xff"), "HttpHeaderNotText"),
        (&virtual_hosted, twice, "DuplicateHeader"),
        (&virtual_hosted, unknown, "MethodUnknown"),
        (
            &virtual_hosted.clone().additional_header("range"),
            plain(format!("{VIRTUAL}/a")),
            "AdditionalHeaderMissing",
        ),
    ] {
        for by_query in [false, true] {
            let mut signed = request.clone();
            let error = match by_query {
                false => signer.sign(&mut signed),
                true => signer.presign(&mut signed, Duration::from_secs(60)).map(drop),
            };
            assert_eq!(error.unwrap_err().code(), code, "{request:?}");
            assert_eq!((signed.uri(), signed.headers()), (request.uri(), request.headers()));
        }
    }
    // Beside a signature in the query it would compete; by header it is that of an earlier attempt.
    let mut authorized = with("authorization", b"fake");
    let error = virtual_hosted.presign(&mut authorized, Duration::from_secs(60)).unwrap_err();
    assert_eq!(error.code(), "ReservedHeader");
    let mut dots = plain(format!("{VIRTUAL}/a/../b"));
    virtual_hosted.clone().allow_dot_segments().sign(&mut dots).unwrap();
    verify(&dots, Some(BUCKET), false).unwrap();
}
