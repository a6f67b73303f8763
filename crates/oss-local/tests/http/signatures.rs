//! What is let in and what is not.

use oss_local::{Acl, Clock, Credential};
use oss_presign::{Credentials, Method};

use crate::client::{ID, NOW, SECRET, exchange, get, presign, presign_with, put, server, signed};

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
