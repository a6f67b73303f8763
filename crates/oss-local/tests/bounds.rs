//! What many slow clients cost: no thread each, and nobody else waits for them.
//!
//! A test program of its own with one test, because it counts the threads of the process.

#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use oss_local::{Acl, Server};

/// More than the 512 threads that a tokio runtime has for blocking work.
const CLIENTS: usize = 600;
/// Larger than what is hashed at once, so that a thread is needed for it.
const LARGE: usize = 1024 * 1024;
/// Far below the number of clients. The server works for its store with 16 threads at a time; the runtime has some more,
/// because one that has just finished is not idle yet when the next task looks for one.
const THREADS: usize = 160;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    // Where the server does not answer, the test fails instead of hanging.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn put(address: SocketAddr, key: &str, length: usize, body: &[u8]) -> TcpStream {
    let mut stream = connect(address);
    let head = format!(
        "PUT /examplebucket/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream
}

fn get(address: SocketAddr, key: &str) -> TcpStream {
    let mut stream = connect(address);
    let head = format!("GET /examplebucket/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn answer(mut stream: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn slow_clients_hold_no_threads_and_nobody_up() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::new().directory(directory.path()).default_acl(Acl::PublicReadWrite);
    let server = server.start_blocking().unwrap();
    let address = server.addr();
    let large = vec![7; LARGE];

    // Uploads that stop in the middle, some after a batch has been written.
    let stalled: Vec<_> = (0..CLIENTS)
        .map(|n| {
            put(address, &format!("slow/{n}"), 2 * LARGE, &large[..if n < 100 { LARGE } else { 200_000 }])
        })
        .collect();
    assert!(answer(put(address, "large", LARGE, &large)).starts_with(b"HTTP/1.1 200"));
    assert!(answer(get(address, "large")).ends_with(&large));
    assert!(threads() <= THREADS, "{} threads for stalled uploads", threads());
    drop(stalled);

    // Downloads that nobody reads; the object is larger than what the system buffers for a connection.
    let huge = vec![7; 16 * LARGE];
    assert!(answer(put(address, "huge", huge.len(), &huge)).starts_with(b"HTTP/1.1 200"));
    let unread: Vec<_> = (0..CLIENTS).map(|_| get(address, "huge")).collect();
    assert!(answer(get(address, "large")).ends_with(&large));
    assert!(threads() <= THREADS, "{} threads for downloads that nobody reads", threads());
    drop(unread);
}
