//! `Range` requests of one range, as OSS documents them.

use std::ops::Range;

/// What a `Range` header asks of an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Everything: no header, one of another unit, or one that OSS ignores.
    Whole,
    Part(Range<u64>),
    Unsatisfiable,
}

/// Reads a `Range` header for an object of `size` bytes.
///
/// OSS serves the first of several ranges. A range that reaches beyond the object is ignored, so the answer is
/// the whole object with status 200, unless the client asks for `standard` behaviour
/// (`x-oss-range-behavior: standard`), which is that of RFC 9110 §14.
pub(crate) fn wanted(header: Option<&str>, size: u64, standard: bool) -> Wanted {
    let Some(list) = header.and_then(|value| value.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let spec = list.split(',').next().unwrap_or_default().trim();
    let Some((first, last)) = spec.split_once('-') else {
        return Wanted::Whole;
    };
    let (from, to) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1)),
        (Some(first), None) if last.is_empty() => {
            (first, size.max(first.saturating_add(u64::from(first >= size))))
        }
        (None, Some(suffix)) if first.is_empty() => {
            if suffix > size && !standard {
                return Wanted::Whole;
            }
            (size.saturating_sub(suffix), size)
        }
        _ => return Wanted::Whole,
    };
    if from < to && to <= size {
        Wanted::Part(from..to)
    } else if !standard {
        Wanted::Whole
    } else if from < size {
        Wanted::Part(from..size)
    } else {
        Wanted::Unsatisfiable
    }
}

/// Only digits: `+5` is no position, and neither is a number beyond 2^64.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_inside_the_object_are_served_and_nonsense_is_ignored() {
        for standard in [false, true] {
            for (header, expected) in [
                ("bytes=0-4", Wanted::Part(0..5)),
                ("bytes=0-0", Wanted::Part(0..1)),
                ("bytes=9-9", Wanted::Part(9..10)),
                ("bytes=5-", Wanted::Part(5..10)),
                ("bytes=-3", Wanted::Part(7..10)),
                ("bytes=-10", Wanted::Part(0..10)),
                ("bytes=0-1,3-4", Wanted::Part(0..2)),
                ("bytes=4-2", Wanted::Whole),
                ("bytes=a-b", Wanted::Whole),
                ("bytes=20-x", Wanted::Whole),
                ("bytes=+1-2", Wanted::Whole),
                ("bytes=-", Wanted::Whole),
                ("bytes=", Wanted::Whole),
                ("bytes=1", Wanted::Whole),
                ("byte=0-1", Wanted::Whole),
                ("", Wanted::Whole),
            ] {
                assert_eq!(wanted(Some(header), 10, standard), expected, "{header}");
            }
            assert_eq!(wanted(None, 10, standard), Wanted::Whole);
        }
    }

    #[test]
    fn a_range_beyond_the_object_is_ignored_unless_standard_behaviour_is_asked_for() {
        for (header, standard) in [
            ("bytes=5-100", Wanted::Part(5..10)),
            ("bytes=0-18446744073709551615", Wanted::Part(0..10)),
            ("bytes=-100", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=18446744073709551615-", Wanted::Unsatisfiable),
            ("bytes=10-20", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
        ] {
            assert_eq!(wanted(Some(header), 10, true), standard, "{header}");
            assert_eq!(wanted(Some(header), 10, false), Wanted::Whole, "{header}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0, true), Wanted::Unsatisfiable);
        assert_eq!(wanted(Some("bytes=-5"), 0, true), Wanted::Unsatisfiable);
    }
}
