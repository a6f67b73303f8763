//! How a command ends when it does not succeed.

use std::borrow::Cow;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use oss_presign_std::Error;
use oss_upload_ureq::Error as TransferError;
use serde::Serialize;
use serde_json::json;

use crate::advice::Advice;
use crate::output;

/// Every exit status but 0, and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Class {
    Failed = 1,
    Unusable = 2,
    Refused = 3,
    Denied = 4,
    Network = 5,
    Integrity = 6,
    LocalFile = 7,
    Service = 8,
    Callback = 9,
    Interrupted = 130,
}

/// The same for people; `--help` ends with it.
pub(crate) const EXIT_STATUS: &str = "\
Exit status:
    0  done
    1  signing was refused, or a failure without a status of its own
    2  unusable arguments or input
    3  refused before anything was sent: expired, a header missing, plain http
    4  refused by the service (4xx, a redirect); `verify`: it would refuse
    5  network: no connection, a timeout, the deadline
    6  integrity: a checksum differs, or file or object changed meanwhile
    7  a local file or standard output cannot be read or written
    8  the service failed after all attempts (5xx, no proper answer)
    9  the object is stored, but its callback failed
  130  interrupted
Of several files the first that failed decides.";

/// What went wrong, and the exit status.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// A stable name for programs.
    pub(crate) code: Cow<'static, str>,
    pub(crate) class: Class,
    pub(crate) message: String,
    /// What to do now, where the message does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn unusable(message: impl Display) -> Self {
        Self::new(Class::Unusable, message)
    }

    pub(crate) fn new(class: Class, message: impl Display) -> Self {
        Self { code: class.code().into(), class, message: message.to_string(), hint: None }
    }

    /// A local file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let failure = Self::new(Class::LocalFile, format!("{}: {error}", path.display()));
        match error.kind() {
            io::ErrorKind::NotFound => failure.with_hint("check the spelling, or give the whole path"),
            io::ErrorKind::PermissionDenied => {
                failure.with_hint("see with `ls -ld` who may read and write it")
            }
            _ => failure,
        }
    }

    pub(crate) fn with_code(self, code: impl Into<Cow<'static, str>>) -> Self {
        Self { code: code.into(), ..self }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Says what went wrong: a line for people, or an object for programs.
    pub(crate) fn tell(&self, json: bool) -> ExitCode {
        if json {
            output::note(json!({ "error": self }));
        } else {
            let message = output::escaped_lines(&self.message);
            output::note(output::complaint(&message, self.hint.as_deref()));
        }
        ExitCode::from(self.class as u8)
    }
}

impl From<Error> for Failure {
    /// Signing was refused, or its configuration is not complete. The code stays the library's.
    fn from(error: Error) -> Self {
        let failure = Self::new(Class::Failed, &error).with_code(error.code());
        match Advice::on_signing(error.code()) {
            Some(Advice { message, hint }) => {
                Self { message: message.unwrap_or(failure.message), hint: Some(hint.to_owned()), ..failure }
            }
            None => failure,
        }
    }
}

macro_rules! from_signing {
    ($($inner:ty),* $(,)?) => {
        $(impl From<$inner> for Failure {
            fn from(error: $inner) -> Self {
                Error::from(error).into()
            }
        })*
    };
}

from_signing!(
    oss_presign::Error,
    oss_presign::BucketError,
    oss_presign::CredentialsError,
    oss_presign::ExpiryError,
    oss_presign::ObjectKeyError,
    oss_presign::ScopeError,
    oss_presign_std::ClockError,
    oss_presign_std::ProviderError,
);

/// What the operating system refuses and is no file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Class::Failed, error)
    }
}

impl Class {
    /// The code of a failure that has none of its own.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Failed => "Failed",
            Self::Unusable => "Unusable",
            Self::Refused => "Refused",
            Self::Denied => "Denied",
            Self::Network => "Network",
            Self::Integrity => "Integrity",
            Self::LocalFile => "LocalFile",
            Self::Service => "Service",
            Self::Callback => "Callback",
            Self::Interrupted => "Interrupted",
        }
    }

    /// The class of a failed transfer.
    pub(crate) fn of(error: &TransferError) -> Self {
        use TransferError as Error;
        match error {
            Error::Refused(_) | Error::Plan(_) | Error::Checkpoint(_) => Self::Refused,
            Error::Service(error) if error.status() >= 500 => Self::Service,
            Error::Service(_) | Error::Redirected { .. } => Self::Denied,
            Error::NoAnswer { .. }
            | Error::Connection(_)
            | Error::Untrusted(_)
            | Error::Timeout(_)
            | Error::DeadlineReached { .. } => Self::Network,
            Error::Integrity(_) | Error::Changed { .. } => Self::Integrity,
            Error::Io { .. } => Self::LocalFile,
            Error::UnexpectedAnswer { .. } | Error::WaitTooLong { .. } => Self::Service,
            Error::Cancelled => Self::Interrupted,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oss_upload_ureq::{Error, IntegrityError, TimeoutKind};

    #[test]
    fn the_help_names_every_status() {
        let classes = [
            Class::Failed,
            Class::Unusable,
            Class::Refused,
            Class::Denied,
            Class::Network,
            Class::Integrity,
            Class::LocalFile,
            Class::Service,
            Class::Callback,
            Class::Interrupted,
        ];
        let named: Vec<u8> = EXIT_STATUS
            .lines()
            .filter_map(|line| line.trim_start().split_once("  ")?.0.parse().ok())
            .filter(|&status| status != 0)
            .collect();
        assert_eq!(named, classes.map(|class| class as u8));
    }

    #[test]
    fn classes() {
        assert_eq!(Class::of(&Error::Timeout(TimeoutKind::Idle)), Class::Network);
        assert_eq!(Class::of(&Error::Integrity(IntegrityError::Md5)), Class::Integrity);
        assert_eq!(Class::of(&Error::Cancelled), Class::Interrupted);
        assert_eq!(Class::of(&Error::Redirected { status: 307, location: String::new() }), Class::Denied);
    }
}
