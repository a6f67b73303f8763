//! Requests that are wrong in every way: each gets its status, and the server answers on.

mod heads;
mod operations;
mod signatures;

use oss_local::Acl;

use crate::client::{BUCKET, Connection, exchange, get, put, server};

/// What is sent, and the status that it must get.
struct Case {
    bytes: Vec<u8>,
    status: u16,
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn raw(&mut self, status: u16, bytes: impl AsRef<[u8]>) {
        self.0.push(Case { bytes: bytes.as_ref().to_vec(), status });
    }

    /// A request line and further headers; the body has its Content-Length unless the headers frame it.
    fn request(&mut self, status: u16, line: &str, headers: &[&str], body: &str) {
        let mut head = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        let framed = headers.iter().any(|header| {
            let name = header.split(':').next().unwrap().to_ascii_lowercase();
            name == "content-length" || name == "transfer-encoding"
        });
        if !framed && (line.starts_with("PUT") || line.starts_with("POST")) {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for header in headers {
            head += &format!("{header}\r\n");
        }
        self.raw(status, head + "\r\n" + body);
    }
}

#[tokio::test]
async fn each_gets_its_status_and_the_server_answers_on() {
    let server = server().default_acl(Acl::PublicReadWrite).start().await.unwrap();
    put(&server, "a", b"content").await.expect(200);
    put(&server, "witness", b"content").await.expect(200);
    let mut cases = Cases::default();
    heads::request_lines(&mut cases);
    heads::headers(&mut cases);
    heads::targets(&mut cases);
    signatures::signatures(&mut cases);
    operations::uploads(&mut cases);
    operations::reads(&mut cases);
    assert!(cases.0.len() >= 200, "{}", cases.0.len());
    let mut wrong = Vec::new();
    for case in &cases.0 {
        let mut connection = Connection::open(server.addr()).await;
        connection.send(&case.bytes).await;
        // Nothing more comes: a server that waits for more would wait for its timeout.
        connection.close_half().await;
        let answer = connection.answer_to("GET").await;
        let status = answer.as_ref().map(|answer| answer.status);
        if status != Some(case.status) {
            let start = String::from_utf8_lossy(&case.bytes[..case.bytes.len().min(300)]).into_owned();
            let body = answer.map(|answer| String::from_utf8_lossy(&answer.body).into_owned());
            wrong.push(format!("{status:?}, not {}: {start:?}\n    {body:?}", case.status));
        }
        assert_eq!(get(&server, "witness").await.expect(200).text(), "content");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.0.len(), wrong.join("\n"));
    // Nothing of it was stored.
    assert_eq!(get(&server, "a").await.expect(200).text(), "content");
    for key in ["new", "k", "fresh"] {
        exchange(&server, "GET", &format!("/{BUCKET}/{key}"), &[], b"").await.expect(404);
    }
}
