//! What a transfer may take, and how careful it is.

use core::num::NonZeroU64;
use core::time::Duration;

use crate::retry::RetryPolicy;

/// Time limits for the steps of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Timeouts {
    /// Limits the time to make a connection, including name lookup and TLS. reqwest takes it from its client, so with
    /// `oss-upload-reqwest` this value has no effect: set it on the client's builder.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub connect: Duration,
    /// Limits the time in which no byte moves in either direction. It includes the time that the service takes to answer.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds"))]
    pub idle: Duration,
    /// Limits one attempt as a whole; `None` for no limit. [`RetryPolicy::deadline`] limits all attempts together.
    #[cfg_attr(feature = "serde", serde(with = "crate::seconds::option"))]
    pub attempt: Option<Duration>,
}

impl Default for Timeouts {
    /// Returns 10 s to connect, 60 s without a byte, and no limit for an attempt.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(60), attempt: None }
    }
}

impl Timeouts {
    /// Sets the time to make a connection.
    #[must_use]
    pub fn connect(mut self, connect: Duration) -> Self {
        self.connect = connect;
        self
    }

    /// Sets the time in which no byte moves.
    #[must_use]
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Limits each attempt.
    #[must_use]
    pub fn attempt(mut self, attempt: Duration) -> Self {
        self.attempt = Some(attempt);
        self
    }
}

/// The settings of an uploader; both adapters have the same ones.
///
/// With the feature `serde` they can be part of a configuration file. A setting that is not in the file has its default, an
/// unknown name is an error, and times are in seconds, as in `{"retry":{"max_attempts":8},"timeouts":{"idle":2.5}}`.
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
    /// Whether checksums (CRC-64) are compared. The default is `true`.
    pub verify_crc: bool,
    /// Whether the MD5 of a body is compared with a signed `content-md5` before it is sent, and the MD5 of a download with that
    /// in the answer. The default is `false`, because MD5 is much slower than many networks.
    pub verify_md5: bool,
    /// Whether plain `http` to another machine is accepted. The default is `false`.
    pub allow_plain_http: bool,
    /// Whether a download counts as complete if its answer has neither a length nor a checksum and ends when the connection is
    /// closed. A broken connection looks the same, so the default is `false`.
    pub allow_close_delimited: bool,
    /// Limits the bytes per second of all transfers of an uploader and its clones together; `None` for no limit.
    pub bandwidth: Option<NonZeroU64>,
    /// The seconds that are added to the time of this machine's clock to get the time of the service.
    pub clock_offset: i64,
    /// The shortest time between two reports of progress. The default is 100 ms.
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
    /// Sets when to try again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits for the steps of an attempt.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Limits the bytes per second of an uploader and its clones together.
    #[must_use]
    pub fn bandwidth(mut self, bytes_per_second: NonZeroU64) -> Self {
        self.bandwidth = Some(bytes_per_second);
        self
    }

    /// Sets whether checksums (CRC-64) are compared.
    #[must_use]
    pub fn verify_crc(mut self, verify: bool) -> Self {
        self.verify_crc = verify;
        self
    }

    /// Sets whether MD5 is compared as well, if a request or an answer has one.
    #[must_use]
    pub fn verify_md5(mut self, verify: bool) -> Self {
        self.verify_md5 = verify;
        self
    }

    /// Sets whether plain `http` to other machines is accepted.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// Sets whether a download without a length and a checksum counts as complete when the connection is closed.
    #[must_use]
    pub fn allow_close_delimited(mut self, allow: bool) -> Self {
        self.allow_close_delimited = allow;
        self
    }

    /// Sets the seconds that are added to the time of this machine's clock.
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.clock_offset = seconds;
        self
    }

    /// Sets the shortest time between two reports of progress.
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
