//! Signing by header: from a description to an `Authorization` header and what goes beside it.

use core::cmp::Ordering;
use core::fmt;

use crate::canonical::{UNSIGNED_PAYLOAD, write_canonical_request_with};
use crate::encode::lower_hex;
use crate::endpoint::{Endpoint, Scheme};
use crate::expiry::{CredentialsEnd, ExpiryError};
use crate::method::Method;
use crate::output::{Buffer, Output, Text};
use crate::presign_error::PresignError;
use crate::presigned::{Signer, SignerAt, write_authority, write_parameter, write_path, written};
use crate::request::{Header, Request, RequestView, bound_headers, compare_names};
use crate::scope::Scope;
use crate::search::{split, split_once};
use crate::sha256::Sha256;
use crate::string_to_sign::{ALGORITHM, write_prefix, write_scope};
use crate::time::Timestamp;

const CONTENT_SHA256: &str = "x-oss-content-sha256";
const DATE: &str = "x-oss-date";
const SECURITY_TOKEN: &str = "x-oss-security-token";

impl Signer<'_> {
    /// Signs a request by header: the `Authorization` value, the date and the URL are written to `buffer`.
    ///
    /// A signed header carries no lifetime: OSS takes it for fifteen minutes around `now`.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds nothing that could be taken for a signature.
    pub fn sign_header<'r, const CAPACITY: usize>(
        &'r self,
        request: &'r Request<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<Authorized<'r>, PresignError> {
        self.at(now)?.sign_header(request, endpoint, buffer)
    }

    /// Signs a request by header, as a value of its own.
    ///
    /// # Errors
    /// [`PresignError`], but for a buffer that is too small.
    #[cfg(feature = "alloc")]
    pub fn sign_header_to_owned<const CAPACITY: usize>(
        &self,
        request: &Request<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
    ) -> Result<crate::AuthorizedRequest, PresignError> {
        self.at(now)?.sign_header_to_owned(request, endpoint)
    }
}

impl<'s> SignerAt<'s, '_> {
    /// Signs a request by header: the `Authorization` value, the date and the URL are written to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds nothing that could be taken for a signature.
    pub fn sign_header<'r, const CAPACITY: usize>(
        &self,
        request: &'r Request<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        buffer: &'r mut [u8],
    ) -> Result<Authorized<'r>, PresignError>
    where
        's: 'r,
    {
        let view = request.view();
        if let Some(additional) = view.additional() {
            additional.check(&view, endpoint)?;
        }
        if let Some(CredentialsEnd { at, .. }) = self.signer.credentials_end
            && self.now >= at
        {
            return Err(ExpiryError::CredentialsExpired { at, now: self.now }.into());
        }
        let mut text = Buffer::new(&mut *buffer);
        text.put(&self.date_time);
        write_authority(&mut text, &view, endpoint);
        let path_at = text.length();
        write_path(&mut text, &view, endpoint);
        let query_at = text.length() + 1;
        // The canonical text has a line feed where the URL has its question mark, or ends.
        text.put(b"\n");
        write_query(&mut text, &view);
        let query_end = text.length();
        let resource = buffer.get(path_at..query_end).unwrap_or_default();
        let date_time = core::str::from_utf8(&self.date_time).unwrap_or_default();
        let signer_headers = SignerHeaders::new(date_time, self.signer.security_token);
        let mut hash = Sha256::new();
        signer_headers.write_canonical_request(&mut hash, &view, endpoint, &[resource]);
        let signature = self.signer.key.finish_with(&self.prefix, &hash.finish());
        if let Some(mark) = buffer.get_mut(query_at - 1) {
            *mark = b'?';
        }
        let mut text = Buffer::behind(query_end, buffer);
        self.write_authorization(&mut text, &view, &signature);
        let length = query_end + text.length();
        let text = core::str::from_utf8(written(buffer, length)?).unwrap_or_default();
        let url_end = if view.query.is_empty() { query_at - 1 } else { query_end };
        let date_bytes = self.date_time.len();
        Ok(Authorized {
            date: text.get(..date_bytes).unwrap_or_default(),
            url: text.get(date_bytes..url_end).unwrap_or_default(),
            authorization: text.get(query_end..).unwrap_or_default(),
            host_at: endpoint.scheme().prefix().len(),
            path_at: path_at - date_bytes,
            security_token: self.signer.security_token,
            request: view,
            endpoint,
            scope: &self.signer.scope,
        })
    }

    /// Signs a request by header, as a value of its own.
    ///
    /// # Errors
    /// [`PresignError`], but for a buffer that is too small.
    #[cfg(feature = "alloc")]
    pub fn sign_header_to_owned<const CAPACITY: usize>(
        &self,
        request: &Request<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
    ) -> Result<crate::AuthorizedRequest, PresignError> {
        let needed = match self.sign_header(request, endpoint, &mut []) {
            Err(PresignError::BufferTooSmall { needed }) => needed,
            Err(error) => return Err(error),
            Ok(_) => 0,
        };
        let mut buffer = alloc::vec![0; needed];
        self.sign_header(request, endpoint, &mut buffer).map(|authorized| (&authorized).into())
    }

    fn write_authorization(&self, output: &mut impl Output, request: &RequestView<'_>, signature: &[u8; 32]) {
        output.put(ALGORITHM.as_bytes());
        output.put(b" Credential=");
        output.put(self.signer.access_key_id.as_bytes());
        output.put(b"/");
        write_scope(output, &self.signer.scope, b"/");
        if let Some(additional) = request.additional() {
            output.put(b",AdditionalHeaders=");
            additional.write_names(output);
        }
        output.put(b",Signature=");
        output.put(&lower_hex(signature));
    }
}

/// The headers that signing adds, in the order of their names.
struct SignerHeaders<'h> {
    headers: [Header<'h>; 3],
    used: usize,
}

impl<'h> SignerHeaders<'h> {
    fn new(date_time: &'h str, security_token: Option<&'h str>) -> Self {
        let header = |name, value| Header { name, value, signed: true, lower_case: true };
        Self {
            headers: [
                header(CONTENT_SHA256, UNSIGNED_PAYLOAD),
                header(DATE, date_time),
                header(SECURITY_TOKEN, security_token.unwrap_or_default()),
            ],
            used: 2 + usize::from(security_token.is_some()),
        }
    }

    /// `resource` is path, line feed and query.
    fn write_canonical_request(
        &self,
        output: &mut impl Output,
        request: &RequestView<'_>,
        endpoint: &Endpoint<'_>,
        resource: &[&[u8]],
    ) {
        let mut added = self.headers.get(..self.used).unwrap_or_default();
        let mut given = request.headers;
        let merged = core::iter::from_fn(|| {
            // The request's own value for the body's hash gives way to the signer's.
            while let [header, rest @ ..] = given
                && (!header.signed || header.name.eq_ignore_ascii_case(CONTENT_SHA256))
            {
                given = rest;
            }
            let given_first = match (given, added) {
                ([given, ..], [added, ..]) => compare_names(given.name, added.name) == Ordering::Less,
                (given, _) => !given.is_empty(),
            };
            let list = if given_first { &mut given } else { &mut added };
            let (first, rest) = list.split_first()?;
            *list = rest;
            Some(first)
        });
        write_canonical_request_with(output, request, endpoint, resource, merged, None);
    }
}

fn write_query(url: &mut impl Output, request: &RequestView<'_>) {
    let mut first = true;
    for parameter in request.query {
        if !first {
            url.put(b"&");
        }
        first = false;
        write_parameter(url, parameter.name, parameter.value);
    }
}

/// A request that is signed by header, and what its sender must send.
#[derive(Clone, Copy)]
pub struct Authorized<'r> {
    date: &'r str,
    url: &'r str,
    authorization: &'r str,
    host_at: usize,
    path_at: usize,
    security_token: Option<&'r str>,
    request: RequestView<'r>,
    endpoint: &'r Endpoint<'r>,
    scope: &'r Scope<'r>,
}

impl<'r> Authorized<'r> {
    /// The method that was signed.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// The URL that was signed. Alone it opens nothing.
    #[must_use]
    pub const fn url(&self) -> &'r str {
        self.url
    }

    /// The scheme of the URL.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.endpoint.scheme()
    }

    /// The host of the URL, with its port where that is not the scheme's own: the `Host` header.
    #[must_use]
    pub fn host(&self) -> &'r str {
        self.url.get(self.host_at..self.path_at).unwrap_or_default()
    }

    /// Path and query of the URL: the request target of HTTP/1.1 (RFC 9112, section 3.2.1).
    #[must_use]
    pub fn target(&self) -> &'r str {
        self.url.get(self.path_at..).unwrap_or_default()
    }

    /// The value of the `Authorization` header.
    #[must_use]
    pub const fn authorization(&self) -> &'r str {
        self.authorization
    }

    /// Every header that must be sent, beside the host of the URL itself: `authorization`, those that signing
    /// adds, and those that the request binds.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        let own =
            [("authorization", self.authorization), (CONTENT_SHA256, UNSIGNED_PAYLOAD), (DATE, self.date)];
        let token = self.security_token.map(|token| (SECURITY_TOKEN, token));
        let bound = bound_headers(self.request.headers)
            .filter(|(name, _)| !name.eq_ignore_ascii_case(CONTENT_SHA256));
        own.into_iter().chain(token).chain(bound)
    }

    /// The signature: 64 lower-case hex digits.
    #[must_use]
    pub fn signature(&self) -> &'r str {
        let at = self.authorization.len().checked_sub(64);
        at.and_then(|at| self.authorization.get(at..)).unwrap_or_default()
    }

    /// Writes the canonical request that was signed. It holds the security token where there is one.
    ///
    /// # Errors
    /// That of the writer.
    pub fn write_canonical_request(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut text = Text::new(writer);
        self.canonical_request_into(&mut text);
        text.result
    }

    /// Writes the string to sign that was signed.
    ///
    /// # Errors
    /// That of the writer.
    pub fn write_string_to_sign(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut hash = Sha256::new();
        self.canonical_request_into(&mut hash);
        let mut text = Text::new(writer);
        if let Ok(date_time) = <&[u8; 16]>::try_from(self.date.as_bytes()) {
            write_prefix(&mut text, date_time, self.scope);
        }
        text.put(&lower_hex(&hash.finish()));
        text.result
    }

    fn canonical_request_into(&self, output: &mut impl Output) {
        let (path, query) = split_once(self.target(), b'?').unwrap_or((self.target(), ""));
        SignerHeaders::new(self.date, self.security_token).write_canonical_request(
            output,
            &self.request,
            self.endpoint,
            &[path.as_bytes(), b"\n", query.as_bytes()],
        );
    }
}

impl fmt::Debug for Authorized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readable = split(self.url, b'?').next().unwrap_or_default();
        f.debug_struct("Authorized")
            .field("method", &self.request.method)
            .field("url", &readable)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, Credentials, ObjectKey, Region};
    use std::string::String;
    use std::vec::Vec;

    const NOW: Timestamp = Timestamp::MAX;

    fn signer<'a>(token: Option<&'a str>) -> Signer<'a> {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let credentials = match token {
            Some(token) => credentials.with_security_token(token).unwrap(),
            None => credentials,
        };
        Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), NOW)
    }

    fn put<'a>() -> Request<'a> {
        Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("ü +1.jpg").unwrap())
    }

    #[test]
    fn headers_to_send() {
        let request = put()
            .content_type("image/jpeg")
            .and_then(|request| request.header("Content-Length", "5"))
            .and_then(|request| request.additional_header("content-length"))
            .and_then(|request| request.header("not-signed", "x"))
            .and_then(Request::sign_host)
            .unwrap();
        let (signer, endpoint) = (signer(Some("fake-token")), Endpoint::accelerate());
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        let authorization = authorized.authorization();
        let expected = "OSS4-HMAC-SHA256 Credential=fake-access-key-id/99991231/cn-hangzhou/oss/aliyun_v4_request,\
                        AdditionalHeaders=content-length;host,Signature=";
        assert_eq!(authorization.strip_suffix(authorized.signature()), Some(expected));
        let headers: Vec<_> = authorized.headers().collect();
        assert_eq!(
            headers,
            [
                ("authorization", authorization),
                ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
                ("x-oss-date", "99991231T235959Z"),
                ("x-oss-security-token", "fake-token"),
                ("Content-Length", "5"),
                ("content-type", "image/jpeg"),
            ]
        );
    }

    #[test]
    fn url_in_parts() {
        let endpoint = Endpoint::path_style("http://127.0.0.1:9000").unwrap();
        let (signer, mut buffer) = (signer(None), [0; 1024]);
        let request = put();
        let bare = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        assert_eq!(bare.url(), "http://127.0.0.1:9000/examplebucket/%C3%BC%20%2B1.jpg");
        let request = put().query("b", Some("1 2")).unwrap().query("a", None).unwrap();
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        assert_eq!(authorized.scheme(), Scheme::Http);
        assert_eq!(authorized.host(), "127.0.0.1:9000");
        assert_eq!(authorized.target(), "/examplebucket/%C3%BC%20%2B1.jpg?a&b=1%202");
    }

    /// The table in SIGNING: a presigned URL honours the caller's value, a header does not.
    #[test]
    fn hash_of_the_body_is_always_unsigned_payload() {
        let (signer, endpoint) = (signer(None), Endpoint::accelerate());
        let sign = |request: &Request<'_>| {
            let mut buffer = [0; 1024];
            let authorized = signer.sign_header(request, &endpoint, NOW, &mut buffer).unwrap();
            let sent = authorized.headers().filter(|(name, _)| name.eq_ignore_ascii_case(CONTENT_SHA256));
            assert!(sent.map(|(_, value)| value).eq([UNSIGNED_PAYLOAD]));
            String::from(authorized.authorization())
        };
        let given = put().header("X-Oss-Content-SHA256", "e3b0c442").unwrap();
        assert_eq!(sign(&given), sign(&put()));
    }

    #[test]
    fn refusals() {
        let endpoint = Endpoint::accelerate();
        let mut buffer = [b'x'; 100];
        let needed = match signer(None).sign_header(&put(), &endpoint, NOW, &mut buffer) {
            Err(PresignError::BufferTooSmall { needed }) => needed,
            other => panic!("{other:?}"),
        };
        assert_eq!(buffer, [0; 100]);
        let mut buffer = std::vec![0; needed];
        assert!(signer(None).sign_header(&put(), &endpoint, NOW, &mut buffer).is_ok());
        let before = Timestamp::from_unix(NOW.unix() - 86_400).unwrap();
        assert!(matches!(
            signer(None).sign_header(&put(), &endpoint, before, &mut buffer),
            Err(PresignError::StaleKey { .. })
        ));
        let missing = put().additional_header("range").unwrap();
        assert!(matches!(
            signer(None).sign_header(&missing, &endpoint, NOW, &mut buffer),
            Err(PresignError::AdditionalHeaderMissing { .. })
        ));
        let ended =
            Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap().expiring_at(NOW);
        let ended = Signer::new(&ended, Region::new("cn-hangzhou").unwrap(), NOW);
        assert_eq!(
            ended.sign_header(&put(), &endpoint, NOW, &mut buffer).err(),
            Some(PresignError::Expiry(ExpiryError::CredentialsExpired { at: NOW, now: NOW }))
        );
    }

    #[test]
    fn debug_shows_neither_token_nor_signature() {
        let (signer, endpoint, request) = (signer(Some("fake-token")), Endpoint::accelerate(), put());
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        let shown = std::format!("{authorized:?}");
        assert!(!shown.contains("fake-token") && !shown.contains(authorized.signature()), "{shown}");
    }
}
