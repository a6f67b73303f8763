//! Clocks: the sources of the signing time.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use oss_presign::{TimeError, Timestamp};

/// 2020-01-01T00:00:00Z, in seconds since 1970. A clock that shows an earlier time was never set.
pub const EARLIEST_PLAUSIBLE_SECOND: u64 = 1_577_836_800;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> SystemTime;

    /// Returns the current time as a signing time.
    ///
    /// # Errors
    /// [`ClockError`] if the clock was never set.
    fn timestamp(&self) -> Result<Timestamp, ClockError>
    where
        Self: Sized,
    {
        read(self, ClockOffset::NONE)
    }
}

#[cfg(all(feature = "system-clock", target_arch = "wasm32", target_os = "unknown"))]
compile_error!(
    "wasm32-unknown-unknown has no system clock: depend on oss-presign-std with `default-features = false` (and \
     `features = [\"serde\"]` for JSON), and give `PresignerBuilder::clock` a clock of your own, such as one over \
     JavaScript's `Date.now()`"
);

/// The clock of the operating system.
#[cfg(feature = "system-clock")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "system-clock")]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that changes only when it is set, for tests and for programs with their own source of time. Shared by reference or
/// in an [`Arc`](std::sync::Arc), it can be set while others read it.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Creates a clock that shows `now`.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicU64::new(now.unix()))
    }

    /// Sets the clock to another time.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.unix(), Ordering::SeqCst);
    }

    /// Moves the clock forward by `seconds` seconds.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }
}

/// A correction that is added to a clock, in whole seconds. It is not global:
/// [`Presigner::with_clock_offset`](crate::Presigner::with_clock_offset) returns another presigner with it.
///
/// With the feature `serde` it is a number: the correction in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct ClockOffset {
    seconds: i64,
}

impl ClockOffset {
    /// No correction.
    pub const NONE: Self = Self { seconds: 0 };

    /// Returns the correction for a clock that showed `local` when the clock of a server showed `server`. The server's time is
    /// in the `Date` header of a response, or in `<ServerTime>` of the error `RequestTimeTooSkewed`.
    #[must_use]
    pub const fn between(local: Timestamp, server: Timestamp) -> Self {
        // Both numbers are below 2^38, so the conversions and the difference cannot overflow.
        Self { seconds: server.unix() as i64 - local.unix() as i64 }
    }

    /// Creates a correction of `seconds` seconds. A negative number makes the clock earlier.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds }
    }

    /// Returns the correction, in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }
}

/// Reads a clock, adds the offset, and refuses times before [`EARLIEST_PLAUSIBLE_SECOND`].
pub(crate) fn read(clock: &dyn Clock, offset: ClockOffset) -> Result<Timestamp, ClockError> {
    // A time before 1970 is treated like 1970: the clock was never set.
    let seconds = unix_seconds(clock.now()).unwrap_or(0);
    let seconds = seconds.saturating_add_signed(offset.seconds);
    let now = Timestamp::from_unix(seconds)?;
    if seconds < EARLIEST_PLAUSIBLE_SECOND {
        return Err(ClockError::NotSet { now });
    }
    Ok(now)
}

/// Returns the whole seconds since 1970, or `None` for an earlier time.
pub(crate) fn unix_seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// Why the time of a clock was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockError {
    /// The clock shows a time before 2020, so it was never set, and OSS would refuse every signature.
    NotSet {
        /// The time that it shows, with the offset added.
        now: Timestamp,
    },
    /// The clock shows a time that a V4 signature cannot contain.
    Time(TimeError),
}

impl ClockError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSet { .. } => "ClockNotSet",
            Self::Time(error) => error.code(),
        }
    }
}

impl From<TimeError> for ClockError {
    fn from(error: TimeError) -> Self {
        Self::Time(error)
    }
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSet { now } => {
                write!(f, "the clock shows {now}, so it was never set: set it (NTP) before signing")
            }
            Self::Time(error) => write!(f, "the clock shows no usable time: {error}"),
        }
    }
}

impl std::error::Error for ClockError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix(seconds).unwrap()
    }

    fn shown(seconds: u64, offset: i64) -> Result<Timestamp, ClockError> {
        read(&ManualClock::new(at(seconds)), ClockOffset::from_seconds(offset))
    }

    #[test]
    fn a_clock_before_2020_was_never_set() {
        // date -u -d 2020-01-01 +%s
        assert_eq!(shown(1_577_836_800, 0), Ok(at(1_577_836_800)));
        assert_eq!(shown(1_577_836_799, 0), Err(ClockError::NotSet { now: at(1_577_836_799) }));
        assert_eq!(shown(0, 0), Err(ClockError::NotSet { now: at(0) }));
        struct Before1970;
        impl Clock for Before1970 {
            fn now(&self) -> SystemTime {
                SystemTime::UNIX_EPOCH - Duration::from_secs(1)
            }
        }
        assert_eq!(read(&Before1970, ClockOffset::NONE), Err(ClockError::NotSet { now: at(0) }));
    }

    #[test]
    fn the_offset_counts_before_the_check() {
        let offset = ClockOffset::between(at(100), at(1_731_400_358));
        assert_eq!(read(&ManualClock::new(at(110)), offset), Ok(at(1_731_400_368)));
        assert_eq!(shown(1_731_400_358, -1_731_400_358), Err(ClockError::NotSet { now: at(0) }));
        assert_eq!(shown(1_731_400_358, i64::MIN), Err(ClockError::NotSet { now: at(0) }));
        assert!(matches!(shown(1_731_400_358, i64::MAX), Err(ClockError::Time(_))));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_of_an_offset_is_its_seconds() {
        let offset = ClockOffset::from_seconds(-90);
        assert_eq!(serde_json::to_string(&offset).unwrap(), "-90");
        assert_eq!(serde_json::from_str::<ClockOffset>("-90").unwrap(), offset);
    }

    #[test]
    fn a_manual_clock_is_set_and_advanced() {
        let clock = ManualClock::new(at(1_731_400_358));
        clock.advance(2);
        assert_eq!(read(&clock, ClockOffset::NONE), Ok(at(1_731_400_360)));
        clock.set(at(1_600_000_000));
        assert_eq!(read(&clock, ClockOffset::NONE), Ok(at(1_600_000_000)));
    }
}
