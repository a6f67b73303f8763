//! Dates as seconds since 1970: of an answer (a clock for boards that have no other) and of a URL.

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
    let month = match [m1, m2, m3] {
        [b'J', b'a', b'n'] => 1,
        [b'F', b'e', b'b'] => 2,
        [b'M', b'a', b'r'] => 3,
        [b'A', b'p', b'r'] => 4,
        [b'M', b'a', b'y'] => 5,
        [b'J', b'u', b'n'] => 6,
        [b'J', b'u', b'l'] => 7,
        [b'A', b'u', b'g'] => 8,
        [b'S', b'e', b'p'] => 9,
        [b'O', b'c', b't'] => 10,
        [b'N', b'o', b'v'] => 11,
        [b'D', b'e', b'c'] => 12,
        _ => return None,
    };
    unix(
        [number([y1, y2, y3, y4])?, month, number([d1, d2])?],
        [number([h1, h2])?, number([min1, min2])?, number([s1, s2])?],
    )
}

/// Reads `20241112T083238Z`, the form of `x-oss-date`.
pub(crate) fn parse_basic(text: &[u8]) -> Option<u64> {
    let &[y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, min1, min2, s1, s2, b'Z'] = text else {
        return None;
    };
    let date = [number([y1, y2, y3, y4])?, number([m1, m2])?, number([d1, d2])?];
    unix(date, [number([h1, h2])?, number([min1, min2])?, number([s1, s2])?])
}

fn unix([year, month, day]: [u32; 3], [hour, minute, second]: [u32; 3]) -> Option<u64> {
    // 60 is a leap second.
    if year < 1970
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    Some(
        u64::from(days_since_1970(year, month, day)) * 86_400 + u64::from(hour * 3600 + minute * 60 + second),
    )
}

fn number<const N: usize>(digits: [u8; N]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| match digit {
        b'0'..=b'9' => Some(value * 10 + u32::from(digit - b'0')),
        _ => None,
    })
}

/// Counts years from March on, so that a leap day is a year's last (H. Hinnant, "days_from_civil").
fn days_since_1970(year: u32, month: u32, day: u32) -> u32 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
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
