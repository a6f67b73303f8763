//! `oss-presign serve`, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// The page's address, with its token.
    pub(crate) page: String,
}

impl Server {
    /// Starts it on a free port of the loopback address.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        Self::spawn(Command::new(program), arguments)
    }

    /// Starts it by a command that ends with the program's name.
    pub(crate) fn spawn(mut command: Command, arguments: &[&str]) -> Result<Self, String> {
        command.args(["serve", "--bind", "127.0.0.1:0", "--quiet"]).args(arguments);
        Self::listening(command)
    }

    /// Starts it by a whole command, which takes a free port.
    pub(crate) fn listening(mut command: Command) -> Result<Self, String> {
        let mut child = command
            .env("OSS_REGION", super::signer::REGION)
            .env("OSS_ACCESS_KEY_ID", super::signer::ID)
            .env("OSS_ACCESS_KEY_SECRET", super::signer::SECRET)
            .env_remove("OSS_SESSION_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the server does not start: {error}"))?;
        let Some(output) = child.stdout.take() else { return Err("the server has no output".into()) };
        let mut lines = BufReader::new(output).lines();
        let mut port = None;
        while let Some(Ok(line)) = lines.next() {
            if let Some(url) = line.strip_prefix("listening on ") {
                port = url.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            }
            // The last line.
            if let (Some(port), Some(page)) = (port, line.strip_prefix("in a browser: ")) {
                return Ok(Self { child, port, page: page.to_owned() });
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        Err("the server did not say where it listens".into())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it; an error where it has ended by itself before.
    pub(crate) fn stop(mut self) -> Result<(), String> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(format!("the server ended by itself: {status}")),
            Err(error) => Err(format!("the server: {error}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
