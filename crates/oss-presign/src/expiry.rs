//! How long a presigned URL works.

use core::fmt;
use core::time::Duration;

use crate::time::Timestamp;

/// The longest lifetime of a V4 presigned URL: seven days, in seconds.
pub const MAX_EXPIRY_SECONDS: u32 = 604_800;

/// The lifetime of a presigned URL: 1 to 604 800 seconds after its signing time (OSS, "Include a V4 signature in a URL":
/// `x-oss-expires`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expiry {
    seconds: u32,
    clamped: bool,
}

impl Expiry {
    /// Creates a lifetime of `seconds` seconds.
    ///
    /// # Errors
    /// [`ExpiryError`] for 0 and for more than seven days.
    pub const fn secs(seconds: u32) -> Result<Self, ExpiryError> {
        match seconds {
            0 => Err(ExpiryError::Zero),
            1..=MAX_EXPIRY_SECONDS => Ok(Self { seconds, clamped: false }),
            _ => Err(ExpiryError::TooLong { seconds: seconds as u64 }),
        }
    }

    /// Creates the lifetime of a URL that is signed at `now` and expires at `end`.
    ///
    /// # Errors
    /// [`ExpiryError::InThePast`] if `end` is not after `now`, [`ExpiryError::TooLong`] if it is more than seven days
    /// after `now`.
    pub const fn until(end: Timestamp, now: Timestamp) -> Result<Self, ExpiryError> {
        match end.unix().checked_sub(now.unix()) {
            None | Some(0) => Err(ExpiryError::InThePast { end, now }),
            Some(seconds) if seconds > MAX_EXPIRY_SECONDS as u64 => Err(ExpiryError::TooLong { seconds }),
            Some(seconds) => Self::secs(seconds as u32),
        }
    }

    /// Lets signing shorten the lifetime so that the URL does not outlive its credentials. Without this, signing refuses a
    /// URL that would stop working before its stated expiry.
    #[must_use]
    pub const fn clamped_to_credentials(self) -> Self {
        Self { clamped: true, ..self }
    }

    /// Returns the lifetime in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// Returns the value of `x-oss-expires` for a URL that is signed at `now` with credentials that expire at the given time.
    pub(crate) fn effective(
        self,
        now: Timestamp,
        credentials_expire_at: Option<Timestamp>,
    ) -> Result<Self, ExpiryError> {
        match credentials_expire_at {
            None => Ok(self),
            Some(end) => self.bounded(now, end),
        }
    }

    fn bounded(self, now: Timestamp, credentials_end: Timestamp) -> Result<Self, ExpiryError> {
        check_credentials_alive(now, Some(credentials_end))?;
        let left = credentials_end.unix() - now.unix();
        if u64::from(self.seconds) <= left {
            Ok(self)
        } else if self.clamped {
            Ok(Self { seconds: left as u32, ..self })
        } else {
            let url_end = now.saturating_add(u64::from(self.seconds));
            Err(ExpiryError::OutlivesCredentials { url_end, credentials_end })
        }
    }
}

/// A lifetime of whole seconds; fractions of a second are dropped.
impl TryFrom<Duration> for Expiry {
    type Error = ExpiryError;

    fn try_from(duration: Duration) -> Result<Self, ExpiryError> {
        let seconds = duration.as_secs();
        Self::secs(u32::try_from(seconds).map_err(|_| ExpiryError::TooLong { seconds })?)
    }
}

impl From<Expiry> for Duration {
    fn from(expiry: Expiry) -> Self {
        Self::from_secs(expiry.seconds.into())
    }
}

/// Refuses credentials that no longer work at `now`.
pub(crate) fn check_credentials_alive(
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(), ExpiryError> {
    match expires_at {
        Some(at) if now >= at => Err(ExpiryError::CredentialsExpired { at, now }),
        _ => Ok(()),
    }
}

/// Why a lifetime was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpiryError {
    /// Zero seconds.
    Zero,
    /// More than [`MAX_EXPIRY_SECONDS`].
    TooLong {
        /// The lifetime that was asked for, in seconds.
        seconds: u64,
    },
    /// The requested expiry time is not after the signing time.
    InThePast {
        /// The expiry time that was asked for.
        end: Timestamp,
        /// The signing time.
        now: Timestamp,
    },
    /// The credentials have expired by the signing time.
    CredentialsExpired {
        /// The time at which they expired.
        at: Timestamp,
        /// The signing time.
        now: Timestamp,
    },
    /// The credentials expire before the URL would.
    OutlivesCredentials {
        /// The time at which the URL would expire.
        url_end: Timestamp,
        /// The time at which the credentials expire.
        credentials_end: Timestamp,
    },
}

impl ExpiryError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Zero => "ExpiryZero",
            Self::TooLong { .. } => "ExpiryTooLong",
            Self::InThePast { .. } => "ExpiryInThePast",
            Self::CredentialsExpired { .. } => "CredentialsExpired",
            Self::OutlivesCredentials { .. } => "ExpiryOutlivesCredentials",
        }
    }
}

impl fmt::Display for ExpiryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => {
                write!(f, "a URL is valid for at least 1 second: give 1 to {MAX_EXPIRY_SECONDS} seconds")
            }
            Self::TooLong { seconds } => write!(
                f,
                "a V4 URL is valid for at most {MAX_EXPIRY_SECONDS} seconds (7 days), not {seconds}: sign again when it is needed"
            ),
            Self::InThePast { end, now } => {
                write!(f, "the URL would expire at {end}, which is not after its signing time {now}")
            }
            Self::CredentialsExpired { at, now } => {
                write!(f, "the credentials expired at {at}, before the signing time {now}: fetch new ones")
            }
            Self::OutlivesCredentials { url_end, credentials_end } => write!(
                f,
                "the URL would expire at {url_end}, but its credentials already at {credentials_end}: ask for less, \
                 or let the life be clamped to that of the credentials"
            ),
        }
    }
}

impl core::error::Error for ExpiryError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix(seconds).unwrap()
    }

    #[test]
    fn range() {
        assert_eq!(Expiry::secs(0), Err(ExpiryError::Zero));
        assert_eq!(Expiry::secs(1).map(Expiry::seconds), Ok(1));
        assert_eq!(Expiry::secs(604_800).map(Expiry::seconds), Ok(604_800));
        assert_eq!(Expiry::secs(604_801), Err(ExpiryError::TooLong { seconds: 604_801 }));
    }

    #[test]
    fn until_an_absolute_time() {
        assert_eq!(Expiry::until(at(1600), at(1000)).map(Expiry::seconds), Ok(600));
        assert_eq!(
            Expiry::until(at(1000), at(1000)),
            Err(ExpiryError::InThePast { end: at(1000), now: at(1000) })
        );
        assert_eq!(Expiry::until(at(1), at(1000)), Err(ExpiryError::InThePast { end: at(1), now: at(1000) }));
        assert_eq!(Expiry::until(at(605_801), at(1000)), Err(ExpiryError::TooLong { seconds: 604_801 }));
        assert_eq!(
            Expiry::until(Timestamp::MAX, at(0)),
            Err(ExpiryError::TooLong { seconds: 253_402_300_799 })
        );
    }

    #[test]
    fn credentials_bound_it() {
        let ten_minutes = Expiry::secs(600).unwrap();
        assert_eq!(ten_minutes.effective(at(1000), None), Ok(ten_minutes));
        let ended = Some(at(999));
        assert_eq!(
            ten_minutes.effective(at(1000), ended),
            Err(ExpiryError::CredentialsExpired { at: at(999), now: at(1000) })
        );
        assert_eq!(ten_minutes.bounded(at(1000), at(1600)), Ok(ten_minutes));
        assert_eq!(
            ten_minutes.bounded(at(1000), at(1599)),
            Err(ExpiryError::OutlivesCredentials { url_end: at(1600), credentials_end: at(1599) })
        );
        let clamped = ten_minutes.clamped_to_credentials();
        assert_eq!(clamped.bounded(at(1000), at(1599)).map(Expiry::seconds), Ok(599));
        assert_eq!(clamped.bounded(at(1000), at(9999)).map(Expiry::seconds), Ok(600));
        for end in [at(1000), at(0)] {
            let expected = Err(ExpiryError::CredentialsExpired { at: end, now: at(1000) });
            assert_eq!(ten_minutes.bounded(at(1000), end), expected);
            assert_eq!(clamped.bounded(at(1000), end), expected);
        }
    }
}
