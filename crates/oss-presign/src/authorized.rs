//! The result of signing by header: a URL, and the headers that must be sent with it.

use core::fmt;

use crate::canonical_request::{CONTENT_SHA256, write_canonical_request, write_resource};
use crate::endpoint::{Endpoint, Scheme};
use crate::hex::lower_hex;
use crate::method::Method;
use crate::request::RequestRef;
use crate::scope::Scope;
use crate::search::split_first;
use crate::sha256::Sha256;
use crate::signer_headers::SignerHeaders;
use crate::string_to_sign::write_before_hash;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// A request that is signed by header, with the headers that its sender must send.
#[derive(Clone, Copy)]
pub struct Authorized<'r> {
    pub(crate) url: &'r str,
    pub(crate) host: &'r str,
    pub(crate) target: &'r str,
    pub(crate) authorization: &'r str,
    pub(crate) signature: &'r str,
    pub(crate) added: SignerHeaders<'r>,
    pub(crate) request: RequestRef<'r>,
    pub(crate) endpoint: &'r Endpoint<'r>,
    pub(crate) scope: &'r Scope<'r>,
    pub(crate) now: Timestamp,
}

impl<'r> Authorized<'r> {
    /// Returns the method that was signed.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// Returns the URL that was signed. It is no secret: without the headers it gives no access.
    #[must_use]
    pub const fn url(&self) -> &'r str {
        self.url
    }

    /// Returns the scheme of the URL.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.endpoint.scheme()
    }

    /// Returns the host of the URL, with its port unless that is the default of the scheme: the value of the `Host` header.
    #[must_use]
    pub const fn host(&self) -> &'r str {
        self.host
    }

    /// Returns path and query of the URL: the request target of HTTP/1.1 (RFC 9112, section 3.2.1).
    #[must_use]
    pub const fn target(&self) -> &'r str {
        self.target
    }

    /// Returns the value of the `Authorization` header.
    #[must_use]
    pub const fn authorization(&self) -> &'r str {
        self.authorization
    }

    /// Iterates over all headers that must be sent: `authorization`, the headers that signing adds, and the required headers
    /// of the request. `host` is not one of them, because every HTTP client sends the host of the URL.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r str)> + Clone + use<'r> {
        let required = self.request.required_headers();
        let required = required.filter(|(name, _)| !name.eq_ignore_ascii_case(CONTENT_SHA256));
        [("authorization", self.authorization)].into_iter().chain(self.added.pairs()).chain(required)
    }

    /// Returns the signature: 64 lower-case hex digits.
    #[must_use]
    pub const fn signature(&self) -> &'r str {
        self.signature
    }

    /// Writes the canonical request that was signed. It contains the security token, if the credentials have one.
    ///
    /// # Errors
    /// Only if `writer` fails.
    pub fn write_canonical_request(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut text = TextWriter::new(writer);
        self.canonical_request_into(&mut text);
        text.result
    }

    /// Writes the string to sign that was signed.
    ///
    /// # Errors
    /// Only if `writer` fails.
    pub fn write_string_to_sign(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut hash = Sha256::new();
        self.canonical_request_into(&mut hash);
        let mut text = TextWriter::new(writer);
        write_before_hash(&mut text, &self.now.iso8601_basic_on(*self.scope.date()), self.scope);
        text.put(&lower_hex(&hash.finish()));
        text.result
    }

    fn canonical_request_into<W: Writer>(&self, writer: &mut W) {
        let (path, query) = split_first(self.target, b'?');
        let resource = |writer: &mut W| {
            write_resource(writer, &self.request, self.endpoint, path.as_bytes());
            writer.put(b"\n");
            writer.put(query.as_bytes());
        };
        let headers = self.added.merged_with(&self.request, self.endpoint);
        let additional = self.request.additional_headers();
        write_canonical_request(writer, self.request.method.as_str(), resource, headers, additional);
    }
}

impl fmt::Debug for Authorized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized")
            .field("method", &self.request.method)
            .field("url", &split_first(self.url, b'?').0)
            .field("date", &self.added.date_time)
            .finish_non_exhaustive()
    }
}
