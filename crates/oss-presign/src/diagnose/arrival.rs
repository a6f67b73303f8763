//! The request as the service received it, beside the request as it was sent: line by line, and without the secret.
//!
//! A presigned URL shows its path and its query; what it does not show, the caller says. The service shows all of it in the
//! canonical request of its answer, which it computes from what it received.

use super::attempt::{Attempt, Message, Refusal};
use super::cause::Cause;
use super::difference;
use crate::decode::Decoded;
use crate::excerpt::Excerpt;
use crate::header::is_signed_by_default;
use crate::hex::lower_hex;
use crate::scope::TERMINATOR;
use crate::search::{contains, split, split_first, split_once, trim_blanks};
use crate::sha256::Sha256;
use crate::string_to_sign::ALGORITHM;
use crate::verify::{ParsedUrl, parameters};

/// The longest scope that is compared. A credential is shorter.
const MAX_SCOPE_BYTES: usize = 256;

/// Compares the request that was sent with the one that the service received, and iterates over the differences in the order of
/// the lines of the canonical request: method, path, query, headers.
///
/// It needs neither the secret nor what the signer handed out, only [`Refusal::canonical_request`]; without it, it yields
/// nothing. If the line feeds of the canonical request became blanks, headers are not compared.
pub fn changes_on_the_way<'a>(
    attempt: &Attempt<'a>,
    refusal: &Refusal<'a>,
) -> impl Iterator<Item = Cause> + use<'a> {
    let sent = attempt.sent;
    let received = refusal.canonical_request.and_then(CanonicalText::parse);
    received.into_iter().flat_map(move |received| {
        let headers = received.headers.into_iter();
        method(&sent, &received)
            .into_iter()
            .chain(path(&sent, &received))
            .chain(lost_or_changed_parameters(&sent, &received))
            .chain(added_parameters(&sent, &received))
            .chain(headers.clone().flat_map(move |headers| lost_or_changed_headers(sent, headers)))
            .chain(headers.flat_map(move |headers| added_headers(sent, headers)))
    })
}

/// Finds a difference between the URL and the first lines of the service's string to sign: time and scope.
pub(super) fn in_string_to_sign(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<Cause> {
    let [time, scope, _] = string_to_sign_lines(refusal)?;
    let (_, _, query) = attempt.sent.parts();
    let url = ParsedUrl::parse(query).ok()?;
    let signed_time = url.signed_at().iso8601_basic();
    if time.as_bytes() != signed_time {
        let signed = Excerpt::of_bytes(&signed_time);
        return Some(Cause::SigningTime { signed, server: Excerpt::of(time) });
    }
    let mut signed = heapless::Vec::<u8, MAX_SCOPE_BYTES>::new();
    let credential = url.credential();
    for part in [credential.date(), credential.region().as_bytes(), credential.product().as_bytes()] {
        signed.extend_from_slice(part).ok()?;
        signed.push(b'/').ok()?;
    }
    signed.extend_from_slice(TERMINATOR.as_bytes()).ok()?;
    (scope.as_bytes() != signed.as_slice())
        .then(|| Cause::Scope { signed: Excerpt::of_bytes(&signed), server: Excerpt::of(scope) })
}

/// Returns whether the service received exactly the request that was sent: its canonical request has the same lines, or the
/// hash in its string to sign is that of the canonical request of what was sent.
pub(super) fn is_as_sent(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> bool {
    let received = refusal.canonical_request.and_then(CanonicalText::parse);
    let same_lines = received.is_some_and(|received| received.headers.is_some())
        && changes_on_the_way(attempt, refusal).next().is_none();
    same_lines || has_hash_of_sent(attempt, refusal)
}

fn has_hash_of_sent(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> bool {
    let Some([_, _, hash]) = string_to_sign_lines(refusal) else { return false };
    let (host, _, _) = attempt.sent.parts();
    let (label, _) = split_first(host, b'.');
    // The host may contain the bucket, or the path does.
    [Some(label), None].into_iter().any(|bucket| {
        difference::with_canonical(&attempt.sent, bucket, |canonical| {
            let mut sent = Sha256::new();
            canonical.write(&mut sent);
            lower_hex(&sent.finish()) == *hash.as_bytes()
        }) == Some(true)
    })
}

/// Splits a string to sign of V4 into time, scope and hash. Some paths of a message make blanks of its line feeds.
fn string_to_sign_lines<'a>(refusal: &Refusal<'a>) -> Option<[&'a str; 3]> {
    let text = refusal.string_to_sign?.trim();
    let separator = separator(text);
    let mut lines = split(text, separator).map(str::trim);
    let is_v4 = lines.next()? == ALGORITHM;
    let found = [lines.next()?, lines.next()?, lines.next()?];
    is_v4.then_some(found).filter(|_| lines.next().is_none())
}

fn separator(text: &str) -> u8 {
    if contains(text, "\n") { b'\n' } else { b' ' }
}

/// The parts of a canonical request that the service returned.
#[derive(Clone, Copy)]
struct CanonicalText<'a> {
    method: &'a str,
    uri: &'a str,
    query: &'a str,
    /// The lines of the signed headers; `None` if they cannot be told apart, because line feeds became blanks.
    headers: Option<&'a str>,
}

impl<'a> CanonicalText<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let separator = separator(text);
        let (method, rest) = split_once(text.trim_start(), separator)?;
        let (uri, rest) = split_once(rest, separator)?;
        let (query, rest) = split_once(rest, separator)?;
        let headers = match separator {
            // Without signed headers, the line feed that ends the query is followed by that of the blank line.
            b'\n' if rest.starts_with('\n') => Some(""),
            b'\n' => Some(rest.split_once("\n\n")?.0),
            _ => None,
        };
        (!method.is_empty() && uri.starts_with('/')).then_some(Self { method, uri, query, headers })
    }
}

/// Iterates over the names and values of header lines.
fn lines(headers: &str) -> impl Iterator<Item = (&str, &str)> {
    split(headers, b'\n').filter_map(|line| split_once(line, b':'))
}

fn method(sent: &Message<'_>, received: &CanonicalText<'_>) -> Option<Cause> {
    let differs = !sent.method.eq_ignore_ascii_case(received.method);
    differs.then(|| Cause::MethodChanged {
        sent: Excerpt::of(sent.method),
        received: Excerpt::of(received.method),
    })
}

fn path(sent: &Message<'_>, received: &CanonicalText<'_>) -> Option<Cause> {
    let (host, path, _) = sent.parts();
    let path = if path.is_empty() { "/" } else { path };
    if same(path, received.uri) {
        return None;
    }
    // The canonical URI begins with the bucket, even if the host contains it and the path does not.
    let after_slash = received.uri.get(1..)?;
    let (bucket, _) = split_first(after_slash, b'/');
    let received_path = after_slash.get(bucket.len()..)?;
    if same(path, received_path) {
        return None;
    }
    let (label, _) = split_first(host, b'.');
    let received_path = if bucket == label { received_path } else { received.uri };
    Some(if is_encoded_again(path, received_path) {
        Cause::DoubleEncoding
    } else {
        Cause::Path { signed: Excerpt::of(path), sent: Excerpt::of(received_path) }
    })
}

fn lost_or_changed_parameters<'a>(
    sent: &Message<'a>,
    received: &CanonicalText<'a>,
) -> impl Iterator<Item = Cause> + use<'a> {
    let (query, received) = (sent.parts().2, received.query);
    let signed = parameters(query).filter(|(name, _)| !same(name, "x-oss-signature"));
    signed.filter_map(move |(name, value)| match parameters(received).find(|(other, _)| same(name, other)) {
        None => Some(Cause::ParameterLost { name: Excerpt::of(name) }),
        Some((_, other)) if !same(value, other) => Some(Cause::ParameterChanged { name: Excerpt::of(name) }),
        Some(_) => None,
    })
}

fn added_parameters<'a>(
    sent: &Message<'a>,
    received: &CanonicalText<'a>,
) -> impl Iterator<Item = Cause> + use<'a> {
    let (query, received) = (sent.parts().2, received.query);
    let added =
        parameters(received).filter(move |(name, _)| !parameters(query).any(|(other, _)| same(name, other)));
    added.map(|(name, _)| Cause::ParameterAdded { name: Excerpt::of(name) })
}

fn lost_or_changed_headers<'a>(
    sent: Message<'a>,
    received: &'a str,
) -> impl Iterator<Item = Cause> + use<'a> {
    let signed = sent.headers.iter().filter(|(name, _)| is_signed_by_default(name));
    signed.filter_map(move |(name, value)| {
        let found = lines(received).find(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = trim_blanks(value);
        match found.map(|(_, other)| trim_blanks(other)) {
            Some(other) if other == value => None,
            other => Some(header(name, Some(value), other)),
        }
    })
}

fn added_headers<'a>(sent: Message<'a>, received: &'a str) -> impl Iterator<Item = Cause> + use<'a> {
    lines(received).filter_map(move |(name, value)| {
        let is_sent = name.eq_ignore_ascii_case("host") || sent.header(name).is_some();
        (!is_sent).then(|| header(name, None, Some(trim_blanks(value))))
    })
}

/// A header that differs. The value of a security token is not quoted.
fn header(name: &str, sent: Option<&str>, received: Option<&str>) -> Cause {
    let is_secret = name.eq_ignore_ascii_case("x-oss-security-token");
    let quoted = |value: &str| Excerpt::of(if is_secret { "[redacted]" } else { value });
    Cause::HeaderChanged { name: Excerpt::of(name), sent: sent.map(quoted), received: received.map(quoted) }
}

/// Returns whether two percent-encoded texts stand for the same bytes.
pub(super) fn same(a: &str, b: &str) -> bool {
    Decoded::new(a).eq(Decoded::new(b))
}

/// Returns whether `later` is `earlier` with its percent signs encoded once more.
pub(super) fn is_encoded_again(earlier: &str, later: &str) -> bool {
    earlier.contains('%') && Decoded::new(later).eq(earlier.bytes())
}
