//! The other side of an upload: local server, time, and peers that misbehave. An example of `oss-upload-embedded`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const PROGRAM: &str = "target/debug/examples/firmware_counterpart";

/// A counterpart that runs until this is dropped.
pub(super) struct Counterpart {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    ports: String,
}

/// Compiles it.
pub(super) fn build() -> Result<(), String> {
    let arguments =
        ["build", "--quiet", "--locked", "-p", "oss-upload-embedded", "--example", "firmware_counterpart"];
    super::quietly(super::cargo().args(arguments))?;
    Ok(())
}

/// What the host signs: (name of the vector, URL, signature that the SDKs agree upon).
pub(super) fn urls() -> Result<Vec<(String, String, String)>, String> {
    let output = super::quietly(Command::new(PROGRAM).arg("urls").current_dir(crate::command::root()))?;
    let parse = |line: &str| {
        let (id, rest) = line.split_once('=')?;
        let (url, signature) = rest.rsplit_once(' ')?;
        Some((id.to_owned(), url.to_owned(), signature.to_owned()))
    };
    output.lines().map(|line| parse(line).ok_or_else(|| format!("not a vector: {line}"))).collect()
}

impl Counterpart {
    pub(super) fn start() -> Result<Self, String> {
        let mut process = Command::new(PROGRAM)
            .arg("serve")
            .current_dir(crate::command::root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{PROGRAM} does not start: {error}"))?;
        let (Some(questions), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the counterpart has no pipes".into());
        };
        let mut counterpart =
            Self { process, questions, answers: BufReader::new(answers), ports: String::new() };
        counterpart.ports = counterpart.line()?;
        Ok(counterpart)
    }

    /// The port of `oss`, `sntp`, `cut`, `checksum`, `silent` or `closed`.
    pub(super) fn port(&self, name: &str) -> Result<&str, String> {
        let pairs = self.ports.split_whitespace().filter_map(|pair| pair.split_once('='));
        let found = pairs.into_iter().find(|(found, _)| *found == name);
        found
            .map(|(_, port)| port)
            .ok_or_else(|| format!("the counterpart names no port for {name}: {}", self.ports))
    }

    /// Whether the server has the board's object under that key, byte for byte.
    pub(super) fn check(&mut self, key: &str, size: u32) -> Result<(), String> {
        writeln!(self.questions, "check {key} {size}")
            .map_err(|error| format!("the counterpart is gone: {error}"))?;
        match self.line()?.as_str() {
            "equal" => Ok(()),
            other => Err(format!("object {key}: {other}")),
        }
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let count =
            self.answers.read_line(&mut line).map_err(|error| format!("the counterpart is gone: {error}"))?;
        if count == 0 { Err("the counterpart has ended".into()) } else { Ok(line.trim_end().to_owned()) }
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
