//! Why a provider returned no credentials.

use std::fmt;
use std::io;

use oss_presign::{CredentialsError, Timestamp};

use crate::environment::EnvironmentError;

/// Why a provider returned no credentials. No variant contains a secret, a token or the response of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderError {
    /// The provider is not configured on this machine. A chain asks the next one.
    Absent {
        /// The provider.
        provider: &'static str,
        /// The configuration that is missing.
        what: String,
    },
    /// Only a part of the environment variables is set, or a value is not UTF-8.
    Environment(EnvironmentError),
    /// A file cannot be read.
    File {
        /// Its path.
        path: String,
        /// The operating system's reason.
        reason: io::ErrorKind,
    },
    /// A file, a response or an output is malformed.
    Malformed {
        /// A sentence that says what is malformed.
        what: String,
    },
    /// A file has no profile of the name that was asked for.
    NoProfile {
        /// The file.
        path: String,
        /// The profile.
        profile: String,
        /// The profiles that the file has.
        known: Vec<String>,
    },
    /// A profile lacks a field.
    FieldMissing {
        /// The profile.
        profile: String,
        /// The field.
        field: &'static str,
    },
    /// The kind of a profile is not supported.
    Unsupported {
        /// The mode or type of the profile.
        mode: String,
        /// Advice on what to use instead.
        instead: &'static str,
    },
    /// A credential process could not be started, failed, or took too long.
    Process {
        /// The program, without its arguments.
        program: String,
        /// What happened.
        reason: String,
    },
    /// A server was not reached, or did not respond in time.
    Unreachable {
        /// Its address, without path and query.
        address: String,
        /// What happened.
        reason: String,
    },
    /// A server responded with an error status.
    Refused {
        /// Its address, without path and query.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The access key that a provider returned is not valid.
    Credentials(CredentialsError),
    /// The credentials that a provider returned have already expired.
    Expired {
        /// The time at which they expired.
        at: Timestamp,
        /// The time at which they were requested.
        now: Timestamp,
    },
    /// No provider of a chain is configured on this machine.
    Exhausted {
        /// The reason of each provider, in the order of the chain.
        reasons: Vec<ProviderError>,
    },
    /// A provider outside this crate failed.
    Other {
        /// The provider.
        provider: &'static str,
        /// The provider's description of the failure.
        reason: String,
    },
}

impl ProviderError {
    /// Creates the error of a provider outside this crate. `reason` is shown to people and written to logs, so it must not
    /// contain secrets.
    pub fn other(provider: &'static str, reason: impl fmt::Display) -> Self {
        Self::Other { provider, reason: reason.to_string() }
    }

    /// Returns whether the provider is not configured on this machine, in contrast to one that is configured but fails. A chain
    /// asks its next provider only in this case, so that it never replaces a broken configuration by another identity.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Exhausted { .. })
            || matches!(self, Self::Environment(EnvironmentError::NoCredentials))
    }

    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
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
            Self::Credentials(error) => {
                write!(f, "the provider returned an access key that is not valid: {error}")
            }
            Self::Expired { at, now } => {
                write!(f, "the provider returned credentials that expired at {at}, and it is {now}")
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
