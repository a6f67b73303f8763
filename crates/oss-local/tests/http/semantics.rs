//! What the official SDKs' own suites assert of OSS, and the documentation says.

use oss_local::RunningServer;
use oss_presign::Method;

use crate::client::{Answer, exchange, get, put, server, signed};

type Query<'a> = &'a [(&'a str, Option<&'a str>)];

async fn on_bucket(server: &RunningServer, method: Method, query: Query<'_>, body: &[u8]) -> Answer {
    signed(server, method, "", &[], query, body).await
}

async fn begin(server: &RunningServer, headers: &[(&str, &str)]) -> (Answer, String) {
    let begun = signed(server, Method::Post, "a", headers, &[("uploads", None)], b"").await.expect(200);
    let id = begun.element("UploadId").unwrap().to_owned();
    (begun, id)
}

#[tokio::test]
async fn the_completion_names_the_acl_and_may_have_no_part() {
    let server = server().default_acl(oss_local::Acl::PublicRead).start().await.unwrap();
    let (_, id) = begin(&server, &[]).await;
    let private = [("x-oss-object-acl", "private")];
    let none = b"<CompleteMultipartUpload></CompleteMultipartUpload>";
    let done =
        signed(&server, Method::Post, "a", &private, &[("uploadId", Some(&id))], none).await.expect(200);
    // The CRC-64 of nothing.
    assert_eq!(done.header("x-oss-hash-crc64ecma"), Some("0"));
    assert_eq!(get(&server, "a").await.expect(200).body, b"");
    exchange(&server, "GET", "/examplebucket/a", &[], b"").await.expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn a_replacing_copy_keeps_the_media_type_and_another_case_copies() {
    let server = server().start().await.unwrap();
    let headers = [("content-type", "image/jpeg"), ("x-oss-meta-a", "1")];
    signed(&server, Method::Put, "from", &headers, &[], b"x").await.expect(200);
    let source = ("x-oss-copy-source", "/examplebucket/from");
    for (directive, kept) in [("REPLACE", None), ("replace", Some("1"))] {
        let headers = [source, ("x-oss-metadata-directive", directive)];
        signed(&server, Method::Put, "to", &headers, &[], b"").await.expect(200);
        let found = get(&server, "to").await.expect(200);
        assert_eq!(found.header("content-type"), Some("image/jpeg"), "{directive}");
        assert_eq!(found.header("x-oss-meta-a"), kept, "{directive}");
    }
    let named = [source, ("x-oss-metadata-directive", "REPLACE"), ("content-type", "text/plain")];
    signed(&server, Method::Put, "to", &named, &[], b"").await.expect(200);
    assert_eq!(get(&server, "to").await.header("content-type"), Some("text/plain"));
}

#[tokio::test]
async fn a_symlink_has_headers_of_its_own_and_object_meta_has_few() {
    let server = server().start().await.unwrap();
    signed(&server, Method::Put, "target", &[("x-oss-meta-a", "1")], &[], b"12345").await.expect(200);
    let headers = [("x-oss-symlink-target", "target"), ("x-oss-meta-b", "2")];
    signed(&server, Method::Put, "link", &headers, &[("symlink", None)], b"").await.expect(200);
    let link = signed(&server, Method::Get, "link", &[], &[("symlink", None)], b"").await.expect(200);
    assert_eq!((link.header("x-oss-meta-b"), link.header("x-oss-meta-a")), (Some("2"), None));

    let meta = signed(&server, Method::Head, "target", &[], &[("objectMeta", None)], b"").await.expect(200);
    for name in ["etag", "last-modified", "x-oss-hash-crc64ecma"] {
        assert!(meta.header(name).is_some(), "{name}");
    }
    assert_eq!(meta.header("content-length"), Some("5"));
    for name in
        ["x-oss-meta-a", "content-type", "x-oss-object-type", "x-oss-storage-class", "x-oss-version-id"]
    {
        assert_eq!(meta.header(name), None, "{name}");
    }
}

/// `null` is named where there are or were versions, and never where there are none.
#[tokio::test]
async fn null_versions_are_named() {
    let server = server().start().await.unwrap();
    assert_eq!(put(&server, "a", b"x").await.expect(200).header("x-oss-version-id"), None);
    assert_eq!(get(&server, "a").await.header("x-oss-version-id"), None);
    let set =
        |status| format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    on_bucket(&server, Method::Put, &[("versioning", None)], set("Enabled").as_bytes()).await.expect(200);
    assert_eq!(get(&server, "a").await.header("x-oss-version-id"), Some("null"));
    let written = put(&server, "a", b"y").await.expect(200).header("x-oss-version-id").unwrap().to_owned();
    assert_ne!(written, "null");
    on_bucket(&server, Method::Put, &[("versioning", None)], set("Suspended").as_bytes()).await.expect(200);
    assert_eq!(put(&server, "a", b"z").await.expect(200).header("x-oss-version-id"), Some("null"));
    signed(&server, Method::Delete, "a", &[], &[], b"").await.expect(204);
    let stat = on_bucket(&server, Method::Get, &[("stat", None)], b"").await.expect(200);
    assert_eq!((stat.element("ObjectCount"), stat.element("DeleteMarkerCount")), (Some("0"), Some("1")));
}

#[tokio::test]
async fn encryption_is_echoed_by_all_that_begin_an_object() {
    let server = server().start().await.unwrap();
    let header = ("x-oss-server-side-encryption", "AES256");
    let stored = signed(&server, Method::Put, "a", &[header], &[], b"x").await.expect(200);
    let (begun, _) = begin(&server, &[header]).await;
    let append = [("append", None), ("position", Some("0"))];
    let appended = signed(&server, Method::Post, "log", &[header], &append, b"x").await.expect(200);
    for answer in [stored, begun, appended] {
        assert_eq!(answer.header(header.0), Some("AES256"));
    }
    assert_eq!(put(&server, "plain", b"x").await.header(header.0), None);
}

#[tokio::test]
async fn objects_inherit_the_storage_class_of_their_bucket() {
    let server = server().without_buckets().start().await.unwrap();
    let class = |class| {
        format!("<CreateBucketConfiguration><StorageClass>{class}</StorageClass></CreateBucketConfiguration>")
    };
    on_bucket(&server, Method::Put, &[], class("Cheap").as_bytes())
        .await
        .expect_error(400, "InvalidArgument");
    on_bucket(&server, Method::Put, &[], class("IA").as_bytes()).await.expect(200);
    put(&server, "a", b"12345").await.expect(200);
    assert_eq!(get(&server, "a").await.header("x-oss-storage-class"), Some("IA"));
    signed(&server, Method::Put, "b", &[("x-oss-storage-class", "Archive")], &[], b"x").await.expect(200);
    let (_, id) = begin(&server, &[]).await;
    let part = [("partNumber", Some("1")), ("uploadId", Some(id.as_str()))];
    signed(&server, Method::Put, "a", &[], &part, b"x").await.expect(200);
    let uploads = on_bucket(&server, Method::Get, &[("uploads", None)], b"").await.expect(200);
    assert_eq!(uploads.element("StorageClass"), Some("IA"));
    let stat = on_bucket(&server, Method::Get, &[("stat", None)], b"").await.expect(200);
    for (element, value) in [
        ("Storage", "6"),
        ("ObjectCount", "2"),
        ("MultipartUploadCount", "1"),
        ("MultipartPartCount", "1"),
        ("DeleteMarkerCount", "0"),
        ("LiveChannelCount", "0"),
        ("StandardObjectCount", "0"),
        ("InfrequentAccessStorage", "5"),
        ("InfrequentAccessRealStorage", "5"),
        ("ArchiveObjectCount", "1"),
        ("ColdArchiveStorage", "0"),
    ] {
        assert_eq!(stat.element(element), Some(value), "{element}");
    }
}

#[tokio::test]
async fn tags_are_made_of_the_characters_that_oss_allows() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    let tagged = |tags| async move { [("x-oss-tagging", tags)] };
    signed(&server, Method::Put, "a", &tagged("a%20b=%2B-%3D._%3A%2F9").await, &[], b"x").await.expect(200);
    for tags in ["a%21=1", "a=%E4%B8%AD", "a=%26", "a%40=1"] {
        let refused = signed(&server, Method::Put, "a", &tagged(tags).await, &[], b"x").await;
        refused.expect_error(400, "InvalidTag");
    }
}

#[tokio::test]
async fn keys_with_control_characters_are_references_where_xml_allows_them() {
    let server = server().start().await.unwrap();
    put(&server, "a\tb\rc\u{85}d", b"x").await.expect(200);
    let listed = on_bucket(&server, Method::Get, &[], b"").await.expect(200);
    assert_eq!(listed.element("Key"), Some("a\tb&#13;c&#133;d"));
}

#[tokio::test]
async fn uploads_are_grouped_and_always_have_their_next_markers() {
    let server = server().start().await.unwrap();
    for key in ["a", "b/1", "b/2", "c"] {
        signed(&server, Method::Post, key, &[], &[("uploads", None)], b"").await.expect(200);
    }
    let query = [("uploads", None), ("delimiter", Some("/")), ("max-uploads", Some("2"))];
    let first = on_bucket(&server, Method::Get, &query, b"").await.expect(200);
    assert_eq!(first.text().matches("<Upload>").count(), 1);
    assert!(first.text().contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"));
    assert_eq!((first.element("IsTruncated"), first.element("NextKeyMarker")), (Some("true"), Some("b/")));
    let query = [("uploads", None), ("delimiter", Some("/")), ("key-marker", Some("b/"))];
    let rest = on_bucket(&server, Method::Get, &query, b"").await.expect(200);
    assert!(!rest.text().contains("CommonPrefixes"));
    assert_eq!((rest.element("IsTruncated"), rest.element("NextKeyMarker")), (Some("false"), Some("c")));
    assert_eq!(rest.element("NextUploadIdMarker"), rest.element("UploadId"));
}

#[tokio::test]
async fn parts_are_listed_with_what_an_encrypting_client_said() {
    let server = server().start().await.unwrap();
    let headers = [
        ("x-oss-meta-client-side-encryption-key", "fake-key"),
        ("x-oss-meta-client-side-encryption-part-size", "102400"),
    ];
    let (_, id) = begin(&server, &headers).await;
    let listed = signed(&server, Method::Get, "a", &[], &[("uploadId", Some(&id))], b"").await.expect(200);
    assert_eq!(listed.element("ClientEncryptionKey"), Some("fake-key"));
    assert_eq!(listed.element("ClientEncryptionPartSize"), Some("102400"));
    assert_eq!(listed.element("ClientEncryptionStart"), None);
}

#[tokio::test]
async fn fine_grained_codes_are_those_of_oss() {
    let server = server().start().await.unwrap();
    let missing = [("uploadId", Some("0123456789ABCDEF0123456789ABCDEF"))];
    let part = [("partNumber", Some("1")), missing[0]];
    for (method, query, ec) in [
        (Method::Get, &missing[..], "0042-00000002"),
        (Method::Delete, &missing, "0042-00000002"),
        (Method::Put, &part, "0042-00000104"),
    ] {
        let refused = signed(&server, method, "a", &[], query, b"x").await.expect_error(404, "NoSuchUpload");
        assert_eq!(refused.element("EC"), Some(ec), "{method:?}");
    }
    let (_, id) = begin(&server, &[]).await;
    let all = [("x-oss-complete-all", "yes")];
    let body = b"<CompleteMultipartUpload/>";
    let refused = signed(&server, Method::Post, "a", &all, &[("uploadId", Some(&id))], body).await;
    assert_eq!(refused.expect_error(400, "InvalidArgument").element("EC"), Some("0042-00000216"));
}

#[tokio::test]
async fn bucket_info_is_complete_and_its_endpoints_are_this_server() {
    let server = server().start().await.unwrap();
    let info = on_bucket(&server, Method::Get, &[("bucketInfo", None)], b"").await.expect(200);
    for (element, value) in [
        ("AccessMonitor", "Disabled"),
        ("SSEAlgorithm", "None"),
        ("Comment", ""),
        ("BlockPublicAccess", "false"),
        ("CrossRegionReplication", "Disabled"),
        // The host that the client sent, without a port.
        ("ExtranetEndpoint", "127.0.0.1"),
        ("IntranetEndpoint", "127.0.0.1"),
        ("Location", "oss-cn-hangzhou"),
    ] {
        assert_eq!(info.element(element), Some(value), "{element}");
    }
    let stat = on_bucket(&server, Method::Get, &[("stat", None)], b"").await.expect(200);
    assert_eq!(stat.element("LastModifiedTime"), Some("0"));
    let real = crate::client::server().real_endpoints(true).start().await.unwrap();
    let info = on_bucket(&real, Method::Get, &[("bucketInfo", None)], b"").await.expect(200);
    assert_eq!(info.element("ExtranetEndpoint"), Some("oss-cn-hangzhou.aliyuncs.com"));
    assert_eq!(info.element("IntranetEndpoint"), Some("oss-cn-hangzhou-internal.aliyuncs.com"));
}

/// The bucket before the host is no part of the endpoint.
#[tokio::test]
async fn endpoints_of_a_virtual_host_are_without_the_bucket() {
    let server = server().start().await.unwrap();
    let target = crate::client::presign(Method::Get, "", &[], &[("bucketInfo", None)]);
    let target = target.replacen("/examplebucket/", "/", 1);
    let host = ("host", "examplebucket.localhost:9000");
    let info = exchange(&server, "GET", &target, &[host], b"").await.expect(200);
    assert_eq!(info.element("ExtranetEndpoint"), Some("localhost:9000"));
}
