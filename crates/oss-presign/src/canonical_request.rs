//! The canonical request: the text whose hash is signed.
//!
//! [`write_canonical_request`] writes it, for signing and for verification, into a hash or into a text for people. What
//! differs is where its parts come from: the functions after it take them from a [`RequestRef`] and an endpoint.

use crate::bucket::Bucket;
use crate::encode::Position;
use crate::endpoint::{Addressing, Endpoint};
use crate::excerpt::Excerpt;
use crate::header::{Coverage, Header};
use crate::presign_error::PresignError;
use crate::request::RequestRef;
use crate::sha256::Sha256;
use crate::writer::Writer;

/// Stands for the body, which is not signed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The header whose value is the last line, where a request has it.
pub(crate) const CONTENT_SHA256: &str = "x-oss-content-sha256";

/// A header that is signed.
#[derive(Clone, Copy)]
pub(crate) struct SignedHeader<'h> {
    pub(crate) name: &'h str,
    /// Whether the name has no upper-case letter.
    pub(crate) lower_case: bool,
    pub(crate) value: HeaderValue<'h>,
}

#[derive(Clone, Copy)]
pub(crate) enum HeaderValue<'h> {
    /// Without the blanks around it.
    Given(&'h [u8]),
    /// The host that an endpoint has for a bucket.
    HostOf(&'h Endpoint<'h>, Option<Bucket<'h>>),
}

impl HeaderValue<'_> {
    fn write(self, writer: &mut impl Writer) {
        match self {
            Self::Given(value) => writer.put(value),
            Self::HostOf(endpoint, bucket) => endpoint.write_host(bucket, writer),
        }
    }
}

/// Writes the canonical request. `write_resource` writes a line feed, the canonical URI, a line feed, and the canonical
/// query; `headers` come in the order of their lower-case names, and so do the names of those that are `additional`.
pub(crate) fn write_canonical_request<'h, W: Writer>(
    writer: &mut W,
    method: &str,
    write_resource: impl FnOnce(&mut W),
    headers: impl Iterator<Item = SignedHeader<'h>>,
    additional: impl Iterator<Item = &'h str>,
) {
    writer.put(method.as_bytes());
    write_resource(writer);
    write_after_resource(writer, headers, additional);
}

/// Writes what follows the canonical query: the headers, the names of the additional ones, and the hash of the body.
pub(crate) fn write_after_resource<'h>(
    writer: &mut impl Writer,
    headers: impl Iterator<Item = SignedHeader<'h>>,
    additional: impl Iterator<Item = &'h str>,
) {
    let mut payload = None;
    for header in headers {
        writer.put(b"\n");
        if header.lower_case {
            writer.put(header.name.as_bytes());
        } else {
            writer.put_lower_case(header.name.as_bytes());
        }
        writer.put(b":");
        header.value.write(writer);
        if let HeaderValue::Given(value) = header.value
            && header.name.eq_ignore_ascii_case(CONTENT_SHA256)
        {
            payload = Some(value);
        }
    }
    // One line feed ends the last header's line, one is the blank line after the headers, one ends the line of names.
    let mut named = false;
    for name in additional {
        writer.put(if named { b";" } else { b"\n\n" });
        writer.put_lower_case(name.as_bytes());
        named = true;
    }
    match (payload, named) {
        (None, false) => writer.put(b"\n\n\nUNSIGNED-PAYLOAD"),
        (None, true) => writer.put(b"\nUNSIGNED-PAYLOAD"),
        (Some(payload), _) => {
            writer.put(if named { b"\n" } else { b"\n\n\n" });
            writer.put(payload);
        }
    }
}

/// Hashes the canonical request.
pub(crate) fn hash_canonical_request<'h>(
    method: &str,
    write_resource: impl FnOnce(&mut Sha256),
    headers: impl Iterator<Item = SignedHeader<'h>>,
    additional: impl Iterator<Item = &'h str>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    write_canonical_request(&mut hash, method, write_resource, headers, additional);
    hash.finish()
}

/// Writes the names of the additional headers, in lower case and separated by `;`.
pub(crate) fn write_additional_headers<'h>(writer: &mut impl Writer, names: impl Iterator<Item = &'h str>) {
    let mut separator: &[u8] = b"";
    for name in names {
        writer.put(separator);
        writer.put_lower_case(name.as_bytes());
        separator = b";";
    }
}

/// Refuses an additional header that has no value, and a signed `host` that is not the endpoint's.
pub(crate) fn check_additional_headers(
    request: &RequestRef<'_>,
    endpoint: &Endpoint<'_>,
) -> Result<(), PresignError> {
    let additional = request.headers.iter().filter(|header| header.coverage == Coverage::Additional);
    for Header { name, value, .. } in additional {
        match (name.eq_ignore_ascii_case("host"), *value) {
            (false, None) => {
                return Err(PresignError::AdditionalHeaderMissing { name: Excerpt::of(name) });
            }
            (true, Some(given)) if !endpoint.has_host(request.bucket, given) => {
                return Err(PresignError::HostMismatch { given: Excerpt::of(given) });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The headers of a request that are signed, in the order of their names.
pub(crate) fn signed_headers<'r>(
    request: &RequestRef<'r>,
    endpoint: &'r Endpoint<'r>,
) -> impl Iterator<Item = SignedHeader<'r>> + Clone {
    let (headers, bucket) = (request.headers, request.bucket);
    headers.iter().filter(|header| header.coverage != Coverage::None).map(move |header| SignedHeader {
        name: header.name,
        lower_case: header.lower_case,
        value: match header.value {
            Some(value) => HeaderValue::Given(value.as_bytes()),
            None => HeaderValue::HostOf(endpoint, bucket),
        },
    })
}

/// Writes the path of a URL: the canonical URI, but for the bucket that a host carries.
#[inline]
pub(crate) fn write_path(url: &mut impl Writer, request: &RequestRef<'_>, endpoint: &Endpoint<'_>) {
    url.put(b"/");
    if let (Addressing::Path, Some(bucket)) = (endpoint.addressing(), request.bucket) {
        url.put(bucket.as_str().as_bytes());
        url.put(b"/");
    }
    if let Some(key) = request.key {
        url.put_encoded(key.as_str().as_bytes(), Position::Path);
    }
}

/// Writes the canonical URI and query, with a line feed before each, from those of a URL: the URI always holds the
/// bucket, whatever the host looks like.
#[inline]
pub(crate) fn write_resource(
    writer: &mut impl Writer,
    request: &RequestRef<'_>,
    endpoint: &Endpoint<'_>,
    path_and_query: &[u8],
) {
    if let (Addressing::VirtualHosted | Addressing::Cname, Some(bucket)) =
        (endpoint.addressing(), request.bucket)
    {
        writer.put(b"\n/");
        writer.put(bucket.as_str().as_bytes());
    } else {
        writer.put(b"\n");
    }
    writer.put(path_and_query);
}
