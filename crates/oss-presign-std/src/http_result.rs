//! Conversion of signed requests into requests of the `http` crate.

use http::{HeaderName, HeaderValue, Request};
use oss_presign::{AuthorizedRequest, Method, PresignedRequest};

use crate::http_request::{HttpError, unchanged};

/// Converts the result of signing into a request of the `http` crate, which most HTTP clients in Rust accept.
///
/// ```
/// use oss_presign_std::IntoHttpRequest;
/// # use oss_presign_std::{Credentials, Presigner};
///
/// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
/// # let presigner = Presigner::builder().credentials(credentials).region("cn-hangzhou").build()?;
/// let put = presigner.put("examplebucket", "a.jpg").content_type("image/jpeg").presign()?;
/// let request = put.into_http_request("the body")?;
/// assert_eq!(request.method(), "PUT");
/// assert_eq!(request.headers()["content-type"], "image/jpeg");
/// # Ok::<(), oss_presign_std::Error>(())
/// ```
pub trait IntoHttpRequest {
    /// Returns a request with the method, the unchanged URL, and all headers that must be sent.
    ///
    /// # Errors
    /// [`HttpError::Rewritten`] if the `http` crate does not accept the URL unchanged, because it is longer than 65 534 bytes;
    /// [`HttpError::HeaderNotText`] if it does not accept a header.
    fn into_http_request<B>(self, body: B) -> Result<Request<B>, HttpError>;
}

impl IntoHttpRequest for PresignedRequest {
    fn into_http_request<B>(self, body: B) -> Result<Request<B>, HttpError> {
        request(self.method(), self.url(), self.headers(), body)
    }
}

impl IntoHttpRequest for AuthorizedRequest {
    fn into_http_request<B>(self, body: B) -> Result<Request<B>, HttpError> {
        request(self.method(), self.url(), self.headers(), body)
    }
}

fn request<'h, B>(
    method: Method,
    url: &str,
    headers: impl Iterator<Item = (&'h str, &'h str)>,
    body: B,
) -> Result<Request<B>, HttpError> {
    let mut request = Request::new(body);
    *request.method_mut() = match method {
        Method::Get => http::Method::GET,
        Method::Put => http::Method::PUT,
        Method::Post => http::Method::POST,
        Method::Head => http::Method::HEAD,
        Method::Delete => http::Method::DELETE,
        Method::Options => http::Method::OPTIONS,
    };
    *request.uri_mut() = unchanged(url)?;
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HttpError::HeaderNotText)?;
        // The value is converted as bytes, because it may contain characters that are not ASCII.
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| HttpError::HeaderNotText)?;
        value.set_sensitive(name == http::header::AUTHORIZATION || name == "x-oss-security-token");
        request.headers_mut().append(name, value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Credentials, Presigner};

    fn presigner() -> Presigner {
        let credentials = Credentials::with_security_token("fake-id", "fake-secret", "fake-token").unwrap();
        Presigner::builder().credentials(credentials).region("cn-hangzhou").build().unwrap()
    }

    #[test]
    fn everything_that_must_be_sent_is_in_it() {
        let presigner = presigner();
        let put = presigner.put("examplebucket", "photos/ü +'1.jpg").meta("owner", "中").content_length(4);
        let signed = put.presign().unwrap();
        let request = signed.clone().into_http_request("body").unwrap();
        assert_eq!((request.method(), *request.body()), (&http::Method::PUT, "body"));
        assert_eq!(request.uri().to_string(), signed.url());
        assert_eq!(request.headers().len(), signed.headers().count());
        for (name, value) in signed.headers() {
            assert_eq!(request.headers()[name].as_bytes(), value.as_bytes());
        }
        let authorized = presigner.delete("examplebucket", "a").authorize().unwrap();
        let request = authorized.clone().into_http_request(()).unwrap();
        assert_eq!(
            (request.method(), request.headers().len()),
            (&http::Method::DELETE, authorized.headers().count())
        );
        let shown = format!("{:?}", request.headers());
        assert!(!shown.contains("fake-token") && !shown.contains("OSS4-HMAC-SHA256"), "{shown}");
    }

    #[test]
    fn every_method_is_its_own() {
        let presigner = presigner();
        for (method, name) in [
            (Method::Get, "GET"),
            (Method::Put, "PUT"),
            (Method::Post, "POST"),
            (Method::Head, "HEAD"),
            (Method::Delete, "DELETE"),
            (Method::Options, "OPTIONS"),
        ] {
            let signed =
                presigner.request(method, "examplebucket", "a").sub_resource("uploads").presign().unwrap();
            assert_eq!(signed.into_http_request(()).unwrap().method(), name);
        }
    }

    #[test]
    fn a_url_that_would_be_cut_is_refused() {
        let presigner = presigner();
        let long = "v".repeat(66_000);
        let get = presigner.get("examplebucket", "a").query("x-oss-process", &long).presign().unwrap();
        assert_eq!(get.into_http_request(()).unwrap_err(), HttpError::Rewritten);
    }
}
