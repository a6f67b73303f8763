//! What the server does not offer is a clear refusal that changes nothing, never a plain operation.

use oss_presign::Method;

use crate::client::{exchange, get, put, server, signed};

/// Sub-resources of OSS's API reference that the server does not offer, on objects and on buckets.
const NOT_OFFERED: [&str; 12] = [
    "retention",
    "legalHold",
    "objectWorm",
    "restore",
    "x-oss-process",
    "x-oss-async-process",
    "asyncFetch",
    "replication",
    "inventory",
    "worm",
    "regions",
    "x-oss-ac-source-ip",
];

#[tokio::test]
async fn what_is_not_offered_is_501_and_touches_nothing() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"kept").await.expect(200);
    for name in NOT_OFFERED {
        for method in [Method::Put, Method::Post, Method::Delete] {
            for key in ["a", ""] {
                let refused = signed(&server, method, key, &[], &[(name, None)], b"other").await;
                let refused = refused.expect_error(501, "NotImplemented");
                let message = refused.element("Message").unwrap();
                assert!(
                    message.contains(&format!("{} with the parameter ?{name}", method.as_str())),
                    "{message}"
                );
            }
        }
        assert_eq!(get(&server, "a").await.expect(200).text(), "kept", "{name}");
    }
}

/// A parameter that another operation takes is no parameter of this one, and one of the plain read no modifier of a
/// sub-resource.
#[tokio::test]
async fn a_parameter_belongs_to_its_operation() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"kept").await.expect(200);
    for (method, key, query) in [
        (Method::Put, "a", vec![("versionId", Some("x"))]),
        (Method::Put, "a", vec![("uploadId", Some("x"))]),
        (Method::Put, "a", vec![("response-content-type", Some("x"))]),
        (Method::Get, "a", vec![("partNumber", Some("1"))]),
        (Method::Get, "a", vec![("acl", None), ("tagging", None)]),
        (Method::Head, "a", vec![("tagging", None)]),
        (Method::Get, "a", vec![("max-keys", Some("1"))]),
        (Method::Get, "", vec![("regions", None)]),
        (Method::Delete, "a", vec![("acl", None)]),
    ] {
        let refused = signed(&server, method, key, &[], &query, b"").await;
        assert_eq!(refused.status, 501, "{method:?} {key} {query:?}");
    }
    assert_eq!(get(&server, "a").await.expect(200).text(), "kept");
    // Who pays changes nothing here, and the speed of a transfer may be asked for with any of them.
    for query in [("x-oss-request-payer", Some("requester")), ("x-oss-traffic-limit", Some("838860800"))] {
        signed(&server, Method::Get, "a", &[], &[query], b"").await.expect(200);
    }
    exchange(&server, "PATCH", "/examplebucket/a", &[], b"").await.expect_error(405, "MethodNotAllowed");
}

/// An object that its owner believes to be protected must not be stored without the protection.
#[tokio::test]
async fn restrictions_that_are_not_enforced_are_refused() {
    let server = server().start().await.unwrap();
    for header in [
        ("x-oss-ac-source-ip", "10.0.0.1"),
        ("x-oss-ac-vpc-id", "vpc-1"),
        ("x-oss-object-worm-mode", "COMPLIANCE"),
    ] {
        let refused = signed(&server, Method::Put, "a", &[header], &[], b"x").await;
        let message = refused.expect_error(501, "NotImplemented").element("Message").unwrap().to_owned();
        assert!(message.contains(header.0), "{message}");
    }
    get(&server, "a").await.expect_error(404, "NoSuchKey");
}
