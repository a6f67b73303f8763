//! The owned result of signing by header.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::authorized::Authorized;
use crate::header_lines::HeaderLines;
use crate::method::Method;
use crate::search::split_first;

/// A request that is signed by header, in the form that an HTTP client needs: method, URL, and all headers that must be sent
/// with exactly these values, including `authorization`.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizedRequest {
    method: Method,
    url: String,
    headers: HeaderLines,
}

/// The parts of an [`AuthorizedRequest`], for HTTP clients that need to own them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizedParts {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: String,
    /// The headers that must be sent, with lower-case names. Treat them as a secret for 15 minutes: anyone who has them can use
    /// them.
    pub headers: Vec<(String, String)>,
}

impl AuthorizedRequest {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns the URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Iterates over the headers that must be sent, with lower-case names. `host` is not one of them: HTTP clients send the
    /// URL's.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.headers.iter()
    }

    /// Returns the parts: method, URL and the headers that must be sent.
    #[must_use]
    pub fn into_parts(self) -> AuthorizedParts {
        let Self { method, url, headers } = self;
        AuthorizedParts { method, url, headers: headers.to_pairs() }
    }
}

impl From<&Authorized<'_>> for AuthorizedRequest {
    fn from(authorized: &Authorized<'_>) -> Self {
        Self {
            method: authorized.method(),
            url: authorized.url().to_string(),
            headers: HeaderLines::of(authorized.headers()),
        }
    }
}

/// Shows the URL without its query, and the names of the headers without their values.
impl fmt::Debug for AuthorizedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("AuthorizedRequest", self.method, &self.url, &self.headers, f)
    }
}

/// Shows the same as the [`AuthorizedRequest`]: no secrets.
impl fmt::Debug for AuthorizedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, headers } = self;
        let headers = HeaderLines::of(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        debug("AuthorizedParts", *method, url, &headers, f)
    }
}

fn debug(
    type_name: &str,
    method: Method,
    url: &str,
    headers: &HeaderLines,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.debug_struct(type_name)
        .field("method", &method)
        .field("url", &split_first(url, b'?').0)
        .field("headers", headers)
        .finish()
}

#[cfg(test)]
mod tests {
    use crate::{Bucket, Credentials, Endpoint, ObjectKey, Region, Request, Signer, Timestamp};
    use std::format;

    #[test]
    fn owns_what_the_borrowed_result_says() {
        let region = Region::new("cn-hangzhou").unwrap();
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let mut request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
        request.header("X-Oss-Meta-Owner", "42").and_then(|request| request.query("acl", None)).unwrap();
        let (signer, endpoint) = (Signer::new(&credentials, region, now), Endpoint::public(region));
        let owned = signer.sign_header_to_owned(&request, &endpoint, now).unwrap();
        let mut buffer = [0; 512];
        let borrowed = signer.sign_header(&request, &endpoint, now, &mut buffer).unwrap();
        assert_eq!((owned.method(), owned.url()), (borrowed.method(), borrowed.url()));
        assert_eq!(owned.url(), "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a?acl");
        let names = ["authorization", "x-oss-content-sha256", "x-oss-date", "x-oss-meta-owner"];
        assert!(owned.headers().map(|(name, _)| name).eq(names));
        assert_eq!(owned.headers().next(), Some(("authorization", borrowed.authorization())));
        let shown = format!("{owned:?}");
        assert!(!shown.contains(borrowed.signature()) && !shown.contains("42"), "{shown}");
        let parts = owned.clone().into_parts();
        assert_eq!(format!("{parts:?}"), shown.replace("Request", "Parts"));
        assert_eq!((parts.method, &parts.url), (owned.method(), &owned.url().into()));
        assert!(
            parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(owned.headers())
        );
    }
}
