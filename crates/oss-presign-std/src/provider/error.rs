//! Why a provider gave no credentials.

use std::fmt;
use std::io;

use oss_presign::{CredentialsError, Timestamp};

use crate::environment::EnvironmentError;

/// Why a provider gave no credentials. None of these holds a secret, a token or what a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderError {
    /// The provider has nothing to go by on this machine; a chain asks the next one.
    Absent {
        /// The provider.
        provider: &'static str,
        /// What is missing.
        what: String,
    },
    /// The environment is set in part, or to what is no text.
    Environment(EnvironmentError),
    /// A file cannot be read.
    File {
        /// Its path.
        path: String,
        /// The operating system's reason.
        reason: io::ErrorKind,
    },
    /// A file, an answer or an output is not of the form it should have.
    Malformed {
        /// What.
        what: String,
    },
    /// A file has no profile of the name that was asked for.
    NoProfile {
        /// The file.
        path: String,
        /// The profile.
        profile: String,
        /// Those that the file has.
        known: Vec<String>,
    },
    /// A profile lacks a field.
    FieldMissing {
        /// The profile.
        profile: String,
        /// The field.
        field: &'static str,
    },
    /// A profile is of a kind that needs something else.
    Unsupported {
        /// The profile's mode or type.
        mode: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// A process could not be run, failed, or took too long.
    Process {
        /// The program, without its arguments.
        program: String,
        /// What happened.
        reason: String,
    },
    /// A server was not reached or did not answer in time.
    Unreachable {
        /// Its address, without path and query.
        address: String,
        /// What happened.
        reason: String,
    },
    /// A server refused.
    Refused {
        /// Its address, without path and query.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// A provider answered with something that is no key.
    Credentials(CredentialsError),
    /// A provider gave credentials that have ended already.
    Expired {
        /// When.
        at: Timestamp,
        /// The time they were asked for.
        now: Timestamp,
    },
    /// No provider of a chain has anything to go by.
    Exhausted {
        /// What each of them lacks, in their order.
        reasons: Vec<ProviderError>,
    },
    /// A provider outside this crate failed.
    Other {
        /// The provider.
        provider: &'static str,
        /// Its own words.
        reason: String,
    },
}

impl ProviderError {
    /// The failure of a provider outside this crate. The words are shown to people and written to logs: no
    /// secret may be in them.
    pub fn other(provider: &'static str, reason: impl fmt::Display) -> Self {
        Self::Other { provider, reason: reason.to_string() }
    }

    /// Returns the provider has nothing to go by here, as against one that has and fails. A chain goes on past the
    /// first kind alone: it never puts another identity in the place of one that was meant and is broken.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Exhausted { .. })
            || matches!(self, Self::Environment(EnvironmentError::NoCredentials))
    }

    /// Returns a stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "ProviderAbsent",
            Self::Environment(error) => error.code(),
            Self::File { .. } => "ProviderFile",
            Self::Malformed { .. } => "ProviderMalformed",
            Self::NoProfile { .. } => "ProviderNoProfile",
            Self::FieldMissing { .. } => "ProviderFieldMissing",
            Self::Unsupported { .. } => "ProviderUnsupported",
            Self::Process { .. } => "ProviderProcess",
            Self::Unreachable { .. } => "ProviderUnreachable",
            Self::Refused { .. } => "ProviderRefused",
            Self::Credentials(error) => error.code(),
            Self::Expired { .. } => "ProviderExpired",
            Self::Exhausted { .. } => "ProviderExhausted",
            Self::Other { .. } => "ProviderOther",
        }
    }
}

impl From<CredentialsError> for ProviderError {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl From<EnvironmentError> for ProviderError {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { provider, what } => write!(f, "{provider}: {what}"),
            Self::Environment(error) => error.fmt(f),
            Self::File { path, reason } => write!(f, "{path} cannot be read: {reason}"),
            Self::Malformed { what } => f.write_str(what),
            Self::NoProfile { path, profile, known } => {
                write!(f, "{path} has no profile `{}`", profile.escape_debug())?;
                if known.is_empty() {
                    f.write_str(", and no other one")
                } else {
                    write!(f, ": it has {}", known.join(", ").escape_debug())
                }
            }
            Self::FieldMissing { profile, field } => {
                write!(f, "profile `{}` has no `{field}`: add it", profile.escape_debug())
            }
            Self::Unsupported { mode, instead } => {
                write!(f, "credentials of kind `{}` are not read here: {instead}", mode.escape_debug())
            }
            Self::Process { program, reason } => {
                write!(f, "the credential process `{}` {reason}", program.escape_debug())
            }
            Self::Unreachable { address, reason } => write!(f, "{address} was not reached: {reason}"),
            Self::Refused { address, status } => {
                write!(f, "{address} answered with HTTP status {status} instead of credentials")
            }
            Self::Credentials(error) => write!(f, "what the provider gave is no key: {error}"),
            Self::Expired { at, now } => {
                write!(f, "the provider gave credentials that ended at {at}, and it is {now}")
            }
            Self::Exhausted { reasons } => {
                f.write_str("no provider has credentials here")?;
                for (index, reason) in reasons.iter().enumerate() {
                    write!(f, "{} {reason}", if index == 0 { ":" } else { ";" })?;
                }
                Ok(())
            }
            Self::Other { provider, reason } => write!(f, "{provider}: {reason}"),
        }
    }
}

impl std::error::Error for ProviderError {}
