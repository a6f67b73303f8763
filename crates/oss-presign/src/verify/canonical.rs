//! The canonical form of a request that arrived.

use core::cmp::Ordering;

use heapless::Vec;

use super::error::VerifyError;
use super::parameters::parameters;
use super::received::{ReceivedRequest, trim_blank_bytes};
use crate::canonical_request::{HeaderValue, SignedHeader, write_canonical_request};
use crate::decode::{Decoded, decode_first};
use crate::encode::{Position, escape, is_unreserved};
use crate::excerpt::Excerpt;
use crate::header::{compare_names, is_lower_case, is_signed_by_default};
use crate::hex::hex_value;
use crate::request::settle_last;
use crate::writer::Writer;

/// How many query parameters a verified request may have.
pub const MAX_QUERY_PARAMETERS: usize = 64;
/// How many signed headers a verified request may have.
pub const MAX_SIGNED_HEADERS: usize = 64;

/// What the canonical request is written from: lists in canonical order.
pub(crate) struct Canonical<'a> {
    method: &'a str,
    bucket: Option<&'a str>,
    path: &'a str,
    query: Vec<(&'a str, &'a str), MAX_QUERY_PARAMETERS>,
    headers: Vec<ReceivedHeader<'a>, MAX_SIGNED_HEADERS>,
}

/// A header that is signed.
struct ReceivedHeader<'a> {
    name: &'a str,
    /// Without the blanks around it.
    value: &'a [u8],
    additional: bool,
}

impl<'a> Canonical<'a> {
    pub(super) fn new<'n>(
        received: &ReceivedRequest<'a>,
        additional: impl Iterator<Item = &'n str> + Clone,
        signature_parameter: Option<&str>,
    ) -> Result<Self, VerifyError> {
        // Anything else would run into the bucket before it.
        if !received.path.is_empty() && !received.path.starts_with("/") {
            return Err(VerifyError::PathMalformed);
        }
        let mut query = Vec::new();
        for (name, value) in parameters(received.query) {
            if signature_parameter.is_some_and(|signature| Decoded::new(name).is(signature.as_bytes())) {
                continue;
            }
            query.push((name, value)).map_err(|_| VerifyError::TooMany {
                what: "query parameters",
                capacity: MAX_QUERY_PARAMETERS,
            })?;
            settle_last(&mut query, |(a, _), (b, _)| compare_decoded(a, b));
        }
        if let Some(name) = repeated(&query, |(a, _), (b, _)| compare_decoded(a, b)) {
            return Err(VerifyError::DuplicateParameter { name: Excerpt::of(name.0) });
        }
        for name in additional.clone() {
            if !received.headers.iter().any(|(received, _)| received.eq_ignore_ascii_case(name)) {
                return Err(VerifyError::HeaderMissing { name: Excerpt::of(name) });
            }
        }
        let mut headers = Vec::<ReceivedHeader<'_>, MAX_SIGNED_HEADERS>::new();
        for &(name, value) in received.headers {
            let by_default = is_signed_by_default(name);
            let additional =
                !by_default && additional.clone().any(|wanted| wanted.eq_ignore_ascii_case(name));
            if by_default || additional {
                let header = ReceivedHeader { name, value: trim_blank_bytes(value), additional };
                headers.push(header).map_err(|_| VerifyError::TooMany {
                    what: "signed headers",
                    capacity: MAX_SIGNED_HEADERS,
                })?;
                settle_last(&mut headers, |a, b| compare_names(a.name, b.name));
            }
        }
        if let Some(header) = repeated(&headers, |a, b| compare_names(a.name, b.name)) {
            return Err(VerifyError::DuplicateHeader { name: Excerpt::of(header.name) });
        }
        Ok(Self { method: received.method, bucket: received.bucket, path: received.path, query, headers })
    }

    pub(crate) fn header_count(&self) -> usize {
        self.headers.len()
    }

    /// Writes the canonical request as the server sees it.
    pub(crate) fn write<W: Writer>(&self, writer: &mut W) {
        let resource = |writer: &mut W| {
            writer.put(b"\n");
            self.write_uri(writer);
            writer.put(b"\n");
            self.write_query(writer);
        };
        let headers = self.headers.iter().map(|&ReceivedHeader { name, value, .. }| SignedHeader {
            name,
            lower_case: is_lower_case(name),
            value: HeaderValue::Given(value),
        });
        let additional = self.headers.iter().filter(|header| header.additional).map(|header| header.name);
        write_canonical_request(writer, self.method, resource, headers, additional);
    }

    fn write_uri(&self, writer: &mut impl Writer) {
        if let Some(bucket) = self.bucket {
            writer.put(b"/");
            writer.put(bucket.as_bytes());
        }
        if self.path.is_empty() {
            writer.put(b"/");
        }
        put_encoded_again(writer, self.path, Position::Path);
        // A bucket named by its path alone: the canonical form ends in a slash, the URL need not.
        let names_a_bucket = self.bucket.is_none() && self.path.len() > 1;
        if names_a_bucket && !self.path.bytes().skip(1).any(|byte| byte == b'/') {
            writer.put(b"/");
        }
    }

    fn write_query(&self, writer: &mut impl Writer) {
        let mut separator: &[u8] = b"";
        for (name, value) in &self.query {
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

/// Decodes and encodes again, strictly: clients escape more or less than the signer did.
fn put_encoded_again(writer: &mut impl Writer, text: &str, position: Position) {
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

/// The length of the beginning that is encoded strictly already: mostly all of it.
fn strict_prefix(text: &[u8], position: Position) -> usize {
    let mut rest = text;
    loop {
        rest = match rest {
            [byte, after @ ..] if position.keeps(*byte) => after,
            [b'%', high, low, after @ ..] if is_strict_escape(*high, *low, position) => after,
            _ => return text.len() - rest.len(),
        }
    }
}

fn is_strict_escape(high: u8, low: u8, position: Position) -> bool {
    let upper_case = !high.is_ascii_lowercase() && !low.is_ascii_lowercase();
    let byte = hex_value(high).zip(hex_value(low)).map(|(high, low)| high << 4 | low);
    upper_case && byte.is_some_and(|byte| !position.keeps(byte))
}

/// Orders two encoded names as the strict encoding of what they stand for.
fn compare_decoded(a: &str, b: &str) -> Ordering {
    let weight = |byte: u8| (is_unreserved(byte), byte);
    Decoded::new(a).map(weight).cmp(Decoded::new(b).map(weight))
}

/// The first item of a sorted list that equals its successor.
fn repeated<T>(sorted: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Option<&T> {
    sorted.windows(2).find_map(|pair| match pair {
        [a, b] if compare(a, b) == Ordering::Equal => Some(a),
        _ => None,
    })
}
