//! One request, one answer, by ureq.

use std::io::{self, Read};

use oss_upload::driver::{OwnedHead, RequestToSend};
use oss_upload::{Refusal, TimeoutKind, TransferError, Untrusted};
use ureq::http::header::{HeaderName, HeaderValue};
use ureq::http::{Method, Request, Response, Uri};
use ureq::{Agent, Body, SendBody};

use crate::connection::begin_exchange;

/// Sends a request and takes the head of its answer, whatever it says.
pub(crate) fn exchange(
    agent: &Agent,
    wanted: &RequestToSend,
    body: Option<&mut dyn Read>,
) -> Result<Response<Body>, TransferError> {
    let timeouts = wanted.timeouts;
    let mut request = agent.configure_request(request(wanted)?);
    if wanted.is_local() {
        request = request.proxy(None);
    }
    let request = request
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_connect(Some(timeouts.connect))
        .timeout_per_read(Some(timeouts.idle))
        .timeout_per_write(Some(timeouts.idle))
        // Interim answers are no sign of life.
        .timeout_recv_response(Some(timeouts.idle))
        .timeout_global(timeouts.attempt)
        .build();
    begin_exchange();
    match body {
        Some(body) => agent.run(request.map(|()| SendBody::from_reader(body))),
        None => agent.run(request),
    }
    .map_err(connection_error)
}

/// Builds the request, and makes sure that its URL is the presigned one to the letter.
fn request(wanted: &RequestToSend) -> Result<Request<()>, TransferError> {
    let url: Uri = wanted.url().parse().map_err(|_| Refusal::UnusableUrl)?;
    let text = url.to_string();
    if text != wanted.url() {
        return Err(Refusal::UrlRewritten.into());
    }
    let method = wanted.method();
    let mut request = Request::new(());
    *request.uri_mut() = url;
    *request.method_mut() =
        Method::from_bytes(method.as_bytes()).map_err(|_| Refusal::UnknownMethod { method })?;
    for (name, value) in wanted.headers() {
        let (Ok(key), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            return Err(Refusal::invalid_header(name).into());
        };
        request.headers_mut().insert(key, value);
    }
    Ok(request)
}

/// The head of an answer.
pub(crate) fn head(response: &Response<Body>) -> OwnedHead {
    let headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    OwnedHead::new(response.status().as_u16(), headers)
}

/// ureq's error, without the URL that a few of them would show.
pub fn connection_error(error: ureq::Error) -> TransferError {
    use ureq::Timeout;
    // ureq's error does not tell its source.
    let untrusted = match &error {
        ureq::Error::Io(error) => Untrusted::find(error),
        ureq::Error::Other(error) => Untrusted::find(error.as_ref()),
        _ => None,
    };
    if let Some(untrusted) = untrusted {
        return untrusted.into();
    }
    match error {
        ureq::Error::BadUri(_) => Refusal::UnusableUrl.into(),
        ureq::Error::RequireHttpsOnly(_) => Refusal::PlainHttp.into(),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            TransferError::Timeout(TimeoutKind::Connect)
        }
        ureq::Error::Timeout(Timeout::PerRead | Timeout::PerWrite | Timeout::RecvResponse) => {
            TransferError::Timeout(TimeoutKind::Idle)
        }
        ureq::Error::Timeout(_) => TransferError::Timeout(TimeoutKind::Attempt),
        other => TransferError::Connection(other.into()),
    }
}

/// The error of a reader over an answer's body.
pub(crate) fn read_error(error: io::Error) -> TransferError {
    connection_error(error.into())
}
