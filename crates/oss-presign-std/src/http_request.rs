//! Signing of the `http` crate's requests, in place.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use ::http::header::AUTHORIZATION;
use ::http::request::Parts;
use ::http::uri::InvalidUri;
use ::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use oss_presign::{Addressing, Bucket, Endpoint, EndpointError, Method, Timestamp};
use percent_encoding::percent_decode_str;

use crate::Error;
use crate::presigner::Presigner;
use crate::request_builder::RequestBuilder;

/// Headers that signing writes. Values of an earlier signature are replaced.
const SIGNER_HEADERS: [&str; 3] = ["authorization", "x-oss-date", "x-oss-security-token"];

/// Signs requests of the `http` crate in place. Created by [`Presigner::http`] and [`Presigner::http_service`].
///
/// Path and query of the URI are decoded and encoded again in the form that is signed, so that any escaping of the URI is
/// accepted. Headers that OSS signs by default (`content-type`, `content-md5`, `x-oss-*`) are signed with the request's values.
///
/// ```
/// use oss_presign_std::{Addressing, Credentials, Presigner};
///
/// # let presigner = Presigner::builder()
/// #     .credentials(Credentials::new("fake-access-key-id", "fake-access-key-secret")?)
/// #     .region("cn-hangzhou")
/// #     .build()?;
/// let mut request = http::Request::put("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/a.jpg")
///     .header("content-type", "image/jpeg")
///     .body("")?;
/// presigner.http("examplebucket", Addressing::VirtualHosted).sign(&mut request)?;
/// assert!(request.headers()["authorization"].to_str()?.starts_with("OSS4-HMAC-SHA256 Credential="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpSigner<'a> {
    presigner: &'a Presigner,
    bucket: Option<&'a str>,
    addressing: Addressing,
    additional: Vec<&'a str>,
    allow_dot_segments: bool,
}

impl Presigner {
    /// Returns a signer for requests of the `http` crate that go to a bucket or to an object in it. The bucket must be given,
    /// because a host does not always contain it: it can be a custom name that is mapped to the bucket.
    pub fn http<'a>(&'a self, bucket: &'a str, addressing: Addressing) -> HttpSigner<'a> {
        HttpSigner {
            presigner: self,
            bucket: Some(bucket),
            addressing,
            additional: Vec::new(),
            allow_dot_segments: false,
        }
    }

    /// Returns a signer for requests of the `http` crate that go to the service, such as a list of buckets.
    pub fn http_service(&self) -> HttpSigner<'_> {
        HttpSigner { bucket: None, ..self.http("", Addressing::Path) }
    }
}

impl<'a> HttpSigner<'a> {
    /// Signs a header that OSS does not sign by default, with the request's value. `host` is signed with the host of the URI.
    pub fn additional_header(mut self, name: &'a str) -> Self {
        self.additional.push(name);
        self
    }

    /// Allows keys with segments `.` and `..` or a leading slash. Use it only with clients that are known to send the path of a
    /// URL unchanged.
    pub fn allow_dot_segments(self) -> Self {
        Self { allow_dot_segments: true, ..self }
    }

    /// Signs by header: sets `authorization`, `x-oss-date`, `x-oss-content-sha256` and, for STS credentials,
    /// `x-oss-security-token`. Values of an earlier signature are replaced, so a request can be signed again for a retry.
    ///
    /// # Errors
    /// [`Error::Http`] if the request cannot be signed, [`Error::Core`] if the core refuses a part of it. The request is then
    /// unchanged.
    pub fn sign<B>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let signed = self.signed(request.method(), request.uri(), request.headers())?;
        set_headers(request.headers_mut(), signed.headers);
        *request.uri_mut() = signed.uri;
        Ok(())
    }

    /// Signs the head of a request by header, as [`HttpSigner::sign`] does.
    ///
    /// # Errors
    /// As [`HttpSigner::sign`].
    pub fn sign_parts(&self, parts: &mut Parts) -> Result<(), Error> {
        let signed = self.signed(&parts.method, &parts.uri, &parts.headers)?;
        set_headers(&mut parts.headers, signed.headers);
        parts.uri = signed.uri;
        Ok(())
    }

    /// Signs by query: replaces the URI by a presigned URL, and adds no headers. Returns the time at which the URL expires.
    ///
    /// # Errors
    /// As [`HttpSigner::sign`]; a request with an `authorization` header is refused.
    pub fn presign<B>(&self, request: &mut Request<B>, life: Duration) -> Result<Timestamp, Error> {
        let (uri, end) = self.presigned(request.method(), request.uri(), request.headers(), life)?;
        *request.uri_mut() = uri;
        Ok(end)
    }

    /// Signs the head of a request by query, as [`HttpSigner::presign`] does.
    ///
    /// # Errors
    /// As [`HttpSigner::presign`].
    pub fn presign_parts(&self, parts: &mut Parts, life: Duration) -> Result<Timestamp, Error> {
        let (uri, end) = self.presigned(&parts.method, &parts.uri, &parts.headers, life)?;
        parts.uri = uri;
        Ok(end)
    }

    fn signed(&self, method: &::http::Method, uri: &Uri, headers: &HeaderMap) -> Result<Signed, Error> {
        let parts = UriParts::read(uri, self.bucket, self.addressing)?;
        let signed = self.describe(method, &parts, headers, &SIGNER_HEADERS)?.authorize()?;
        let uri = unchanged(signed.url())?;
        let headers = signed.headers().map(|(name, value)| {
            let mut value = HeaderValue::from_str(value).map_err(|_| HttpError::HeaderNotText)?;
            value.set_sensitive(SIGNER_HEADERS.contains(&name));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HttpError::HeaderNotText)?;
            Ok((name, value))
        });
        Ok(Signed { uri, headers: headers.collect::<Result<_, HttpError>>()? })
    }

    fn presigned(
        &self,
        method: &::http::Method,
        uri: &Uri,
        headers: &HeaderMap,
        life: Duration,
    ) -> Result<(Uri, Timestamp), Error> {
        let parts = UriParts::read(uri, self.bucket, self.addressing)?;
        let signed = self.describe(method, &parts, headers, &[])?.expires_in(life).presign()?;
        Ok((unchanged(signed.url())?, signed.expires_at()))
    }

    /// Describes the request for the core, without headers that are not signed.
    fn describe<'r>(
        &'r self,
        method: &::http::Method,
        parts: &'r UriParts<'r>,
        headers: &'r HeaderMap,
        replaced: &[&str],
    ) -> Result<RequestBuilder<'r>, Error> {
        let method = Method::parse(method.as_str())?;
        let mut description = match (self.bucket, parts.key.as_deref()) {
            (Some(bucket), Some(key)) => self.presigner.request(method, bucket, key),
            (Some(bucket), None) => self.presigner.bucket_request(method, bucket),
            (None, _) => self.presigner.service_request(method),
        };
        description = description.endpoint(parts.endpoint()?);
        if self.allow_dot_segments {
            description = description.allow_dot_segments();
        }
        for (name, value) in &parts.query {
            description = description.query(name, value);
        }
        for (name, value) in headers {
            let name = name.as_str();
            let named = self.additional.iter().any(|additional| additional.eq_ignore_ascii_case(name));
            // An `authorization` header is passed on, so that the core refuses it in a presigned URL.
            let relevant = named
                || name.starts_with("x-oss-")
                || ["content-type", "content-md5", AUTHORIZATION.as_str()].contains(&name);
            if relevant && !replaced.contains(&name) {
                let value = std::str::from_utf8(value.as_bytes()).map_err(|_| HttpError::HeaderNotText)?;
                description = description.header(name, value);
            }
        }
        for name in &self.additional {
            description = description.additional_header(name);
        }
        Ok(description)
    }
}

struct Signed {
    uri: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
}

fn set_headers(headers: &mut HeaderMap, signed: Vec<(HeaderName, HeaderValue)>) {
    // A token of an earlier signature must not stay in a request that is now signed without a token.
    for name in SIGNER_HEADERS {
        headers.remove(name);
    }
    for (name, value) in signed {
        headers.insert(name, value);
    }
}

/// The decoded parts of a URI.
struct UriParts<'u> {
    key: Option<Cow<'u, str>>,
    query: Vec<(Cow<'u, str>, Cow<'u, str>)>,
    /// The scheme, and the authority without the bucket.
    host: String,
    addressing: Addressing,
}

impl<'u> UriParts<'u> {
    fn read(uri: &'u Uri, bucket: Option<&str>, addressing: Addressing) -> Result<Self, Error> {
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(HttpError::NotAbsolute.into());
        };
        let mut host = authority.as_str();
        let mut path = uri.path().strip_prefix('/').unwrap_or_default();
        if let Some(bucket) = bucket {
            // The name is checked first, because only a valid bucket name can be in a host or path.
            let bucket = Bucket::new(bucket)?.as_str();
            match addressing {
                Addressing::VirtualHosted => {
                    let rest = host.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('.'));
                    host = rest.ok_or(HttpError::HostWithoutBucket)?;
                }
                Addressing::Path => {
                    let rest = path.strip_prefix(bucket);
                    path = match rest
                        .and_then(|rest| rest.strip_prefix('/').or(rest.is_empty().then_some("")))
                    {
                        Some(rest) => rest,
                        None => return Err(HttpError::PathWithoutBucket.into()),
                    };
                }
                Addressing::Cname => {}
            }
        } else if !path.is_empty() {
            return Err(HttpError::PathWithoutBucket.into());
        }
        let key = if path.is_empty() { None } else { Some(decode(path)?) };
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        let query = query.collect::<Result<_, HttpError>>()?;
        Ok(Self { key, query, host: format!("{scheme}://{host}"), addressing })
    }

    fn endpoint(&self) -> Result<Endpoint<'_>, EndpointError> {
        Endpoint::new(&self.host, self.addressing)
    }
}

/// Percent-decodes a text. `+` is a plus sign, as everywhere in OSS.
fn decode(text: &str) -> Result<Cow<'_, str>, HttpError> {
    percent_decode_str(text).decode_utf8().map_err(|_| HttpError::UriNotText)
}

/// Returns the URL as a URI, or an error if the `http` crate would change it: then the signature would no longer match.
pub(crate) fn unchanged(url: &str) -> Result<Uri, HttpError> {
    let uri: Uri = url.parse().map_err(|_: InvalidUri| HttpError::Rewritten)?;
    if uri == *url { Ok(uri) } else { Err(HttpError::Rewritten) }
}

/// Why a request of the `http` crate was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// The URI has no scheme or no host.
    NotAbsolute,
    /// The host does not begin with the bucket.
    HostWithoutBucket,
    /// The path does not begin with the bucket, or names an object although the request is for the service.
    PathWithoutBucket,
    /// The decoded path or query is not UTF-8.
    UriNotText,
    /// The value of a signed header is not UTF-8.
    HeaderNotText,
    /// The `http` crate does not accept the signed URL unchanged, because it is longer than 65 534 bytes.
    Rewritten,
}

impl HttpError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAbsolute => "HttpUriNotAbsolute",
            Self::HostWithoutBucket => "HttpHostWithoutBucket",
            Self::PathWithoutBucket => "HttpPathWithoutBucket",
            Self::UriNotText => "HttpUriNotText",
            Self::HeaderNotText => "HttpHeaderNotText",
            Self::Rewritten => "HttpUriRewritten",
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "the URI has no scheme or no host: sign the absolute URI, before a client shortens it",
            Self::HostWithoutBucket => {
                "the host does not begin with the bucket: say `Addressing::Path` or `Addressing::Cname` if it is not meant to"
            }
            Self::PathWithoutBucket => {
                "the path does not begin with the bucket: say `Addressing::VirtualHosted` or `Addressing::Cname` if it is \
                 not meant to"
            }
            Self::UriNotText => "the path or the query is not UTF-8 once it is decoded: percent-encode the UTF-8 bytes of the key and of each parameter",
            Self::HeaderNotText => "a header that is signed is not UTF-8: write its value in UTF-8, or leave the header out",
            Self::Rewritten => "the signed URL has more than 65 534 bytes, which the `http` crate does not take: shorten the key or the parameters",
        })
    }
}

impl std::error::Error for HttpError {}
