//! The result of presigning: a URL, and the headers that its holder must send.

use core::fmt;

use crate::canonical_request::{signed_headers, write_canonical_request, write_resource};
use crate::endpoint::{Endpoint, Scheme};
use crate::expiry::Expiry;
use crate::hex::lower_hex;
use crate::method::Method;
use crate::presign_error::PresignError;
use crate::request::RequestRef;
use crate::scope::Scope;
use crate::sha256::Sha256;
use crate::string_to_sign::write_before_hash;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// Positions of the parts of a URL, in bytes from its start.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub(crate) path_at: usize,
    pub(crate) query_at: usize,
    /// The position of the `&` before the signature parameter.
    pub(crate) query_end: usize,
    pub(crate) length: usize,
}

impl Places {
    /// Returns path and query of a URL, without its signature.
    pub(crate) fn path_and_query(self, url: &[u8]) -> Result<&[u8], PresignError> {
        url.get(self.path_at..self.query_end).ok_or(PresignError::Internal)
    }
}

/// A presigned URL with its method, its required headers and its expiry. `'buffer` is the lifetime of the URL's text,
/// `'request` that of the request, endpoint and signer it was made from.
#[derive(Clone, Copy)]
pub struct PresignedUrl<'request, 'buffer> {
    url: &'buffer str,
    places: Places,
    request: RequestRef<'request>,
    endpoint: &'request Endpoint<'request>,
    scope: &'request Scope<'request>,
    now: Timestamp,
    expiry: Expiry,
}

impl<'request, 'buffer> PresignedUrl<'request, 'buffer> {
    pub(crate) fn new(
        buffer: &'buffer [u8],
        places: Places,
        request: RequestRef<'request>,
        endpoint: &'request Endpoint<'request>,
        scope: &'request Scope<'request>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<Self, PresignError> {
        let url = buffer.get(..places.length).and_then(|url| core::str::from_utf8(url).ok());
        let url = url.ok_or(PresignError::Internal)?;
        Ok(Self { url, places, request, endpoint, scope, now, expiry })
    }

    /// Returns the method that the URL was signed for.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// Returns the URL. Treat it as a secret until it expires: anyone who has it can use it.
    #[must_use]
    pub const fn url(&self) -> &'buffer str {
        self.url
    }

    /// Returns the URL, which borrows only the buffer and not the request.
    #[must_use]
    pub const fn into_url(self) -> &'buffer str {
        self.url
    }

    /// Returns the scheme of the URL.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.endpoint.scheme()
    }

    /// Returns the host of the URL, with its port unless that is the default of the scheme: the value of the `Host` header.
    #[must_use]
    pub fn host(&self) -> &'buffer str {
        self.part(self.scheme().prefix().len(), self.places.path_at)
    }

    /// Returns path and query of the URL: the request target of HTTP/1.1 (RFC 9112, section 3.2.1).
    #[must_use]
    pub fn target(&self) -> &'buffer str {
        self.part(self.places.path_at, self.places.length)
    }

    /// Iterates over the required headers. `host` is not one of them, because every HTTP client sends the host of the URL.
    pub fn headers(&self) -> impl Iterator<Item = (&'request str, &'request str)> + Clone + use<'request> {
        self.request.required_headers()
    }

    /// Returns the time at which the URL expires. From this second on it no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.now.saturating_add(self.expiry.seconds() as u64)
    }

    /// Returns the signature: 64 lower-case hex digits.
    #[must_use]
    pub fn signature(&self) -> &'buffer str {
        self.part(self.places.length - 64, self.places.length)
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
        let Places { path_at, query_at, query_end, .. } = self.places;
        let (path, query) = (self.part(path_at, query_at - 1), self.part(query_at, query_end));
        let headers = signed_headers(&self.request, self.endpoint);
        let resource = |writer: &mut W| {
            write_resource(writer, &self.request, self.endpoint, path.as_bytes());
            writer.put(b"\n");
            writer.put(query.as_bytes());
        };
        let additional = self.request.additional_headers();
        write_canonical_request(writer, self.request.method.as_str(), resource, headers, additional);
    }

    fn part(&self, from: usize, to: usize) -> &'buffer str {
        // The positions were counted while the URL was written, and the URL is ASCII, so they are always valid.
        self.url.get(from..to).unwrap_or("")
    }
}

impl fmt::Debug for PresignedUrl<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readable = self.part(0, self.places.query_at);
        f.debug_struct("PresignedUrl")
            .field("method", &self.request.method)
            .field("url", &format_args!("{readable}[redacted]"))
            .field("expires_at", &format_args!("{}", self.expires_at()))
            .finish_non_exhaustive()
    }
}
