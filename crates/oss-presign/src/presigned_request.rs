//! The owned result of presigning: everything that the holder of a presigned URL needs. The URL is its only secret.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::header::{is_signed_by_default, is_token};
use crate::header_lines::HeaderLines;
use crate::method::Method;
use crate::presign_error::PresignError;
use crate::presigned_request_error::PresignedRequestError;
use crate::presigned_url::PresignedUrl;
use crate::query::SIGNING_PARAMETERS;
#[cfg(feature = "serde")]
use crate::redact::without_queries;
use crate::request::RequestWithCapacity;
use crate::search::split_first;
use crate::signer::Signer;
use crate::time::Timestamp;
use crate::verify::{ParsedUrl, VerifyError};

/// A presigned request in the form that is given to its holder: method, URL, required headers and expiry.
///
/// With the feature `serde` its JSON is
/// `{"method":"PUT","url":"https://…","headers":[["content-type","image/jpeg"]],"expires_at":1731400358}`.
/// `expires_at` is in seconds since 1970.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PresignedRequest {
    method: Method,
    url: String,
    headers: HeaderLines,
    expires_at: Timestamp,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "core::ops::Not::not"))]
    bare: bool,
}

/// The parts of a [`PresignedRequest`], for HTTP clients that need to own them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PresignedParts {
    /// The method.
    pub method: Method,
    /// The URL. Treat it as a secret until it expires: anyone who has it can use it.
    pub url: String,
    /// The required headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The time at which the URL expires.
    pub expires_at: Timestamp,
}

/// Shows the same as the [`PresignedRequest`]: no secrets.
impl fmt::Debug for PresignedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, headers, expires_at } = self;
        let headers = HeaderLines::of(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        debug("PresignedParts", *method, url, &headers, *expires_at, f)
    }
}

/// The fields of the JSON, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(expecting = "a presigned request")]
struct Fields {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    expires_at: u64,
    #[serde(default)]
    bare: bool,
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PresignedRequest {
    /// No error shows the query of a URL that stands in the wrong field.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer).map_err(without_queries)?;
        Self::try_from(fields).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Fields> for PresignedRequest {
    type Error = PresignedRequestError;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let expires_at =
            Timestamp::from_unix(fields.expires_at).map_err(|_| PresignedRequestError::Expiry)?;
        let request = Self::new(&fields.method, fields.url, fields.headers, expires_at)?;
        Ok(Self { bare: fields.bare, ..request })
    }
}

impl PresignedRequest {
    /// Creates a presigned request from the parts that a signer made.
    ///
    /// # Errors
    /// [`PresignedRequestError`] if OSS does not know the method, the URL is not an encoded `http` or `https` URL, or a header
    /// cannot be sent or is given twice.
    pub fn new(
        method: &str,
        url: impl Into<String>,
        headers: Vec<(String, String)>,
        expires_at: Timestamp,
    ) -> Result<Self, PresignedRequestError> {
        let method = Method::parse(method).map_err(|_| PresignedRequestError::Method)?;
        let url = url.into();
        split_url(&url)?;
        let mut request = Self { method, url, headers: HeaderLines::default(), expires_at, bare: false };
        for (name, value) in headers {
            request = request.with_header(&name, &value)?;
        }
        Ok(request)
    }

    /// Creates a presigned request from a bare URL. The URL contains its expiry and the names of additional headers (see
    /// [`missing_headers`](Self::missing_headers)). It contains neither the values of required headers, nor whether a
    /// `content-type` or an `x-oss-*` header is required at all: add those with [`with_header`](Self::with_header).
    ///
    /// # Errors
    /// [`PresignedRequestError`] if this is not a V4 presigned URL.
    pub fn from_url(method: &str, url: impl Into<String>) -> Result<Self, PresignedRequestError> {
        let url = url.into();
        let expires_at = presented(&url)?.expires_at();
        Ok(Self { bare: true, ..Self::new(method, url, Vec::new(), expires_at)? })
    }

    /// Returns whether this was made from a bare URL. Then headers may be required that are not in [`headers`](Self::headers).
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.bare
    }

    /// Adds a required header.
    ///
    /// # Errors
    /// [`PresignedRequestError`] if the name or the value cannot be sent, or if the header is already there.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, PresignedRequestError> {
        if !is_token(name) {
            return Err(PresignedRequestError::HeaderName { name: name.to_string() });
        }
        if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return Err(PresignedRequestError::HeaderValue { name: name.to_string() });
        }
        if self.headers.contains(name) {
            return Err(PresignedRequestError::DuplicateHeader { name: name.to_ascii_lowercase() });
        }
        self.headers.push(name, value);
        Ok(self)
    }

    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns the URL. Treat it as a secret until it expires: anyone who has it can use it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Iterates over the required headers, with lower-case names. `host` is not one of them: HTTP clients send the URL's.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.headers.iter()
    }

    /// Returns the time at which the URL expires. From this second on it no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Returns the parts: method, URL, required headers and expiry.
    #[must_use]
    pub fn into_parts(self) -> PresignedParts {
        let Self { method, url, headers, expires_at, .. } = self;
        PresignedParts { method, url, headers: headers.to_pairs(), expires_at }
    }

    /// Returns the names of additional headers that the URL names as signed and that [`headers`](Self::headers) lacks.
    #[must_use]
    pub fn missing_headers(&self) -> Vec<String> {
        let Ok(presented) = presented(&self.url) else { return Vec::new() };
        let missing = presented.additional_headers().filter(|name| {
            !name.eq_ignore_ascii_case("host") && !is_signed_by_default(name) && !self.headers.contains(name)
        });
        missing.map(str::to_ascii_lowercase).collect()
    }
}

impl From<&PresignedUrl<'_, '_>> for PresignedRequest {
    fn from(presigned: &PresignedUrl<'_, '_>) -> Self {
        Self {
            method: presigned.method(),
            url: presigned.url().to_string(),
            headers: HeaderLines::of(presigned.headers()),
            expires_at: presigned.expires_at(),
            bare: false,
        }
    }
}

impl Signer<'_> {
    /// Creates a presigned URL, and returns it with everything its holder needs.
    ///
    /// # Errors
    /// Any [`PresignError`] except [`BufferTooSmall`](PresignError::BufferTooSmall).
    pub fn presign_to_owned<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<PresignedRequest, PresignError> {
        let expiry = expiry.effective(now, self.signatory.credentials_expire_at())?;
        Ok(PresignedRequest {
            method: request.method(),
            url: self.presign_to_string(request, endpoint, now, expiry)?,
            headers: HeaderLines::of(request.required_headers()),
            expires_at: now.saturating_add(u64::from(expiry.seconds())),
            bare: false,
        })
    }
}

/// Shows the URL without its query, and the names of the headers without their values.
impl fmt::Debug for PresignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("PresignedRequest", self.method, &self.url, &self.headers, self.expires_at, f)
    }
}

fn debug(
    type_name: &str,
    method: Method,
    url: &str,
    headers: &HeaderLines,
    expires_at: Timestamp,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let (before_query, _) = split_first(url, b'?');
    f.debug_struct(type_name)
        .field("method", &method)
        .field("url", &format_args!("{before_query}?[redacted]"))
        .field("headers", headers)
        .field("expires_at", &format_args!("{expires_at}"))
        .finish()
}

/// Returns host and query of an absolute URL.
fn split_url(url: &str) -> Result<(&str, &str), PresignedRequestError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or(PresignedRequestError::NotAnHttpUrl)?;
    if url.bytes().any(|byte| !(b'!'..=b'~').contains(&byte)) || url.contains('#') {
        return Err(PresignedRequestError::NotEncoded);
    }
    let (before_query, query) = split_first(rest, b'?');
    let (host, _) = split_first(before_query, b'/');
    if host.is_empty() || host.contains('@') {
        return Err(PresignedRequestError::NotAnHttpUrl);
    }
    Ok((host, query))
}

fn presented(url: &str) -> Result<ParsedUrl<'_>, PresignedRequestError> {
    let (_, query) = split_url(url)?;
    ParsedUrl::parse(query).map_err(|error| match error {
        VerifyError::MissingParameter { name } => {
            let cut = SIGNING_PARAMETERS.iter().any(|parameter| query.contains(parameter));
            PresignedRequestError::MissingParameter { name, cut }
        }
        error => PresignedRequestError::Malformed(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Signer};
    use std::format;

    fn presigned() -> PresignedRequest {
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let region = Region::new("cn-hangzhou").unwrap();
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let mut request =
            Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("ü +1.jpg").unwrap());
        request
            .content_type("image/jpeg")
            .and_then(|request| request.header("Content-Length", "5"))
            .and_then(|request| request.additional_header("content-length"))
            .and_then(|request| request.sign_host())
            .unwrap();
        let mut buffer = [0; 1024];
        let signer = Signer::new(&credentials, region, now);
        let endpoint = Endpoint::public(region);
        let url = signer.presign(&request, &endpoint, now, Expiry::secs(600).unwrap(), &mut buffer).unwrap();
        PresignedRequest::from(&url)
    }

    #[test]
    fn carries_its_obligations() {
        let request = presigned();
        let expected = [("content-length", "5"), ("content-type", "image/jpeg")];
        assert!(request.headers().eq(expected));
        assert_eq!(request.expires_at().unix(), 1_731_400_958);
        assert!(request.missing_headers().is_empty());
    }

    #[test]
    fn from_a_bare_url() {
        let full = presigned();
        let bare = PresignedRequest::from_url("put", full.url()).unwrap();
        assert_eq!(bare.expires_at(), full.expires_at());
        assert_eq!(bare.missing_headers(), ["content-length"]);
        assert!(bare.is_bare() && !full.is_bare());
        let bare = bare.with_header("Content-Type", "image/jpeg").unwrap();
        assert!(bare.with_header("content-length", "5").unwrap().missing_headers().is_empty());
    }

    #[test]
    fn debug_shows_no_query() {
        let shown = format!("{:?}", presigned());
        assert!(shown.contains("/%C3%BC%20%2B1.jpg?[redacted]"), "{shown}");
        assert!(!shown.contains("x-oss-signature") && !shown.contains("image/jpeg"), "{shown}");
        assert_eq!(format!("{:?}", presigned().into_parts()), shown.replace("Request", "Parts"));
    }

    #[test]
    fn signed_at_once_or_by_a_buffer() {
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let region = Region::new("cn-hangzhou").unwrap();
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let credentials = credentials.expiring_at(now.saturating_add(300));
        let (signer, endpoint) = (Signer::new(&credentials, region, now), Endpoint::public(region));
        let mut request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
        request.header("X-Oss-Meta-Owner", "42").and_then(|request| request.header("b", "unsigned")).unwrap();
        let expiry = Expiry::secs(600).unwrap();
        assert!(signer.presign_to_owned(&request, &endpoint, now, expiry).is_err());
        let expiry = expiry.clamped_to_credentials();
        let owned = signer.presign_to_owned(&request, &endpoint, now, expiry).unwrap();
        let mut buffer = [0; 1024];
        let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer).unwrap();
        assert_eq!(owned, PresignedRequest::from(&url));
        let parts = owned.into_parts();
        assert_eq!((parts.method, parts.url.as_str()), (Method::Put, url.url()));
        assert_eq!(parts.headers, [("x-oss-meta-owner".into(), "42".into())]);
        assert_eq!(parts.expires_at.unix(), 1_731_400_658);
    }

    #[test]
    fn refusals() {
        let url = presigned().url().to_string();
        let error = |url: &str| PresignedRequest::from_url("PUT", url).unwrap_err();
        let cut = url.split_once('&').unwrap().0;
        assert!(matches!(error(cut), PresignedRequestError::MissingParameter { cut: true, .. }));
        assert!(matches!(
            error("https://a.example.com/b"),
            PresignedRequestError::MissingParameter { cut: false, .. }
        ));
        for bad in ["", "a.example.com/b", "ftp://a/b", "https:///b", "https://user@host/b?c"] {
            assert_eq!(error(bad), PresignedRequestError::NotAnHttpUrl, "{bad}");
        }
        for bad in ["https://a/b c", "https://a/ü", "https://a/b#c", "https://a/b\n"] {
            assert_eq!(error(bad), PresignedRequestError::NotEncoded, "{bad}");
        }
        assert_eq!(
            PresignedRequest::from_url("BREW", url.as_str()).unwrap_err(),
            PresignedRequestError::Method
        );
        let request = presigned();
        assert!(matches!(
            request.clone().with_header("Content-Type", "x"),
            Err(PresignedRequestError::DuplicateHeader { .. })
        ));
        assert!(matches!(
            request.clone().with_header("a b", "x"),
            Err(PresignedRequestError::HeaderName { .. })
        ));
        assert!(matches!(request.with_header("a", "x\r\ny"), Err(PresignedRequestError::HeaderValue { .. })));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_round_trip() {
        let request = presigned();
        let json = serde_json::to_value(&request).unwrap();
        assert_eq!(json["method"], "PUT");
        assert_eq!(
            json["headers"],
            serde_json::json!([["content-length", "5"], ["content-type", "image/jpeg"]])
        );
        assert_eq!(json["expires_at"], 1_731_400_958);
        assert_eq!(serde_json::from_value::<PresignedRequest>(json).unwrap(), request);
        let bare = PresignedRequest::from_url("PUT", request.url()).unwrap();
        let json = serde_json::to_string(&bare).unwrap();
        assert!(serde_json::from_str::<PresignedRequest>(&json).unwrap().is_bare());
        let bad = serde_json::json!({"method": "PUT", "url": "nowhere", "expires_at": 1});
        assert!(serde_json::from_value::<PresignedRequest>(bad).is_err());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_url_in_the_wrong_field_is_shown_without_its_query() {
        let json = serde_json::to_value(presigned()).unwrap();
        let url = "https://h/k?x-oss-signature=SECRET";
        for field in ["method", "headers", "expires_at"] {
            let mut json = json.clone();
            json[field] = url.into();
            let said = serde_json::from_str::<PresignedRequest>(&json.to_string()).unwrap_err().to_string();
            assert!(!said.contains("SECRET"), "{said}");
        }
        let said = serde_json::from_value::<PresignedRequest>(url.into()).unwrap_err().to_string();
        assert_eq!(said, "invalid type: string \"https://h/k?…\", expected a presigned request");
        let cut_off = serde_json::from_str::<PresignedRequest>("{\"url\":\"https://h/k?").unwrap_err();
        assert!(cut_off.is_eof(), "{cut_off}");
    }
}
