//! The server's clock: the system's, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, the end of OSS's date formats.
const LAST_SECOND: u64 = 253_402_300_799;

/// What the server takes for the current time when it judges expiries and dates its answers.
///
/// Clones share one clock: a test keeps a clone and moves the time of the running server.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// System time plus an offset in seconds.
    System(Arc<AtomicI64>),
    Fixed(Arc<AtomicU64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(Arc::new(AtomicI64::new(0))))
    }

    /// A clock that stands at `unix` seconds since 1970 UTC until it is [`set`](Self::set) or
    /// [`advance`](Self::advance)d. Times after the year 9999 are taken as its last second.
    #[must_use]
    pub fn fixed(unix: u64) -> Self {
        Self(Source::Fixed(Arc::new(AtomicU64::new(unix.min(LAST_SECOND)))))
    }

    /// Moves the clock to `unix` seconds since 1970 UTC. A system clock runs on from there.
    pub fn set(&self, unix: u64) {
        let unix = unix.min(LAST_SECOND);
        match &self.0 {
            Source::Fixed(now) => now.store(unix, Ordering::SeqCst),
            Source::System(offset) => {
                offset.store(unix.cast_signed().saturating_sub(system_now().cast_signed()), Ordering::SeqCst);
            }
        }
    }

    /// Moves the clock forward by `seconds`.
    pub fn advance(&self, seconds: u64) {
        self.set(self.now().saturating_add(seconds));
    }

    /// Seconds since 1970 UTC.
    #[must_use]
    pub fn now(&self) -> u64 {
        match &self.0 {
            Source::Fixed(now) => now.load(Ordering::SeqCst),
            Source::System(offset) => {
                let offset = offset.load(Ordering::SeqCst);
                system_now().saturating_add_signed(offset).min(LAST_SECOND)
            }
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

fn system_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_by_hand_and_for_all_its_clones() {
        let clock = Clock::fixed(1_731_400_358);
        let other = clock.clone();
        assert_eq!(other.now(), 1_731_400_358);
        clock.advance(600);
        assert_eq!(other.now(), 1_731_400_958);
        other.set(5);
        assert_eq!(clock.now(), 5);
    }

    #[test]
    fn a_system_clock_can_be_shifted_both_ways() {
        let clock = Clock::system();
        clock.set(1_000);
        assert!((1_000..1_060).contains(&clock.now()));
        clock.set(u64::MAX);
        assert_eq!(clock.now(), LAST_SECOND);
    }
}
