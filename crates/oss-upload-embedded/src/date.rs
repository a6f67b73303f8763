//! Dates as seconds since 1970: of an answer (a clock for boards that have no other) and of a URL. The calendar is that
//! of the core.

use oss_presign::Timestamp;

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7, IMF-fixdate).
///
/// The two obsolete forms are not read: OSS has never sent them.
pub(crate) fn parse(text: &[u8]) -> Option<u64> {
    let &[_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', ref time @ ..] = text
    else {
        return None;
    };
    let &[h1, h2, b':', min1, min2, b':', s1, s2, b' ', b'G', b'M', b'T'] = time else {
        return None;
    };
    let [n1, n2] = match [m1, m2, m3] {
        [b'J', b'a', b'n'] => *b"01",
        [b'F', b'e', b'b'] => *b"02",
        [b'M', b'a', b'r'] => *b"03",
        [b'A', b'p', b'r'] => *b"04",
        [b'M', b'a', b'y'] => *b"05",
        [b'J', b'u', b'n'] => *b"06",
        [b'J', b'u', b'l'] => *b"07",
        [b'A', b'u', b'g'] => *b"08",
        [b'S', b'e', b'p'] => *b"09",
        [b'O', b'c', b't'] => *b"10",
        [b'N', b'o', b'v'] => *b"11",
        [b'D', b'e', b'c'] => *b"12",
        _ => return None,
    };
    // A leap second is the one before, and one more.
    let (s1, s2, leap) = if [s1, s2] == *b"60" { (b'5', b'9', 1) } else { (s1, s2, 0) };
    let basic = [y1, y2, y3, y4, n1, n2, d1, d2, b'T', h1, h2, min1, min2, s1, s2, b'Z'];
    Some(parse_basic(&basic)? + leap)
}

/// Reads `20241112T083238Z`, the form of `x-oss-date`.
pub(crate) fn parse_basic(text: &[u8]) -> Option<u64> {
    let text = core::str::from_utf8(text).ok()?;
    Timestamp::parse_iso8601_basic(text).ok().map(Timestamp::unix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        // RFC 9110 §5.6.7, then GNU date: `date -u -d '…' +%s`.
        for (text, unix) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Tue, 12 Nov 2024 08:32:38 GMT", 1_731_400_358),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(unix), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CST",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Fri, 30 Feb 2024 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 19x4 08:49:37 GMT",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        for text in ["", "20241112T083238", "20241312T083238Z", "20241112T243238Z", "2024-11-12T08:32:38Z"] {
            assert_eq!(parse_basic(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_basic(b"20241112T083238Z"), Some(1_731_400_358));
    }
}
