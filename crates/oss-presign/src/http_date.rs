//! The date format of HTTP headers.

use crate::time::{TimeError, Timestamp};

impl Timestamp {
    /// Parses the value of a `Date` header: an IMF-fixdate (RFC 9110, section 5.6.7). The two obsolete forms of that section are
    /// refused, because OSS does not send them.
    ///
    /// ```
    /// let timestamp = oss_presign::Timestamp::parse_http_date("Tue, 12 Nov 2024 08:32:38 GMT")?;
    /// assert_eq!(timestamp.unix(), 1_731_400_358);
    /// # Ok::<(), oss_presign::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError::NotHttpDate`] for any other form, and for dates that do not exist.
    pub fn parse_http_date(text: &str) -> Result<Self, TimeError> {
        parse(text.as_bytes()).ok_or(TimeError::NotHttpDate)
    }
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    // Slice patterns instead of indexing, which would leave panics in firmware.
    let &[_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', ref time @ ..] = text
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
    // A leap second (:60) is one second after :59.
    let (s1, s2, leap) = if [s1, s2] == *b"60" { (b'5', b'9', 1) } else { (s1, s2, 0) };
    let basic = [y1, y2, y3, y4, n1, n2, d1, d2, b'T', h1, h2, min1, min2, s1, s2, b'Z'];
    let timestamp = Timestamp::parse_iso8601_basic(core::str::from_utf8(&basic).ok()?).ok()?;
    Some(timestamp.saturating_add(leap))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unix(text: &str) -> Result<u64, TimeError> {
        Timestamp::parse_http_date(text).map(Timestamp::unix)
    }

    #[test]
    fn known_dates() {
        // RFC 9110's example, the epoch, a leap day, and OSS's documentation (2024-11-12T08:32:38Z).
        assert_eq!(unix("Sun, 06 Nov 1994 08:49:37 GMT"), Ok(784_111_777));
        assert_eq!(unix("Thu, 01 Jan 1970 00:00:00 GMT"), Ok(0));
        assert_eq!(unix("Thu, 29 Feb 2024 00:00:00 GMT"), Ok(1_709_164_800));
        assert_eq!(unix("Tue, 12 Nov 2024 08:32:38 GMT"), Ok(1_731_400_358));
        // GNU date: `date -u -d '…' +%s`.
        assert_eq!(unix("Fri, 01 Mar 2024 00:00:00 GMT"), Ok(1_709_251_200));
        assert_eq!(unix("Sat, 31 Dec 2016 23:59:60 GMT"), Ok(1_483_228_800));
        assert_eq!(unix("Fri, 31 Dec 9999 23:59:59 GMT"), Ok(253_402_300_799));
    }

    /// RFC 9110, section 5.6.7, names the months. The days before each of them in a year that is no leap year follow from
    /// their lengths.
    #[test]
    fn months() {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut days = 0;
        for (name, length) in names.into_iter().zip(lengths) {
            // The day of the week is not read.
            assert_eq!(unix(&std::format!("Thu, 01 {name} 1970 00:00:00 GMT")), Ok(days * 86_400), "{name}");
            days += length;
        }
        assert_eq!(days, 365);
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
            assert_eq!(unix(text), Err(TimeError::NotHttpDate), "{text}");
        }
    }
}
