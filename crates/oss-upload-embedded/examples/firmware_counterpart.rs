//! The other side of `crates/firmware` in its runs under QEMU: OSS, the time, and a few peers that misbehave.
//!
//! `serve` starts all of it on loopback, writes the ports as one line, and then answers one question per line of its
//! input: `check <key> <size>` says whether that object is there, byte for byte. `urls` writes what the host signs for
//! the vectors, `<id>=<url> <signature that the SDKs agree upon>` per line.

use std::error::Error;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oss_local::{Credential, Server};
use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Expiry, Method, ObjectKey, Product, Region, Request,
    RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
};
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{HttpRequest, Now};
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";
const BUCKET: &str = "examplebucket";
const REGION: &str = "cn-hangzhou";

fn main() -> Outcome<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve(),
        Some("urls") => urls(),
        _ => Err("give `serve` or `urls`".into()),
    }
}

fn serve() -> Outcome<()> {
    // The board knows this machine as 10.0.2.2.
    let server = Server::new().region(REGION).credential(Credential::new(ID, SECRET)).start_blocking()?;
    let oss = server.addr();
    let sntp = sntp()?;
    let cut = proxy(oss, |answer| {
        answer.truncate(answer.len() / 2);
    })?;
    let checksum = proxy(oss, |answer| {
        let name = b"x-oss-hash-crc64ecma: ";
        if let Some(at) = answer.windows(name.len()).position(|window| window == name)
            && let Some(digit) =
                answer.iter_mut().skip(at + name.len()).take_while(|byte| byte.is_ascii_digit()).last()
        {
            *digit = if *digit == b'0' { b'1' } else { b'0' };
        }
    })?;
    let silent = TcpListener::bind("127.0.0.1:0")?;
    // Taken and given back: nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    println!(
        "oss={} sntp={sntp} cut={cut} checksum={checksum} silent={} closed={}",
        oss.port(),
        silent.local_addr()?.port(),
        closed.port()
    );
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["check", key, size] => match check(oss, key, size.parse()?) {
                Ok(()) => println!("equal"),
                Err(error) => println!("different: {error}"),
            },
            _ => return Err(format!("no such question: {line}").into()),
        }
    }
    server.shutdown();
    Ok(())
}

/// Fetches an object with a URL of this side's own and compares it with what the board made.
fn check(oss: SocketAddr, key: &str, size: usize) -> Outcome<()> {
    let now = Now::from_unix(unix()?)?;
    let credentials = Credentials::new(ID, SECRET)?;
    let signer = Signer::new(&credentials, Region::new(REGION)?, now.timestamp());
    let host = oss.to_string();
    let endpoint = Endpoint::path_style(&host)?.with_scheme(Scheme::Http);
    let request = Request::get(Bucket::new(BUCKET)?, ObjectKey::new(key)?);
    let mut url = [0; 1024];
    let presigned = signer.presign(&request, &endpoint, now.timestamp(), Expiry::secs(60)?, &mut url)?;
    let mut head = [0; 2048];
    let mut found = vec![0; size];
    let mut connection = Connection::new(Socket(TcpStream::connect(oss)?), &mut head);
    let answer = connection.get(&HttpRequest::presigned(&presigned)?, &mut found, now)?;
    // As `object::byte` of the firmware.
    let expected: Vec<u8> =
        (0..size as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    if answer.body() == expected { Ok(()) } else { Err("other bytes".into()) }
}

/// A time server (RFC 4330) on a port of its own.
fn sntp() -> Outcome<u16> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let port = socket.local_addr()?.port();
    std::thread::spawn(move || {
        let mut packet = [0; 48];
        while let Ok((48, from)) = socket.recv_from(&mut packet) {
            let Ok(unix) = unix() else { return };
            let stamp: [u8; 8] = packet[40..].try_into().unwrap_or_default();
            packet = [0; 48];
            // Version 4, a server, of stratum 2.
            packet[..2].copy_from_slice(&[0b00_100_100, 2]);
            packet[24..32].copy_from_slice(&stamp);
            let seconds = (unix + 2_208_988_800) as u32;
            packet[32..36].copy_from_slice(&seconds.to_be_bytes());
            packet[40..44].copy_from_slice(&seconds.to_be_bytes());
            if socket.send_to(&packet, from).is_err() {
                return;
            }
        }
    });
    Ok(port)
}

/// Passes one request on to OSS and changes its answer.
fn proxy(oss: SocketAddr, change: fn(&mut Vec<u8>)) -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for mut board in listener.incoming().flatten() {
            // A board that goes away, as QEMU does when its program ends, is none of this thread's business.
            let _ = pass_on(&mut board, oss, change);
        }
    });
    Ok(port)
}

fn pass_on(board: &mut TcpStream, oss: SocketAddr, change: fn(&mut Vec<u8>)) -> std::io::Result<()> {
    let mut server = TcpStream::connect(oss)?;
    let (mut from_board, mut to_server) = (board.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from_board, &mut to_server));
    // The answer is complete when the server has been silent for a while; it keeps the connection.
    server.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match server.read(&mut piece) {
            Ok(count) if count > 0 => answer.extend_from_slice(&piece[..count]),
            // Nothing has come yet: the board is still sending.
            Err(_) if answer.is_empty() => {}
            _ => break,
        }
    }
    change(&mut answer);
    board.write_all(&answer)?;
    board.shutdown(std::net::Shutdown::Both)
}

/// Signs every vector that the SDKs agree upon.
fn urls() -> Outcome<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../oss-presign/tests/vectors/presign.jsonl");
    for line in std::fs::read_to_string(path)?.lines() {
        let vector: Value = serde_json::from_str(line)?;
        if vector["disputed"].is_null() {
            let text = |field: &str| vector[field].as_str().ok_or(format!("no {field}"));
            println!("{}={} {}", text("id")?, url(&vector)?, text("signature")?);
        }
    }
    Ok(())
}

fn url(vector: &Value) -> Outcome<String> {
    let text = |field: &str| vector[field].as_str().unwrap_or_default();
    let list = |field: &str| vector[field].as_array().into_iter().flatten();
    let mut credentials = Credentials::new(text("access_key_id"), text("access_key_secret"))?;
    if let Some(token) = vector["security_token"].as_str() {
        credentials = credentials.with_security_token(token)?;
    }
    let addressing = match text("style") {
        "path" => Addressing::Path,
        "cname" => Addressing::Cname,
        _ => Addressing::VirtualHosted,
    };
    let scheme = if text("scheme") == "http" { Scheme::Http } else { Scheme::Https };
    let endpoint = Endpoint::new(text("endpoint"), addressing)?.with_scheme(scheme);
    let (method, bucket) = (Method::parse(text("method"))?, Bucket::new(text("bucket"))?);
    let mut request = match vector["key"].as_str() {
        Some(key) => RequestWithCapacity::<24>::new(method, bucket, ObjectKey::allowing_dot_segments(key)?),
        None => RequestWithCapacity::for_bucket(method, bucket),
    };
    for pair in list("headers") {
        request.header(pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default())?;
    }
    for name in list("additional_headers") {
        request.additional_header(name.as_str().unwrap_or_default())?;
    }
    for pair in list("query") {
        request.query(pair[0].as_str().unwrap_or_default(), pair[1].as_str())?;
    }
    let now = Timestamp::from_unix(vector["timestamp"].as_u64().unwrap_or_default())?;
    let scope = Scope::new(now, Region::new(text("region"))?, Product::parse(text("product"))?);
    let expiry = Expiry::secs(u32::try_from(vector["expires"].as_u64().unwrap_or_default())?)?;
    let mut buffer = [0; 8192];
    let signer = Signer::for_scope(&credentials, scope);
    Ok(signer.presign(&request, &endpoint, now, expiry, &mut buffer)?.url().to_owned())
}

fn unix() -> Outcome<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// A socket of the standard library as an embedded stream.
struct Socket(TcpStream);

impl embedded_io::ErrorType for Socket {
    type Error = std::io::Error;
}

impl embedded_io::Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl embedded_io::Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
