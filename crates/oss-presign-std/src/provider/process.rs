//! Credentials that a program prints.

use std::fmt;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{ProvideCredentials, ProviderError, issued};
use crate::credentials::Credentials;

/// More than any answer needs; a program that prints more is not one that prints credentials.
const MOST_OUTPUT: u64 = 64 * 1024;

/// Runs a program that prints credentials as JSON, as the CLI's mode `External` does: `access_key_id`,
/// `access_key_secret`, `sts_token` and `expiration`, or the same names in a server's spelling
/// (`AccessKeyId`, …). No shell is involved. What it writes to stderr goes to this process's stderr.
#[derive(Clone)]
#[must_use]
pub struct CredentialProcess {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CredentialProcess {
    /// A program and its arguments.
    pub fn new(program: impl Into<String>, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            timeout: Duration::from_secs(60),
        }
    }

    /// A command as it is written in a profile: words, which quotes hold together as in a POSIX shell.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] where it is empty or a quote is not closed.
    pub fn from_command_line(command: &str) -> Result<Self, ProviderError> {
        let mut words = shlex::split(command).unwrap_or_default().into_iter();
        let program = words.next().ok_or_else(|| ProviderError::Malformed {
            what: "the credential process is no command: write a program and its arguments".into(),
        })?;
        Ok(Self::new(program, words))
    }

    /// How long it may take before it is killed; a minute unless set.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    fn failed(&self, reason: impl fmt::Display) -> ProviderError {
        ProviderError::Process { program: self.program.clone(), reason: reason.to_string() }
    }

    fn output(&self, child: &mut Child) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        let stdout = child.stdout.take().ok_or_else(|| self.failed("has no output"))?;
        let (sender, receiver) = mpsc::channel();
        // A thread of its own reads, so that a program that hangs cannot hold this one.
        thread::spawn(move || {
            // Large enough from the start: growing would leave copies behind that nobody erases.
            let mut output = Zeroizing::new(Vec::with_capacity(MOST_OUTPUT as usize + 1));
            let read = stdout.take(MOST_OUTPUT + 1).read_to_end(&mut output);
            drop(sender.send(read.map(|_| output)));
        });
        let output = receiver.recv_timeout(self.timeout);
        let output = output.map_err(|_| self.failed("took too long and was killed"))?;
        let output = output.map_err(|error| self.failed(format_args!("broke off: {}", error.kind())))?;
        if output.len() as u64 > MOST_OUTPUT {
            return Err(self.failed("printed more than credentials"));
        }
        Ok(output)
    }
}

impl ProvideCredentials for CredentialProcess {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| self.failed(format_args!("could not be started: {}", error.kind())))?;
        let output = self.output(&mut child);
        if output.is_err() {
            // It may have ended by itself meanwhile.
            drop(child.kill());
        }
        let status = child.wait();
        let output = output?;
        match status {
            Ok(status) if status.success() => {
                issued::credentials(&output, &format!("the credential process `{}`", self.program))
            }
            Ok(status) => Err(self.failed(format_args!("failed: {status}"))),
            Err(error) => Err(self.failed(format_args!("was lost: {}", error.kind()))),
        }
    }
}

/// Shows the program; arguments may hold secrets.
impl fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialProcess").field("program", &self.program).finish_non_exhaustive()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> CredentialProcess {
        CredentialProcess::new("sh", ["-c", script])
    }

    #[test]
    fn prints_credentials() {
        let process = r#"printf '{"access_key_id":"fake-id","access_key_secret":"fake secret"}'"#;
        assert_eq!(shell(process).provide().unwrap().access_key_id(), "fake-id");
        let command = r#"printf '{"access_key_id":"%s","access_key_secret":"s"}' "two words""#;
        let error_free = CredentialProcess::from_command_line(command).unwrap().provide().unwrap();
        assert_eq!(error_free.access_key_id(), "two words", "quotes hold words together");
    }

    #[test]
    fn failures_say_what_happened_and_quote_nothing() {
        for (process, part) in [
            (shell("echo fake-secret; exit 3"), "exit status: 3"),
            (shell("echo fake-secret"), "not the JSON"),
            (shell("yes fake-secret"), "more than credentials"),
            (CredentialProcess::new("/nonexistent/fake", ["fake-secret"]), "could not be started"),
        ] {
            let error = process.provide().unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
            assert!(!format!("{error} {error:?} {process:?}").contains("fake-secret"));
            assert!(!error.is_absent());
        }
        for command in ["", "   ", "a 'b"] {
            assert_eq!(
                CredentialProcess::from_command_line(command).unwrap_err().code(),
                "ProviderMalformed"
            );
        }
    }

    #[test]
    fn one_that_hangs_is_killed() {
        // It holds its output open and never ends by itself.
        let error = shell("exec sleep 1000000").timeout(Duration::from_millis(50)).provide().unwrap_err();
        assert!(error.to_string().contains("took too long"), "{error}");
    }
}
