//! The date of HTTP headers, by the core's calendar.

use oss_presign::Timestamp;

/// Seconds since 1970 of an IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 §5.6.7); `None` for anything else. The two
/// obsolete forms are not read: OSS has never sent them.
///
/// ```
/// assert_eq!(oss_upload::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// ```
pub fn parse_http_date(text: &str) -> Option<u64> {
    // By patterns: slicing would leave panics in a firmware.
    let &[_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', ref time @ ..] =
        text.as_bytes()
    else {
        return None;
    };
    let &[h1, h2, b':', min1, min2, b':', s1, s2, b' ', b'G', b'M', b'T'] = time else { return None };
    let [n1, n2] = match &[m1, m2, m3] {
        b"Jan" => *b"01",
        b"Feb" => *b"02",
        b"Mar" => *b"03",
        b"Apr" => *b"04",
        b"May" => *b"05",
        b"Jun" => *b"06",
        b"Jul" => *b"07",
        b"Aug" => *b"08",
        b"Sep" => *b"09",
        b"Oct" => *b"10",
        b"Nov" => *b"11",
        b"Dec" => *b"12",
        _ => return None,
    };
    // A leap second is the one before, and one more.
    let (s1, s2, leap) = if [s1, s2] == *b"60" { (b'5', b'9', 1) } else { (s1, s2, 0) };
    let basic = [y1, y2, y3, y4, n1, n2, d1, d2, b'T', h1, h2, min1, min2, s1, s2, b'Z'];
    parse_basic(core::str::from_utf8(&basic).ok()?)?.checked_add(leap)
}

/// Seconds since 1970 of `20241112T083238Z`, the form of `x-oss-date`.
pub(crate) fn parse_basic(text: &str) -> Option<u64> {
    Timestamp::parse_iso8601_basic(text).ok().map(Timestamp::unix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        // RFC 9110's example, the epoch, a leap day, and OSS's documentation (2024-11-12T08:32:38Z).
        assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(parse_http_date("Tue, 12 Nov 2024 08:32:38 GMT"), Some(1_731_400_358));
        // GNU date: `date -u -d '…' +%s`.
        assert_eq!(parse_http_date("Fri, 01 Mar 2024 00:00:00 GMT"), Some(1_709_251_200));
        assert_eq!(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"), Some(1_483_228_800));
        assert_eq!(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "06 Nov 1994 08:49:37 GMT",
            "Sun, 6th Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Fri, 30 Feb 2024 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 19x4 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
