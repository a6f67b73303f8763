//! Signatures, in the URL and in a header.

use oss_presign::Method;

use super::Cases;
use crate::client::presign;

/// A presigned GET with one of its parameters replaced, or left out.
fn url_with(name: &str, value: Option<&str>) -> String {
    let target = presign(Method::Get, "a", &[], &[]);
    let (path, query) = target.split_once('?').unwrap();
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| pair.split('=').next() != Some(name)).map(str::to_owned).collect();
    if let Some(value) = value {
        pairs.push(format!("{name}={value}"));
    }
    format!("{path}?{}", pairs.join("&"))
}

pub(super) fn signatures(cases: &mut Cases) {
    for name in
        ["x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature"]
    {
        cases.request(400, &format!("GET {}", url_with(name, None)), &[], "");
        // An empty signature is a wrong one.
        let status = if name == "x-oss-signature" { 403 } else { 400 };
        cases.request(status, &format!("GET {}", url_with(name, Some(""))), &[], "");
        let twice = format!("{}&{name}=1", presign(Method::Get, "a", &[], &[]));
        cases.request(400, &format!("GET {twice}"), &[], "");
    }
    for (name, values) in [
        ("x-oss-expires", &["0", "604801", "-1", "abc", "1.5", "99999999999", "+600", "%20600"][..]),
        (
            "x-oss-date",
            &[
                "20241112",
                "20241112T083238",
                "2024-11-12T08:32:38Z",
                "20241312T083238Z",
                "20240230T083238Z",
                "x",
            ],
        ),
        (
            "x-oss-credential",
            &[
                "fake",
                "a/b",
                "a/b/c/d/e",
                "a%2F20241112%2Fcn-hangzhou%2Foss",
                "a%2F2024111%2Fcn-hangzhou%2Foss%2Faliyun_v4_request",
                "a%2F20241112%2Fcn-hangzhou%2Foss%2Faws4_request",
                "fake-access-key-id%2F20241112%2Fcn-beijing%2Foss%2Faliyun_v4_request",
                "fake-access-key-id%2F20241112%2Fcn-hangzhou%2Fs3%2Faliyun_v4_request",
                "fake-access-key-id%2F20241113%2Fcn-hangzhou%2Foss%2Faliyun_v4_request",
            ],
        ),
        ("x-oss-signature-version", &["OSS2", "OSS4-HMAC-SHA1", "AWS4-HMAC-SHA256", "oss4-hmac-sha256"]),
        ("x-oss-additional-headers", &["", "a%3B%3Bb", "missing"]),
    ] {
        for value in values {
            cases.request(400, &format!("GET {}", url_with(name, Some(value))), &[], "");
        }
    }
    for signature in
        ["abc", &"0".repeat(64), &"g".repeat(64), &"0".repeat(63), &"A".repeat(64), &"0".repeat(10_000)]
    {
        cases.request(403, &format!("GET {}", url_with("x-oss-signature", Some(signature))), &[], "");
    }
    for (name, value) in [
        ("x-oss-expires", "601"),
        ("x-oss-date", "20241112T083239Z"),
        ("x-oss-security-token", "a"),
        ("extra", "1"),
    ] {
        cases.request(403, &format!("GET {}", url_with(name, Some(value))), &[], "");
    }
    let date = "x-oss-date: 20241112T083238Z";
    let payload = "x-oss-content-sha256: UNSIGNED-PAYLOAD";
    let credential = "Credential=fake-access-key-id/20241112/cn-hangzhou/oss/aliyun_v4_request";
    let signature = format!("Signature={}", "0".repeat(64));
    for (authorization, status) in [
        (String::new(), 400),
        ("Basic dTpw".into(), 400),
        ("OSS id:signature".into(), 400),
        ("OSS4-HMAC-SHA256".into(), 400),
        ("OSS4-HMAC-SHA256 ".into(), 400),
        ("OSS4-HMAC-SHA256 x".into(), 400),
        (format!("OSS4-HMAC-SHA256 {credential}"), 400),
        (format!("OSS4-HMAC-SHA256 {signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},{credential},{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},Other=1,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=a;;b,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=missing,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 Credential=a/b,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {},{signature}", credential.replace("hangzhou", "beijing")), 400),
        (format!("OSS4-HMAC-SHA256 {},{signature}", credential.replace("fake-", "other-")), 403),
        (format!("OSS4-HMAC-SHA256 {credential},{signature}"), 403),
    ] {
        let header = format!("Authorization: {authorization}");
        cases.request(status, "GET /examplebucket/a", &[&header, date, payload], "");
    }
    let good = format!("Authorization: OSS4-HMAC-SHA256 {credential},{signature}");
    for (lines, status) in [
        (vec![good.as_str()], 403),
        (vec![&good, date], 400),
        (vec![&good, payload], 403),
        (vec![&good, payload, "x-oss-date: yesterday"], 403),
        (vec![&good, payload, "Date: yesterday"], 403),
        (vec![&good, payload, "Date: Tue, 12 Nov 2024 08:32:38 GMT"], 403),
        (vec![&good, payload, "Date: Tue, 12 Nov 2024 08:32:38 GMT", "Date: yesterday"], 400),
        (vec![&good, date, "x-oss-content-sha256: abc"], 400),
        (vec![&good, date, date, payload], 400),
        (vec![&good, payload, "x-oss-date: 20241112T080000Z"], 403),
        (vec![&good, &good, date, payload], 400),
    ] {
        cases.request(status, "GET /examplebucket/a", &lines, "");
    }
    cases.request(400, &format!("GET {}", presign(Method::Get, "a", &[], &[])), &[&good, date, payload], "");
    cases.request(400, "GET /examplebucket/a?OSSAccessKeyId=a&Expires=1&Signature=b", &[], "");
}
