//! Multipart uploads, in both stores, and what survives a restart.

use oss_presign::Method;

use crate::client::{exchange, get, put, server, signed};
use crate::operations::{delete, enable_versions, post, stores};

#[tokio::test]
async fn multipart_uploads() {
    for (server, _directory) in stores().await {
        let headers = [("content-type", "video/mp4"), ("x-oss-meta-a", "1")];
        let begun =
            signed(&server, Method::Post, "big", &headers, &[("uploads", None)], b"").await.expect(200);
        let id = begun.element("UploadId").unwrap().to_owned();
        let (first, second) = (vec![1_u8; 200_000], b"the end".to_vec());
        let part = |number: &'static str, body: Vec<u8>| {
            let (server, id) = (&server, id.clone());
            async move {
                let query = [("partNumber", Some(number)), ("uploadId", Some(id.as_str()))];
                let sent = signed(server, Method::Put, "big", &[], &query, &body).await.expect(200);
                sent.header("etag").unwrap().to_owned()
            }
        };
        part("1", b"replaced below".to_vec()).await;
        let tags = [part("2", second.clone()).await, part("1", first.clone()).await];
        let upload = [("uploadId", Some(id.as_str()))];
        let listed = signed(&server, Method::Get, "big", &[], &upload, b"").await.expect(200);
        assert_eq!(listed.text().matches("<Part>").count(), 2);
        assert!(listed.text().contains("<Size>200000</Size>"));

        let document = |parts: &[(u32, &str)]| {
            let parts: String = parts
                .iter()
                .map(|(number, etag)| {
                    format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
                })
                .collect();
            format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>").into_bytes()
        };
        for (parts, code) in [
            (vec![(2, tags[0].as_str()), (1, &tags[1])], "InvalidPartOrder"),
            (vec![(1, &tags[0]), (2, &tags[0])], "InvalidPart"),
            (vec![(1, &tags[1]), (3, &tags[0])], "InvalidPart"),
        ] {
            post(&server, "big", &upload, &document(&parts)).await.expect_error(400, code);
        }
        post(&server, "big", &upload, b"<Complete").await.expect_error(400, "MalformedXML");
        post(&server, "other", &upload, b"").await.expect_error(404, "NoSuchUpload");

        let done =
            post(&server, "big", &upload, &document(&[(1, &tags[1]), (2, &tags[0])])).await.expect(200);
        let etag = done.element("ETag").unwrap().to_owned();
        assert!(etag.ends_with("-2&quot;"), "{etag}");
        let whole = [first, second].concat();
        let crc = done.header("x-oss-hash-crc64ecma").unwrap().to_owned();
        let found = get(&server, "big").await.expect(200);
        assert_eq!(found.body, whole);
        assert_eq!(found.header("content-type"), Some("video/mp4"));
        assert_eq!(found.header("x-oss-object-type"), Some("Multipart"));
        let plain = put(&server, "plain", &whole).await.expect(200);
        assert_eq!(plain.header("x-oss-hash-crc64ecma"), Some(crc.as_str()));
        post(&server, "big", &upload, &document(&[(1, &tags[1])])).await.expect_error(404, "NoSuchUpload");
    }
}

#[tokio::test]
async fn a_small_part_in_the_middle_and_an_abort() {
    let server = server().start().await.unwrap();
    let begun = post(&server, "big", &[("uploads", None)], b"").await.expect(200);
    let id = begun.element("UploadId").unwrap();
    let mut tags = Vec::new();
    for number in ["1", "2"] {
        let query = [("partNumber", Some(number)), ("uploadId", Some(id))];
        let sent = signed(&server, Method::Put, "big", &[], &query, b"small").await.expect(200);
        tags.push(format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>",
            sent.header("etag").unwrap()
        ));
    }
    let upload = [("uploadId", Some(id))];
    let document = format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", tags.concat());
    post(&server, "big", &upload, document.as_bytes()).await.expect_error(400, "EntityTooSmall");
    let uploads = signed(&server, Method::Get, "", &[], &[("uploads", None)], b"").await.expect(200);
    assert_eq!(uploads.element("UploadId"), Some(id));
    for bad in ["0", "10001", "x", ""] {
        let query = [("partNumber", Some(bad)), ("uploadId", Some(id))];
        signed(&server, Method::Put, "big", &[], &query, b"x").await.expect_error(400, "InvalidArgument");
    }
    delete(&server, "big", &upload).await.expect(204);
    delete(&server, "big", &upload).await.expect_error(404, "NoSuchUpload");
    let query = [("partNumber", Some("1")), ("uploadId", Some(id))];
    signed(&server, Method::Put, "big", &[], &query, b"x").await.expect_error(404, "NoSuchUpload");
}

#[tokio::test]
async fn uploads_and_versions_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let start = || server().directory(directory.path()).start();
    let first = start().await.unwrap();
    let begun = post(&first, "big", &[("uploads", None)], b"").await.expect(200);
    let id = begun.element("UploadId").unwrap();
    let query = [("partNumber", Some("1")), ("uploadId", Some(id))];
    signed(&first, Method::Put, "big", &[], &query, b"the part").await.expect(200);
    enable_versions(&first, "Enabled").await;
    let old = put(&first, "a", b"old").await.expect(200);
    put(&first, "a", b"new").await.expect(200);
    signed(&first, Method::Put, "a", &[("x-oss-object-acl", "public-read")], &[("acl", None)], b"")
        .await
        .expect(200);
    first.shutdown().await;

    let second = start().await.unwrap();
    let headers = [("x-oss-complete-all", "yes")];
    signed(&second, Method::Post, "big", &headers, &[("uploadId", Some(id))], b"").await.expect(200);
    assert_eq!(get(&second, "big").await.text(), "the part");
    // The ACL of the current version lets strangers in.
    assert_eq!(exchange(&second, "GET", "/examplebucket/a", &[], b"").await.expect(200).text(), "new");
    let version = old.header("x-oss-version-id").unwrap();
    let found =
        signed(&second, Method::Get, "a", &[], &[("versionId", Some(version))], b"").await.expect(200);
    assert_eq!(found.text(), "old");
}
