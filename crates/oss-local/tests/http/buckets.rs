//! Which buckets there are.

use oss_local::Server;
use oss_presign::{Credentials, Method};

use crate::client::{SECRET, exchange, get, presign, presign_with, put, server, signed};

#[tokio::test]
async fn a_missing_bucket_is_not_created_by_a_write_unless_that_is_asked_for() {
    let missing = server().without_buckets().start().await.unwrap();
    let source = [("x-oss-copy-source", "/examplebucket/b")];
    let link = [("x-oss-symlink-target", "b")];
    let append = [("append", None), ("position", Some("0"))];
    for (method, headers, query) in [
        (Method::Put, &[][..], &[][..]),
        (Method::Put, &source, &[]),
        (Method::Put, &link, &[("symlink", None)]),
        (Method::Post, &[], &[("uploads", None)]),
        (Method::Post, &[], &append),
        (Method::Get, &[], &[]),
        (Method::Delete, &[], &[]),
    ] {
        let refused = signed(&missing, method, "a", headers, query, b"x").await;
        let refused = refused.expect_error(404, "NoSuchBucket");
        assert_eq!(refused.element("EC"), Some("0015-00000101"));
    }
    let creating = server().without_buckets().create_buckets(true).start().await.unwrap();
    get(&creating, "a").await.expect_error(404, "NoSuchBucket");
    put(&creating, "a", b"x").await.expect(200);
    get(&creating, "b").await.expect_error(404, "NoSuchKey");
}

/// OSS looks for the bucket first; only the operations that create one are judged without it.
#[tokio::test]
async fn the_bucket_is_looked_for_before_the_signature_is_judged() {
    let server = server().without_buckets().start().await.unwrap();
    let stranger = Credentials::new("unknown-access-key-id", SECRET).unwrap();
    let refused = |method, key, query: &'static [(&'static str, Option<&'static str>)]| {
        let (server, target) = (&server, presign_with(&stranger, method, key, &[], query));
        async move { exchange(server, method.as_str(), &target, &[], b"").await }
    };
    refused(Method::Get, "a", &[]).await.expect_error(404, "NoSuchBucket");
    refused(Method::Put, "", &[("versioning", None)]).await.expect_error(404, "NoSuchBucket");
    refused(Method::Put, "", &[]).await.expect_error(403, "InvalidAccessKeyId");
    refused(Method::Put, "", &[("acl", None)]).await.expect_error(403, "InvalidAccessKeyId");
}

/// Setting an ACL creates the bucket, as OSS documents for PutBucketAcl.
#[tokio::test]
async fn an_acl_creates_its_bucket_and_says_where() {
    let server = server().without_buckets().start().await.unwrap();
    let acl = [("x-oss-acl", "public-read")];
    let set = signed(&server, Method::Put, "", &acl, &[("acl", None)], b"").await.expect(200);
    assert_eq!(set.header("location"), Some("/examplebucket"));
    put(&server, "a", b"x").await.expect(200);
    assert_eq!(exchange(&server, "GET", "/examplebucket/a", &[], b"").await.expect(200).text(), "x");
}

#[tokio::test]
async fn buckets_are_there_from_the_start_with_versions_where_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let start =
        || server().bucket("other").versioned_bucket("examplebucket").directory(directory.path()).start();
    let first = start().await.unwrap();
    let old = put(&first, "a", b"old").await.expect(200);
    put(&first, "a", b"new").await.expect(200);
    first.shutdown().await;
    let second = start().await.unwrap();
    let version = old.header("x-oss-version-id").unwrap();
    let target = presign(Method::Get, "a", &[], &[("versionId", Some(version))]);
    assert_eq!(exchange(&second, "GET", &target, &[], b"").await.expect(200).text(), "old");
    assert_eq!(get(&second, "a").await.expect(200).text(), "new");
    let refused = Server::new().bucket("Not A Bucket").start().await.unwrap_err();
    assert!(refused.to_string().contains("bucket `Not A Bucket`"), "{refused}");
}
