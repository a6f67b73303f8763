//! The owned result of signing by header.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::authorized::Authorized;
use crate::method::Method;
use crate::search::split_first;

/// A request that is signed by header, in the form that an HTTP client needs: method, URL, and all headers that must be sent
/// with exactly these values, including `authorization`.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizedRequest {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
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

    /// Returns the headers that must be sent, with lower-case names. `host` is not one of them: HTTP clients send the URL's.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }
}

impl From<&Authorized<'_>> for AuthorizedRequest {
    fn from(authorized: &Authorized<'_>) -> Self {
        let headers =
            authorized.headers().map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()));
        Self { method: authorized.method(), url: authorized.url().to_string(), headers: headers.collect() }
    }
}

/// Shows the URL without its query, and the names of the headers without their values.
impl fmt::Debug for AuthorizedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("AuthorizedRequest")
            .field("method", &self.method)
            .field("url", &split_first(&self.url, b'?').0)
            .field("headers", &names)
            .finish()
    }
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
        let names: std::vec::Vec<_> = owned.headers().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["authorization", "x-oss-content-sha256", "x-oss-date", "x-oss-meta-owner"]);
        assert_eq!(owned.headers()[0].1, borrowed.authorization());
        let shown = format!("{owned:?}");
        assert!(!shown.contains(borrowed.signature()) && !shown.contains("42"), "{shown}");
    }
}
