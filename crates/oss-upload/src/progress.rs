//! How far a transfer is, told at a bounded rate.

use core::time::Duration;

/// The progress of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes that were transferred in this attempt; for a resumed transfer or one in parts, all bytes that count.
    pub transferred: u64,
    /// The number of bytes to transfer, if it is known.
    pub total: Option<u64>,
    /// The number of the attempt, from 1. During a wait, the number of the next one.
    pub attempt: u32,
    /// How long the transfer waits before it tries again, if it is waiting. Nothing moves then, so a rate or a remaining time
    /// has no meaning.
    pub waits: Option<Duration>,
}

impl Progress {
    /// A report.
    pub fn new(transferred: u64, total: Option<u64>, attempt: u32) -> Self {
        Self { transferred, total, attempt, waits: None }
    }

    /// The same position, before a wait.
    #[must_use]
    pub fn waiting(mut self, time: Duration, next_attempt: u32) -> Self {
        (self.waits, self.attempt) = (Some(time), next_attempt);
        self
    }
}

/// Lets reports through at most once per interval; the first, the last, the first of a new attempt, and the beginning and
/// the end of a wait always pass.
#[derive(Clone, Debug)]
pub struct ProgressGate {
    interval: Duration,
    last: Option<(Duration, Progress)>,
}

impl ProgressGate {
    /// At most one report per `interval`.
    pub fn new(interval: Duration) -> Self {
        Self { interval, last: None }
    }

    /// Whether `progress`, at the monotonic time `now`, is to be reported.
    pub fn admits(&mut self, now: Duration, progress: Progress) -> bool {
        let admitted = match self.last {
            None => true,
            Some((_, last)) if last == progress => false,
            Some((at, last)) => {
                last.attempt != progress.attempt
                    || last.waits != progress.waits
                    || progress.total == Some(progress.transferred)
                    || now.saturating_sub(at) >= self.interval
            }
        };
        if admitted {
            self.last = Some((now, progress));
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_last_and_one_per_interval() {
        let mut gate = ProgressGate::new(Duration::from_millis(100));
        let mut passed = 0;
        for ms in 0..=1000_u64 {
            passed += u32::from(gate.admits(Duration::from_millis(ms), Progress::new(ms, Some(1000), 1)));
        }
        assert_eq!(passed, 11); // 0, 100, …, 1000
        assert!(gate.admits(Duration::from_millis(1001), Progress::new(0, Some(1000), 2)));
        assert!(!gate.admits(Duration::from_millis(1002), Progress::new(1, Some(1000), 2)));
        assert!(gate.admits(Duration::from_millis(1003), Progress::new(1000, Some(1000), 2)));
        assert!(!gate.admits(Duration::from_millis(1003), Progress::new(1000, Some(1000), 2)));
    }
}
