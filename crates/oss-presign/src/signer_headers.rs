//! The headers that signing by header adds to those of the request.

use crate::canonical_request::{CONTENT_SHA256, HeaderValue, SignedHeader, UNSIGNED_PAYLOAD, signed_headers};
use crate::endpoint::Endpoint;
use crate::header::compare_names;
use crate::request::RequestRef;

/// The values of the headers that signing adds.
#[derive(Clone, Copy)]
pub(crate) struct SignerHeaders<'h> {
    pub(crate) date_time: &'h str,
    pub(crate) security_token: Option<&'h str>,
}

impl<'h> SignerHeaders<'h> {
    /// Iterates over the added headers, in canonical order.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (&'h str, &'h str)> + Clone {
        let always = [(CONTENT_SHA256, UNSIGNED_PAYLOAD), ("x-oss-date", self.date_time)];
        always.into_iter().chain(self.security_token.map(|token| ("x-oss-security-token", token)))
    }

    /// Iterates over the added headers and the signed headers of a request together, in canonical order. A
    /// `x-oss-content-sha256` of the request is left out, because the added one replaces it.
    pub(crate) fn merged_with(
        self,
        request: &RequestRef<'h>,
        endpoint: &'h Endpoint<'h>,
    ) -> impl Iterator<Item = SignedHeader<'h>> {
        let mut added = self
            .pairs()
            .map(|(name, value)| {
                let value = HeaderValue::Given(value.as_bytes());
                SignedHeader { name, lower_case: true, value }
            })
            .peekable();
        let mut given = signed_headers(request, endpoint)
            .filter(|header| !header.name.eq_ignore_ascii_case(CONTENT_SHA256))
            .peekable();
        core::iter::from_fn(move || match (given.peek(), added.peek()) {
            (Some(given_next), Some(added_next)) if comes_before(given_next, added_next.name) => given.next(),
            (_, Some(_)) => added.next(),
            (_, None) => given.next(),
        })
    }
}

/// Returns whether a header of the request is sorted before a lower-case name.
fn comes_before(header: &SignedHeader<'_>, name: &str) -> bool {
    if header.lower_case { header.name < name } else { compare_names(header.name, name).is_lt() }
}
