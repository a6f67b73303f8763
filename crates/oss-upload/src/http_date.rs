//! Dates as seconds, by the core's calendar.

use oss_presign::Timestamp;

/// Seconds since 1970 of an IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 §5.6.7); `None` for anything else. The two
/// obsolete forms are not read: OSS has never sent them.
///
/// ```
/// assert_eq!(oss_upload::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(oss_upload::parse_http_date("Sun Nov  6 08:49:37 1994"), None);
/// ```
pub fn parse_http_date(text: &str) -> Option<u64> {
    Timestamp::parse_http_date(text).ok().map(Timestamp::unix)
}

/// Seconds since 1970 of `20241112T083238Z`, the form of `x-oss-date`.
pub(crate) fn parse_basic(text: &str) -> Option<u64> {
    Timestamp::parse_iso8601_basic(text).ok().map(Timestamp::unix)
}
