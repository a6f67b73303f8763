//! `serve` as a process: what it prints, how it ends, and what it refuses to start with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{ID, SECRET};

struct Serving {
    child: Child,
    output: BufReader<ChildStdout>,
    /// The first line of its output, as JSON.
    announcement: serde_json::Value,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oss-presign"));
    command.env_clear().arg("serve").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(&[&["--json", "--bind", "0"], arguments].concat()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let announcement = read_line(&mut output);
        Self { child, output, announcement }
    }

    fn connect(&self) -> TcpStream {
        let url = self.announcement["listening"].as_str().unwrap();
        TcpStream::connect(url.split_once("://").unwrap().1).unwrap()
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
    }

    fn record(&mut self) -> serde_json::Value {
        read_line(&mut self.output)
    }

    /// The status, and what it said on standard error.
    fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

fn read_line(output: &mut impl std::io::BufRead) -> serde_json::Value {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn refused(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn either_signal_lets_a_request_finish_and_the_status_is_0() {
    for signal in ["-TERM", "-INT"] {
        let mut serving = Serving::start(&[]);
        // A request under way: its head has arrived, as the server's 100 tells, and its body has not.
        let mut stream = serving.connect();
        stream
            .write_all(b"POST /examplebucket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\
                Content-Type: multipart/form-data; boundary=x\r\n\r\n")
            .unwrap();
        let mut answer = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        serving.signal(signal);
        // The body is sent only when the server has begun to stop.
        let mut said = BufReader::new(serving.child.stderr.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        assert!(first.starts_with("stopping"), "{first}");
        stream.write_all(b"x").unwrap();
        let mut rest = String::new();
        answer.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("HTTP/1.1 400"), "{rest}");
        assert_eq!(serving.record()["status"], 400);
        assert_eq!(serving.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut serving = Serving::start(&["--grace", "3600"]);
    let mut stream = serving.connect();
    stream
        .write_all(b"POST /examplebucket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\
            Content-Type: multipart/form-data; boundary=x\r\n\r\n")
        .unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    serving.signal("-TERM");
    let mut said = BufReader::new(serving.child.stderr.take().unwrap());
    said.read_line(&mut String::new()).unwrap();
    serving.signal("-TERM");
    assert_eq!(serving.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_request_is_a_line_and_the_page_has_a_token() {
    let mut serving = Serving::start(&["--bucket", "my-bucket,versioned"]);
    assert!(serving.announcement["page"].as_str().unwrap().contains("/#token="));
    let mut stream = serving.connect();
    stream
        .write_all(b"GET /examplebucket/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    let record = serving.record();
    assert_eq!((&record["method"], &record["target"]), (&"GET".into(), &"/examplebucket/a".into()));
    // The bucket of the default is not there where others are named.
    assert_eq!((&record["status"], &record["code"]), (&404.into(), &"NoSuchBucket".into()));
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
    let serving = Serving::start(&["--no-page"]);
    assert!(serving.announcement["page"].is_null());
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn a_full_memory_is_said_in_the_log() {
    let mut serving = Serving::start(&["--memory-limit", "100k"]);
    let url = serving.announcement["listening"].as_str().unwrap().to_owned();
    let signed = Command::new(env!("CARGO_BIN_EXE_oss-presign"))
        .args(["put", "examplebucket", "a", "--content-type", "text/plain"])
        .env_clear()
        .env("OSS_ACCESS_KEY_ID", ID)
        .env("OSS_ACCESS_KEY_SECRET", SECRET)
        .env("OSS_REGION", "cn-hangzhou")
        .env("OSS_ENDPOINT", &url)
        .output()
        .unwrap();
    let target = String::from_utf8(signed.stdout).unwrap().trim().strip_prefix(&url).unwrap().to_owned();
    let (mut stream, host) = (serving.connect(), url.strip_prefix("http://").unwrap());
    let head = format!(
        "PUT {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 102400\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&[0; 102_400]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 507"), "{answer}");
    let record = serving.record();
    assert_eq!((&record["status"], &record["code"]), (&507.into(), &"InsufficientStorage".into()));
    assert!(record["reason"].as_str().unwrap().contains("102400 bytes of memory"), "{record}");
    assert!(record["ms"].is_u64() && record["took"].is_null(), "{record}");
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
    let (status, _) = refused(&mut command(&["--memory-limit", "1k", "--directory", "x"]));
    assert_eq!(status, Some(2));
}

/// The documentation's GET with a version id, by our own commands.
#[test]
fn versions_can_be_tried_from_the_command_line() {
    let serving = Serving::start(&["--bucket", "my-bucket,versioned"]);
    let url = serving.announcement["listening"].as_str().unwrap().to_owned();
    let script = r#"
        put=$(oss-presign put my-bucket a)
        old=$(curl -sS -D - -X PUT --data-binary old -H Content-Type: "$put" | tr -d '\r' | sed -n 's/^x-oss-version-id: //p')
        curl -sS -X PUT --data-binary new -H Content-Type: "$put"
        curl -sS "$(oss-presign get my-bucket a --query versionId="$old")"
        curl -sS "$(oss-presign get my-bucket a)""#;
    let binary = std::path::PathBuf::from(env!("CARGO_BIN_EXE_oss-presign"));
    let output = Command::new("sh")
        .args(["-c", script])
        .env_clear()
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", binary.parent().unwrap().display()))
        .env("OSS_ACCESS_KEY_ID", ID)
        .env("OSS_ACCESS_KEY_SECRET", SECRET)
        .env("OSS_REGION", "cn-hangzhou")
        .env("OSS_ENDPOINT", url)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "oldnew",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (status, said) = refused(&mut command(&["--bind", &port]));
    assert_eq!(status, Some(1));
    assert!(
        said.contains(&format!("cannot listen on 127.0.0.1:{port}: another program listens there")),
        "{said}"
    );
}

#[test]
fn no_secret_is_taken_from_an_argument() {
    for secret in ["--access-key-secret", "--security-token"] {
        let (status, said) = refused(&mut command(&[secret, "x"]));
        assert_eq!(status, Some(2));
        assert!(said.contains("unexpected argument"), "{said}");
    }
    let (status, said) = refused(&mut command(&["--access-key-id", "id"]));
    assert_eq!(status, Some(2));
    assert!(said.contains("OSS_ACCESS_KEY_SECRET") && said.contains("--access-key-secret-file"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let missing = ["--access-key-id", "id", "--access-key-secret-file", file.to_str().unwrap()];
    assert_eq!(refused(&mut command(&missing)).0, Some(7));
    std::fs::write(&file, "fake-access-key-secret\n").unwrap();
    let serving = Serving::start(&missing);
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn a_client_trusts_the_certificate_authority_that_is_printed() {
    let serving = Serving::start(&["--tls", "self-signed"]);
    let authority = serving.announcement["certificate_authority"].as_str().unwrap();
    let url = format!("{}/examplebucket/a", serving.announcement["listening"].as_str().unwrap());
    let curl = |more: &[&str]| {
        let options = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", url.as_str()];
        Command::new("curl").args(options).args(more).output().unwrap()
    };
    assert_eq!(curl(&["--cacert", authority]).stdout, b"403");
    assert!(!curl(&[]).status.success());
    let path = std::path::PathBuf::from(authority);
    assert!(path.exists());
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
    assert!(!path.exists());
    let (status, said) = refused(&mut command(&["--tls", "cert.pem"]));
    assert_eq!(status, Some(2));
    assert!(said.contains("self-signed"), "{said}");
}
