//! The local server in this process, over a connection of its own for each input: whatever arrives, it answers in HTTP
//! or closes, and no thread of it panics.
//!
//! Input: what a client sends, up to the end of its half of the connection.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use oss_local::{BlockingServer, Clock, Credential, Server};
use socket2::SockRef;

/// The end of the wait for an answer: much longer than any takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Objects of more than this are refused.
const MEMORY: u64 = 8 << 20;

static SERVER: LazyLock<BlockingServer> = LazyLock::new(|| {
    Server::new()
        .region("cn-hangzhou")
        .credential(Credential::new("fake-access-key-id", "fake-access-key-secret"))
        .bucket("examplebucket")
        .versioned_bucket("versioned")
        .memory_limit(MEMORY)
        .clock(Clock::fixed(1_731_400_358))
        .page(true)
        .start_blocking()
        .expect("the server starts")
});

fuzz_target!(|input: &[u8]| {
    // A callback is posted to a port of this machine that the input names.
    let decoded: Vec<u8> = percent_encoding::percent_decode(input).collect();
    if [input, &decoded].iter().any(|text| text.windows(8).any(|part| part.eq_ignore_ascii_case(b"callback")))
    {
        return;
    }
    let mut stream = TcpStream::connect(SERVER.addr()).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    // Closed with a reset, the port can be used again at once.
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket has it");
    let mut answer = Vec::new();
    // The server may refuse, and close, before it has read everything.
    let _ = stream.write_all(input).and_then(|()| stream.shutdown(Shutdown::Write));
    match stream.read_to_end(&mut answer) {
        Ok(_) => assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", answer.escape_ascii()),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
    let shown = String::from_utf8_lossy(&answer);
    assert!(!shown.contains("fake-access-key-secret"));
});
