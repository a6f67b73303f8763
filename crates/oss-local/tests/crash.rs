//! The server is killed in the middle of writes; what it kept is opened again.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use oss_local::{Acl, Server};

/// The folder of the store, for the process that is going to be killed.
const FOLDER: &str = "OSS_LOCAL_CRASH_TEST_FOLDER";
const OBJECTS: usize = 4;

fn store(folder: &Path) -> Server {
    Server::new().bucket("crashbucket").directory(folder).default_acl(Acl::PublicReadWrite)
}

/// Not a test of its own: run by the other one, in a process of its own.
#[test]
fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let server = store(Path::new(&folder)).start_blocking().unwrap();
    println!("\nlistens on {}", server.addr());
    // Until it is killed, or its parent is gone.
    let _ = std::io::stdin().read(&mut [0]);
}

fn start_victim(folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).find(|line| line.starts_with("listens on ")).unwrap();
    (child, line.strip_prefix("listens on ").unwrap().parse().unwrap())
}

/// The content of the `n`th write: its length and each of its bytes tell `n`.
fn content(n: u64) -> Vec<u8> {
    vec![(n % 251) as u8; 300_000 + (n as usize * 7919) % 500_000]
}

/// Sends the `n`th write without waiting for the answer.
fn send(addr: SocketAddr, key: usize, n: u64, part: usize) -> TcpStream {
    let body = content(n);
    let mut stream = TcpStream::connect(addr).unwrap();
    let head = format!(
        "PUT /crashbucket/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-oss-meta-n: {n}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..body.len() * part / 100]).unwrap();
    stream
}

fn read(mut stream: TcpStream) -> (String, Vec<u8>) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let body = answer.split_off(end);
    (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
}

fn get(addr: SocketAddr, key: usize) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).unwrap();
    let head = format!("GET /crashbucket/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    read(stream)
}

#[test]
fn after_a_kill_every_object_is_old_or_new() {
    let folder = tempfile::tempdir().unwrap();
    let mut n = 0;
    // What was answered, and the last that was sent, by object.
    let mut stored = [0; OBJECTS];
    let mut sent = [0; OBJECTS];
    for round in 0..12 {
        let (mut victim, addr) = start_victim(folder.path());
        for key in 0..OBJECTS {
            n += 1;
            sent[key] = n;
            let (head, _) = read(send(addr, key, n, 100));
            assert!(head.starts_with("http/1.1 200"), "{head}");
            stored[key] = n;
        }
        // One write of each object is at a different point when the kill comes: two are sent in full.
        let mut open = Vec::new();
        for key in 0..OBJECTS {
            n += 1;
            sent[key] = n;
            open.push(send(addr, key, n, [100, 40, 99, 100][(key + round) % OBJECTS]));
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        drop(open);

        let server = store(folder.path()).start_blocking().unwrap();
        for key in 0..OBJECTS {
            let (head, body) = get(server.addr(), key);
            assert!(head.starts_with("http/1.1 200"), "{head}");
            let line = head.lines().find_map(|line| line.strip_prefix("x-oss-meta-n: ")).unwrap();
            let found: u64 = line.trim().parse().unwrap();
            assert!(found == stored[key] || found == sent[key], "object {key} is write {found}");
            assert!(body == content(found), "object {key} is not what write {found} sent");
        }
        drop(server);
        let left = std::fs::read_dir(folder.path().join("staging")).unwrap().count();
        assert_eq!(left, 0, "files of broken writes stayed behind");
    }
}
