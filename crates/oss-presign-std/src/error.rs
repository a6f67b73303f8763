//! The error of configuring a presigner, of signing and of verification.

use std::fmt;

#[cfg(feature = "http")]
use oss_presign::verify::VerifyError;
use oss_presign::{
    BucketError, CredentialsError, DayKeyError, EndpointError, ExpiryError, MethodError, ObjectKeyError,
    PostPolicyError, PresignError, RequestError, ScopeError, TimeError, ValueError,
};

use crate::clock::ClockError;
#[cfg(feature = "serde")]
use crate::day_key_json::ReadDayKeyError;
use crate::environment::EnvironmentError;
#[cfg(feature = "http")]
use crate::http_request::HttpError;
use crate::provider::ProviderError;

/// Why a presigner could not be built, a request not be signed, or a received request is refused. No variant contains a secret, a token or a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The core refused the description of a request or its signing. [`code`](Self::code) returns the core's code.
    Core(oss_presign::Error),
    /// The time of the clock was refused: set the machine's clock.
    Clock(ClockError),
    /// A variable is missing in the environment, or has a wrong value: the error names it.
    Environment(EnvironmentError),
    /// A provider returned no credentials: the error names the file, address or process, and what is wrong there.
    Provider(ProviderError),
    /// A day key was not read.
    #[cfg(feature = "serde")]
    ReadDayKey(ReadDayKeyError),
    /// A request of the `http` crate cannot be signed.
    #[cfg(feature = "http")]
    Http(HttpError),
    /// A [`Verifier`](crate::Verifier) refused a received request. [`code`](Self::code) returns the code of OSS's error response.
    #[cfg(feature = "http")]
    Refused(VerifyError),
    /// A presigner was built without credentials: call `credentials`, `provider` or `with_env` of its builder.
    NoCredentials,
    /// A presigner was built without a region: call `region` of its builder.
    NoRegion,
    /// A presigner was built without a clock: call `clock` of its builder, or enable the feature `system-clock`.
    NoClock,
}

impl Error {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes. For errors of the core, it is the core's.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Core(error) => error.code(),
            Self::Clock(error) => error.code(),
            Self::Environment(error) => error.code(),
            Self::Provider(error) => error.code(),
            #[cfg(feature = "serde")]
            Self::ReadDayKey(error) => error.code(),
            #[cfg(feature = "http")]
            Self::Http(error) => error.code(),
            #[cfg(feature = "http")]
            Self::Refused(error) => error.code(),
            Self::NoCredentials => "NoCredentials",
            Self::NoRegion => "NoRegion",
            Self::NoClock => "NoClock",
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
            #[cfg(feature = "serde")]
            Self::ReadDayKey(error) => error.fmt(f),
            #[cfg(feature = "http")]
            Self::Http(error) => error.fmt(f),
            #[cfg(feature = "http")]
            Self::Refused(error) => error.fmt(f),
            Self::NoCredentials => {
                f.write_str("no credentials: give them to the builder, or take them from the environment")
            }
            Self::NoClock => f.write_str("no clock: give the builder one, or enable the feature `system-clock`"),
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
    DayKeyError,
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

#[cfg(feature = "serde")]
impl From<ReadDayKeyError> for Error {
    fn from(error: ReadDayKeyError) -> Self {
        Self::ReadDayKey(error)
    }
}

#[cfg(feature = "http")]
impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

#[cfg(feature = "http")]
impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        Self::Refused(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oss_presign::Timestamp;

    /// A value of each variant. The match has no wildcard, so that a new variant does not go without a test.
    macro_rules! every_variant {
        ($type:ident: $($variant:ident $({ $($field:ident: $value:expr),* })? $(($inner:expr))?),* $(,)?) => {{
            let _ = |error: &$type| match error { $($type::$variant { .. } => {})* };
            [$($type::$variant $({ $($field: $value),* })? $(($inner))?),*].into_iter().map(Error::from)
        }};
    }

    fn all() -> Vec<Error> {
        let text = String::new;
        let now = Timestamp::MAX;
        let environment = EnvironmentError::NoRegion;
        let inner = oss_presign::Credentials::new("a/b", "c").unwrap_err();
        let mut all: Vec<Error> = Vec::new();
        all.extend(every_variant!(ClockError: NotSet { now: now }, Time(TimeError::NotRfc3339)));
        all.extend(every_variant!(EnvironmentError: NoCredentials, HalfSet { missing: "A" }, NoRegion,
            NotText { name: "A" }));
        all.extend(every_variant!(ProviderError: Absent { provider: "p", what: text() }, Environment(environment),
            File { path: text(), reason: std::io::ErrorKind::NotFound }, Malformed { what: "what".into() },
            NoProfile { path: text(), profile: text(), known: vec!["a".into()] },
            FieldMissing { profile: text(), field: "f" }, Unsupported { mode: text(), instead: "i" },
            Process { program: text(), reason: text() }, Unreachable { address: text(), reason: text() },
            Refused { address: text(), status: 500 }, Credentials(inner.clone()), Expired { at: now, now: now },
            Exhausted { reasons: vec![ProviderError::other("p", "q")] }, Other { provider: "p", reason: text() }));
        #[cfg(feature = "serde")]
        all.extend(
            every_variant!(ReadDayKeyError: Unreadable { reason: std::io::ErrorKind::NotFound }, TooLong,
            NotADayKey { line: 1, column: 2 }, SigningKey, SignsUntil { given: now, expected: now },
            Core(inner.clone().into())),
        );
        #[cfg(feature = "http")]
        all.extend(every_variant!(HttpError: NotAbsolute, HostWithoutBucket, PathWithoutBucket, UriNotText,
            HeaderNotText, Rewritten));
        // The core's tests go through the variants of its errors.
        #[cfg(feature = "http")]
        all.push(VerifyError::SignatureMismatch.into());
        all.extend([Error::Core(inner.into()), Error::NoCredentials, Error::NoRegion, Error::NoClock]);
        all
    }

    #[test]
    fn a_chain_of_causes_says_no_sentence_twice() {
        for error in all() {
            assert_eq!(format!("{:#}", anyhow::Error::new(error.clone())), error.to_string());
            // Also the errors of each stage, which its own functions return.
            let stage: Box<dyn std::error::Error> = match error.clone() {
                Error::Core(error) => Box::new(error),
                Error::Clock(error) => Box::new(error),
                Error::Environment(error) => Box::new(error),
                Error::Provider(error) => Box::new(error),
                #[cfg(feature = "serde")]
                Error::ReadDayKey(error) => Box::new(error),
                #[cfg(feature = "http")]
                Error::Http(error) => Box::new(error),
                #[cfg(feature = "http")]
                Error::Refused(error) => Box::new(error),
                Error::NoCredentials | Error::NoRegion | Error::NoClock => continue,
            };
            assert!(stage.source().is_none() && stage.to_string() == error.to_string());
        }
    }
}
