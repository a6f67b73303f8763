//! Numbers as the text that headers, queries and policies carry, without an allocator.

/// Fills `places` with the decimal digits of a number, padded with zeros on the left. Digits that do not fit are dropped.
pub(crate) fn write_digits(places: &mut [u8], mut number: u32) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// A number in decimal, without leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    digits: [u8; Decimal::DIGITS],
    used: u8,
}

impl Decimal {
    /// The number of digits of `u64::MAX`.
    const DIGITS: usize = 20;

    pub(crate) const fn new(mut number: u64) -> Self {
        let mut digits = [b'0'; Self::DIGITS];
        let mut used = 0;
        let mut rest: &mut [u8] = &mut digits;
        while let Some((place, after)) = rest.split_last_mut() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
            used += 1;
            if number == 0 {
                break;
            }
            rest = after;
        }
        Self { digits, used }
    }

    pub(crate) fn as_str(&self) -> &str {
        let start = Self::DIGITS.saturating_sub(usize::from(self.used));
        // ASCII digits are always UTF-8.
        self.digits.get(start..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn equals_the_standard_library() {
        for number in [0, 1, 9, 10, 99, 10_000, 5_368_709_120, u64::MAX] {
            assert_eq!(Decimal::new(number).as_str(), number.to_string());
        }
    }
}
