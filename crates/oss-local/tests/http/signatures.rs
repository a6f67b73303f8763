//! What is let in and what is not.

use oss_local::{Acl, Clock, Credential, RunningServer, Server};
use oss_presign::{Credentials, Method};

use crate::client::{Answer, ID, NOW, SECRET, exchange, get, presign, presign_with, put, server, signed};

#[tokio::test]
async fn a_mismatch_says_what_the_server_signed() {
    let server = server().start().await.unwrap();
    let target = presign(Method::Put, "a", &[("content-type", "image/jpeg")], &[]);
    let refused = exchange(&server, "PUT", &target, &[("Content-Type", "image/png")], b"x").await;
    let refused = refused.expect_error(403, "SignatureDoesNotMatch");
    assert_eq!(refused.header("x-oss-ec"), Some("0002-00000201"));
    assert_eq!(refused.element("OSSAccessKeyId"), Some(ID));
    let signature = target.split("x-oss-signature=").nth(1).unwrap();
    assert_eq!(refused.element("SignatureProvided"), signature.split('&').next());
    let string_to_sign = refused.element("StringToSign").unwrap();
    assert!(
        string_to_sign
            .starts_with("OSS4-HMAC-SHA256\n20241112T083238Z\n20241112/cn-hangzhou/oss/aliyun_v4_request\n")
    );
    let bytes: Vec<_> = string_to_sign.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(refused.element("StringToSignBytes"), Some(bytes.join(" ").as_str()));
    let canonical = refused.element("CanonicalRequest").unwrap();
    assert!(
        canonical.starts_with("PUT\n/examplebucket/a\n") && canonical.contains("content-type:image/png\n")
    );
    get(&server, "a").await.expect_error(404, "NoSuchKey");
}

#[tokio::test]
async fn every_change_to_a_signed_request_is_noticed() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    let target = presign(Method::Get, "a", &[], &[]);
    let other_key = target.replacen("/a?", "/b?", 1);
    let (more, less) =
        (format!("{target}&x=1"), target.replacen("x-oss-expires=600", "x-oss-expires=601", 1));
    for (method, target, headers) in [
        ("HEAD", target.as_str(), &[][..]),
        ("GET", &other_key, &[]),
        ("GET", &more, &[]),
        ("GET", &less, &[]),
        ("GET", &target, &[("x-oss-meta-a", "1")]),
        ("GET", &target, &[("Content-Type", "text/plain")]),
    ] {
        let refused = exchange(&server, method, target, headers, b"").await;
        assert_eq!(refused.status, 403, "{method} {target}");
    }
    exchange(&server, "GET", &target, &[("X-Other", "1")], b"").await.expect(200);
}

/// oss2 sends a blank in a query as a plus and signs it as `%20`; a plus itself is `%2B` with every SDK.
#[tokio::test]
async fn a_plus_in_a_query_is_a_blank() {
    let server = server().start().await.unwrap();
    put(&server, "a b+c", b"x").await.expect(200);
    let target = presign(Method::Get, "", &[], &[("prefix", Some("a b+"))]);
    assert!(target.contains("prefix=a%20b%2B"));
    let sent = target.replacen("a%20b", "a+b", 1);
    let listed = exchange(&server, "GET", &sent, &[], b"").await.expect(200);
    assert_eq!(listed.element("Key"), Some("a b+c"));
    let refused = exchange(&server, "GET", &target.replacen("%2B", "+", 1), &[], b"").await;
    refused.expect_error(403, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_url_lives_until_its_expiry_by_the_servers_clock() {
    let clock = Clock::fixed(NOW);
    let server = server().clock(clock.clone()).start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    clock.set(NOW + 599);
    get(&server, "a").await.expect(200);
    clock.set(NOW + 600);
    let refused = get(&server, "a").await.expect_error(403, "AccessDenied");
    assert_eq!(refused.header("x-oss-ec"), Some("0002-00000069"));
    assert!(refused.element("Message").unwrap().starts_with("Request has expired."));
    assert_eq!(refused.element("ServerTime"), Some("2024-11-12T08:42:38.000Z"));
}

#[tokio::test]
async fn tokens_belong_to_their_keys_and_end_with_them() {
    let clock = Clock::fixed(NOW);
    let sts = Credential::new("STS.fake-id", SECRET).security_token("fake/token+=").expires_at(NOW + 60);
    let server = server().clock(clock.clone()).credential(sts).start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    let with = |token| {
        let credentials =
            Credentials::new("STS.fake-id", SECRET).unwrap().with_security_token(token).unwrap();
        presign_with(&credentials, Method::Get, "a", &[], &[])
    };
    let without = presign_with(&Credentials::new("STS.fake-id", SECRET).unwrap(), Method::Get, "a", &[], &[]);
    exchange(&server, "GET", &with("fake/token+="), &[], b"").await.expect(200);
    exchange(&server, "GET", &with("other"), &[], b"").await.expect_error(403, "InvalidSecurityToken");
    exchange(&server, "GET", &without, &[], b"").await.expect_error(403, "InvalidSecurityToken");
    clock.advance(60);
    exchange(&server, "GET", &with("fake/token+="), &[], b"").await.expect_error(403, "SecurityTokenExpired");
    let stranger = presign_with(&Credentials::new("nobody", SECRET).unwrap(), Method::Get, "a", &[], &[]);
    exchange(&server, "GET", &stranger, &[], b"").await.expect_error(403, "InvalidAccessKeyId");
}

#[tokio::test]
async fn the_region_must_be_the_servers() {
    let server = server().region("cn-beijing").start().await.unwrap();
    let refused = put(&server, "a", b"x").await.expect_error(400, "InvalidArgument");
    assert_eq!(refused.header("x-oss-ec"), Some("0002-00000226"));
    let error = crate::client::server().region("oss-cn-beijing").start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn two_signatures_and_old_ones_are_refused() {
    let server = server().start().await.unwrap();
    let target = presign(Method::Get, "a", &[], &[]);
    let both =
        exchange(&server, "GET", &target, &[("Authorization", "OSS4-HMAC-SHA256 Credential=a")], b"").await;
    both.expect_error(400, "InvalidArgument");
    let old = exchange(&server, "GET", "/examplebucket/a", &[("Authorization", "OSS a:b")], b"").await;
    old.expect_error(400, "InvalidArgument");
    let old =
        exchange(&server, "GET", "/examplebucket/a?OSSAccessKeyId=a&Expires=1&Signature=b", &[], b"").await;
    old.expect_error(400, "InvalidArgument");
}

#[tokio::test]
async fn strangers_get_in_only_where_the_acl_lets_them() {
    let server = server().start().await.unwrap();
    put(&server, "private", b"x").await.expect(200);
    let public = [("x-oss-object-acl", "public-read")];
    signed(&server, Method::Put, "public", &public, &[], b"y").await.expect(200);
    exchange(&server, "GET", "/examplebucket/private", &[], b"").await.expect_error(403, "AccessDenied");
    // Nor do they learn what is not there.
    exchange(&server, "GET", "/examplebucket/missing", &[], b"").await.expect_error(403, "AccessDenied");
    assert_eq!(exchange(&server, "GET", "/examplebucket/public", &[], b"").await.expect(200).text(), "y");
    exchange(&server, "PUT", "/examplebucket/public", &[], b"z").await.expect_error(403, "AccessDenied");
    exchange(&server, "DELETE", "/examplebucket/public", &[], b"").await.expect_error(403, "AccessDenied");
    exchange(&server, "PUT", "/examplebucket/new", &[], b"z").await.expect_error(403, "AccessDenied");

    let open = crate::client::server().bucket("otherbucket").default_acl(Acl::PublicReadWrite);
    let open = open.start().await.unwrap();
    exchange(&open, "PUT", "/otherbucket/a", &[], b"z").await.expect(200);
    assert_eq!(exchange(&open, "GET", "/otherbucket/a", &[], b"").await.expect(200).text(), "z");
}

/// The example of the documentation of header signing: its access key, its clock, its object `123`.
async fn documented() -> RunningServer {
    let credential = Credential::new("testid", "yourAccessKeySecret");
    Server::new().credential(credential).clock(Clock::fixed(DOCUMENTED_NOW)).start().await.unwrap()
}

/// 2025-04-11T06:41:24Z.
const DOCUMENTED_NOW: u64 = 1_744_353_684;

/// Sends the example, with these headers for its time and this signature.
async fn send_documented(server: &RunningServer, dates: &[(&str, &str)], signature: &str) -> Answer {
    let authorization = format!(
        "OSS4-HMAC-SHA256 Credential=testid/20250411/cn-hangzhou/oss/aliyun_v4_request,\
         AdditionalHeaders=content-disposition;content-length,Signature={signature}"
    );
    let mut headers = vec![
        ("Content-Disposition", "attachment"),
        ("Content-MD5", "ICy5YqxZB1uWSwcVLSNLcA=="),
        ("Content-Type", "text/plain"),
        ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ("Authorization", authorization.as_str()),
    ];
    headers.extend(dates);
    exchange(server, "PUT", "/examplebucket/exampleobject", &headers, b"123").await
}

/// The documentation's signature is of `x-oss-date`. That of `Date` was computed from the documentation's steps in
/// Python, which also give the first: the text of the header is the second line of the string to sign.
#[tokio::test]
async fn date_stands_for_x_oss_date_in_the_documentations_example() {
    let server = documented().await;
    let of_oss_date = "d3694c2dfc5371ee6acd35e88c4871ac95a7ba01d3a2f476768fe61218590097";
    let of_date = "d79b070522f9651fb319bc562fc3247d71198fde6b856d49865d510378f8fb25";
    let (oss_date, date) = (("x-oss-date", "20250411T064124Z"), ("Date", "Fri, 11 Apr 2025 06:41:24 GMT"));
    send_documented(&server, &[oss_date], of_oss_date).await.expect(200);
    send_documented(&server, &[date], of_date).await.expect(200);
    let refused = send_documented(&server, &[oss_date, date], of_date).await;
    let refused = refused.expect_error(403, "SignatureDoesNotMatch");
    assert!(refused.element("StringToSign").unwrap().starts_with("OSS4-HMAC-SHA256\n20250411T064124Z\n"));
    let refused = send_documented(&server, &[date], of_oss_date).await;
    let refused = refused.expect_error(403, "SignatureDoesNotMatch");
    let expected = "OSS4-HMAC-SHA256\nFri, 11 Apr 2025 06:41:24 GMT\n20250411/cn-hangzhou/oss/aliyun_v4_request\n\
                    464e84d17055f00b395ebbd3807e0d02e8bd62fd3053ac283e7f37cfd55a872e";
    assert_eq!(refused.element("StringToSign"), Some(expected));
}

#[tokio::test]
async fn a_signed_header_without_a_good_date_is_denied() {
    let server = documented().await;
    let signature = "d79b070522f9651fb319bc562fc3247d71198fde6b856d49865d510378f8fb25";
    for (dates, ec) in [
        (&[][..], "0002-00000503"),
        (&[("Date", "20250411T064124Z")], "0002-00000502"),
        (&[("Date", "Fri, 11 Apr 2025 14:41:24 +0800")], "0002-00000502"),
        (&[("x-oss-date", "Fri, 11 Apr 2025 06:41:24 GMT")], "0002-00000502"),
    ] {
        let denied = send_documented(&server, dates, signature).await.expect_error(403, "AccessDenied");
        assert_eq!(denied.header("x-oss-ec"), Some(ec), "{dates:?}");
    }
    // Sixteen minutes off, to both sides.
    for date in ["Fri, 11 Apr 2025 06:25:24 GMT", "Fri, 11 Apr 2025 06:57:24 GMT"] {
        let skewed = send_documented(&server, &[("Date", date)], signature).await;
        let skewed = skewed.expect_error(403, "RequestTimeTooSkewed");
        assert_eq!(skewed.header("x-oss-ec"), Some("0002-00000504"));
        assert_eq!(skewed.element("ServerTime"), Some("2025-04-11T06:41:24.000Z"));
    }
}
