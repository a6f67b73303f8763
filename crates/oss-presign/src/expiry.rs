//! How long a presigned URL works.

use core::fmt;

use crate::time::Timestamp;

/// The longest life of a V4 presigned URL: seven days, in seconds.
pub const MAX_EXPIRY_SECONDS: u32 = 604_800;

/// The life of a presigned URL, 1 to 604 800 seconds from its signing time (OSS, "Include a V4 signature in a
/// URL": `x-oss-expires`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expiry {
    seconds: u32,
    clamped: bool,
}

impl Expiry {
    /// A life of that many seconds.
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

    /// The life that ends at a given time, for a URL signed at `now`.
    ///
    /// # Errors
    /// [`ExpiryError::InThePast`] where `end` is not after `now`, [`ExpiryError::TooLong`] where it is more than
    /// seven days after.
    pub const fn until(end: Timestamp, now: Timestamp) -> Result<Self, ExpiryError> {
        match end.unix().checked_sub(now.unix()) {
            None | Some(0) => Err(ExpiryError::InThePast { end, now }),
            Some(seconds) if seconds > MAX_EXPIRY_SECONDS as u64 => Err(ExpiryError::TooLong { seconds }),
            Some(seconds) => Self::secs(seconds as u32),
        }
    }

    /// The same, shortened to what is left of the credentials where that is less. Without it, signing refuses
    /// a URL that would die before it says so.
    #[must_use]
    pub const fn clamped_to_credentials(self) -> Self {
        Self { clamped: true, ..self }
    }

    /// The life in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// What `x-oss-expires` says for a URL signed at `now` with credentials that expire then, if they do.
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
        /// What was asked for.
        seconds: u64,
    },
    /// The end is not after the signing time.
    InThePast {
        /// The end that was asked for.
        end: Timestamp,
        /// The signing time.
        now: Timestamp,
    },
    /// The credentials no longer work at the signing time.
    CredentialsExpired {
        /// When they ceased to.
        at: Timestamp,
        /// The signing time.
        now: Timestamp,
    },
    /// The credentials cease to work before the URL would.
    OutlivesCredentials {
        /// When the URL would expire.
        url_end: Timestamp,
        /// When the credentials do.
        credentials_end: Timestamp,
    },
}

impl ExpiryError {
    /// A stable name for programs.
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
            Self::Zero => write!(f, "a URL lives at least 1 second: give 1 to {MAX_EXPIRY_SECONDS} seconds"),
            Self::TooLong { seconds } => write!(
                f,
                "a V4 URL lives at most {MAX_EXPIRY_SECONDS} seconds (7 days), not {seconds}: sign again when it is needed"
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
