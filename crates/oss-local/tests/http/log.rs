//! What the server tells of each request.

use std::sync::mpsc;
use std::time::Duration;

use oss_local::{RequestRecord, RunningServer};
use oss_presign::Method;
use oss_presign::explain::MistakeCode;

use crate::client::{Connection, exchange, presign, put, server, signed};

/// A server, and the records of its requests.
async fn recorded() -> (RunningServer, mpsc::Receiver<RequestRecord>) {
    let (sender, records) = mpsc::channel();
    let server = server().on_request(move |record| drop(sender.send(record.clone())));
    (server.start().await.unwrap(), records)
}

fn next(records: &mpsc::Receiver<RequestRecord>) -> RequestRecord {
    records.recv_timeout(Duration::from_secs(10)).unwrap()
}

#[tokio::test]
async fn each_request_is_told_with_its_sizes_and_without_its_signature() {
    let (server, records) = recorded().await;
    put(&server, "a b", b"12345").await.expect(200);
    let record = next(&records);
    assert_eq!((record.method.as_str(), record.target.as_str()), ("PUT", "/examplebucket/a%20b"));
    assert_eq!((record.status, record.received, record.sent), (200, 5, 0));
    assert_eq!((record.code, record.reason, record.complete), (None, None, true));
    signed(&server, Method::Get, "a b", &[], &[("response-content-type", Some("text/plain"))], b"")
        .await
        .expect(200);
    let record = next(&records);
    assert_eq!(record.target, "/examplebucket/a%20b?response-content-type");
    assert_eq!((record.received, record.sent), (0, 5));
    assert_eq!(record.time, crate::client::NOW);
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason() {
    let (server, records) = recorded().await;
    exchange(&server, "GET", "/missingbucket/a", &[], b"").await.expect(404);
    let record = next(&records);
    assert_eq!((record.status, record.code.as_deref()), (404, Some("NoSuchBucket")));
    assert_eq!(record.ec.as_deref(), Some("0015-00000101"));
    assert_eq!(record.reason.as_deref(), Some("The specified bucket does not exist."));

    let target = presign(Method::Put, "a", &[("content-type", "image/jpeg")], &[]);
    exchange(&server, "PUT", &target, &[("Content-Type", "image/png")], b"x").await.expect(403);
    let record = next(&records);
    assert_eq!(record.code.as_deref(), Some("SignatureDoesNotMatch"));
    let reason = record.reason.unwrap();
    assert_eq!(
        reason,
        "The URL was signed with `content-type: image/jpeg`, but the request carried `image/png`."
    );
    let [mistake] = record.proof.as_slice() else { panic!("{:?}", record.proof) };
    assert_eq!(mistake.code(), MistakeCode::ContentType);
    assert_eq!((mistake.signed(), mistake.sent()), (Some("image/jpeg"), Some("image/png")));
    assert!(!reason.contains(target.rsplit_once('=').unwrap().1), "{reason}");
}

#[tokio::test]
async fn no_answer_holds_the_proof() {
    let (server, records) = recorded().await;
    let target = presign(Method::Put, "a", &[("x-oss-storage-class", "IA")], &[]);
    let answer = exchange(&server, "PUT", &target, &[], b"x").await.expect(403);
    assert_eq!(next(&records).proof[0].code(), MistakeCode::HeaderMissing);
    assert!(!answer.text().contains("x-oss-storage-class"), "{}", answer.text());
}

#[tokio::test]
async fn a_setting_that_is_not_applied_says_so() {
    let (server, records) = recorded().await;
    let rules = b"<LifecycleConfiguration/>";
    signed(&server, Method::Put, "", &[], &[("lifecycle", None)], rules).await.expect(200);
    let reason = next(&records).reason.unwrap();
    assert!(reason.contains("?lifecycle") && reason.contains("not applied"), "{reason}");
}

#[tokio::test]
async fn a_client_that_leaves_is_told_too() {
    let (server, records) = recorded().await;
    let mut connection = Connection::open(server.addr()).await;
    let target = presign(Method::Put, "a", &[], &[]);
    let head = format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
    connection.send(head).await;
    drop(connection);
    let record = tokio::task::spawn_blocking(move || next(&records)).await.unwrap();
    assert_eq!((record.received, record.complete), (5, record.status != 0));
}

/// Ten times six million pixels take a while; the client leaves at once, and the record says so.
#[cfg(feature = "image")]
#[tokio::test]
async fn a_client_that_leaves_its_image_ends_the_work() {
    let (server, records) = recorded().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(64, 48).write_to(&mut png, image::ImageFormat::Png).unwrap();
    put(&server, "a.png", &png.into_inner()).await.expect(200);
    next(&records);
    let step = "/resize,w_3000,h_2000,m_fixed,limit_0/resize,w_2999,h_2000,m_fixed,limit_0";
    let process = format!("image{}", step.repeat(5));
    let target = presign(Method::Get, "a.png", &[], &[("x-oss-process", Some(&process))]);
    let mut connection = Connection::open(server.addr()).await;
    connection.send(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
    drop(connection);
    let record = tokio::task::spawn_blocking(move || next(&records)).await.unwrap();
    assert_eq!(record.code.as_deref(), Some("ClientClosedRequest"));
}
