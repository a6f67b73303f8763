//! Why an upload ends without success, and how the program says so.

use embedded_io::ErrorKind;
use oss_presign::PresignError;
use oss_upload_embedded::{ClockNotSet, Error, Refusal, ServiceError};

use crate::board::say;

/// Why there is no verified upload.
pub enum Failure {
    /// The board lacks something.
    Board,
    /// The network gave the board no address.
    NoAddress,
    /// A setting was refused, or the URL does not fit.
    Signing(oss_presign::Error),
    /// The exchange failed.
    Upload(Error),
    /// OSS stated no checksum.
    Unverified,
    /// The object came back otherwise than it was sent.
    Different,
    /// The certificate of the server was refused.
    #[cfg(feature = "tls")]
    Certificate {
        /// One word for the reason.
        reason: &'static str,
    },
    /// TLS failed otherwise.
    #[cfg(feature = "tls")]
    Tls,
}

impl Failure {
    /// Says what OSS says, which only the connection knows.
    pub fn refused(error: Error, reason: Option<ServiceError<'_>>) -> Self {
        if let Some(reason) = reason {
            say("code=");
            say(reason.code().unwrap_or("-"));
            say("\nec=");
            say(reason.ec().unwrap_or("-"));
            say("\n");
        }
        Self::Upload(error)
    }

    /// Names the failure, and gives its exit code.
    #[must_use]
    pub fn say(&self) -> i32 {
        let (name, code) = match self {
            Self::Board => ("board", 2),
            Self::NoAddress => ("no-address", 9),
            Self::Signing(oss_presign::Error::Presign(PresignError::BufferTooSmall { .. })) => {
                ("url-buffer", 3)
            }
            Self::Signing(_) => ("signing", 4),
            Self::Unverified => ("unverified", 5),
            Self::Different => ("different", 6),
            #[cfg(feature = "tls")]
            Self::Certificate { reason } => {
                say("reason=");
                say(reason);
                say("\n");
                ("certificate", 7)
            }
            #[cfg(feature = "tls")]
            Self::Tls => ("tls", 8),
            Self::Upload(Error::ClockNotSet(_)) => ("clock", 10),
            Self::Upload(Error::Refused(Refusal::Expired { .. })) => ("expired", 11),
            Self::Upload(Error::Io(ErrorKind::ConnectionRefused)) => ("refused", 12),
            Self::Upload(Error::Io(ErrorKind::TimedOut)) => ("timeout", 13),
            Self::Upload(Error::Io(_)) => ("io", 14),
            Self::Upload(Error::Cut(_)) => ("cut", 15),
            Self::Upload(Error::HeadTooLong { .. }) => ("head-buffer", 16),
            Self::Upload(Error::BodyTooLong { .. }) => ("body-limit", 17),
            Self::Upload(Error::Service { .. }) => ("service", 18),
            Self::Upload(Error::ChecksumMismatch { .. }) => ("checksum", 19),
            Self::Upload(_) => ("upload", 20),
        };
        say("result=");
        say(name);
        say("\n");
        code
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Upload(error)
    }
}

impl From<ClockNotSet> for Failure {
    fn from(error: ClockNotSet) -> Self {
        Self::Upload(error.into())
    }
}

impl From<Refusal> for Failure {
    fn from(error: Refusal) -> Self {
        Self::Upload(error.into())
    }
}

macro_rules! signing_failures {
    ($($error:ident),*) => {
        $(impl From<oss_presign::$error> for Failure {
            fn from(error: oss_presign::$error) -> Self {
                Self::Signing(error.into())
            }
        })*
    };
}

signing_failures!(
    CredentialsError,
    ScopeError,
    BucketError,
    ObjectKeyError,
    EndpointError,
    RequestError,
    ExpiryError,
    PresignError
);
