//! The lifetime of a URL or a form.

use std::time::{Duration, SystemTime};

use oss_presign::{Expiry, ExpiryError, Timestamp};

use crate::Error;
use crate::clock;

/// The lifetime of a URL or a form: a duration from its signing time, or an expiry time. Fractions of a second are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
            Self::For(duration) => {
                let seconds = duration.as_secs();
                let short = u32::try_from(seconds).map_err(|_| ExpiryError::TooLong { seconds })?;
                Expiry::secs(short)?
            }
            // A time before 1970 is in the past, as 1970 is.
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
