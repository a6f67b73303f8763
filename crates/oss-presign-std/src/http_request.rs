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

/// Headers that the signer writes: those of an earlier attempt are replaced.
const SIGNER_HEADERS: [&str; 3] = ["authorization", "x-oss-date", "x-oss-security-token"];

/// Signs requests of the `http` crate: where their URI leads, how it carries the bucket, and what is signed
/// beyond the default.
///
/// The path and the query of the URI are read decoded and written anew in the one form that is signed, so it
/// does not matter how they were escaped. Every header that OSS always signs (`content-type`, `content-md5`,
/// `x-oss-*`) is signed as the request has it.
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
    /// Signs requests of the `http` crate for a bucket or an object in it. The bucket is never guessed from a
    /// host, which may be any name that is mapped to it.
    pub fn http<'a>(&'a self, bucket: &'a str, addressing: Addressing) -> HttpSigner<'a> {
        HttpSigner {
            presigner: self,
            bucket: Some(bucket),
            addressing,
            additional: Vec::new(),
            allow_dot_segments: false,
        }
    }

    /// Signs requests of the `http` crate for the service.
    pub fn http_service(&self) -> HttpSigner<'_> {
        HttpSigner { bucket: None, ..self.http("", Addressing::Path) }
    }
}

impl<'a> HttpSigner<'a> {
    /// Signs a header that OSS does not sign by default, as the request has it; `host` is the URI's.
    pub fn additional_header(mut self, name: &'a str) -> Self {
        self.additional.push(name);
        self
    }

    /// Takes a key with `.` and `..` segments or a leading slash as it is, for clients that are known to send a
    /// path untouched.
    pub fn allow_dot_segments(self) -> Self {
        Self { allow_dot_segments: true, ..self }
    }

    /// Signs by header: sets `authorization`, `x-oss-date`, `x-oss-content-sha256` and, with an STS key,
    /// `x-oss-security-token`. What an earlier attempt left there is replaced, so a retry can be signed anew.
    ///
    /// # Errors
    /// [`Error::Http`] for what cannot be signed as it is, [`Error::Core`] for what the core refuses; the request
    /// is then as it was.
    pub fn sign<B>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let signed = self.signed(request.method(), request.uri(), request.headers())?;
        set_headers(request.headers_mut(), signed.headers);
        *request.uri_mut() = signed.uri;
        Ok(())
    }

    /// Returns the same for the head of a request.
    ///
    /// # Errors
    /// As [`HttpSigner::sign`].
    pub fn sign_parts(&self, parts: &mut Parts) -> Result<(), Error> {
        let signed = self.signed(&parts.method, &parts.uri, &parts.headers)?;
        set_headers(&mut parts.headers, signed.headers);
        parts.uri = signed.uri;
        Ok(())
    }

    /// Signs by query: the URI carries the signature, and the request can be sent without further headers than it
    /// has. Returns the second from which it no longer works.
    ///
    /// # Errors
    /// As [`HttpSigner::sign`]; a request with an `authorization` header is refused.
    pub fn presign<B>(&self, request: &mut Request<B>, life: Duration) -> Result<Timestamp, Error> {
        let (uri, end) = self.presigned(request.method(), request.uri(), request.headers(), life)?;
        *request.uri_mut() = uri;
        Ok(end)
    }

    /// Returns the same for the head of a request.
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
        let headers = signed.headers().iter().map(|(name, value)| {
            let mut value = HeaderValue::from_str(value).map_err(|_| HttpError::HeaderNotText)?;
            value.set_sensitive(SIGNER_HEADERS.contains(&name.as_str()));
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

    /// The request as the core describes it, without headers that are not signed.
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
            // An `authorization` is handed on to be refused where it may not stand.
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
    // The token of an earlier attempt would go unsigned beside a key that has none.
    for name in SIGNER_HEADERS {
        headers.remove(name);
    }
    for (name, value) in signed {
        headers.insert(name, value);
    }
}

/// A URI, taken apart and decoded.
struct UriParts<'u> {
    key: Option<Cow<'u, str>>,
    query: Vec<(Cow<'u, str>, Cow<'u, str>)>,
    /// Scheme and authority, without the bucket.
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
            // A name that is none can stand neither in a host nor in a path.
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

/// Percent-decodes; `+` is itself, as everywhere in OSS.
fn decode(text: &str) -> Result<Cow<'_, str>, HttpError> {
    percent_decode_str(text).decode_utf8().map_err(|_| HttpError::UriNotText)
}

/// The URL as a URI, if that leaves it as it is: one that were rewritten would no longer fit its signature.
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
    /// The path does not begin with the bucket, or has a key where no bucket was named.
    PathWithoutBucket,
    /// The path or the query is not UTF-8 once it is decoded.
    UriNotText,
    /// A header that is signed is not UTF-8.
    HeaderNotText,
    /// The `http` crate does not take the signed URL as it is: it is longer than 65 534 bytes.
    Rewritten,
}

impl HttpError {
    /// Returns a stable name for programs.
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
            Self::UriNotText => "the path or the query is not UTF-8 once it is decoded",
            Self::HeaderNotText => "a header that is signed is not UTF-8",
            Self::Rewritten => "the `http` crate does not take the signed URL as it is: it is too long",
        })
    }
}

impl std::error::Error for HttpError {}
