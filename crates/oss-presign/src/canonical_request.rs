//! The canonical request: the text whose hash is signed.
//!
//! [`write_canonical_request`] writes it for signing and for verification, into a hash or into text for people. The other
//! functions provide the parts of a request that is to be signed, from a [`RequestRef`] and an endpoint.

use crate::bucket::Bucket;
use crate::encode::Position;
use crate::endpoint::{Addressing, Endpoint};
use crate::excerpt::Excerpt;
use crate::header::{Coverage, Header};
use crate::presign_error::PresignError;
use crate::request::RequestRef;
use crate::scope::Region;
use crate::sha256::Sha256;
use crate::writer::Writer;

/// The last line of the canonical request in place of the body's hash: the body is not signed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The header whose value replaces [`UNSIGNED_PAYLOAD`] in a request that has it.
pub(crate) const CONTENT_SHA256: &str = "x-oss-content-sha256";

/// A header as it is written into the canonical request.
#[derive(Clone, Copy)]
pub(crate) struct SignedHeader<'h> {
    pub(crate) name: &'h str,
    /// Whether the name has no upper-case letter.
    pub(crate) lower_case: bool,
    pub(crate) value: HeaderValue<'h>,
}

#[derive(Clone, Copy)]
pub(crate) enum HeaderValue<'h> {
    /// A value without leading and trailing blanks.
    Given(&'h [u8]),
    /// The host of an endpoint for a bucket.
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

/// Writes the canonical request.
///
/// `write_resource` writes a line feed, the canonical URI, another line feed and the canonical query. `headers` must be
/// sorted by their lower-case names; so must `additional`, the names of the additional headers.
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

/// Writes the part after the canonical query: the headers, the names of the additional headers, and the line for the body.
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

/// Returns the hash of the canonical request; the parameters are those of [`write_canonical_request`].
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

/// Refuses an additional header without a value, and a signed `host` that differs from the endpoint's host.
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

/// Refuses an endpoint of another region than the one that is signed for: OSS would refuse every such signature.
pub(crate) fn check_region(endpoint: &Endpoint<'_>, region: Region<'_>) -> Result<(), PresignError> {
    match endpoint.region() {
        Some(other) if other != region => {
            Err(PresignError::OtherRegion { endpoint: Excerpt::of(other.as_str()) })
        }
        _ => Ok(()),
    }
}

/// Iterates over the signed headers of a request, in canonical order.
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

/// Writes the path of a URL. It is the canonical URI without the bucket, if the bucket is in the host.
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

/// Writes a line feed, the canonical URI, another line feed and the canonical query. `path_and_query` are those of the URL,
/// with the second line feed between them. The canonical URI always contains the bucket, so it is added where the URL has
/// the bucket in its host.
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
