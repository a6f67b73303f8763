//! The canonical query of a received request.

use core::cmp::Ordering;

use heapless::Vec;

use super::error::VerifyError;
use crate::decode::{Decoded, decode_first};
use crate::encode::{Position, compare_encoded, escape, is_unreserved};
use crate::excerpt::Excerpt;
use crate::hex::hex_value;
use crate::request::settle_last;
use crate::search::split_first;
use crate::writer::Writer;

/// The greatest number of query parameters in a request that is verified.
pub const MAX_QUERY_PARAMETERS: usize = 64;

/// The signed parameters of a query, in canonical order.
#[derive(Default)]
pub(super) struct CanonicalQuery<'a> {
    /// Parameters as they were received: name, `=` and value.
    pairs: Vec<&'a str, MAX_QUERY_PARAMETERS>,
}

impl<'a> CanonicalQuery<'a> {
    /// Adds a parameter.
    pub(super) fn push(&mut self, pair: &'a str) -> Result<(), VerifyError> {
        self.pairs
            .push(pair)
            .map_err(|_| VerifyError::TooMany { what: "query parameters", capacity: MAX_QUERY_PARAMETERS })?;
        settle_last(&mut self.pairs, |a, b| compare_decoded(name_of(a), name_of(b)));
        Ok(())
    }

    /// Refuses a query that contains a parameter twice.
    pub(super) fn check_repeated(&self) -> Result<(), VerifyError> {
        let repeated = self.pairs.windows(2).find_map(|two| match two {
            [a, b] if compare_decoded(name_of(a), name_of(b)).is_eq() => Some(name_of(a)),
            _ => None,
        });
        match repeated {
            Some(name) => Err(VerifyError::DuplicateParameter { name: Excerpt::of(name) }),
            None => Ok(()),
        }
    }

    pub(super) fn write(&self, writer: &mut impl Writer) {
        let mut separator: &[u8] = b"";
        for pair in &self.pairs {
            let (name, value) = split_first(pair, b'=');
            writer.put(separator);
            put_encoded_again(writer, name, Position::Query);
            if !value.is_empty() {
                writer.put(b"=");
                put_encoded_again(writer, value, Position::Query);
            }
            separator = b"&";
        }
    }
}

fn name_of(pair: &str) -> &str {
    split_first(pair, b'=').0
}

/// Writes a text decoded and encoded again by OSS's rule, because clients escape more or fewer characters than the signer did.
pub(super) fn put_encoded_again(writer: &mut impl Writer, text: &str, position: Position) {
    let mut rest = text.as_bytes();
    while let Some((strict, after)) = rest.split_at_checked(strict_prefix(rest, position)) {
        writer.put(strict);
        let Some((byte, after)) = decode_first(after) else { return };
        if position.keeps(byte) {
            writer.put(&[byte]);
        } else {
            writer.put(&escape(byte));
        }
        rest = after;
    }
}

/// Returns the length of the prefix that is already encoded by OSS's rule. Usually that is the whole text.
fn strict_prefix(text: &[u8], position: Position) -> usize {
    let kept = kept(position);
    let mut rest = text;
    loop {
        rest = match rest {
            [byte, after @ ..] if kept[usize::from(*byte)] => after,
            [b'%', high, low, after @ ..] if is_strict_escape(*high, *low, position) => after,
            _ => return text.len() - rest.len(),
        }
    }
}

/// Returns for each byte whether it is not escaped. It is a table because looking up every byte takes most of the time of
/// reading a query.
fn kept(position: Position) -> &'static [bool; 256] {
    const fn table(position: Position) -> [bool; 256] {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < table.len() {
            table[byte] = position.keeps(byte as u8);
            byte += 1;
        }
        table
    }
    static PATH: [bool; 256] = table(Position::Path);
    static QUERY: [bool; 256] = table(Position::Query);
    match position {
        Position::Path => &PATH,
        Position::Query => &QUERY,
    }
}

fn is_strict_escape(high: u8, low: u8, position: Position) -> bool {
    let upper_case = !high.is_ascii_lowercase() && !low.is_ascii_lowercase();
    let byte = hex_value(high).zip(hex_value(low)).map(|(high, low)| high << 4 | low);
    upper_case && byte.is_some_and(|byte| !position.keeps(byte))
}

/// Compares two encoded names by the canonical encoding of their decoded text.
fn compare_decoded(a: &str, b: &str) -> Ordering {
    if !a.contains('%') && !b.contains('%') {
        return compare_encoded(a.as_bytes(), b.as_bytes());
    }
    let weight = |byte: u8| (is_unreserved(byte), byte);
    Decoded::new(a).map(weight).cmp(Decoded::new(b).map(weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    /// RFC 3986, sections 2.1 to 2.3: the digits of an escape have no letter case, and an unreserved character is equal to
    /// its escape. A `%` without two hex digits is a percent sign (WHATWG URL).
    #[test]
    fn every_spelling_is_written_by_the_rule() {
        for (text, path, query) in [
            ("%AF", "%AF", "%AF"),
            ("%aF", "%AF", "%AF"),
            ("%Af", "%AF", "%AF"),
            ("%af", "%AF", "%AF"),
            ("%2b%2B+", "%2B%2B%2B", "%2B%2B%2B"),
            ("%41%62%2d%7E", "Ab-~", "Ab-~"),
            ("a/b%2Fc%2fd", "a/b/c/d", "a%2Fb%2Fc%2Fd"),
            ("a b%20", "a%20b%20", "a%20b%20"),
            ("%ZZ%G1%1G", "%25ZZ%25G1%251G", "%25ZZ%25G1%251G"),
            ("%4", "%254", "%254"),
            ("a%", "a%25", "a%25"),
            ("ü", "%C3%BC", "%C3%BC"),
        ] {
            for (position, expected) in [(Position::Path, path), (Position::Query, query)] {
                let mut written = std::vec::Vec::new();
                put_encoded_again(&mut written, text, position);
                assert_eq!(String::from_utf8(written).unwrap(), expected, "{text} {position:?}");
            }
        }
    }

    /// Names have the order of what OSS's rule writes for them: `%2B` is less than `a`, and `z` is greater, however
    /// they are spelled.
    #[test]
    fn names_are_compared_by_what_they_mean() {
        for (less, greater) in
            [("+", "a"), ("%2B", "a"), ("+", "%61"), ("a", "%7A"), ("%61", "z"), ("%61", "%7A")]
        {
            assert_eq!(compare_decoded(less, greater), Ordering::Less, "{less} {greater}");
            assert_eq!(compare_decoded(greater, less), Ordering::Greater, "{less} {greater}");
        }
        for (a, b) in [("own", "own"), ("%6Fwn", "own"), ("%6fwn", "o%77n")] {
            assert_eq!(compare_decoded(a, b), Ordering::Equal, "{a} {b}");
            assert_eq!(compare_decoded(b, a), Ordering::Equal, "{a} {b}");
        }
    }
}
