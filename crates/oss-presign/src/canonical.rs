//! The canonical request: the text whose hash is signed.
//!
//! One function writes it, into a hash when signing and verifying, and into a text when somebody wants to
//! read it.

use core::cmp::Ordering;

use crate::endpoint::Endpoint;
use crate::object::Bucket;
use crate::output::Output;
use crate::request::{Header, RequestView, compare_names};

/// What stands for the body, which is not signed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Writes the canonical request.
///
/// `resource` is what lies between the method and the headers but for the bucket that a host carries: path,
/// line feed, query. It comes in pieces so that signing can hand over the URL's own bytes.
pub(crate) fn write_canonical_request(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    resource: &[&[u8]],
) {
    let signed = request.headers.iter().filter(|header| header.signed);
    write_canonical_request_with(output, request, endpoint, resource, signed, payload(request.headers));
}

/// The same with signed headers of the caller's, who adds some to those of the request, and with a last line of
/// the caller's if there is one. The headers come in the order of their names.
pub(crate) fn write_canonical_request_with<'h>(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    resource: &[&[u8]],
    signed: impl Iterator<Item = &'h Header<'h>>,
    payload: Option<&str>,
) {
    write_before_resource(output, request, endpoint);
    for piece in resource {
        output.put(piece);
    }
    write_rest(output, request, endpoint, signed, payload);
}

/// The method, and the bucket where a host carries it.
pub(crate) fn write_before_resource(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
) {
    output.put(request.method.as_str().as_bytes());
    output.put(b"\n");
    if let (false, Some(bucket)) = (path_carries_bucket(endpoint), request.bucket) {
        output.put(b"/");
        output.put(bucket.as_str().as_bytes());
    }
}

/// From the line feed behind the query to the end.
pub(crate) fn write_after_resource(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
) {
    let signed = request.headers.iter().filter(|header| header.signed);
    write_rest(output, request, endpoint, signed, payload(request.headers));
}

fn write_rest<'h>(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    signed: impl Iterator<Item = &'h Header<'h>>,
    payload: Option<&str>,
) {
    output.put(b"\n");
    write_headers(output, request, endpoint, signed);
    output.put(b"\n");
    if !request.additional.is_empty() {
        write_additional_names(output, request.additional, b";");
    }
    output.put(b"\n");
    match payload {
        None => output.put(UNSIGNED_PAYLOAD.as_bytes()),
        Some(payload) => output.put(payload.as_bytes()),
    }
}

/// Whether the path of the URL is the canonical URI as it stands.
pub(crate) fn path_carries_bucket(endpoint: &Endpoint<'_>) -> bool {
    matches!(endpoint.addressing(), crate::Addressing::Path)
}

fn write_headers<'h>(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    signed: impl Iterator<Item = &'h Header<'h>>,
) {
    let mut host_owed = owes_host(request);
    for header in signed {
        if host_owed && compare_names("host", header.name) == Ordering::Less {
            write_host_line(output, request.bucket, endpoint);
            host_owed = false;
        }
        if header.lower_case {
            output.put(header.name.as_bytes());
        } else {
            output.put_lower_case(header.name.as_bytes());
        }
        output.put(b":");
        output.put(header.value.as_bytes());
        output.put(b"\n");
    }
    if host_owed {
        write_host_line(output, request.bucket, endpoint);
    }
}

fn write_host_line(output: &mut impl Output, bucket: Option<Bucket<'_>>, endpoint: &Endpoint<'_>) {
    output.put(b"host:");
    endpoint.write_host(bucket, output);
    output.put(b"\n");
}

/// Whether `host` is signed and its value comes from the endpoint.
fn owes_host(request: &RequestView<'_>) -> bool {
    let is_host = |name: &str| name.eq_ignore_ascii_case("host");
    request.additional.iter().any(|name| is_host(name))
        && !request.headers.iter().any(|header| is_host(header.name))
}

/// The names of additional headers in lower case, which is also their canonical order.
pub(crate) fn write_additional_names(output: &mut impl Output, names: &[&str], separator: &[u8]) {
    let mut first = true;
    for name in names {
        if !first {
            output.put(separator);
        }
        first = false;
        output.put_lower_case(name.as_bytes());
    }
}

/// The last line, where the request itself gives a value for its body's hash.
fn payload<'r>(headers: &[Header<'r>]) -> Option<&'r str> {
    let given = headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-oss-content-sha256"));
    given.map(|header| header.value)
}
