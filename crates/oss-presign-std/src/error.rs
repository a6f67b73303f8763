//! The error of everything between configuration and signature.

use std::fmt;

use oss_presign::{
    BucketError, CredentialsError, EndpointError, ExpiryError, MethodError, ObjectKeyError, PostPolicyError,
    PresignError, RequestError, ScopeError, TimeError, ValueError,
};

use crate::clock::ClockError;
use crate::environment::EnvironmentError;
#[cfg(feature = "http")]
use crate::http_request::HttpError;
use crate::provider::ProviderError;

/// Why nothing was signed. None of these holds a secret, a token or a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The description or its signing was refused by the core; its code is kept.
    Core(oss_presign::Error),
    /// The clock was not believed.
    Clock(ClockError),
    /// The environment lacks something.
    Environment(EnvironmentError),
    /// A provider gave no credentials.
    Provider(ProviderError),
    /// A request of the `http` crate cannot be signed as it is.
    #[cfg(feature = "http")]
    Http(HttpError),
    /// A presigner was built without credentials.
    NoCredentials,
    /// A presigner was built without a region.
    NoRegion,
}

impl Error {
    /// Returns a stable name for programs. Refusals of the core keep theirs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Core(error) => error.code(),
            Self::Clock(error) => error.code(),
            Self::Environment(error) => error.code(),
            Self::Provider(error) => error.code(),
            #[cfg(feature = "http")]
            Self::Http(error) => error.code(),
            Self::NoCredentials => "NoCredentials",
            Self::NoRegion => "NoRegion",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => error.fmt(f),
            Self::Clock(error) => error.fmt(f),
            Self::Environment(error) => error.fmt(f),
            Self::Provider(error) => error.fmt(f),
            #[cfg(feature = "http")]
            Self::Http(error) => error.fmt(f),
            Self::NoCredentials => {
                f.write_str("no credentials: give them to the builder, or take them from the environment")
            }
            Self::NoRegion => {
                f.write_str("no region: V4 signatures name the bucket's region, such as `cn-hangzhou`; give it to the builder")
            }
        }
    }
}

impl std::error::Error for Error {}

macro_rules! from_core {
    ($($inner:ty),* $(,)?) => {
        $(impl From<$inner> for Error {
            fn from(error: $inner) -> Self {
                Self::Core(error.into())
            }
        })*
    };
}

from_core!(
    oss_presign::Error,
    BucketError,
    CredentialsError,
    EndpointError,
    ExpiryError,
    MethodError,
    ObjectKeyError,
    PostPolicyError,
    PresignError,
    RequestError,
    ScopeError,
    TimeError,
    ValueError,
);

impl From<ClockError> for Error {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

impl From<EnvironmentError> for Error {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}

#[cfg(feature = "http")]
impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}
