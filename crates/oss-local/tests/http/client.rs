//! A client of raw sockets: what is sent is what the test says, and what is read is what came.

use std::net::SocketAddr;

use oss_local::{Clock, Credential, RunningServer, Server};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, Method, ObjectKey, Region, RequestWithCapacity, Scheme, Signer,
    Timestamp,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const ID: &str = "fake-access-key-id";
pub(crate) const SECRET: &str = "fake-access-key-secret";
pub(crate) const BUCKET: &str = "examplebucket";
/// 2024-11-12T08:32:38Z, the example of OSS's documentation.
pub(crate) const NOW: u64 = 1_731_400_358;

/// A server in memory whose clock stands at [`NOW`].
pub(crate) fn server() -> Server {
    Server::new().credential(Credential::new(ID, SECRET)).clock(Clock::fixed(NOW))
}

/// An answer, read in full.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The text of the first XML element of this name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let text = self.text();
        let start = text.find(&format!("<{name}>"))? + name.len() + 2;
        let end = start + text[start..].find(&format!("</{name}>"))?;
        Some(&text[start..end])
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.element("Code")),
            (status, Some(code)),
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        for name in ["x-oss-request-id", "x-oss-server-time", "date", "server"] {
            assert!(self.header(name).is_some(), "{name}");
        }
        assert_eq!(self.element("RequestId"), self.header("x-oss-request-id"));
        assert_eq!(self.element("EC"), self.header("x-oss-ec"));
        self
    }
}

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(addr: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(addr).await.unwrap(), buffer: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The server may have answered and closed before all was sent.
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    pub(crate) async fn close_half(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    async fn fill(&mut self) -> bool {
        let mut chunk = vec![0; 64 * 1024];
        let count = self.stream.read(&mut chunk).await.unwrap_or(0);
        self.buffer.extend_from_slice(&chunk[..count]);
        count > 0
    }

    /// The head of the next answer; None if the server closed instead.
    pub(crate) async fn head(&mut self) -> Option<(u16, Vec<(String, String)>)> {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            if !self.fill().await {
                return None;
            }
        };
        let head = String::from_utf8(self.buffer.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(':').unwrap());
        Some((status, headers.map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned())).collect()))
    }

    /// The next answer to a request of this method; `100 Continue` is passed over.
    pub(crate) async fn answer_to(&mut self, method: &str) -> Option<Answer> {
        let (status, headers) = loop {
            let head = self.head().await?;
            if head.0 != 100 {
                break head;
            }
        };
        let mut answer = Answer { status, headers, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        if method != "HEAD" && status != 304 {
            while self.buffer.len() < length {
                if !self.fill().await {
                    break;
                }
            }
            answer.body = self.buffer.drain(..length.min(self.buffer.len())).collect();
        }
        Some(answer)
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += "Host: 127.0.0.1\r\n";
        }
        if matches!(method, "PUT" | "POST") && !headers.iter().any(|(name, _)| *name == "transfer-encoding") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.send(head + "\r\n").await;
        self.send(body).await;
        self.answer_to(method).await.expect("an answer")
    }

    /// Whether the server has closed the connection.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.buffer.is_empty() && !self.fill().await
    }
}

/// One request on a connection of its own.
pub(crate) async fn exchange(
    server: &RunningServer,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    Connection::open(server.addr()).await.exchange(method, target, headers, body).await
}

/// The target of a path-style URL, presigned for ten minutes from [`NOW`].
pub(crate) fn presign(
    method: Method,
    key: &str,
    headers: &[(&str, &str)],
    query: &[(&str, Option<&str>)],
) -> String {
    presign_with(&Credentials::new(ID, SECRET).unwrap(), method, key, headers, query)
}

/// The same by other credentials; an empty key means the bucket.
pub(crate) fn presign_with(
    credentials: &Credentials<'_>,
    method: Method,
    key: &str,
    headers: &[(&str, &str)],
    query: &[(&str, Option<&str>)],
) -> String {
    let (region, now) = (Region::new("cn-hangzhou").unwrap(), Timestamp::from_unix(NOW).unwrap());
    let bucket = Bucket::new(BUCKET).unwrap();
    let mut request = if key.is_empty() {
        RequestWithCapacity::<32>::for_bucket(method, bucket)
    } else {
        RequestWithCapacity::new(method, bucket, ObjectKey::allowing_dot_segments(key).unwrap())
    };
    for (name, value) in headers {
        match name.to_ascii_lowercase().as_str() {
            "content-type" => request.content_type(value).unwrap(),
            "content-md5" => request.content_md5(value).unwrap(),
            _ => request.header(name, value).unwrap(),
        };
    }
    for (name, value) in query {
        request.query(name, *value).unwrap();
    }
    let endpoint = Endpoint::path_style("127.0.0.1").unwrap().with_scheme(Scheme::Http);
    let signer = Signer::new(credentials, region, now);
    let mut buffer = vec![0; 16 * 1024];
    let url = signer.presign(&request, &endpoint, now, Expiry::secs(600).unwrap(), &mut buffer).unwrap();
    url.target().to_owned()
}

/// A presigned request of the main access key, sent with the headers that it binds.
pub(crate) async fn signed(
    server: &RunningServer,
    method: Method,
    key: &str,
    headers: &[(&str, &str)],
    query: &[(&str, Option<&str>)],
    body: &[u8],
) -> Answer {
    let target = presign(method, key, headers, query);
    exchange(server, method.as_str(), &target, headers, body).await
}

pub(crate) async fn put(server: &RunningServer, key: &str, body: &[u8]) -> Answer {
    signed(server, Method::Put, key, &[], &[], body).await
}

pub(crate) async fn get(server: &RunningServer, key: &str) -> Answer {
    signed(server, Method::Get, key, &[], &[], b"").await
}
