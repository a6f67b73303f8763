//! Pages of other origins.

use oss_local::Cors;
use oss_presign::Method;

use crate::client::{exchange, presign, server};

const ORIGIN: (&str, &str) = ("Origin", "https://app.example.com");

#[tokio::test]
async fn preflights_are_answered_without_a_signature() {
    let server = server().start().await.unwrap();
    let target = presign(Method::Put, "a", &[("content-type", "image/jpeg")], &[]);
    let asked = [
        ORIGIN,
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type,x-oss-meta-a"),
        ("Access-Control-Request-Private-Network", "true"),
    ];
    let answer = exchange(&server, "OPTIONS", &target, &asked, b"").await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert!(answer.header("access-control-allow-methods").unwrap().split(", ").any(|method| method == "PUT"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type,x-oss-meta-a"));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    let bad = [ORIGIN, ("Access-Control-Request-Method", "PATCH")];
    exchange(&server, "OPTIONS", &target, &bad, b"").await.expect_error(403, "AccessForbidden");
    exchange(&server, "OPTIONS", &target, &[], b"").await.expect_error(400, "InvalidArgument");
}

#[tokio::test]
async fn every_answer_can_be_read_by_a_page_errors_included() {
    let server = server().start().await.unwrap();
    let target = presign(Method::Put, "a", &[], &[]);
    let stored = exchange(&server, "PUT", &target, &[ORIGIN], b"x").await.expect(200);
    let refused = exchange(&server, "PUT", "/examplebucket/a", &[ORIGIN], b"x").await.expect(403);
    for answer in [stored, refused] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("ETag") && exposed.contains("x-oss-request-id"));
    }
    let plain = exchange(&server, "PUT", &target, &[], b"x").await.expect(200);
    assert_eq!(plain.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn origins_can_be_limited_or_shut_out() {
    let listed = Cors::Origins(vec!["https://app.example.com".into()]);
    for (cors, origin, allowed) in [
        (listed.clone(), "https://app.example.com", Some("https://app.example.com")),
        (listed, "https://evil.example.com", None),
        (Cors::Off, "https://app.example.com", None),
    ] {
        let server = server().cors(cors).start().await.unwrap();
        let target = presign(Method::Put, "a", &[], &[]);
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "PUT")];
        let answer = exchange(&server, "OPTIONS", &target, &headers, b"").await;
        assert_eq!(answer.status, if allowed.is_some() { 200 } else { 403 });
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
}
