//! Points in time, in the forms that OSS uses.

use core::fmt;

use crate::decimal::write_digits;

/// Seconds in a day. A signing key is valid for one UTC day.
pub(crate) const SECONDS_PER_DAY: u64 = 86_400;

/// A second of the years 1970 to 9999, in UTC.
///
/// This crate reads no clock: the time of a signature is always an argument.
///
/// ```
/// let timestamp = oss_presign::Timestamp::from_unix(1_731_400_358)?;
/// assert_eq!(&timestamp.iso8601_basic(), b"20241112T083238Z");
/// # Ok::<(), oss_presign::TimeError>(())
/// ```
///
/// With the feature `serde` it is a number: seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u64", into = "u64"))]
pub struct Timestamp(u64);

impl Timestamp {
    /// 9999-12-31T23:59:59Z, the last second whose year has four digits.
    pub const MAX: Timestamp = Timestamp(253_402_300_799);

    /// Creates the time that is `seconds` seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimeError::AfterYear9999`] for anything later than [`Timestamp::MAX`].
    pub const fn from_unix(seconds: u64) -> Result<Self, TimeError> {
        if seconds > Self::MAX.0 { Err(TimeError::AfterYear9999 { seconds }) } else { Ok(Self(seconds)) }
    }

    /// Parses the form of `x-oss-date`, `YYYYMMDDTHHMMSSZ`.
    ///
    /// # Errors
    /// [`TimeError::NotIso8601Basic`] for any other form, and for dates that do not exist.
    pub fn parse_iso8601_basic(text: &str) -> Result<Self, TimeError> {
        parse(text.as_bytes()).ok_or(TimeError::NotIso8601Basic)
    }

    /// Parses `YYYYMMDD`, as a scope has it, and returns the start of that day.
    pub(crate) fn parse_date(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, m1, m2, d1, d2] = text.as_bytes() else { return None };
        parse(&[y1, y2, y3, y4, m1, m2, d1, d2, b'T', b'0', b'0', b'0', b'0', b'0', b'0', b'Z'])
    }

    /// Returns the start of the `day`th day since 1970-01-01.
    pub(crate) const fn midnight_before(day: u32) -> Self {
        Self(day as u64 * SECONDS_PER_DAY)
    }

    /// Returns the end of the `day`th day since 1970-01-01, but at most [`Timestamp::MAX`].
    pub(crate) const fn midnight_after(day: u32) -> Self {
        Self::midnight_before(day).saturating_add(SECONDS_PER_DAY)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> u64 {
        self.0
    }

    /// Returns the time `seconds` seconds later, but at most [`Timestamp::MAX`].
    #[must_use]
    pub const fn saturating_add(self, seconds: u64) -> Self {
        if seconds > Self::MAX.0 - self.0 { Self::MAX } else { Self(self.0 + seconds) }
    }

    /// Returns the ASCII text `YYYYMMDDTHHMMSSZ` (ISO 8601, basic form): the value of `x-oss-date`.
    #[must_use]
    pub fn iso8601_basic(self) -> [u8; 16] {
        self.iso8601_basic_on(self.date())
    }

    /// Returns the text of [`iso8601_basic`](Self::iso8601_basic) for a known date, which a signer computes once a day.
    pub(crate) fn iso8601_basic_on(self, date: [u8; 8]) -> [u8; 16] {
        let second = self.second_of_day();
        // The number HHMMSS: each full minute adds 100 - 60 to the seconds, and each full hour adds 100 * (100 - 60).
        let time = second + 40 * (second / 60) + 4000 * (second / 3600);
        let mut clock = [0; 6];
        write_digits(&mut clock, time);
        let ([y1, y2, y3, y4, m1, m2, d1, d2], [h1, h2, n1, n2, s1, s2]) = (date, clock);
        [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z']
    }

    /// Returns the days since 1970-01-01.
    pub(crate) const fn day(self) -> u32 {
        // 86 400 is 2^7 · 675. After the shift by 7 every time fits into 32 bits, which avoids a 64-bit division: on a
        // microcontroller that would be a library function of 900 bytes.
        (self.0 >> 7) as u32 / 675
    }

    /// Returns the seconds since midnight.
    const fn second_of_day(self) -> u32 {
        // The result is less than 2^32, so it is enough to subtract the lower 32 bits.
        (self.0 as u32).wrapping_sub(self.day().wrapping_mul(SECONDS_PER_DAY as u32))
    }

    /// Returns the UTC day as the ASCII text `YYYYMMDD`.
    #[must_use]
    pub fn date(self) -> [u8; 8] {
        let (year, month, day) = civil_from_days(self.day());
        let mut text = [0; 8];
        write_digits(&mut text, year * 10_000 + month * 100 + day);
        text
    }
}

/// Writes `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.day());
        let second = self.second_of_day();
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Parses the form that `Display` writes, and no other form of RFC 3339.
impl core::str::FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        parse_rfc3339(text.as_bytes()).ok_or(TimeError::NotRfc3339)
    }
}

/// As [`from_unix`](Timestamp::from_unix).
impl TryFrom<u64> for Timestamp {
    type Error = TimeError;

    fn try_from(seconds: u64) -> Result<Self, TimeError> {
        Self::from_unix(seconds)
    }
}

impl From<Timestamp> for u64 {
    fn from(time: Timestamp) -> Self {
        time.unix()
    }
}

/// Returns year, month and day of the Gregorian date `days` days after 1970-01-01.
///
/// It counts from 1 March of year 0. Then a leap day is the last day of its year, and an irregular year the last of its
/// century, so that one linear formula each gives century, year and month.
fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let quarters = 4 * (days + 719_468) + 3;
    let century = quarters / 146_097;
    let quarters = (quarters % 146_097) | 3;
    let year_of_century = quarters / 1_461;
    let day_of_year = quarters % 1_461 / 4;
    let fifths = 5 * day_of_year + 2;
    let shifted_month = fifths / 153;
    let day = fifths % 153 / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = 100 * century + year_of_century + u32::from(month <= 2);
    (year, month, day)
}

/// Returns the inverse of [`civil_from_days`], or `None` before 1970 and for dates that do not exist.
fn days_from_civil(year: u32, month: u32, day: u32) -> Option<u32> {
    if year < 1970 || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let (era, year_of_era) = (shifted_year / 400, shifted_year % 400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = days.checked_sub(719_468)?;
    // A date that does not exist, such as 31 June, is converted back to another one.
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'] = text else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |n, &d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
    };
    let days = days_from_civil(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(Timestamp(u64::from(days) * SECONDS_PER_DAY + u64::from(hour * 3600 + minute * 60 + second)))
}

fn parse_rfc3339(text: &[u8]) -> Option<Timestamp> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', ref clock @ ..] = text else { return None };
    let &[h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = clock else { return None };
    parse(&[y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'])
}

/// Why something is not a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeError {
    /// The time is later than the year 9999, usually because milliseconds were given instead of seconds.
    AfterYear9999 {
        /// The time that was given, in seconds since 1970.
        seconds: u64,
    },
    /// Not of the form `YYYYMMDDTHHMMSSZ`.
    NotIso8601Basic,
    /// Not of the form `Tue, 12 Nov 2024 08:32:38 GMT`.
    NotHttpDate,
    /// Not of the form `YYYY-MM-DDTHH:MM:SSZ`.
    NotRfc3339,
}

impl TimeError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AfterYear9999 { .. } => "TimeAfterYear9999",
            Self::NotIso8601Basic => "TimeNotIso8601Basic",
            Self::NotHttpDate => "TimeNotHttpDate",
            Self::NotRfc3339 => "TimeNotRfc3339",
        }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterYear9999 { seconds } => write!(
                f,
                "{seconds} is later than the year 9999: give whole seconds since 1970-01-01T00:00:00Z, not milliseconds"
            ),
            Self::NotIso8601Basic => {
                f.write_str("the time must have the form YYYYMMDDTHHMMSSZ, for example 20241112T083238Z")
            }
            Self::NotHttpDate => f.write_str(
                "the time must have the form of the Date header, for example Tue, 12 Nov 2024 08:32:38 GMT",
            ),
            Self::NotRfc3339 => f.write_str(
                "the time must have the form YYYY-MM-DDTHH:MM:SSZ in UTC, for example 2024-11-12T08:32:38Z",
            ),
        }
    }
}

impl core::error::Error for TimeError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds and texts from `date -u -d @SECONDS`.
    const KNOWN: [(u64, &[u8; 16]); 8] = [
        (0, b"19700101T000000Z"),
        (86_399, b"19700101T235959Z"),
        (951_782_400, b"20000229T000000Z"),
        (1_709_164_800, b"20240229T000000Z"),
        (1_731_400_358, b"20241112T083238Z"),
        (4_102_444_800, b"21000101T000000Z"),
        (4_107_542_400, b"21000301T000000Z"),
        (253_402_300_799, b"99991231T235959Z"),
    ];

    #[test]
    fn known_times_in_both_directions() {
        for (seconds, text) in KNOWN {
            let timestamp = Timestamp::from_unix(seconds).unwrap();
            assert_eq!(&timestamp.iso8601_basic(), text);
            assert_eq!(Timestamp::parse_iso8601_basic(core::str::from_utf8(text).unwrap()), Ok(timestamp));
        }
    }

    #[test]
    fn every_day_has_its_own_date_and_comes_back() {
        let mut before = *b"19691231";
        // Miri would take hours for all. 13152 divides the number of the last day, 2932896.
        let step = if cfg!(miri) { 13_152 } else { 1 };
        for day in (0..=Timestamp::MAX.day()).step_by(step) {
            let timestamp = Timestamp(u64::from(day) * SECONDS_PER_DAY);
            let date = timestamp.date();
            assert!(date > before, "day {day}");
            assert_eq!(parse(&timestamp.iso8601_basic()), Some(timestamp));
            before = date;
        }
        assert_eq!(&before, b"99991231");
    }

    #[test]
    fn refuses_what_is_no_time() {
        assert_eq!(
            Timestamp::from_unix(253_402_300_800),
            Err(TimeError::AfterYear9999 { seconds: 253_402_300_800 })
        );
        for text in [
            "",
            "20241112",
            "20241112T083238",
            "20241112T083238z",
            "20241112 083238Z",
            "20240231T000000Z",
            "20230229T000000Z",
            "20241312T000000Z",
            "20241200T000000Z",
            "20241112T240000Z",
            "20241112T006000Z",
            "20241112T000060Z",
            "19691231T235959Z",
            "2024111２T083238Z",
            "+0241112T083238Z",
        ] {
            assert_eq!(Timestamp::parse_iso8601_basic(text), Err(TimeError::NotIso8601Basic), "{text}");
        }
    }

    #[test]
    fn rfc_3339_in_both_directions() {
        use std::string::ToString;
        for (seconds, _) in KNOWN {
            let time = Timestamp::from_unix(seconds).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        // date -u -d 2024-11-12T08:32:38Z +%s
        assert_eq!("2024-11-12T08:32:38Z".parse(), Timestamp::from_unix(1_731_400_358));
        for text in [
            "",
            "20241112T083238Z",
            "2024-11-12 08:32:38Z",
            "2024-11-12T08:32:38",
            "2024-11-12T08:32:38+00:00",
            "2024-11-12T08:32:38.5Z",
            "2024-02-30T08:32:38Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimeError::NotRfc3339), "{text}");
        }
    }
}
