//! How long URLs work, and other spans of time.

use std::time::{Duration, SystemTime};

use clap::Args;
use jiff::{SpanRelativeTo, Timestamp, Unit};
use oss_presign_std::Lifetime;

/// How long a URL works.
#[derive(Args, Clone, Copy)]
pub(crate) struct Life {
    /// How long a URL works: seconds, or with units as in 90s, 10m, 1h30m, 7d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    expires: u32,
    /// When a URL expires, as in 2027-01-31T18:00:00Z or 2027-01-31T18:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "expires")]
    expires_at: Option<SystemTime>,
}

impl Life {
    pub(crate) const fn seconds(seconds: u32) -> Self {
        Self { expires: seconds, expires_at: None }
    }
}

impl From<Life> for Lifetime {
    fn from(life: Life) -> Self {
        match life.expires_at {
            Some(end) => Self::Until(end),
            None => Self::For(Duration::from_secs(u64::from(life.expires))),
        }
    }
}

/// Seconds, or numbers with units.
pub(crate) fn parse_duration(text: &str) -> Result<u32, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let advice = || "write seconds, or numbers with s, m, h or d, such as 10m or 1h30m".to_owned();
    let span: jiff::Span = text.parse().map_err(|_| advice())?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).map_err(|_| advice())?;
    // As many as a signature could hold at most, and whole ones.
    if seconds.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&seconds) || text.starts_with('-') {
        return Err(advice());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    Ok(seconds as u32)
}

/// A time with its offset from UTC (RFC 3339).
fn parse_time(text: &str) -> Result<SystemTime, String> {
    let time: Timestamp = text.parse().map_err(|_| {
        "write a date and a time with Z or an offset, such as 2027-01-31T18:00:00Z".to_owned()
    })?;
    Ok(time.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("10m", 600),
            ("12h", 43_200),
            ("7d", 604_800),
            ("1h30m", 5_400),
            ("1d 12h", 129_600),
            ("1.5h", 5_400),
        ] {
            assert_eq!(parse_duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "m", "-1", "-1h", "99999d", "1x", "1month", "1.5s", "10m30", "1h ago"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        let seconds = |text: &str| {
            parse_time(text).map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
        };
        assert_eq!(seconds("2024-11-12T08:32:38Z"), Ok(1_731_400_358));
        assert_eq!(seconds("2024-11-12T16:32:38+08:00"), Ok(1_731_400_358));
        for text in ["tomorrow", "2024-11-12", "2024-11-12T08:32:38", "2024-02-30T08:32:38Z", "1731400358"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
