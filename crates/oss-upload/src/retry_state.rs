//! The attempts of one operation, counted.

#[cfg(feature = "std")]
use core::time::Duration;

#[cfg(feature = "std")]
use crate::error::TransferError;
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

/// The attempt that follows a failed one.
#[cfg(feature = "std")]
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryStep {
    /// How long to wait before it.
    pub after: Duration,
    /// Why it needs a freshly signed request, if it does.
    pub refresh: Option<RefreshReason>,
    /// Why the attempt before it failed.
    pub cause: TransferError,
}

/// Counts the attempts of one operation and decides after each failure.
#[derive(Clone, Debug)]
pub struct RetryState {
    policy: RetryPolicy,
    number: u32,
    since_progress: u32,
}

impl RetryState {
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

    /// Decides after the current attempt has failed; where it goes on, the next attempt becomes the current one. The
    /// number of `attempt` is filled in.
    pub fn failed(&mut self, failure: Failure, attempt: Attempt) -> Decision {
        let decision = self.policy.decide(failure, &Attempt { number: self.since_progress, ..attempt });
        if matches!(decision, Decision::Retry { .. } | Decision::Refresh { .. }) {
            self.number = self.number.saturating_add(1);
            self.since_progress = self.since_progress.saturating_add(1);
        }
        decision
    }

    /// The same for an error: what comes next, or what is final. `failure` is what the error means for a retry.
    ///
    /// # Errors
    /// The error itself where the operation ends with it; [`TransferError::DeadlineReached`] where time is up;
    /// [`TransferError::WaitTooLong`] where the service asks for too much of it.
    #[cfg(feature = "std")]
    pub fn after(
        &mut self,
        error: TransferError,
        failure: Failure,
        attempt: Attempt,
    ) -> Result<RetryStep, TransferError> {
        match self.failed(failure, attempt) {
            Decision::Retry { after } => Ok(RetryStep { after, refresh: None, cause: error }),
            Decision::Refresh { after } => {
                let reason =
                    if failure == Failure::Skewed { RefreshReason::Skewed } else { RefreshReason::Expired };
                Ok(RetryStep { after, refresh: Some(reason), cause: error })
            }
            Decision::DeadlineReached => {
                Err(TransferError::DeadlineReached { last: Some(alloc::boxed::Box::new(error)) })
            }
            Decision::WaitTooLong { asked, allowed } => {
                Err(TransferError::WaitTooLong { asked, allowed, last: alloc::boxed::Box::new(error) })
            }
            Decision::Stop => Err(error),
        }
    }
}

/// So many attempts, in words.
#[cfg(feature = "alloc")]
pub(crate) struct Count(pub(crate) u32);

#[cfg(feature = "alloc")]
impl core::fmt::Display for Count {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.0 == 1 { f.write_str("1 attempt") } else { write!(f, "{} attempts", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "std")]
    use alloc::string::ToString;

    fn attempt(seconds: u64) -> Attempt {
        let elapsed = core::time::Duration::from_secs(seconds);
        Attempt { number: 1, elapsed, rereadable: true, refreshable: true, random: 0, url_life: None }
    }

    #[test]
    fn progress_starts_the_count_anew() {
        let mut attempts = RetryState::new(RetryPolicy::default().max_attempts(2));
        let fail = |attempts: &mut RetryState| attempts.failed(Failure::Connection, attempt(0));
        assert!(matches!(fail(&mut attempts), Decision::Retry { .. }));
        assert_eq!(attempts.number(), 2);
        attempts.progressed();
        assert!(matches!(fail(&mut attempts), Decision::Retry { .. }));
        assert_eq!(fail(&mut attempts), Decision::Stop);
        assert_eq!(attempts.number(), 3);
    }

    #[cfg(feature = "std")]
    #[test]
    fn attempts_in_words() {
        assert_eq!(Count(1).to_string(), "1 attempt");
        assert_eq!(Count(2).to_string(), "2 attempts");
    }

    #[cfg(feature = "std")]
    #[test]
    fn an_error_is_final_or_says_what_comes_next() {
        let policy = RetryPolicy::default().max_attempts(2).deadline(Duration::from_secs(60));
        let after = |failure, seconds| {
            let error = TransferError::Connection("gone".into());
            RetryState::new(policy).after(error, failure, attempt(seconds))
        };
        let reason = |failure| after(failure, 0).unwrap().refresh;
        assert_eq!(reason(Failure::Connection), None);
        assert_eq!(reason(Failure::Expired), Some(RefreshReason::Expired));
        assert_eq!(reason(Failure::Skewed), Some(RefreshReason::Skewed));
        assert!(matches!(after(Failure::Permanent, 0), Err(TransferError::Connection(_))));
        let late = after(Failure::Connection, 60);
        let Err(TransferError::DeadlineReached { last: Some(last) }) = late else { panic!("{late:?}") };
        assert!(matches!(*last, TransferError::Connection(_)));
        let asked = Failure::Status { status: 503, retry_after: Some(Duration::from_secs(999_999_999)) };
        let refused = after(asked, 0).unwrap_err().to_string();
        assert!(refused.contains("999999999 s") && refused.contains("60 s"), "{refused}");
    }
}
