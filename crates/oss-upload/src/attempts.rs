//! The attempts of one operation, counted.

use core::time::Duration;

use crate::retry::{Attempt, Decision, Failure, RetryPolicy};

/// Why a freshly signed request is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshReason {
    /// The URL, or the security token in it, has expired.
    Expired,
    /// The server found the signer's clock too far off.
    Skewed,
}

/// Counts the attempts of one operation and decides after each failure.
#[derive(Clone, Debug)]
pub struct Attempts {
    policy: RetryPolicy,
    number: u32,
    since_progress: u32,
}

impl Attempts {
    /// Before the first attempt.
    pub fn new(policy: RetryPolicy) -> Self {
        Self { policy, number: 1, since_progress: 1 }
    }

    /// The number of the current attempt, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Notes that the current attempt brought a resumable transfer well forward: the count of the policy starts anew.
    pub fn progressed(&mut self) {
        self.since_progress = 1;
    }

    /// Decides after the current attempt has failed; where it goes on, the next attempt becomes the current one.
    ///
    /// `elapsed` is the time since the operation began, `random` any random number.
    pub fn failed(
        &mut self,
        failure: Failure,
        elapsed: Duration,
        rereadable: bool,
        refreshable: bool,
        random: u64,
    ) -> Decision {
        let number = self.since_progress;
        let decision =
            self.policy.decide(failure, &Attempt { number, elapsed, rereadable, refreshable, random });
        if matches!(decision, Decision::Retry { .. } | Decision::Refresh { .. }) {
            self.number = self.number.saturating_add(1);
            self.since_progress = self.since_progress.saturating_add(1);
        }
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_starts_the_count_anew() {
        let mut attempts = Attempts::new(RetryPolicy::default().max_attempts(2));
        let fail =
            |attempts: &mut Attempts| attempts.failed(Failure::Connection, Duration::ZERO, true, false, 0);
        assert!(matches!(fail(&mut attempts), Decision::Retry { .. }));
        assert_eq!(attempts.number(), 2);
        attempts.progressed();
        assert!(matches!(fail(&mut attempts), Decision::Retry { .. }));
        assert_eq!(fail(&mut attempts), Decision::Stop);
        assert_eq!(attempts.number(), 3);
    }
}
