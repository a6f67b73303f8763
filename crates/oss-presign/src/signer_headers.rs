//! The headers that a signature in the `Authorization` header takes beyond those of the request.

use crate::canonical_request::{CONTENT_SHA256, HeaderValue, SignedHeader, UNSIGNED_PAYLOAD, signed_headers};
use crate::endpoint::Endpoint;
use crate::header::compare_names;
use crate::request::RequestRef;

/// What the signer adds: in the order of names, as they are signed.
#[derive(Clone, Copy)]
pub(crate) struct SignerHeaders<'h> {
    pub(crate) date_time: &'h str,
    pub(crate) security_token: Option<&'h str>,
}

impl<'h> SignerHeaders<'h> {
    /// Names and values, in the order of the names.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (&'h str, &'h str)> + Clone {
        let always = [(CONTENT_SHA256, UNSIGNED_PAYLOAD), ("x-oss-date", self.date_time)];
        always.into_iter().chain(self.security_token.map(|token| ("x-oss-security-token", token)))
    }

    /// These and the signed headers of a request, in the order of their names. The request's own value for the hash of
    /// the body gives way to the signer's.
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

/// Whether a header of the request comes before a name in lower case.
fn comes_before(header: &SignedHeader<'_>, name: &str) -> bool {
    if header.lower_case { header.name < name } else { compare_names(header.name, name).is_lt() }
}
