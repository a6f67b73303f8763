//! PutObject, GetObject, HeadObject, DeleteObject in both stores.

use oss_local::{Acl, RunningServer};
use oss_presign::Method;

use crate::client::{BUCKET, Connection, exchange, get, presign, put, server, signed};

/// Both stores, the directory's with its folder.
async fn stores() -> Vec<(RunningServer, Option<tempfile::TempDir>)> {
    let directory = tempfile::tempdir().unwrap();
    let on_disk = server().directory(directory.path()).start().await.unwrap();
    vec![(server().start().await.unwrap(), None), (on_disk, Some(directory))]
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    for (server, _directory) in stores().await {
        let stored = put(&server, "a.txt", b"123456789").await.expect(200);
        // MD5 by md5sum; CRC-64/XZ's check value 0x995DC9BBDF1939FA in decimal.
        assert_eq!(stored.header("etag"), Some("\"25F9E794323B453885F5181F1B624D0B\""));
        assert_eq!(stored.header("content-md5"), Some("JfnnlDI7RTiF9RgfG2JNCw=="));
        assert_eq!(stored.header("x-oss-hash-crc64ecma"), Some("11051210869376104954"));
        assert_eq!(stored.header("date"), Some("Tue, 12 Nov 2024 08:32:38 GMT"));
        assert!(stored.body.is_empty());

        let found = get(&server, "a.txt").await.expect(200);
        assert_eq!(found.body, b"123456789");
        assert_eq!(found.header("content-type"), Some("application/octet-stream"));
        assert_eq!(found.header("last-modified"), Some("Tue, 12 Nov 2024 08:32:38 GMT"));
        assert_eq!(found.header("x-oss-hash-crc64ecma"), Some("11051210869376104954"));

        let head = signed(&server, Method::Head, "a.txt", &[], &[], b"").await.expect(200);
        assert_eq!(head.header("content-length"), Some("9"));
        assert_eq!(head.header("etag"), stored.header("etag"));

        signed(&server, Method::Delete, "a.txt", &[], &[], b"").await.expect(204);
        signed(&server, Method::Delete, "a.txt", &[], &[], b"").await.expect(204);
        get(&server, "a.txt").await.expect_error(404, "NoSuchKey");
        let head = signed(&server, Method::Head, "a.txt", &[], &[], b"").await.expect(404);
        assert!(head.header("x-oss-err").is_some() && head.header("x-oss-ec").is_some());
    }
}

#[tokio::test]
async fn a_url_can_be_used_again_and_each_put_overwrites() {
    for (server, _directory) in stores().await {
        let target = presign(Method::Put, "a", &[], &[]);
        for body in ["first", "second, longer", ""] {
            exchange(&server, "PUT", &target, &[], body.as_bytes()).await.expect(200);
            assert_eq!(get(&server, "a").await.expect(200).text(), body);
        }
    }
}

#[tokio::test]
async fn any_key_is_storable() {
    let emoji = "😀".repeat(255) + "abc";
    assert_eq!(emoji.len(), 1023);
    let keys = [
        "..",
        "../../../etc/passwd",
        "a/../b",
        "a//b",
        "a/",
        "nul\0key",
        "c:\\x",
        "con",
        "CON",
        "é",
        "e\u{301}",
        "%2e%2e%2f",
        "+ &?#",
        "\r\n",
        &emoji,
    ];
    for (server, _directory) in stores().await {
        for key in keys {
            put(&server, key, key.as_bytes()).await.expect(200);
        }
        for key in keys {
            assert_eq!(get(&server, key).await.expect(200).body, key.as_bytes(), "{key:?}");
        }
    }
}

#[tokio::test]
async fn a_directory_keeps_its_objects_and_nothing_outside_it() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("store");
    let first = server().directory(&root).start().await.unwrap();
    let headers = [("content-type", "text/plain"), ("x-oss-meta-owner", "ü 42")];
    let keys = ["a", "../../escaped"];
    for key in keys {
        signed(&first, Method::Put, key, &headers, &[], key.as_bytes()).await.expect(200);
    }
    first.shutdown().await;
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);

    let second = server().directory(&root).start().await.unwrap();
    for key in keys {
        let found = get(&second, key).await.expect(200);
        assert_eq!(found.body, key.as_bytes());
        assert_eq!(found.header("content-type"), Some("text/plain"));
        assert_eq!(found.header("x-oss-meta-owner"), Some("ü 42"));
    }
}

#[tokio::test]
async fn attributes_are_kept_and_checked() {
    let server = server().start().await.unwrap();
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("content-disposition", "attachment; filename=\"a b\""),
        ("content-encoding", "identity"),
        ("expires", "Tue, 12 Nov 2030 08:32:38 GMT"),
        ("x-oss-storage-class", "IA"),
        ("x-oss-meta-a", "1"),
    ];
    signed(&server, Method::Put, "a", &headers, &[], b"x").await.expect(200);
    let found = get(&server, "a").await.expect(200);
    for (name, value) in headers {
        assert_eq!(found.header(name), Some(value));
    }
    for (name, value) in
        [("x-oss-storage-class", "Warm"), ("x-oss-object-acl", "everyone"), ("x-oss-tagging", "a=1&a=2")]
    {
        let refused = signed(&server, Method::Put, "b", &[(name, value)], &[], b"x").await.expect(400);
        assert!(matches!(refused.element("Code"), Some("InvalidArgument" | "InvalidTag")), "{name}");
    }
    get(&server, "b").await.expect_error(404, "NoSuchKey");
}

#[tokio::test]
async fn ranges() {
    for (server, _directory) in stores().await {
        let whole: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        put(&server, "a", &whole).await.expect(200);
        let target = presign(Method::Get, "a", &[], &[]);
        let part =
            exchange(&server, "GET", &target, &[("Range", "bytes=70000-70009")], b"").await.expect(206);
        assert_eq!(part.body, &whole[70_000..70_010]);
        assert_eq!(part.header("content-range"), Some("bytes 70000-70009/100000"));
        let tail = exchange(&server, "GET", &target, &[("Range", "bytes=-5")], b"").await.expect(206);
        assert_eq!(tail.body, &whole[99_995..]);
        // Outside the object OSS ignores the range, unless standard behaviour is asked for.
        exchange(&server, "GET", &target, &[("Range", "bytes=100000-")], b"").await.expect(200);
        let standard = [("x-oss-range-behavior", "standard")];
        let target = presign(Method::Get, "a", &standard, &[]);
        let headers = [standard[0], ("Range", "bytes=100000-")];
        let refused =
            exchange(&server, "GET", &target, &headers, b"").await.expect_error(416, "InvalidRange");
        assert_eq!(refused.header("content-range"), Some("bytes */100000"));
        let headers = [standard[0], ("Range", "bytes=99990-100010")];
        assert_eq!(exchange(&server, "GET", &target, &headers, b"").await.expect(206).body, &whole[99_990..]);
    }
}

#[tokio::test]
async fn a_wrong_md5_stores_nothing() {
    for (server, _directory) in stores().await {
        let md5 = [("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")];
        signed(&server, Method::Put, "a", &md5, &[], b"123456789").await.expect(200);
        signed(&server, Method::Put, "a", &md5, &[], b"123456780").await.expect_error(400, "InvalidDigest");
        for malformed in ["JfnnlDI7RTiF9RgfG2JNCw=", "JfnnlDI7", "*"] {
            let md5 = [("content-md5", malformed)];
            signed(&server, Method::Put, "a", &md5, &[], b"x").await.expect_error(400, "InvalidDigest");
        }
        assert_eq!(get(&server, "a").await.text(), "123456789");
    }
}

#[tokio::test]
async fn overwriting_can_be_forbidden() {
    for (server, _directory) in stores().await {
        let forbid = [("x-oss-forbid-overwrite", "true")];
        signed(&server, Method::Put, "a", &forbid, &[], b"1").await.expect(200);
        let refused = signed(&server, Method::Put, "a", &forbid, &[], b"2")
            .await
            .expect_error(409, "FileAlreadyExists");
        assert_eq!(refused.header("x-oss-ec"), Some("0026-00000002"));
        let allow = [("x-oss-forbid-overwrite", "false")];
        signed(&server, Method::Put, "a", &allow, &[], b"3").await.expect(200);
        let bad = [("x-oss-forbid-overwrite", "yes")];
        let refused =
            signed(&server, Method::Put, "a", &bad, &[], b"4").await.expect_error(400, "InvalidArgument");
        assert_eq!(refused.header("x-oss-ec"), Some("0017-00000279"));
        assert_eq!(get(&server, "a").await.text(), "3");
    }
}

#[tokio::test]
async fn the_host_may_carry_the_bucket() {
    let server =
        server().cname("img.example.com", BUCKET).default_acl(Acl::PublicReadWrite).start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    for host in [
        "examplebucket.localhost:9000",
        "examplebucket.oss-cn-hangzhou.aliyuncs.com",
        "img.example.com",
        "EXAMPLEBUCKET.localhost",
    ] {
        assert_eq!(
            exchange(&server, "GET", "/a", &[("Host", host)], b"").await.expect(200).text(),
            "x",
            "{host}"
        );
    }
    // An absolute target's host counts, as for a proxy.
    let absolute = exchange(&server, "GET", "http://examplebucket.localhost/a", &[], b"").await;
    assert_eq!(absolute.expect(200).text(), "x");
}

#[tokio::test]
async fn chunked_bodies_of_any_length_are_taken() {
    for (server, _directory) in stores().await {
        for body in [Vec::new(), b"x".to_vec(), vec![7_u8; 3_000_000]] {
            let target = presign(Method::Put, "a", &[], &[]);
            let mut connection = Connection::open(server.addr()).await;
            connection
                .send(format!(
                    "PUT {target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                ))
                .await;
            for chunk in body.chunks(70_001) {
                connection.send(format!("{:x}\r\n", chunk.len())).await;
                connection.send(chunk).await;
                connection.send("\r\n").await;
            }
            connection.send("0\r\n\r\n").await;
            connection.answer_to("PUT").await.unwrap().expect(200);
            let found =
                connection.exchange("GET", &presign(Method::Get, "a", &[], &[]), &[], b"").await.expect(200);
            assert_eq!(found.body, body);
        }
    }
}

#[tokio::test]
async fn the_md5_can_be_left_out() {
    let server = server().md5(false).start().await.unwrap();
    let stored = put(&server, "a", b"123456789").await.expect(200);
    assert_eq!(stored.header("etag"), Some("\"995DC9BBDF1939FA0000000000000009\""));
    assert_eq!(stored.header("content-md5"), None);
    let wrong = [("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")];
    signed(&server, Method::Put, "a", &wrong, &[], b"x").await.expect_error(400, "InvalidDigest");
}
