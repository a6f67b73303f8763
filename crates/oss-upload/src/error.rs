//! The one error of both adapters.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::integrity::IntegrityError;
use crate::refusal::Refusal;
use crate::retry::Failure;
use crate::retry_state::Count;
use crate::service_error::ServiceError;
use crate::untrusted::Untrusted;

/// An error of a layer below: the HTTP client's, or a hook's.
pub type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// Why a transfer failed. `oss-upload-reqwest` and `oss-upload-ureq` both call it `Error`.
///
/// No variant shows a URL's query, a signature or a token.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransferError {
    /// Refused before anything was sent. The [`Refusal`] says what to change.
    Refused(Refusal),
    /// A local file, the body's source or the destination failed: look at `source`, and at the space on the disk.
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
    /// A request had no answer, or none as a whole, in any attempt: check the host and the network. An upload with a checkpoint
    /// and a download to resume continue when they are started again.
    NoAnswer {
        /// Host and port that were asked.
        host: String,
        /// Attempts it took.
        attempts: u32,
        /// How the last attempt failed: [`Connection`](Self::Connection) or [`Timeout`](Self::Timeout).
        last: Box<TransferError>,
    },
    /// The connection could not be made, broke, or spoke no HTTP: check host, port and scheme of the URL.
    Connection(BoxError),
    /// The server is not trusted: nothing was sent. If its certificate authority is your own, name it by `Trust`.
    Untrusted(Untrusted),
    /// Something took too long: raise the limit in [`Timeouts`](crate::Timeouts) if the line is slow.
    Timeout(TimeoutKind),
    /// The overall deadline is reached: allow more time, or look at `last`, the failure of the last attempt, if one had ended.
    DeadlineReached {
        /// How the last attempt failed.
        last: Option<Box<TransferError>>,
    },
    /// The service asks to wait longer than is allowed (by the policy's bound, the deadline, or the URL's expiry): try again
    /// after `asked`, or raise `longest_wait`.
    WaitTooLong {
        /// How long it asks to wait.
        asked: Duration,
        /// How long would have been waited.
        allowed: Duration,
        /// How the last attempt failed.
        last: Box<TransferError>,
    },
    /// The server answered with a redirect. It was not followed, because a presigned URL is valid only for its own host and
    /// path: sign for the endpoint of the bucket's region.
    Redirected {
        /// HTTP status code; 0 where a client that the caller brought has followed it on its own.
        status: u16,
        /// Where to, without the query; empty where the server did not say.
        location: String,
    },
    /// The service answered with an error. [`ServiceError`] says why, and what to do.
    Service(Box<ServiceError>),
    /// What arrived is not what was sent: transfer it again.
    Integrity(IntegrityError),
    /// An answer that the protocol does not know: check that the URL leads to OSS and not to a proxy.
    UnexpectedAnswer {
        /// What is wrong with it.
        what: &'static str,
    },
    /// More bytes than the caller wanted to hold: raise the limit, or download to a file.
    TooLarge {
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// The file or the object changed during the transfer: start again when nobody writes to it.
    Changed {
        /// What changed.
        what: &'static str,
    },
    /// Cancelled by its token.
    Cancelled,
    /// The hook that should have supplied a freshly signed request failed: this is its error.
    Refresh(BoxError),
    /// The multipart plan does not fit the body, or lacks something: ask the signer for another one.
    #[cfg(feature = "serde")]
    Plan(crate::plan::PlanError),
    /// The checkpoint belongs to another file or plan, or cannot be read: delete it to start over.
    #[cfg(feature = "serde")]
    Checkpoint(crate::checkpoint::CheckpointError),
}

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutKind {
    /// Making the connection.
    Connect,
    /// Nothing moved in either direction.
    Idle,
    /// One attempt as a whole.
    Attempt,
}

impl TransferError {
    /// What this means for a retry.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Refused(Refusal::Expired { .. }) => Failure::Expired,
            Self::Connection(_) => Failure::Connection,
            Self::Timeout(_) => Failure::Timeout,
            Self::Integrity(_) => Failure::Corrupted,
            Self::Service(error) => error.failure(),
            Self::NoAnswer { last, .. } => last.failure(),
            _ => Failure::Permanent,
        }
    }

    /// The service's own error, if that is what happened.
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::DeadlineReached { last: Some(last) } | Self::WaitTooLong { last, .. } => last.service(),
            _ => None,
        }
    }

    /// How the last attempt failed: the error itself, or the one within.
    pub fn last_attempt(&self) -> &Self {
        match self {
            Self::NoAnswer { last, .. }
            | Self::DeadlineReached { last: Some(last) }
            | Self::WaitTooLong { last, .. } => last.last_attempt(),
            _ => self,
        }
    }

    /// The same, as the end of a request to this host (with its port) after so many attempts.
    pub(crate) fn after_attempts(self, host: &str, attempts: u32) -> Self {
        match self {
            Self::Connection(_) | Self::Timeout(_) => {
                Self::NoAnswer { host: host.into(), attempts, last: Box::new(self) }
            }
            Self::Service(error) => Self::Service(Box::new(error.after_attempts(host, attempts))),
            Self::DeadlineReached { last: Some(last) } => {
                Self::DeadlineReached { last: Some(Box::new(last.after_attempts(host, attempts))) }
            }
            Self::WaitTooLong { asked, allowed, last } => {
                Self::WaitTooLong { asked, allowed, last: Box::new(last.after_attempts(host, attempts)) }
            }
            other => other,
        }
    }

    /// The error of what would read a body that can be read only once.
    #[doc(hidden)]
    pub fn read_once(doing: &'static str) -> Self {
        let error = std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "this body can be read only once; spool it",
        );
        Self::Io { doing, source: error }
    }

    /// An I/O error with what was being done.
    pub fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused before sending: {refusal}"),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::NoAnswer { host, attempts, last } => {
                write!(f, "no answer from {host} in {}: {last}", Count(*attempts))
            }
            Self::Connection(source) => {
                write!(f, "the connection failed: {source}")?;
                // HTTP clients put what really happened at the end of the chain.
                let mut cause = source.source();
                while let Some(inner) = cause {
                    write!(f, ": {inner}")?;
                    cause = inner.source();
                }
                Ok(())
            }
            Self::Untrusted(untrusted) => untrusted.fmt(f),
            Self::Timeout(TimeoutKind::Connect) => f.write_str("no connection within the time allowed"),
            Self::Timeout(TimeoutKind::Idle) => f.write_str("nothing moved within the idle time allowed"),
            Self::Timeout(TimeoutKind::Attempt) => f.write_str("the attempt took longer than allowed"),
            Self::DeadlineReached { last: None } => f.write_str("the deadline is reached"),
            Self::DeadlineReached { last: Some(last) } => write!(f, "the deadline is reached; last: {last}"),
            Self::WaitTooLong { asked, allowed, last } => write!(
                f,
                "the service asks to wait {} s and no more than {} s can be waited: try again then, or raise \
                 `longest_wait`; {last}",
                asked.as_secs(),
                allowed.as_secs()
            ),
            Self::Redirected { status, location } => write!(
                f,
                "the server redirects (status {status}) to {}, which a presigned URL cannot follow: presign for the right endpoint",
                if location.is_empty() { "an unnamed place" } else { location }
            ),
            Self::Service(error) => error.fmt(f),
            Self::Integrity(error) => error.fmt(f),
            Self::UnexpectedAnswer { what } => write!(f, "unexpected answer: {what}"),
            Self::TooLarge { limit } => write!(f, "the object is larger than the limit of {limit} bytes"),
            Self::Changed { what } => write!(f, "{what} changed during the transfer"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Refresh(source) => write!(f, "no freshly signed request: {source}"),
            #[cfg(feature = "serde")]
            Self::Plan(error) => error.fmt(f),
            #[cfg(feature = "serde")]
            Self::Checkpoint(error) => error.fmt(f),
        }
    }
}

/// [`Display`](fmt::Display) shows the causes as well, so there is no [`source`](core::error::Error::source) that would
/// show them twice.
impl core::error::Error for TransferError {}

impl From<Refusal> for TransferError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Untrusted> for TransferError {
    fn from(untrusted: Untrusted) -> Self {
        Self::Untrusted(untrusted)
    }
}

#[cfg(feature = "serde")]
impl From<crate::plan::PlanError> for TransferError {
    fn from(error: crate::plan::PlanError) -> Self {
        Self::Plan(error)
    }
}

#[cfg(feature = "serde")]
impl From<crate::checkpoint::CheckpointError> for TransferError {
    fn from(error: crate::checkpoint::CheckpointError) -> Self {
        Self::Checkpoint(error)
    }
}

impl From<IntegrityError> for TransferError {
    fn from(error: IntegrityError) -> Self {
        Self::Integrity(error)
    }
}

#[cfg(test)]
mod tests;
