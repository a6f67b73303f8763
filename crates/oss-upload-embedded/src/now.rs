use core::fmt;

use oss_presign::Timestamp;

/// 2020-01-01T00:00:00Z: no board that reads an earlier time has ever set its clock.
const EARLIEST: u64 = 1_577_836_800;

/// The current time, read from a clock that has been set.
///
/// A board without a battery starts in 1970 (or at its build date), and a URL signed with such a time is refused by
/// the service with a message about signatures or expiry that tells nobody what is wrong. Making a `Now` is the one
/// place where this is noticed. See [`date`](crate::Response::date) and
/// [`ServiceError::date`](crate::ServiceError::date) for setting a clock without SNTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Now(Timestamp);

impl Now {
    /// Takes the clock's reading in seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`ClockNotSet`] for anything before 2020 or after 9999.
    pub fn from_unix(seconds: u64) -> Result<Self, ClockNotSet> {
        match Timestamp::from_unix(seconds) {
            Ok(timestamp) if seconds >= EARLIEST => Ok(Self(timestamp)),
            _ => Err(ClockNotSet { seconds }),
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> u64 {
        self.0.unix()
    }

    /// What a signer takes.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Now {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Now({})", self.unix());
    }
}

/// The clock's reading lies before 2020 (or after 9999): it was never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ClockNotSet {
    seconds: u64,
}

impl ClockNotSet {
    /// The reading that was refused, in seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.seconds
    }
}

impl fmt::Display for ClockNotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the clock reads {} s since 1970, so it was never set: set it by SNTP or from the Date of any HTTP answer first",
            self.seconds
        )
    }
}

impl core::error::Error for ClockNotSet {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_refused() {
        for seconds in [0, 1, 86_400, EARLIEST - 1, 253_402_300_800, u64::MAX] {
            assert_eq!(Now::from_unix(seconds), Err(ClockNotSet { seconds }));
        }
        for seconds in [EARLIEST, 1_731_400_358, 253_402_300_799] {
            assert_eq!(Now::from_unix(seconds).map(Now::unix), Ok(seconds));
        }
    }
}
