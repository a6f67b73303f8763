//! A speed in bytes per second, and when the next bytes may pass.

use std::time::Duration;

use tokio::time::Instant;

/// A number of bytes per second, and how far it has come.
#[derive(Debug)]
pub(crate) struct Rate {
    bytes_per_second: u64,
    began: Instant,
    passed: u64,
}

impl Rate {
    pub(crate) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second: bytes_per_second.max(1), began: Instant::now(), passed: 0 }
    }

    /// Counts these bytes, and returns when they may have passed.
    pub(crate) fn after(&mut self, bytes: usize) -> Instant {
        self.passed += bytes as u64;
        let nanoseconds = u128::from(self.passed) * 1_000_000_000 / u128::from(self.bytes_per_second);
        self.began + Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// Sent at once: a tenth of a second's worth.
    pub(crate) fn piece(&self) -> usize {
        usize::try_from(self.bytes_per_second / 10).unwrap_or(usize::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_tells_when_bytes_may_have_passed() {
        let mut rate = Rate::new(1000);
        let began = rate.began;
        assert_eq!(rate.after(500), began + Duration::from_millis(500));
        assert_eq!(rate.after(1500), began + Duration::from_secs(2));
    }
}
