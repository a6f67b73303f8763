//! What a transfer may take, and how careful it is.

use core::num::NonZeroU64;
use core::time::Duration;

use crate::retry::RetryPolicy;

/// How long the steps of an attempt may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Timeouts {
    /// Making the connection, name lookup and TLS included. reqwest takes it when its client is built; here it bounds
    /// nothing beyond the idle time then.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub connect: Duration,
    /// The longest pause without a byte in either direction; waiting for the answer counts.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub idle: Duration,
    /// One attempt as a whole; `None` for no bound. A bound on everything is [`RetryPolicy::deadline`].
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds::option"))]
    pub attempt: Option<Duration>,
}

impl Default for Timeouts {
    /// 10 s to connect, 60 s idle, no bound on an attempt.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(60), attempt: None }
    }
}

impl Timeouts {
    /// The same with another time to connect.
    #[must_use]
    pub fn connect(mut self, connect: Duration) -> Self {
        self.connect = connect;
        self
    }

    /// The same with another idle time.
    #[must_use]
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// The same with a bound on each attempt.
    #[must_use]
    pub fn attempt(mut self, attempt: Duration) -> Self {
        self.attempt = Some(attempt);
        self
    }
}

/// The settings of an uploader; both adapters have the same ones.
///
/// With feature `serde` they can stand in a configuration file: what is not named there is as by default, an unknown name is
/// an error, and times are in seconds, as in `{"retry":{"max_attempts":8},"timeouts":{"idle":2.5}}`.
///
/// ```
/// use oss_upload::{Options, RetryPolicy};
/// let careful = Options::default().retry(RetryPolicy::default().max_attempts(8)).verify_md5(true);
/// assert!(careful.verify_crc);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Options {
    /// When to try again.
    pub retry: RetryPolicy,
    /// How long the steps of an attempt may take.
    pub timeouts: Timeouts,
    /// Whether checksums are compared; on by default.
    pub verify_crc: bool,
    /// Whether the body's MD5 is compared with a signed `content-md5` before sending, and that of a download with
    /// the answer's; off by default: MD5 is much slower than the network may be.
    pub verify_md5: bool,
    /// Whether plain `http` to another machine is accepted; off by default.
    pub allow_plain_http: bool,
    /// Whether a download counts as complete when its answer has neither a length nor a checksum and ends with the
    /// connection, which a broken connection looks like; off by default.
    pub allow_close_delimited: bool,
    /// The most bytes per second, all parallel transfers of the uploader together; `None` for no limit.
    pub bandwidth: Option<NonZeroU64>,
    /// What to add to this machine's clock to get the server's, in seconds.
    pub clock_offset: i64,
    /// The least time between two progress reports; 100 ms by default.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub progress_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            verify_crc: true,
            verify_md5: false,
            allow_plain_http: false,
            allow_close_delimited: false,
            bandwidth: None,
            clock_offset: 0,
            progress_interval: Duration::from_millis(100),
        }
    }
}

impl Options {
    /// The same with another policy of when to try again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The same with other times for the steps of an attempt.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The same, with the bytes per second of an uploader and its clones together limited.
    #[must_use]
    pub fn bandwidth(mut self, bytes_per_second: NonZeroU64) -> Self {
        self.bandwidth = Some(bytes_per_second);
        self
    }

    /// The same, with checksums (CRC-64) compared or not.
    #[must_use]
    pub fn verify_crc(mut self, verify: bool) -> Self {
        self.verify_crc = verify;
        self
    }

    /// The same, with MD5 compared as well, where a request or an answer has one, or not.
    #[must_use]
    pub fn verify_md5(mut self, verify: bool) -> Self {
        self.verify_md5 = verify;
        self
    }

    /// The same, with plain `http` to other machines accepted or not.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The same, with downloads that end with the connection and say nothing of their length accepted or not.
    #[must_use]
    pub fn allow_close_delimited(mut self, allow: bool) -> Self {
        self.allow_close_delimited = allow;
        self
    }

    /// The same with another correction of this machine's clock, in seconds.
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.clock_offset = seconds;
        self
    }

    /// The same with another least time between two progress reports.
    #[must_use]
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.progress_interval = interval;
        self
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_what_it_changes() {
        let json = r#"{"retry":{"max_attempts":8,"base":0.25,"deadline":60},"timeouts":{"idle":2.5},"bandwidth":1000}"#;
        let options: Options = serde_json::from_str(json).unwrap();
        let retry =
            RetryPolicy { base: Duration::from_millis(250), ..RetryPolicy::default().max_attempts(8) };
        let expected = Options::default()
            .retry(retry.deadline(Duration::from_secs(60)))
            .timeouts(Timeouts::default().idle(Duration::from_millis(2500)))
            .bandwidth(NonZeroU64::new(1000).unwrap());
        assert_eq!(options, expected);
        let again = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<Options>(&again).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Options>("{}").unwrap(), Options::default());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for json in [
            r#"{"retrys":{}}"#,
            r#"{"timeouts":{"idle":-1}}"#,
            r#"{"retry":{"deadline":1e300}}"#,
            r#"{"bandwidth":0}"#,
        ] {
            assert!(serde_json::from_str::<Options>(json).is_err(), "{json}");
        }
    }
}
