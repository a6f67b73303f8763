//! The least speed of a transfer: a client that sends or takes a byte now and then must not hold its place for ever.

use std::time::Duration;

/// Bytes per second of the time that the server waits for the client.
const LEAST: u64 = 1024;

/// How fast a client has been since the last judgement.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The time of waiting after which it is judged.
    patience: Duration,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(patience: Duration) -> Self {
        Self { patience, waited: Duration::ZERO, bytes: 0 }
    }

    /// Counts bytes that came after this time of waiting; true where the client is too slow to go on with.
    pub(crate) fn is_too_slow(&mut self, waited: Duration, bytes: usize) -> bool {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < self.patience {
            return false;
        }
        let least = self.waited.as_millis() * u128::from(LEAST) / 1000;
        let slow = u128::from(self.bytes) < least;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_of_waiting_counts_and_each_stretch_by_itself() {
        let mut pace = Pace::new(Duration::from_secs(30));
        // 30 s of waiting for 30 KiB are just enough, and a later trickle is judged without them.
        assert!(!pace.is_too_slow(Duration::from_secs(29), 29 * 1024));
        assert!(!pace.is_too_slow(Duration::from_secs(1), 1024));
        assert!(!pace.is_too_slow(Duration::from_secs(29), 1));
        assert!(pace.is_too_slow(Duration::from_secs(1), 1));
        assert!(!pace.is_too_slow(Duration::ZERO, 1));
    }
}
