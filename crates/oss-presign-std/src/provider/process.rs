//! Credentials that a program prints.

use std::fmt;
use std::io::Read;
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};
use zeroize::Zeroizing;

use super::{ProvideCredentials, ProviderError, issued};
use crate::credentials::Credentials;

/// The largest output that is accepted, in bytes. Credentials need much less.
const MOST_OUTPUT: u64 = 64 * 1024;
/// The longest pause between two checks whether a program that has closed its output has ended.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A provider that runs a program which prints credentials as JSON, like the mode `External` of the CLI: `access_key_id`,
/// `access_key_secret`, `sts_token` and `expiration`, or the names that credential servers use (`AccessKeyId`, …). No shell is
/// involved. The program's standard error is that of this process.
///
/// The program runs in a process group of its own (on Windows, in a job), which is killed as a whole if the program fails or
/// takes too long. Therefore it cannot ask for a password at the terminal.
#[derive(Clone)]
#[must_use]
pub struct CredentialProcess {
    program: String,
    arguments: Vec<Zeroizing<String>>,
    timeout: Duration,
}

impl CredentialProcess {
    /// Creates a provider that runs a program with arguments.
    pub fn new(program: impl Into<String>, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(|argument| Zeroizing::new(argument.into())).collect(),
            timeout: Duration::from_secs(60),
        }
    }

    /// Creates a provider that runs a command line, as it is written in a profile: words separated by blanks, and quoted as in a
    /// POSIX shell.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] if the command line is empty or a quote is not closed.
    pub fn from_command_line(command: &str) -> Result<Self, ProviderError> {
        let mut words = shlex::split(command).unwrap_or_default().into_iter();
        let program = words.next().ok_or_else(|| ProviderError::Malformed {
            what: "the credential process is not a command: write a program and its arguments".into(),
        })?;
        Ok(Self::new(program, words))
    }

    /// Limits the time that the program may take before it is killed with everything it has started. The default is one minute.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    fn failed(&self, reason: impl fmt::Display) -> ProviderError {
        ProviderError::Process { program: self.program.clone(), reason: reason.to_string() }
    }

    fn spawn(&self) -> Result<Box<dyn ChildWrapper>, ProviderError> {
        let mut command = CommandWrap::with_new(&self.program, |command| {
            command.args(self.arguments.iter().map(|argument| argument.as_str()));
            command.stdin(Stdio::null()).stdout(Stdio::piped());
        });
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        command.spawn().map_err(|error| self.failed(format_args!("could not be started: {}", error.kind())))
    }

    /// Runs the program, and returns its output and its exit status.
    fn run(&self, child: &mut dyn ChildWrapper) -> Result<(Zeroizing<Vec<u8>>, ExitStatus), ProviderError> {
        let deadline = Instant::now() + self.timeout;
        let stdout = child.stdout().take().ok_or_else(|| self.failed("has no output"))?;
        let (sender, receiver) = mpsc::channel();
        // Another thread reads the output, so that a program that hangs does not block this one. It ends with the output, at the
        // latest when the process group is killed.
        let reader = thread::Builder::new().name("oss-presign-process".into()).spawn(move || {
            // The capacity suffices for the largest output: a vector that grows would leave copies of secrets in memory.
            let mut output = Zeroizing::new(Vec::with_capacity(MOST_OUTPUT as usize + 1));
            let read = stdout.take(MOST_OUTPUT + 1).read_to_end(&mut output);
            drop(sender.send(read.map(|_| output)));
        });
        reader.map_err(|error| self.failed(format_args!("cannot be read: {}", error.kind())))?;
        let output = receiver.recv_timeout(self.timeout).map_err(|_| self.took_too_long())?;
        let output = output.map_err(|error| self.failed(format_args!("broke off: {}", error.kind())))?;
        if output.len() as u64 > MOST_OUTPUT {
            return Err(self.failed("printed more than credentials"));
        }
        Ok((output, self.end(child, deadline)?))
    }

    /// Waits for the end of a program that has closed its output.
    fn end(&self, child: &mut dyn ChildWrapper, deadline: Instant) -> Result<ExitStatus, ProviderError> {
        let mut pause = Duration::from_millis(1);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(pause),
                Ok(None) => return Err(self.took_too_long()),
                Err(error) => return Err(self.failed(format_args!("was lost: {}", error.kind()))),
            }
            pause = LONGEST_PAUSE.min(2 * pause);
        }
    }

    fn took_too_long(&self) -> ProviderError {
        self.failed("took too long and was killed")
    }
}

impl ProvideCredentials for CredentialProcess {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let mut child = self.spawn()?;
        let (output, status) = self.run(&mut *child).inspect_err(|_| {
            // An error means that the program has ended in the meantime.
            drop(child.kill());
        })?;
        if !status.success() {
            return Err(self.failed(format_args!("failed: {status}")));
        }
        issued::credentials(&output, &format!("the credential process `{}`", self.program))
    }
}

/// Shows the program without its arguments, which may contain secrets.
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
        for script in [
            // Holds its output open and never ends by itself.
            "exec sleep 1000000",
            // Has closed its output.
            "exec sleep 1000000 >&-",
        ] {
            let error = shell(script).timeout(Duration::from_millis(50)).provide().unwrap_err();
            assert!(error.to_string().contains("took too long"), "{error}");
        }
        let error = shell("sleep 30; true").timeout(Duration::from_millis(50)).provide().unwrap_err();
        assert!(error.to_string().contains("took too long"), "{error}");
    }

    /// The reader of a named pipe sees its end only when no process has it open any more: neither the program nor what
    /// it has started.
    #[test]
    fn what_it_has_started_is_killed_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("held");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (sender, receiver) = mpsc::channel();
        let path = pipe.clone();
        thread::spawn(move || sender.send(std::fs::read(path)));
        let script = format!("exec 3>{}; sleep 1000000 & exec yes", pipe.display());
        let error = shell(&script).provide().unwrap_err();
        assert!(error.to_string().contains("more than credentials"), "{error}");
        let read = receiver.recv_timeout(Duration::from_secs(30)).expect("a process of the group is left");
        assert_eq!(read.unwrap(), b"");
    }
}
