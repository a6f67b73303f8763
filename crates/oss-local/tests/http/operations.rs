//! The operations beside plain put and get, in both stores.

use oss_local::RunningServer;
use oss_presign::Method;

use crate::client::{Answer, BUCKET, exchange, get, put, server, signed};

/// Both stores; the directory's folder lives as long as the list.
pub(crate) async fn stores() -> Vec<(RunningServer, Option<tempfile::TempDir>)> {
    let directory = tempfile::tempdir().unwrap();
    let on_disk = server().directory(directory.path()).start().await.unwrap();
    vec![(server().start().await.unwrap(), None), (on_disk, Some(directory))]
}

pub(crate) async fn delete(server: &RunningServer, key: &str, query: &[(&str, Option<&str>)]) -> Answer {
    signed(server, Method::Delete, key, &[], query, b"").await
}

pub(crate) async fn post(
    server: &RunningServer,
    key: &str,
    query: &[(&str, Option<&str>)],
    body: &[u8],
) -> Answer {
    signed(server, Method::Post, key, &[], query, body).await
}

#[tokio::test]
async fn lists_in_both_versions() {
    let server = server().start().await.unwrap();
    for key in ["a", "b/1", "b/2", "c d&", "z\u{1}"] {
        put(&server, key, key.as_bytes()).await.expect(200);
    }
    let list = |query: Vec<(&'static str, Option<&'static str>)>| {
        let server = &server;
        async move { signed(server, Method::Get, "", &[], &query, b"").await }
    };
    let first = list(vec![("list-type", Some("2")), ("max-keys", Some("2")), ("delimiter", Some("/"))])
        .await
        .expect(200);
    assert_eq!(first.element("KeyCount"), Some("2"));
    assert_eq!(first.element("IsTruncated"), Some("true"));
    assert!(first.text().contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"));
    let token = first.element("NextContinuationToken").unwrap().to_owned();
    let query = [
        ("list-type", Some("2")),
        ("delimiter", Some("/")),
        ("continuation-token", Some(token.as_str())),
        ("encoding-type", Some("url")),
    ];
    let rest = signed(&server, Method::Get, "", &[], &query, b"").await.expect(200);
    let keys: Vec<_> =
        rest.text().split("<Key>").skip(1).map(|text| text.split('<').next().unwrap()).collect();
    assert_eq!(keys, ["c%20d%26", "z%01"]);
    assert_eq!(rest.element("EncodingType"), Some("url"));
    assert_eq!(rest.element("IsTruncated"), Some("false"));

    let old = list(vec![("prefix", Some("b/")), ("max-keys", Some("1"))]).await.expect(200);
    assert_eq!((old.element("Key"), old.element("NextMarker")), (Some("b/1"), Some("b/1")));
    let old = list(vec![("prefix", Some("b/")), ("marker", Some("b/1"))]).await.expect(200);
    assert_eq!((old.element("Key"), old.element("IsTruncated")), (Some("b/2"), Some("false")));

    for bad in [
        vec![("max-keys", Some("0"))],
        vec![("max-keys", Some("1001"))],
        vec![("list-type", Some("3"))],
        vec![("encoding-type", Some("base64"))],
        vec![("list-type", Some("2")), ("continuation-token", Some("%%%"))],
    ] {
        list(bad).await.expect_error(400, "InvalidArgument");
    }
    exchange(&server, "GET", "/examplebucket/", &[], b"").await.expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn copies() {
    for (server, _directory) in stores().await {
        let headers = [("content-type", "text/plain"), ("x-oss-meta-a", "1"), ("x-oss-tagging", "k=v")];
        signed(&server, Method::Put, "from ü", &headers, &[], b"content").await.expect(200);
        let source = ("x-oss-copy-source", "/examplebucket/from%20%C3%BC");
        let copied = signed(&server, Method::Put, "to", &[source], &[], b"").await.expect(200);
        assert!(copied.element("ETag").is_some());
        let found = get(&server, "to").await.expect(200);
        assert_eq!((found.text(), found.header("x-oss-meta-a")), ("content", Some("1")));
        assert_eq!(found.header("x-oss-tagging-count"), Some("1"));

        let replaced = [source, ("x-oss-metadata-directive", "REPLACE"), ("x-oss-meta-b", "2")];
        signed(&server, Method::Put, "to", &replaced, &[], b"").await.expect(200);
        let found = get(&server, "to").await.expect(200);
        assert_eq!((found.header("x-oss-meta-a"), found.header("x-oss-meta-b")), (None, Some("2")));

        let unmet = [source, ("x-oss-copy-source-if-match", "\"other\"")];
        signed(&server, Method::Put, "to", &unmet, &[], b"").await.expect_error(412, "PreconditionFailed");
        for (bad, status) in
            [("/examplebucket/missing", 404), ("/nobucket/a", 404), ("nothing", 400), ("/b/%zz", 400)]
        {
            signed(&server, Method::Put, "to", &[("x-oss-copy-source", bad)], &[], b"").await.expect(status);
        }

        let begun = post(&server, "parts", &[("uploads", None)], b"").await.expect(200);
        let id = begun.element("UploadId").unwrap();
        let query = [("partNumber", Some("1")), ("uploadId", Some(id))];
        let range = [source, ("x-oss-copy-source-range", "bytes=1-3")];
        let part = signed(&server, Method::Put, "parts", &range, &query, b"").await.expect(200);
        // MD5 of `ont`, by md5sum.
        assert_eq!(part.header("etag"), Some("\"82637188694A3AA89D6CF201C08F1A33\""));
        let all = [("x-oss-complete-all", "yes")];
        signed(&server, Method::Post, "parts", &all, &[("uploadId", Some(id))], b"").await.expect(200);
        assert_eq!(get(&server, "parts").await.text(), "ont");
    }
}

#[tokio::test]
async fn appends() {
    for (server, _directory) in stores().await {
        let append = |position: &'static str, body: &'static str| {
            let server = &server;
            async move {
                post(server, "log", &[("append", None), ("position", Some(position))], body.as_bytes()).await
            }
        };
        let first = append("0", "12345").await.expect(200);
        assert_eq!(first.header("x-oss-next-append-position"), Some("5"));
        let second = append("5", "6789").await.expect(200);
        assert_eq!(second.header("x-oss-next-append-position"), Some("9"));
        // The check value of CRC-64/XZ.
        assert_eq!(second.header("x-oss-hash-crc64ecma"), Some("11051210869376104954"));
        let refused = append("5", "again").await.expect_error(409, "PositionNotEqualToLength");
        assert_eq!(refused.header("x-oss-next-append-position"), Some("9"));
        assert_eq!(get(&server, "log").await.text(), "123456789");
        put(&server, "plain", b"x").await.expect(200);
        let query = [("append", None), ("position", Some("1"))];
        post(&server, "plain", &query, b"y").await.expect_error(409, "ObjectNotAppendable");
        post(&server, "log", &[("append", None)], b"y").await.expect_error(400, "InvalidArgument");
    }
}

#[tokio::test]
async fn many_are_deleted_at_once() {
    let server = server().start().await.unwrap();
    for key in ["a", "b&", "c"] {
        put(&server, key, b"x").await.expect(200);
    }
    let document = b"<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;</Key></Object><Object><Key>gone</Key></Object></Delete>";
    let done = post(&server, "", &[("delete", None)], document).await.expect(200);
    assert_eq!(done.text().matches("<Deleted>").count(), 3);
    for (key, status) in [("a", 404), ("b&", 404), ("c", 200)] {
        get(&server, key).await.expect(status);
    }
    let quiet = b"<Delete><Quiet>true</Quiet><Object><Key>c</Key></Object></Delete>";
    assert!(!post(&server, "", &[("delete", None)], quiet).await.expect(200).text().contains("Deleted>"));
    let many = format!("<Delete>{}</Delete>", "<Object><Key>k</Key></Object>".repeat(1001));
    for bad in ["<Delete/>", "<Delete>", "", many.as_str()] {
        post(&server, "", &[("delete", None)], bad.as_bytes()).await.expect_error(400, "MalformedXML");
    }
    let huge = vec![b' '; 2 * 1024 * 1024 + 1];
    post(&server, "", &[("delete", None)], &huge).await.expect_error(400, "EntityTooLarge");
}

#[tokio::test]
async fn acls_and_tags() {
    for (server, _directory) in stores().await {
        put(&server, "a", b"x").await.expect(200);
        let acl = |value: &'static str| {
            let server = &server;
            async move {
                signed(server, Method::Put, "a", &[("x-oss-object-acl", value)], &[("acl", None)], b"").await
            }
        };
        acl("public-read").await.expect(200);
        exchange(&server, "GET", "/examplebucket/a", &[], b"").await.expect(200);
        let got = signed(&server, Method::Get, "a", &[], &[("acl", None)], b"").await.expect(200);
        assert_eq!(got.element("Grant"), Some("public-read"));
        acl("default").await.expect(200);
        exchange(&server, "GET", "/examplebucket/a", &[], b"").await.expect(403);
        acl("nobody").await.expect_error(400, "InvalidArgument");
        signed(&server, Method::Put, "", &[("x-oss-acl", "public-read")], &[("acl", None)], b"")
            .await
            .expect(200);
        exchange(&server, "GET", "/examplebucket/a", &[], b"").await.expect(200);
        exchange(&server, "GET", "/examplebucket/a?acl", &[], b"").await.expect_error(403, "AccessDenied");

        let tags = "<Tagging><TagSet><Tag><Key>k +</Key><Value>v</Value></Tag></TagSet></Tagging>";
        let tagging = [("tagging", None)];
        signed(&server, Method::Put, "a", &[], &tagging, tags.as_bytes()).await.expect(200);
        let got = signed(&server, Method::Get, "a", &[], &tagging, b"").await.expect(200);
        assert!(got.text().ends_with(tags), "{}", got.text());
        assert_eq!(get(&server, "a").await.header("x-oss-tagging-count"), Some("1"));
        delete(&server, "a", &tagging).await.expect(204);
        assert!(!signed(&server, Method::Get, "a", &[], &tagging, b"").await.text().contains("<Tag>"));
        // Content is untouched by all of this.
        assert_eq!(get(&server, "a").await.text(), "x");
    }
}

#[tokio::test]
async fn symlinks() {
    let server = server().start().await.unwrap();
    let link = |key: &'static str, target: &'static str| {
        let server = &server;
        async move {
            signed(server, Method::Put, key, &[("x-oss-symlink-target", target)], &[("symlink", None)], b"")
                .await
        }
    };
    link("link", "target%20%C3%BC").await.expect(200);
    get(&server, "link").await.expect_error(404, "SymlinkTargetNotExist");
    put(&server, "target ü", b"content").await.expect(200);
    let found = get(&server, "link").await.expect(200);
    assert_eq!((found.text(), found.header("x-oss-object-type")), ("content", Some("Symlink")));
    let got = signed(&server, Method::Get, "link", &[], &[("symlink", None)], b"").await.expect(200);
    assert_eq!(got.header("x-oss-symlink-target"), Some("target%20%C3%BC"));
    link("second", "link").await.expect(200);
    get(&server, "second").await.expect_error(400, "InvalidTargetType");
    signed(&server, Method::Get, "target ü", &[], &[("symlink", None)], b"")
        .await
        .expect_error(400, "NotSymlink");
    link("bad", "").await.expect_error(400, "InvalidArgument");
}

pub(crate) async fn enable_versions(server: &RunningServer, status: &str) {
    put(server, "first use", b"").await.expect(200);
    let document = format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    signed(server, Method::Put, "", &[], &[("versioning", None)], document.as_bytes()).await.expect(200);
}

#[tokio::test]
async fn versions() {
    for (server, _directory) in stores().await {
        put(&server, "a", b"null").await.expect(200);
        enable_versions(&server, "Enabled").await;
        let one = put(&server, "a", b"one").await.expect(200).header("x-oss-version-id").unwrap().to_owned();
        let two = put(&server, "a", b"two").await.expect(200).header("x-oss-version-id").unwrap().to_owned();
        assert_ne!(one, two);
        let read = |version: String| {
            let server = &server;
            async move { signed(server, Method::Get, "a", &[], &[("versionId", Some(&version))], b"").await }
        };
        assert_eq!(get(&server, "a").await.text(), "two");
        assert_eq!(read(one.clone()).await.expect(200).text(), "one");
        assert_eq!(read("null".into()).await.expect(200).text(), "null");
        read("nothing".into()).await.expect_error(404, "NoSuchVersion");
        // Nothing is lost by an overwrite, so none is forbidden.
        signed(&server, Method::Put, "a", &[("x-oss-forbid-overwrite", "true")], &[], b"three")
            .await
            .expect(200);

        let gone = delete(&server, "a", &[]).await.expect(204);
        assert_eq!(gone.header("x-oss-delete-marker"), Some("true"));
        let marker = gone.header("x-oss-version-id").unwrap().to_owned();
        let missing = get(&server, "a").await.expect_error(404, "NoSuchKey");
        assert_eq!(missing.header("x-oss-delete-marker"), Some("true"));
        read(marker.clone()).await.expect_error(405, "MethodNotAllowed");
        let listed =
            signed(&server, Method::Get, "", &[], &[("versions", None), ("prefix", Some("a"))], b"").await;
        let listed = listed.expect(200);
        assert_eq!(listed.text().matches("<Version>").count(), 4);
        assert_eq!(listed.text().matches("<DeleteMarker>").count(), 1);
        assert_eq!(listed.text().matches("<IsLatest>true").count(), 1);
        let plain = signed(&server, Method::Get, "", &[], &[("prefix", Some("a"))], b"").await.expect(200);
        assert!(!plain.text().contains("<Contents>"));

        delete(&server, "a", &[("versionId", Some(&marker))]).await.expect(204);
        assert_eq!(get(&server, "a").await.text(), "three");
        delete(&server, "a", &[("versionId", Some(&one))]).await.expect(204);
        read(one).await.expect_error(404, "NoSuchVersion");

        enable_versions(&server, "Suspended").await;
        put(&server, "a", b"null again").await.expect(200);
        assert_eq!(get(&server, "a").await.text(), "null again");
        assert_eq!(read("null".into()).await.text(), "null again");
        assert_eq!(read(two).await.text(), "two");
        let bad = b"<VersioningConfiguration><Status>Maybe</Status></VersioningConfiguration>";
        signed(&server, Method::Put, "", &[], &[("versioning", None)], bad)
            .await
            .expect_error(400, "MalformedXML");
    }
}

#[tokio::test]
async fn buckets() {
    for (server, _directory) in stores().await {
        signed(&server, Method::Put, "", &[("x-oss-acl", "public-read")], &[], b"").await.expect(200);
        let info = signed(&server, Method::Get, "", &[], &[("bucketInfo", None)], b"").await.expect(200);
        assert_eq!((info.element("Name"), info.element("Grant")), (Some(BUCKET), Some("public-read")));
        let place = signed(&server, Method::Get, "", &[], &[("location", None)], b"").await.expect(200);
        assert_eq!(place.element("LocationConstraint"), Some("oss-cn-hangzhou"));
        put(&server, "a", b"12345").await.expect(200);
        let stat = signed(&server, Method::Get, "", &[], &[("stat", None)], b"").await.expect(200);
        assert_eq!((stat.element("Storage"), stat.element("ObjectCount")), (Some("5"), Some("1")));
        delete(&server, "", &[]).await.expect_error(409, "BucketNotEmpty");
        delete(&server, "a", &[]).await.expect(204);
        delete(&server, "", &[]).await.expect(204);
        delete(&server, "", &[]).await.expect_error(404, "NoSuchBucket");
        exchange(&server, "GET", "/", &[], b"").await.expect_error(403, "AccessDenied");
    }
}
