//! The memory that stored objects may take.

use std::sync::{Arc, Mutex};

use oss_local::{RunningServer, Server};
use oss_presign::Method;

use crate::client::{Answer, Connection, get, put, server, signed};

const KIB: usize = 1024;

/// A server whose objects may take one mebibyte.
fn small() -> Server {
    server().memory_limit(1024 * KIB as u64)
}

async fn delete(server: &RunningServer, key: &str) -> Answer {
    signed(server, Method::Delete, key, &[], &[], b"").await
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_logged_and_takes_nothing() {
    let records = Arc::new(Mutex::new(Vec::new()));
    let recorded = records.clone();
    let server = small().on_request(move |record| recorded.lock().unwrap().push(record.clone()));
    let server = server.start().await.unwrap();
    put(&server, "a", &vec![1; 600 * KIB]).await.expect(200);
    let refused = put(&server, "b", &vec![2; 600 * KIB]).await.expect_error(507, "InsufficientStorage");
    let message = refused.element("Message").unwrap();
    assert!(message.contains("1048576 bytes") && message.contains("raise the memory limit"), "{message}");
    get(&server, "b").await.expect_error(404, "NoSuchKey");
    // What was there is untouched, and the refused bytes are free again.
    assert_eq!(get(&server, "a").await.expect(200).body, vec![1; 600 * KIB]);
    put(&server, "c", &vec![3; 400 * KIB]).await.expect(200);
    // An object that is replaced counts until the new one is there.
    put(&server, "a", &vec![4; 600 * KIB]).await.expect_error(507, "InsufficientStorage");
    assert_eq!(get(&server, "a").await.expect(200).body, vec![1; 600 * KIB]);
    delete(&server, "c").await.expect(204);
    put(&server, "d", &vec![5; 400 * KIB]).await.expect(200);
    server.shutdown().await;
    let records = records.lock().unwrap();
    let refused: Vec<_> = records.iter().filter(|record| record.status == 507).collect();
    assert_eq!(refused.len(), 2);
    for record in refused {
        assert_eq!(record.code.as_deref(), Some("InsufficientStorage"));
        assert!(record.reason.as_ref().unwrap().contains("memory limit"), "{record:?}");
    }
}

#[tokio::test]
async fn objects_without_content_take_memory_too() {
    let server = small().start().await.unwrap();
    let mut stored = 0;
    loop {
        let answer = put(&server, &format!("empty/{stored}"), b"").await;
        if answer.status == 507 {
            break;
        }
        answer.expect(200);
        stored += 1;
        assert!(stored < 1024, "1 KiB for each would be more than there is");
    }
    // Versions, markers, uploads and attributes are no way around it.
    signed(&server, Method::Post, "upload", &[], &[("uploads", None)], b"")
        .await
        .expect_error(507, "InsufficientStorage");
    signed(
        &server,
        Method::Put,
        "empty/0",
        &[("x-oss-symlink-target", "empty/1")],
        &[("symlink", None)],
        b"",
    )
    .await
    .expect_error(507, "InsufficientStorage");
    delete(&server, "empty/0").await.expect(204);
    put(&server, "again", b"").await.expect(200);
}

#[tokio::test]
async fn a_completed_upload_and_a_copy_take_what_their_parts_took() {
    let server = small().start().await.unwrap();
    let begun = signed(&server, Method::Post, "whole", &[], &[("uploads", None)], b"").await.expect(200);
    let id = begun.element("UploadId").unwrap().to_owned();
    let part = |number: &'static str, byte: u8| {
        let (server, id) = (&server, id.clone());
        async move {
            let query = [("partNumber", Some(number)), ("uploadId", Some(id.as_str()))];
            signed(server, Method::Put, "whole", &[], &query, &vec![byte; 400 * KIB]).await
        }
    };
    part("1", 1).await.expect(200);
    part("2", 2).await.expect(200);
    part("3", 3).await.expect_error(507, "InsufficientStorage");
    // 800 KiB of parts become an object of 800 KiB, within the one mebibyte for both.
    let query = [("uploadId", Some(id.as_str()))];
    let all = [("x-oss-complete-all", "yes")];
    signed(&server, Method::Post, "whole", &all, &query, b"").await.expect(200);
    let copied = [("x-oss-copy-source", "/examplebucket/whole")];
    signed(&server, Method::Put, "copy", &copied, &[], b"").await.expect(200);
    delete(&server, "whole").await.expect(204);
    let copy = get(&server, "copy").await.expect(200).body;
    assert_eq!(copy, [vec![1; 400 * KIB], vec![2; 400 * KIB]].concat());
    delete(&server, "copy").await.expect(204);
    put(&server, "next", &vec![4; 1000 * KIB]).await.expect(200);
}

/// Its bytes are still in memory, whatever the list of objects says.
#[tokio::test]
async fn an_object_that_is_being_read_counts_after_it_is_deleted() {
    let server = server().memory_limit(64 * 1024 * KIB as u64).start().await.unwrap();
    let body = vec![7; 40 * 1024 * KIB];
    put(&server, "a", &body).await.expect(200);
    let target = crate::client::presign(Method::Get, "a", &[], &[]);
    let mut reader = Connection::open(server.addr()).await;
    reader.send(format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).await;
    // The head has come, and more is left than sockets can hold.
    let (status, _) = reader.head().await.unwrap();
    assert_eq!(status, 200);
    delete(&server, "a").await.expect(204);
    put(&server, "b", &body).await.expect_error(507, "InsufficientStorage");
}
