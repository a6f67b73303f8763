//! The canonical request of a received request.

use heapless::Vec;

use super::canonical_query::{CanonicalQuery, put_encoded_again};
use super::error::VerifyError;
use super::received::{ReceivedRequest, trim_blank_bytes};
use crate::canonical_request::{HeaderValue, SignedHeader, write_canonical_request};
use crate::encode::Position;
use crate::excerpt::Excerpt;
use crate::header::{compare_names, is_lower_case, is_signed_by_default};
use crate::request::settle_last;
use crate::writer::Writer;

/// The greatest number of signed headers in a request that is verified.
pub const MAX_SIGNED_HEADERS: usize = 64;

/// The parts that the canonical request is written from.
pub(crate) struct Canonical<'a> {
    method: &'a str,
    bucket: Option<&'a str>,
    path: &'a str,
    query: CanonicalQuery<'a>,
    /// The signed headers, in the order of their lower-case names.
    headers: Vec<&'a (&'a str, &'a [u8]), MAX_SIGNED_HEADERS>,
}

impl<'a> Canonical<'a> {
    pub(super) fn new<'n>(
        received: &ReceivedRequest<'a>,
        query: CanonicalQuery<'a>,
        additional: impl Iterator<Item = &'n str> + Clone,
    ) -> Result<Self, VerifyError> {
        // Without a slash the path would continue the name of the bucket before it.
        if !received.path.is_empty() && !received.path.starts_with("/") {
            return Err(VerifyError::PathMalformed);
        }
        query.check_repeated()?;
        for name in additional.clone() {
            if !received.headers.iter().any(|(received, _)| received.eq_ignore_ascii_case(name)) {
                return Err(VerifyError::HeaderMissing { name: Excerpt::of(name) });
            }
        }
        let mut headers = Vec::<&(&str, &[u8]), MAX_SIGNED_HEADERS>::new();
        for header in received.headers {
            let (name, _) = *header;
            if is_signed_by_default(name)
                || additional.clone().any(|wanted| wanted.eq_ignore_ascii_case(name))
            {
                headers.push(header).map_err(|_| VerifyError::TooMany {
                    what: "signed headers",
                    capacity: MAX_SIGNED_HEADERS,
                })?;
                settle_last(&mut headers, |a, b| compare_names(a.0, b.0));
            }
        }
        let repeated = headers.windows(2).find_map(|pair| match pair {
            [a, b] if a.0.eq_ignore_ascii_case(b.0) => Some(a.0),
            _ => None,
        });
        if let Some(name) = repeated {
            return Err(VerifyError::DuplicateHeader { name: Excerpt::of(name) });
        }
        Ok(Self { method: received.method, bucket: received.bucket, path: received.path, query, headers })
    }

    pub(crate) fn header_count(&self) -> usize {
        self.headers.len()
    }

    /// Writes the canonical request.
    pub(crate) fn write<W: Writer>(&self, writer: &mut W) {
        let resource = |writer: &mut W| {
            writer.put(b"\n");
            self.write_uri(writer);
            writer.put(b"\n");
            self.query.write(writer);
        };
        let headers = self.headers.iter().map(|&&(name, value)| SignedHeader {
            name,
            lower_case: is_lower_case(name),
            value: HeaderValue::Given(trim_blank_bytes(value)),
        });
        // All of these headers are signed. Those that are not signed by default are the request's additional headers.
        let additional =
            self.headers.iter().map(|(name, _)| *name).filter(|name| !is_signed_by_default(name));
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
        // The path names only a bucket. The canonical URI then ends in a slash, even if the URL does not.
        let names_a_bucket = self.bucket.is_none() && self.path.len() > 1;
        if names_a_bucket && !self.path.bytes().skip(1).any(|byte| byte == b'/') {
            writer.put(b"/");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::iter::empty;
    use std::format;
    use std::string::String;

    /// The canonical URI in OSS's documentation of V4 signatures: `/bucket/key`, or `/bucket/` for operations on a bucket, or
    /// `/` for those on neither.
    #[test]
    fn the_uri_has_bucket_and_key_wherever_the_bucket_stands() {
        for (bucket, path, uri) in [
            (None, "", "/"),
            (None, "/", "/"),
            (None, "/b", "/b/"),
            (None, "/b/", "/b/"),
            (None, "/b/key", "/b/key"),
            (None, "/b/key/", "/b/key/"),
            (Some("b"), "", "/b/"),
            (Some("b"), "/", "/b/"),
            (Some("b"), "/key", "/b/key"),
            (Some("b"), "/key/", "/b/key/"),
        ] {
            let received = ReceivedRequest { method: "GET", bucket, path, query: "", headers: &[] };
            let Ok(canonical) = Canonical::new(&received, CanonicalQuery::default(), empty()) else {
                panic!()
            };
            let mut text = std::vec::Vec::new();
            canonical.write(&mut text);
            let expected = format!("GET\n{uri}\n\n\n\nUNSIGNED-PAYLOAD");
            assert_eq!(String::from_utf8(text).unwrap(), expected, "{bucket:?} {path}");
        }
    }
}
