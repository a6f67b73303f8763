//! A request as it arrived, and its canonical form.

use core::cmp::Ordering;

use heapless::Vec;

use super::{Presented, PresentedCredential, PresentedUrl, VerifyError};
use crate::canonical::UNSIGNED_PAYLOAD;
use crate::encode::{Decoded, Position, escape, hex_value, is_unreserved, unescaped_prefix};
use crate::excerpt::Excerpt;
use crate::output::Output;
use crate::request::{compare_names, is_signed_by_default, settle_last};
use crate::search::{contains_any, split, split_once, trim_blanks};
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// How many query parameters a verified request may have.
pub const MAX_QUERY_PARAMETERS: usize = 64;
/// How many signed headers a verified request may have.
pub const MAX_SIGNED_HEADERS: usize = 64;

/// A request as it arrived: nothing decoded, nothing left out.
#[derive(Clone, Copy)]
pub struct ReceivedRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The bucket, where the host carried it; it then stands before the path. `None` where the path holds it.
    pub bucket: Option<&'a str>,
    /// The path, percent-encoded as it came.
    pub path: &'a str,
    /// The query, percent-encoded as it came, without its `?`.
    pub query: &'a str,
    /// All headers, `host` among them, names in any letter case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> ReceivedRequest<'a> {
    /// Reads the signature in the URL.
    ///
    /// # Errors
    /// [`VerifyError`] where it is missing or malformed, and where the request has something twice or lacks a
    /// header that is named as signed.
    pub fn presigned(&self) -> Result<Presented<'a>, VerifyError> {
        let url = PresentedUrl::parse(self.query)?;
        let canonical = self.canonical_url(&url)?;
        Ok(Presented::url(&url, canonical))
    }

    /// The canonical form of a request whose URL carries the signature.
    pub(crate) fn canonical_url(&self, url: &PresentedUrl<'_>) -> Result<Canonical<'a>, VerifyError> {
        Canonical::new(self, url.additional_headers(), Some("x-oss-signature"))
    }

    /// Reads the signature in the `Authorization` header.
    ///
    /// # Errors
    /// [`VerifyError`], as for a URL.
    pub fn authorized(&self) -> Result<Presented<'a>, VerifyError> {
        let authorization =
            self.header("authorization")?.ok_or(VerifyError::MissingParameter { name: "Authorization" })?;
        let authorization = authorization.strip_prefix(ALGORITHM).ok_or(VerifyError::SignatureVersion)?;
        // RFC 9110, section 11.4: a blank ends the scheme.
        let authorization = authorization.strip_prefix(" ").ok_or(VerifyError::AuthorizationMalformed)?;
        let (mut credential, mut additional, mut signature) = (None, None, None);
        for field in split(authorization, b',') {
            let Some((name, value)) = split_once(trim_blanks(field), b'=') else {
                return Err(VerifyError::AuthorizationMalformed);
            };
            let place = match name {
                "Credential" => &mut credential,
                "AdditionalHeaders" => &mut additional,
                "Signature" => &mut signature,
                _ => return Err(VerifyError::AuthorizationMalformed),
            };
            if place.replace(value).is_some() {
                return Err(VerifyError::AuthorizationMalformed);
            }
        }
        let credential = credential.and_then(PresentedCredential::parse);
        let credential = credential.ok_or(VerifyError::AuthorizationMalformed)??;
        let signature = signature.ok_or(VerifyError::AuthorizationMalformed)?;
        let names = match additional {
            Some("") => return Err(VerifyError::AdditionalHeadersEmpty),
            Some(names) if split(names, b';').any(str::is_empty) => {
                return Err(VerifyError::AdditionalHeadersEmptyName);
            }
            names => split(names.unwrap_or_default(), b';').filter(|name| !name.is_empty()),
        };
        let date = self.header("x-oss-date")?.ok_or(VerifyError::MissingParameter { name: "x-oss-date" })?;
        let signed_at = Timestamp::parse_iso8601_basic(date).map_err(|_| VerifyError::Date)?;
        if self.header("x-oss-content-sha256")? != Some(UNSIGNED_PAYLOAD) {
            return Err(VerifyError::ContentSha256);
        }
        let security_token = self.header("x-oss-security-token")?;
        let canonical = Canonical::new(self, names, None)?;
        Ok(Presented::header(credential, signed_at, security_token, signature, canonical))
    }

    /// The value of a header, outer blanks dropped; an error where it is there twice or no text.
    fn header(&self, wanted: &'static str) -> Result<Option<&'a str>, VerifyError> {
        let mut values = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let value = values.next();
        if values.next().is_some() {
            return Err(VerifyError::DuplicateHeader { name: Excerpt::of(wanted) });
        }
        let Some((_, value)) = value else { return Ok(None) };
        let text = core::str::from_utf8(trim_blank_bytes(value));
        text.map(Some).map_err(|_| VerifyError::HeaderNotText { name: Excerpt::of(wanted) })
    }
}

impl core::fmt::Debug for ReceivedRequest<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("method", &self.method)
            .field("bucket", &self.bucket)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The pairs of a query, still encoded; a missing value is an empty one.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = split(query, b'&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| split_once(pair, b'=').unwrap_or((pair, "")))
}

/// What the canonical request is written from: lists in canonical order.
pub(crate) struct Canonical<'a> {
    method: &'a str,
    bucket: Option<&'a str>,
    path: &'a str,
    query: Vec<(&'a str, &'a str), MAX_QUERY_PARAMETERS>,
    headers: Vec<SignedHeader<'a>, MAX_SIGNED_HEADERS>,
}

struct SignedHeader<'a> {
    name: &'a str,
    value: &'a [u8],
    additional: bool,
}

impl<'a> Canonical<'a> {
    fn new<'n>(
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
        let mut headers = Vec::<SignedHeader<'_>, MAX_SIGNED_HEADERS>::new();
        for &(name, value) in received.headers {
            let by_default = is_signed_by_default(name);
            let additional =
                !by_default && additional.clone().any(|wanted| wanted.eq_ignore_ascii_case(name));
            if by_default || additional {
                let header = SignedHeader { name, value: trim_blank_bytes(value), additional };
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

    pub(crate) fn write(&self, output: &mut impl Output) {
        output.put(self.method.as_bytes());
        output.put(b"\n");
        self.write_uri(output);
        output.put(b"\n");
        let mut first = true;
        for (name, value) in &self.query {
            if !first {
                output.put(b"&");
            }
            first = false;
            put_encoded_again(output, name, Position::Query);
            if !value.is_empty() {
                output.put(b"=");
                put_encoded_again(output, value, Position::Query);
            }
        }
        output.put(b"\n");
        for header in &self.headers {
            output.put_lower_case(header.name.as_bytes());
            output.put(b":");
            output.put(header.value);
            output.put(b"\n");
        }
        output.put(b"\n");
        let mut first = true;
        for header in self.headers.iter().filter(|header| header.additional) {
            if !first {
                output.put(b";");
            }
            first = false;
            output.put_lower_case(header.name.as_bytes());
        }
        output.put(b"\n");
        let sha256 =
            self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-oss-content-sha256"));
        output.put(sha256.map_or(UNSIGNED_PAYLOAD.as_bytes(), |header| header.value));
    }

    fn write_uri(&self, output: &mut impl Output) {
        if let Some(bucket) = self.bucket {
            output.put(b"/");
            output.put(bucket.as_bytes());
        }
        if self.path.is_empty() {
            output.put(b"/");
        }
        put_encoded_again(output, self.path, Position::Path);
        // A bucket named by its path alone: the canonical form ends in a slash, the URL need not.
        let inner = self.path.strip_prefix("/").unwrap_or_default();
        if self.bucket.is_none() && !inner.is_empty() && !contains_any(inner, b"/") {
            output.put(b"/");
        }
    }
}

/// Decodes and encodes again, strictly: clients escape more or less than the signer did.
fn put_encoded_again(output: &mut impl Output, text: &str, position: Position) {
    let mut rest = text.as_bytes();
    loop {
        let (run, after) = rest.split_at_checked(unescaped_prefix(rest, position)).unwrap_or((rest, &[]));
        output.put(run);
        let (byte, after) = match after {
            [] => return,
            [b'%', high, low, after @ ..] => match (hex_value(*high), hex_value(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, after),
                _ => (b'%', after_first(rest, run.len())),
            },
            [byte, after @ ..] => (*byte, after),
        };
        if unescaped_prefix(&[byte], position) == 1 {
            output.put(&[byte]);
        } else {
            output.put(&escape(byte));
        }
        rest = after;
    }
}

fn after_first(bytes: &[u8], index: usize) -> &[u8] {
    bytes.get(index + 1..).unwrap_or_default()
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

fn trim_blank_bytes(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
