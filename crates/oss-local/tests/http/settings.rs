//! Settings of a bucket: stored, given back, removed; CORS rules applied.

use oss_local::RunningServer;
use oss_presign::Method;

use crate::client::{Answer, exchange, presign, server, signed};
use crate::operations::stores;

async fn setting(server: &RunningServer, method: Method, name: &str, body: &[u8]) -> Answer {
    signed(server, method, "", &[], &[(name, None)], body).await
}

/// A document of each, and what a bucket answers that has none.
const SETTINGS: [(&str, &str, Result<&str, &str>); 8] = [
    (
        "tagging",
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
        Ok("<Tagging><TagSet/></Tagging>"),
    ),
    (
        "lifecycle",
        "<LifecycleConfiguration><Rule><ID>x</ID></Rule></LifecycleConfiguration>",
        Err("NoSuchLifecycle"),
    ),
    (
        "website",
        "<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument></WebsiteConfiguration>",
        Err("NoSuchWebsiteConfiguration"),
    ),
    (
        "logging",
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket></LoggingEnabled></BucketLoggingStatus>",
        Ok("<BucketLoggingStatus/>"),
    ),
    (
        "encryption",
        "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
         </ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>",
        Err("NoSuchServerSideEncryptionRule"),
    ),
    (
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>",
        Ok("<BlockPublicAccess>false</BlockPublicAccess>"),
    ),
    ("policy", r#"{"Version":"1","Statement":[]}"#, Err("NoSuchBucketPolicy")),
    (
        "cors",
        "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>\
         </CORSConfiguration>",
        Err("NoSuchCORSConfiguration"),
    ),
];

#[tokio::test]
async fn settings_are_stored_given_back_and_removed() {
    for (server, _directory) in stores().await {
        for (name, document, missing) in SETTINGS {
            let absent = async |server| {
                let answer = setting(server, Method::Get, name, b"").await;
                match missing {
                    Ok(part) => assert!(answer.expect(200).text().contains(part), "{name}"),
                    Err(code) => drop(answer.expect_error(404, code)),
                }
            };
            absent(&server).await;
            setting(&server, Method::Put, name, document.as_bytes()).await.expect(200);
            assert_eq!(setting(&server, Method::Get, name, b"").await.expect(200).text(), document, "{name}");
            if name == "encryption" {
                let info = setting(&server, Method::Get, "bucketInfo", b"").await.expect(200);
                assert_eq!(info.element("SSEAlgorithm"), Some("AES256"));
            }
            let wrong = setting(&server, Method::Put, name, b"<Other/>").await;
            assert_eq!(wrong.status, 400, "{name}");
            setting(&server, Method::Delete, name, b"").await.expect(204);
            absent(&server).await;
        }
        let stranger = exchange(&server, "GET", "/examplebucket/?policy", &[], b"").await;
        stranger.expect_error(403, "AccessDenied");
        // Removing some of the tags must not remove all of them.
        let part = signed(&server, Method::Delete, "", &[], &[("tagging", Some("a"))], b"").await;
        part.expect_error(501, "NotImplemented");
    }
}

#[tokio::test]
async fn settings_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (name, document, _) = SETTINGS[0];
    let first = server().directory(directory.path()).start().await.unwrap();
    setting(&first, Method::Put, name, document.as_bytes()).await.expect(200);
    first.shutdown().await;
    let second = server().directory(directory.path()).start().await.unwrap();
    assert_eq!(setting(&second, Method::Get, name, b"").await.expect(200).text(), document);
}

#[tokio::test]
async fn the_rules_of_a_bucket_decide_about_other_origins() {
    let server = server().start().await.unwrap();
    let rules = b"<CORSConfiguration><CORSRule><AllowedOrigin>https://app.example.com</AllowedOrigin>\
        <AllowedMethod>PUT</AllowedMethod><AllowedHeader>content-type</AllowedHeader>\
        <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule></CORSConfiguration>";
    setting(&server, Method::Put, "cors", rules).await.expect(200);
    let preflight = |origin, method, names| {
        let server = &server;
        let headers = [
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", names),
        ];
        async move { exchange(server, "OPTIONS", "/examplebucket/a", &headers, b"").await }
    };
    let allowed = preflight("https://app.example.com", "PUT", "content-type").await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("content-type"));
    assert_eq!(allowed.header("access-control-max-age"), Some("5"));
    for (origin, method, names) in [
        ("https://other.example.com", "PUT", "content-type"),
        ("https://app.example.com", "GET", "content-type"),
        ("https://app.example.com", "PUT", "x-oss-meta-a"),
    ] {
        preflight(origin, method, names).await.expect_error(403, "AccessForbidden");
    }
    let target = presign(Method::Put, "a", &[], &[]);
    let stored = exchange(&server, "PUT", &target, &[("origin", "https://app.example.com")], b"x").await;
    assert_eq!(stored.expect(200).header("access-control-expose-headers"), Some("ETag"));
    let other = exchange(&server, "PUT", &target, &[("origin", "https://other.example.com")], b"x").await;
    assert_eq!(other.expect(200).header("access-control-allow-origin"), None);
}

/// oss2 writes `True`, and reads `true` alone.
#[tokio::test]
async fn public_access_is_blocked_in_any_case_and_told_in_one() {
    let server = server().start().await.unwrap();
    let query = [("publicAccessBlock", None)];
    let document = |text: &str| {
        format!(
            "<PublicAccessBlockConfiguration><BlockPublicAccess>{text}</BlockPublicAccess></PublicAccessBlockConfiguration>"
        )
    };
    signed(&server, Method::Put, "", &[], &query, document("True").as_bytes()).await.expect(200);
    signed(&server, Method::Put, "", &[], &query, document("maybe").as_bytes())
        .await
        .expect_error(400, "MalformedXML");
    let stored = signed(&server, Method::Get, "", &[], &query, b"").await.expect(200);
    assert_eq!(stored.element("BlockPublicAccess"), Some("true"));
    let info = signed(&server, Method::Get, "", &[], &[("bucketInfo", None)], b"").await.expect(200);
    assert_eq!(info.element("BlockPublicAccess"), Some("true"));
}
