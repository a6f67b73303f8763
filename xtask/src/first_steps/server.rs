//! The local server that a page asks its reader to start.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

/// A running server; it ends with this value.
pub(super) struct Server {
    child: Child,
    /// `127.0.0.1` and the port.
    pub(super) address: String,
    /// The lines with `export` that it has printed.
    pub(super) exports: Vec<String>,
    requests: Receiver<String>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it on a free port, with these arguments besides.
    pub(super) fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.args(["serve", "--bind", "127.0.0.1:0"]).args(arguments).stdin(Stdio::null());
        super::without_account(&mut command);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the server does not start: {error}"))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let log = child.stderr.take().ok_or("the server has no log")?;
        let (mut address, mut exports) = (None, Vec::new());
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("listening on http://") {
                address = Some(url.to_owned());
            }
            if line.trim_start().starts_with("export ") {
                exports.push(line.trim_start().to_owned());
            }
            // The last line.
            if line.starts_with("in a browser: ") {
                break;
            }
        }
        let (sender, requests) = channel();
        let lines = BufReader::new(log).lines().map_while(Result::ok);
        let reader = std::thread::spawn(move || lines.for_each(|line| drop(sender.send(line))));
        let mut server = Self { child, address: String::new(), exports, requests, reader: Some(reader) };
        server.address = address.ok_or("the server did not say where it listens")?;
        Ok(server)
    }

    /// Ends it, and returns the lines that it printed about requests.
    pub(super) fn stop(mut self) -> Vec<String> {
        self.end();
        self.requests.try_iter().collect()
    }

    fn end(&mut self) {
        // Its log ends with it, and so does the reader.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
