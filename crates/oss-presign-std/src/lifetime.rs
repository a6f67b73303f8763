//! How long a URL or a form works.

use std::time::{Duration, SystemTime};

use oss_presign::{Expiry, ExpiryError, Timestamp};

use crate::Error;
use crate::clock;

/// How long a URL or a form works: for a duration from its signing, or until a time. Fractions of a second are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For 1 second to 7 days.
    For(Duration),
    /// Until a time that is at most 7 days ahead.
    Until(SystemTime),
}

impl Lifetime {
    /// What the core signs at `now`; shortened to what is left of the credentials where that is asked for.
    pub(crate) fn expiry(self, now: Timestamp, clamp: bool) -> Result<Expiry, Error> {
        let expiry = match self {
            Self::For(duration) => {
                let seconds = duration.as_secs();
                let short = u32::try_from(seconds).map_err(|_| ExpiryError::TooLong { seconds })?;
                Expiry::secs(short)?
            }
            // What ends before 1970 has ended.
            Self::Until(end) => {
                Expiry::until(Timestamp::from_unix(clock::unix_seconds(end).unwrap_or(0))?, now)?
            }
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
