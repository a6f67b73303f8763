//! Other programs, each with a limit on its time.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::command::root;

/// A call about to be made.
pub(crate) struct Call {
    name: String,
    command: Command,
}

impl Call {
    /// Calls a program, which is killed after `limit` seconds.
    pub(crate) fn new(program: impl AsRef<OsStr>, limit: u32) -> Self {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", &limit.to_string()]).arg(program.as_ref());
        command.current_dir(root()).stdin(Stdio::null());
        // The toolchain that runs this task must not decide which one a cargo below it uses.
        command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
        // Everything is on the loopback address.
        for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(name);
        }
        Self { name: program.as_ref().to_string_lossy().into_owned(), command }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it; what it prints goes to standard error, as standard output is for the result.
    pub(crate) fn shown(mut self) -> Result<(), String> {
        let status = self.command.stdout(std::io::stderr()).status();
        let status = status.map_err(|error| format!("`{}` does not start: {error}", self.name))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` failed: {status}", self.name)) }
    }

    /// Runs it and keeps standard output; standard error is part of the message where it fails.
    pub(crate) fn captured(mut self) -> Result<String, String> {
        let output = self.command.output();
        let output = output.map_err(|error| format!("`{}` does not start: {error}", self.name))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let end: Vec<_> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
        let end: Vec<_> = end.into_iter().rev().collect();
        Err(format!("`{}` failed ({}): {}", self.name, output.status, end.join(" | ")))
    }
}
