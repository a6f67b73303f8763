//! A local server, a folder, and the command in it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use oss_local::{BlockingServer, Credential, Server};
use serde_json::Value;

pub(crate) const ID: &str = "fake-access-key-id";
pub(crate) const SECRET: &str = "fake-access-key-secret";

/// Where a test takes place.
pub(crate) struct Scene {
    pub(crate) server: BlockingServer,
    folder: tempfile::TempDir,
}

/// What a command did.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(Server::new().credential(Credential::new(ID, SECRET)))
    }

    pub(crate) fn with(server: Server) -> Self {
        Self { server: server.start_blocking().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a file, and the folders that it is in.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// A program that sees the credentials of the server, and the command by its name.
    pub(crate) fn program(&self, program: &str) -> Command {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_oss-presign"));
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", binary.parent().unwrap().display());
        let mut command = Command::new(program);
        command.env_clear().env("PATH", path).current_dir(self.folder.path());
        command.env("OSS_ACCESS_KEY_ID", ID).env("OSS_ACCESS_KEY_SECRET", SECRET);
        command.env("OSS_REGION", "cn-hangzhou").env("OSS_ENDPOINT", self.server.url());
        command
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_oss-presign"));
        command.args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        feed(self.command(arguments), input)
    }

    /// A POSIX shell.
    pub(crate) fn shell(&self, script: &str) -> Ran {
        let mut command = self.program("sh");
        command.args(["-c", script]);
        feed(command, b"")
    }

    /// What a command prints, which must succeed.
    pub(crate) fn text(&self, arguments: &[&str]) -> String {
        self.run(arguments).done().text()
    }

    /// The object, fetched by the command.
    pub(crate) fn object(&self, key: &str) -> Vec<u8> {
        self.run(&["download", &format!("oss://examplebucket/{key}"), "-"]).done().out
    }
}

impl Ran {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.out.clone()).unwrap()
    }

    /// Asserts that it succeeded.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.status, Some(0), "{}", self.err);
        self
    }

    /// Asserts how it failed.
    pub(crate) fn failed(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{} {}", self.text(), self.err);
        self
    }

    /// Its lines of JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub(crate) fn feed(mut command: Command, input: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let Output { status, stdout, stderr } = std::thread::scope(|scope| {
        // A command that does not read its input is none the worse.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    Ran { status: status.code(), out: stdout, err: String::from_utf8(stderr).unwrap() }
}

/// A server that reads each request to its end and always gives the same answer. `http://…/` of it.
pub(crate) fn always(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
            loop {
                let n = stream.read(&mut chunk).unwrap_or(0);
                request.extend_from_slice(&chunk[..n]);
                let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    assert!(n > 0, "no request");
                    continue;
                };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if n == 0 || body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}

/// Every command with its flags, and whether they take values, as `--help` shows them.
pub(crate) fn commands(scene: &Scene) -> Vec<(String, Vec<(String, bool)>)> {
    let (mut found, mut open) = (Vec::new(), vec![String::new()]);
    while let Some(name) = open.pop() {
        let words: Vec<&str> = name.split_whitespace().chain(["--help"]).collect();
        let help = scene.text(&words);
        let section = |title: &str| {
            let lines = help.lines().skip_while(|line| *line != title).skip(1);
            lines.take_while(|line| !line.is_empty()).map(str::trim_start).collect::<Vec<_>>()
        };
        for line in section("Commands:") {
            let part = line.split(' ').next().unwrap();
            // What a command does is explained further right.
            let is_name = help.contains(&format!("\n  {part} "));
            if is_name && part != "help" {
                open.push(format!("{name} {part}").trim().to_owned());
            }
        }
        let lines = help.lines().take_while(|line| !line.starts_with("Examples"));
        let flags = lines.map(str::trim_start).filter(|line| line.starts_with('-'));
        let flags = flags.filter_map(|line| {
            let rest = line.split_once("--")?.1;
            let end = rest.find([' ', '[', '.']).unwrap_or(rest.len());
            Some((rest[..end].to_owned(), rest[end..].starts_with(" <")))
        });
        found.push((name.clone(), flags.collect()));
    }
    found
}
