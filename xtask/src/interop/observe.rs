//! A small HTTP client of our own: what a client stored is looked at by none of the clients.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::signer::Signed;

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Itself, where the status is this one.
    pub(super) fn expect(self, status: u16) -> Result<Self, String> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!("{status} expected from the server, got {}", self.status))
    }
}

/// One request on a connection of its own.
pub(super) fn request(method: &str, signed: &Signed, body: &[u8]) -> Result<Answer, String> {
    send(method, signed, body).map_err(|error| format!("looking at the server: {error}"))
}

fn send(method: &str, signed: &Signed, body: &[u8]) -> std::io::Result<Answer> {
    let bad = |what| std::io::Error::new(std::io::ErrorKind::InvalidData, what);
    let (host, path) = signed
        .url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| bad("no http URL"))?;
    // `bucket.localhost` is loopback by definition, but not for every resolver.
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut head = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in &signed.headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    stream.write_all(body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(|| bad("no head"))?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let answer =
        Answer { status: status.ok_or_else(|| bad("no status"))?, head, body: bytes.split_off(end + 4) };
    match answer.header("content-length").map(str::parse::<usize>) {
        Some(Ok(length)) if length == answer.body.len() => Ok(answer),
        // An answer cut short must not pass for a whole one.
        _ => Err(bad("the answer's length is not the one it names")),
    }
}
