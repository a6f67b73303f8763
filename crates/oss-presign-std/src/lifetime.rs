//! The lifetime of a URL or a form.

use std::time::{Duration, SystemTime};

use oss_presign::{Expiry, Timestamp};

use crate::Error;
use crate::clock;

/// The lifetime of a URL or a form: a duration from its signing time, or an expiry time. Fractions of a second are dropped.
///
/// With the feature `serde` it is `{"for":600}`, in seconds, or `{"until":1731400358}`, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "InSeconds", into = "InSeconds"))]
pub enum Lifetime {
    /// A duration of 1 second to 7 days.
    For(Duration),
    /// An expiry time, at most 7 days in the future.
    Until(SystemTime),
}

impl Lifetime {
    /// Returns the expiry for a signature at `now`. If `clamp` is set, signing may shorten it to the lifetime of the credentials.
    pub(crate) fn expiry(self, now: Timestamp, clamp: bool) -> Result<Expiry, Error> {
        let expiry = match self {
            Self::For(duration) => Expiry::try_from(duration)?,
            Self::Until(end) => Expiry::until(Timestamp::from_unix(since_1970(end))?, now)?,
        };
        Ok(if clamp { expiry.clamped_to_credentials() } else { expiry })
    }
}

impl From<Duration> for Lifetime {
    fn from(duration: Duration) -> Self {
        Self::For(duration)
    }
}

impl From<SystemTime> for Lifetime {
    fn from(end: SystemTime) -> Self {
        Self::Until(end)
    }
}

/// Returns the whole seconds since 1970. A time before is taken for 1970, because both are in the past.
fn since_1970(time: SystemTime) -> u64 {
    clock::unix_seconds(time).unwrap_or(0)
}

/// The form of a lifetime in configurations.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum InSeconds {
    For(u64),
    Until(u64),
}

#[cfg(feature = "serde")]
impl From<Lifetime> for InSeconds {
    fn from(lifetime: Lifetime) -> Self {
        match lifetime {
            Lifetime::For(duration) => Self::For(duration.as_secs()),
            Lifetime::Until(end) => Self::Until(since_1970(end)),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<InSeconds> for Lifetime {
    type Error = oss_presign::TimeError;

    fn try_from(lifetime: InSeconds) -> Result<Self, Self::Error> {
        Ok(match lifetime {
            InSeconds::For(seconds) => Self::For(Duration::from_secs(seconds)),
            InSeconds::Until(seconds) => {
                let end = Timestamp::from_unix(seconds)?;
                Self::Until(SystemTime::UNIX_EPOCH + Duration::from_secs(end.unix()))
            }
        })
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn json_is_in_seconds() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_731_400_358);
        for (lifetime, json) in [
            (Lifetime::For(Duration::from_secs(600)), r#"{"for":600}"#),
            (Lifetime::Until(end), r#"{"until":1731400358}"#),
        ] {
            assert_eq!(serde_json::to_string(&lifetime).unwrap(), json);
            assert_eq!(serde_json::from_str::<Lifetime>(json).unwrap(), lifetime);
        }
        // Milliseconds since 1970 are no seconds; a bare number could be either kind.
        for bad in [
            r#"{"until":1731400358000}"#,
            "600",
            r#"{"for":-1}"#,
            r#"{"For":600}"#,
            r#"{"for":600,"until":1}"#,
        ] {
            assert!(serde_json::from_str::<Lifetime>(bad).is_err(), "{bad}");
        }
    }
}
