//! Whether to try again, and when: a pure decision.

use core::time::Duration;

/// The failure of an attempt, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The connection failed or broke, or the answer was cut off.
    Connection,
    /// Connecting, or waiting for the next byte, took too long.
    Timeout,
    /// A checksum did not match: what arrived is not what was sent.
    Corrupted,
    /// The service answered with an error.
    Status {
        /// HTTP status code.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The URL or the security token in it has expired.
    Expired,
    /// The clock that signed differs too much from the server's.
    Skewed,
    /// Nothing that another attempt could change.
    Permanent,
}

impl Failure {
    /// Whether the same request may succeed later: 408, 429 and 5xx (but 501 and 505), broken connections, timeouts and wrong
    /// checksums.
    pub fn is_transient(self) -> bool {
        match self {
            Self::Connection | Self::Timeout | Self::Corrupted => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500 | 502..=504 | 506..=599),
            Self::Expired | Self::Skewed | Self::Permanent => false,
        }
    }
}

/// Sets how often a request is tried again, and how long to wait before that.
///
/// The wait before attempt n+1 is random, between half of `base · 2^(n-1)` and all of it, at most `cap`, and at least what
/// `Retry-After` asks for. The default policy outlasts a service that is away for half a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The number of attempts, including the first. With 1 nothing is tried again.
    pub max_attempts: u32,
    /// The longest time of the first wait.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub base: Duration,
    /// The longest time of any wait that the service did not ask for.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub cap: Duration,
    /// The longest time that is waited if the service asks for it with `Retry-After`. If it asks for more, the operation fails.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub longest_wait: Duration,
    /// The longest time of the whole operation, including waits. No attempt starts after it.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds::option"))]
    pub deadline: Option<Duration>,
}

impl Default for RetryPolicy {
    /// Returns ten attempts with waits from 200 ms, doubled up to 20 s (33 s to 65 s in all), up to 5 minutes if the service
    /// asks for it, and no deadline.
    fn default() -> Self {
        Self {
            max_attempts: 10,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(20),
            longest_wait: Duration::from_secs(300),
            deadline: None,
        }
    }
}

/// Where an operation stands when an attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the attempt that failed, from 1.
    pub number: u32,
    /// Time since the operation began.
    pub elapsed: Duration,
    /// Whether the same bytes can be sent again.
    pub rereadable: bool,
    /// Whether somebody can supply a freshly signed request.
    pub refreshable: bool,
    /// Any random number; decides on the jitter.
    pub random: u64,
    /// How long the URL still lives, where that is known.
    pub url_life: Option<Duration>,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Send the same request again after this time.
    Retry {
        /// How long to wait.
        after: Duration,
    },
    /// Get a freshly signed request, then send it after this time.
    Refresh {
        /// How long to wait.
        after: Duration,
    },
    /// Give up: the failure is the result.
    Stop,
    /// Give up because the server asks to wait longer than is allowed.
    WaitTooLong {
        /// How long it asks to wait.
        asked: Duration,
        /// How long would be waited: the policy's bound, or what is left of the deadline or of the URL's life.
        allowed: Duration,
    },
    /// Give up because the deadline is reached, or would be before the next attempt.
    DeadlineReached,
}

impl RetryPolicy {
    /// Returns a policy that tries nothing again.
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets the number of attempts, including the first.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest time of the first wait, which is doubled for each wait after it, up to `cap`.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        (self.base, self.cap) = (base, cap);
        self
    }

    /// Sets the longest time that is waited if the service asks for it.
    #[must_use]
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Limits the time of the whole operation.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Decides what comes after a failed attempt.
    ///
    /// What is [transient](Failure::is_transient) is tried again where the body can be sent again; an expired URL or a skewed clock only with a freshly signed request; nothing else.
    pub fn decide(&self, failure: Failure, attempt: &Attempt) -> Decision {
        let (refresh, at_least) = match failure {
            Failure::Status { retry_after, .. } if failure.is_transient() => {
                (false, retry_after.unwrap_or_default())
            }
            _ if failure.is_transient() => (false, Duration::ZERO),
            Failure::Expired | Failure::Skewed if attempt.refreshable => (true, Duration::ZERO),
            _ => return Decision::Stop,
        };
        if attempt.number >= self.max_attempts || !attempt.rereadable {
            return Decision::Stop;
        }
        let left = self.deadline.map(|deadline| deadline.saturating_sub(attempt.elapsed));
        // A URL that can be replaced need not outlive the wait.
        let life = attempt.url_life.filter(|_| !attempt.refreshable);
        let allowed = [left, life].into_iter().flatten().fold(self.longest_wait, Duration::min);
        if at_least > allowed {
            return Decision::WaitTooLong { asked: at_least, allowed };
        }
        // A fresh signature needs no patience, unless the one before it was fresh as well.
        let after = if refresh && attempt.number == 1 {
            Duration::ZERO
        } else {
            self.jitter(attempt.number, attempt.random).max(at_least)
        };
        if self.deadline.is_some_and(|deadline| attempt.elapsed.saturating_add(after) >= deadline) {
            return Decision::DeadlineReached;
        }
        if refresh { Decision::Refresh { after } } else { Decision::Retry { after } }
    }

    /// A wait between half of the bound of the `number`-th attempt and all of it.
    fn jitter(&self, number: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(number.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.base.saturating_mul(factor).min(self.cap);
        let half = bound / 2;
        let nanos = (half.as_nanos().min(u128::from(u64::MAX)) * u128::from(random)) >> 64;
        half.saturating_add(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Attempt = Attempt {
        number: 1,
        elapsed: Duration::ZERO,
        rereadable: true,
        refreshable: false,
        random: u64::MAX,
        url_life: None,
    };

    fn status(status: u16) -> Failure {
        Failure::Status { status, retry_after: None }
    }

    #[test]
    fn what_is_tried_again() {
        let policy = RetryPolicy::default();
        for failure in [
            Failure::Connection,
            Failure::Timeout,
            Failure::Corrupted,
            status(408),
            status(429),
            status(500),
            status(502),
            status(503),
            status(504),
            status(599),
        ] {
            assert!(matches!(policy.decide(failure, &FIRST), Decision::Retry { .. }), "{failure:?}");
            assert_eq!(policy.decide(failure, &Attempt { rereadable: false, ..FIRST }), Decision::Stop);
            assert_eq!(policy.decide(failure, &Attempt { number: 10, ..FIRST }), Decision::Stop);
            assert_eq!(RetryPolicy::never().decide(failure, &FIRST), Decision::Stop);
        }
        for failure in [
            status(400),
            status(403),
            status(404),
            status(409),
            status(412),
            status(416),
            status(501),
            status(505),
            status(304),
            Failure::Permanent,
            Failure::Expired,
            Failure::Skewed,
        ] {
            assert_eq!(policy.decide(failure, &FIRST), Decision::Stop, "{failure:?}");
        }
    }

    #[test]
    fn a_fresh_signature_where_somebody_can_make_one() {
        let attempt = Attempt { refreshable: true, ..FIRST };
        for failure in [Failure::Expired, Failure::Skewed] {
            assert_eq!(
                RetryPolicy::default().decide(failure, &attempt),
                Decision::Refresh { after: Duration::ZERO }
            );
            let second = Attempt { number: 2, ..attempt };
            assert!(
                matches!(RetryPolicy::default().decide(failure, &second), Decision::Refresh { after } if after > Duration::ZERO)
            );
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_with_jitter() {
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        let wait =
            |number, random| match policy.decide(Failure::Connection, &Attempt { number, random, ..FIRST }) {
                Decision::Retry { after } => after,
                other => panic!("{other:?}"),
            };
        assert_eq!(wait(1, 0), Duration::from_millis(100));
        assert_eq!(wait(1, u64::MAX), Duration::from_nanos(199_999_999));
        assert_eq!(wait(1, 1 << 63), Duration::from_millis(150));
        assert_eq!(wait(3, 1 << 63), Duration::from_millis(600));
        assert_eq!(wait(8, 1 << 63), Duration::from_secs(15));
        assert_eq!(wait(4_000_000_000, 1 << 63), Duration::from_secs(15));
    }

    /// The least waits are half of the bounds 1, 2, 4 and 5 s.
    #[test]
    fn a_policy_of_ones_own_waits_as_it_says() {
        let policy = RetryPolicy::default().backoff(Duration::from_secs(1), Duration::from_secs(5));
        let waits = [1, 2, 3, 4]
            .map(|number| policy.decide(Failure::Timeout, &Attempt { number, random: 0, ..FIRST }));
        let expected = [500, 1000, 2000, 2500];
        assert_eq!(waits, expected.map(|ms| Decision::Retry { after: Duration::from_millis(ms) }));
    }

    #[test]
    fn retry_after_and_the_deadline() {
        let asked = Failure::Status { status: 503, retry_after: Some(Duration::from_secs(30)) };
        assert_eq!(
            RetryPolicy::default().decide(asked, &FIRST),
            Decision::Retry { after: Duration::from_secs(30) }
        );
        let policy = RetryPolicy::default().deadline(Duration::from_secs(60));
        assert_eq!(policy.decide(asked, &FIRST), Decision::Retry { after: Duration::from_secs(30) });
        let late = Attempt { elapsed: Duration::from_secs(31), ..FIRST };
        let (asked_for, left) = (Duration::from_secs(30), Duration::from_secs(29));
        assert_eq!(policy.decide(asked, &late), Decision::WaitTooLong { asked: asked_for, allowed: left });
        let unasked = Attempt { elapsed: Duration::from_secs(60), ..FIRST };
        assert_eq!(policy.decide(status(503), &unasked), Decision::DeadlineReached);
    }

    /// 31 years, the seconds of a malicious server, and a second more than the bounds.
    #[test]
    fn nobody_is_put_to_sleep_for_years() {
        let wait = |seconds, policy: RetryPolicy, attempt: Attempt| {
            let retry_after = Some(Duration::from_secs(seconds));
            policy.decide(Failure::Status { status: 503, retry_after }, &attempt)
        };
        let refused = |asked, allowed| Decision::WaitTooLong {
            asked: Duration::from_secs(asked),
            allowed: Duration::from_secs(allowed),
        };
        let policy = RetryPolicy::default();
        assert_eq!(wait(999_999_999, policy, FIRST), refused(999_999_999, 300));
        assert_eq!(wait(300, policy, FIRST), Decision::Retry { after: Duration::from_secs(300) });
        assert_eq!(
            wait(u64::MAX, policy.longest_wait(Duration::MAX), FIRST),
            Decision::Retry { after: Duration::from_secs(u64::MAX) }
        );
        assert_eq!(wait(11, policy.longest_wait(Duration::from_secs(10)), FIRST), refused(11, 10));
        let dying = Attempt { url_life: Some(Duration::from_secs(20)), ..FIRST };
        assert_eq!(wait(21, policy, dying), refused(21, 20));
        let replaceable = Attempt { refreshable: true, ..dying };
        assert_eq!(wait(21, policy, replaceable), Decision::Retry { after: Duration::from_secs(21) });
    }

    /// With the shortest waits that chance can bring.
    #[test]
    fn a_service_that_is_away_for_half_a_minute_is_waited_for() {
        let policy = RetryPolicy::default();
        let waits = (1..policy.max_attempts).map(|number| {
            let attempt = Attempt { number, random: 0, ..FIRST };
            match policy.decide(Failure::Connection, &attempt) {
                Decision::Retry { after } => after,
                other => panic!("{other:?}"),
            }
        });
        let total: Duration = waits.sum();
        assert!(total > Duration::from_secs(30), "{total:?}");
    }
}
