//! Requests and answers as reqwest has them.

use oss_upload::driver::{OwnedHead, RequestToSend};
use oss_upload::{Refusal, TimeoutKind, TransferError, Untrusted};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Body, Method, Request, Response, Url, Version};

/// Builds the request, and makes sure that its URL is the presigned one to the letter.
pub(crate) fn request(wanted: &RequestToSend, body: Option<Body>) -> Result<Request, TransferError> {
    let url = Url::parse(wanted.url()).map_err(|_| Refusal::UnusableUrl)?;
    if url.as_str() != wanted.url() {
        return Err(Refusal::UrlRewritten.into());
    }
    let unknown = |_| Refusal::UnknownMethod { method: wanted.method() };
    let method: Method = wanted.method().parse().map_err(unknown)?;
    let mut request = Request::new(method, url);
    *request.body_mut() = body;
    let headers = request.headers_mut();
    for (name, value) in wanted.headers() {
        let invalid = || Refusal::invalid_header(name);
        let key: HeaderName = name.parse().map_err(|_| invalid())?;
        headers.insert(key, HeaderValue::from_str(value).map_err(|_| invalid())?);
    }
    Ok(request)
}

/// The head of an answer.
pub(crate) fn head(response: &Response) -> OwnedHead {
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    OwnedHead::new(status, headers).framed(response.version() >= Version::HTTP_2)
}

/// A URL without its query.
pub(crate) fn place(url: &Url) -> String {
    let mut place = url.clone();
    place.set_query(None);
    place.to_string()
}

/// reqwest's error, without the URL that it would show.
pub(crate) fn connection_error(error: reqwest::Error) -> TransferError {
    if let Some(untrusted) = Untrusted::find(&error) {
        return untrusted.into();
    }
    if error.is_timeout() {
        let kind = if error.is_connect() { TimeoutKind::Connect } else { TimeoutKind::Attempt };
        return TransferError::Timeout(kind);
    }
    TransferError::Connection(error.without_url().into())
}
