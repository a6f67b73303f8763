//! The canonical request: the text whose hash is signed.
//!
//! One function writes it, into a hash when signing and verifying, and into a text when somebody wants to
//! read it.

use crate::endpoint::Endpoint;
use crate::output::Output;
use crate::request::{Header, RequestView};

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
    write_canonical_request_with(output, request, endpoint, resource, signed, request.payload);
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
    write_rest(output, request, endpoint, signed, request.payload);
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
    if let Some(additional) = request.additional() {
        additional.write_names(output);
    }
    output.put(b"\n");
    match payload {
        None => output.put(UNSIGNED_PAYLOAD.as_bytes()),
        Some(payload) => output.put(payload.as_bytes()),
    }
}

/// Writes signed headers, which come in the order of their names, and the host where it is one of them.
pub(crate) fn write_headers<'h>(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    signed: impl Iterator<Item = &'h Header<'h>>,
) {
    let mut host_written = false;
    for header in signed {
        host_written = host_written || write_host_before(output, request, endpoint, Some(header));
        // One way is enough for a small machine.
        if header.lower_case && !cfg!(target_pointer_width = "32") {
            output.put(header.name.as_bytes());
        } else {
            output.put_lower_case(header.name.as_bytes());
        }
        output.put(b":");
        output.put(header.value.as_bytes());
        output.put(b"\n");
    }
    if !host_written {
        write_host_before(output, request, endpoint, None);
    }
}

/// The host's line, where that is signed as an additional header and its turn.
fn write_host_before(
    output: &mut impl Output,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    next: Option<&Header<'_>>,
) -> bool {
    request
        .additional()
        .is_some_and(|additional| additional.write_host_before(output, request, endpoint, next))
}

/// Whether the path of the URL is the canonical URI as it stands.
pub(crate) fn path_carries_bucket(endpoint: &Endpoint<'_>) -> bool {
    matches!(endpoint.addressing(), crate::Addressing::Path)
}
