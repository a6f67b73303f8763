//! A limit on bytes per second: tells how long to wait, does not wait.

use core::num::NonZeroU64;
use core::time::Duration;

/// Spreads bytes over time so that no more than a given number pass per second.
///
/// One pacer can be shared by parallel transfers: the limit then holds for their sum.
#[derive(Clone, Debug)]
pub struct Pacer {
    bytes_per_second: NonZeroU64,
    free_at: Duration,
}

impl Pacer {
    /// At most `bytes_per_second`.
    pub fn new(bytes_per_second: NonZeroU64) -> Self {
        Self { bytes_per_second, free_at: Duration::ZERO }
    }

    /// Books `bytes` at the monotonic time `now`; returns how long to wait before they may be sent.
    pub fn reserve(&mut self, now: Duration, bytes: u64) -> Duration {
        let start = self.free_at.max(now);
        let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(self.bytes_per_second.get());
        self.free_at = start.saturating_add(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)));
        start - now
    }

    /// A good size of the pieces to send: a tenth of a second's worth, 4 KiB to 1 MiB.
    pub fn piece(&self) -> usize {
        let tenth = (self.bytes_per_second.get() / 10).clamp(4 << 10, 1 << 20);
        usize::try_from(tenth).unwrap_or(4 << 10)
    }
}

/// A [`Pacer`] with a clock of its own, for transfers that share it.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct SharedPacer {
    began: std::time::Instant,
    pacer: std::sync::Mutex<Pacer>,
    piece: usize,
}

#[cfg(feature = "std")]
impl SharedPacer {
    /// At most `bytes_per_second`, all transfers together.
    pub fn new(bytes_per_second: NonZeroU64) -> Self {
        let pacer = Pacer::new(bytes_per_second);
        let piece = pacer.piece();
        Self { began: std::time::Instant::now(), pacer: std::sync::Mutex::new(pacer), piece }
    }

    /// Books `bytes` now; returns how long to wait before they may be sent.
    pub fn reserve(&self, bytes: u64) -> Duration {
        let mut pacer = self.pacer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        pacer.reserve(self.began.elapsed(), bytes)
    }

    /// As [`Pacer::piece`].
    pub fn piece(&self) -> usize {
        self.piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_spread_over_time() {
        let mut pacer = Pacer::new(NonZeroU64::new(1000).unwrap());
        assert_eq!(pacer.reserve(Duration::from_secs(5), 500), Duration::ZERO);
        assert_eq!(pacer.reserve(Duration::from_secs(5), 500), Duration::from_millis(500));
        assert_eq!(pacer.reserve(Duration::from_secs(5), 1), Duration::from_secs(1));
        // Time that passed unused is not saved up.
        assert_eq!(pacer.reserve(Duration::from_secs(60), 1), Duration::ZERO);
        assert_eq!(pacer.reserve(Duration::from_secs(60), 1), Duration::from_millis(1));
    }
}
