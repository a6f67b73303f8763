//! How a command ends when it does not succeed.

use std::fmt::Display;

use oss_upload_ureq::Error;

/// Every exit status but 0, and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
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
    1  signing was refused, or something failed that has no status of its own
    2  the arguments or the input are unusable
    3  refused before anything was sent: expired, a header missing or in conflict, plain http, a wrong size
    4  the service refused: status 4xx, or a redirect; `verify`: it would refuse
    5  the network: no connection, a timeout, the deadline
    6  integrity: a checksum differs, or the file or the object changed meanwhile
    7  a local file cannot be read or written
    8  the service failed after all attempts: status 5xx, or an answer that is none
    9  the object is stored, but its callback failed
  130  interrupted
Of several files the first that failed decides.";

/// A message for whoever called, and the exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) class: Class,
}

impl Failure {
    pub(crate) fn unusable(message: impl Display) -> Self {
        Self::new(Class::Unusable, message)
    }

    pub(crate) fn new(class: Class, message: impl Display) -> Self {
        Self { message: message.to_string(), class }
    }
}

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(Class::Failed, error)
    }
}

impl Class {
    /// The class of a failed transfer.
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Refused(_) | Error::Plan(_) | Error::Checkpoint(_) => Self::Refused,
            Error::Service(error) if error.status() >= 500 => Self::Service,
            Error::Service(_) | Error::Redirected { .. } => Self::Denied,
            Error::Connection(_) | Error::Timeout(_) | Error::DeadlineReached { .. } => Self::Network,
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
    use oss_upload_ureq::{IntegrityError, TimeoutKind};

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
