//! One request, one answer.

use std::time::Duration;

use bytes::BytesMut;
use oss_upload::{
    Answer, ERROR_BODY_LIMIT, Label, Prepared, Refusal, ServiceError, TimeoutKind, TransferError, Verdict,
};
use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::{Method, Request, Response, Url};

use crate::context::{Context, while_moving};

/// A body and its length in bytes.
pub(crate) struct Outgoing {
    pub(crate) body: reqwest::Body,
    pub(crate) length: u64,
}

/// Sends a prepared request, with `more` headers of the protocol's own (ranges), and takes the head of a
/// successful answer; everything else becomes an error.
pub(crate) async fn exchange(
    context: &Context,
    prepared: &Prepared,
    outgoing: Option<Outgoing>,
    more: &[(&'static str, String)],
) -> Result<Response, TransferError> {
    let request = request(prepared, outgoing, more)?;
    let idle = context.uploader.options.timeouts.idle;
    let sending = context.uploader.client.execute(request);
    let response = while_moving(&context.monitor, idle, sending).await?.map_err(connection_error)?;
    if response.url().as_str() != prepared.url {
        let mut place = response.url().clone();
        place.set_query(None);
        return Err(TransferError::Redirected { status: 0, location: place.to_string() });
    }
    let answer = answer(&response);
    match answer.verdict() {
        Verdict::Done | Verdict::DoneCallbackFailed => Ok(response),
        Verdict::Redirected => Err(TransferError::Redirected {
            status: answer.status,
            location: answer.location.unwrap_or_default().to_string(),
        }),
        _ => {
            let headers = response.headers().clone();
            let status = response.status().as_u16();
            let (body, whole) = read_limited(response, idle).await;
            let answer = read_head(status, &headers);
            let error = ServiceError::read(&answer, &body);
            let error = error.diagnosed(prepared, &answer, (context.uploader.clock)());
            Err(TransferError::Service(Box::new(if whole { error } else { error.cut_off() })))
        }
    }
}

/// Builds the request, and makes sure that its URL is the presigned one to the letter.
fn request(
    prepared: &Prepared,
    outgoing: Option<Outgoing>,
    more: &[(&'static str, String)],
) -> Result<Request, TransferError> {
    let url = Url::parse(&prepared.url).map_err(|_| Refusal::UnusableUrl)?;
    if url.as_str() != prepared.url {
        return Err(Refusal::UrlRewritten.into());
    }
    let method = Method::from_bytes(prepared.method.as_bytes()).unwrap_or_default();
    let mut request = Request::new(method, url);
    let own = more.iter().map(|(name, value)| (*name, value.as_str()));
    let bound = prepared.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in bound.chain(own) {
        let invalid = || Refusal::HeaderInvalid { name: Label::new(name) };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?;
        request.headers_mut().insert(key, value);
    }
    if let Some(outgoing) = outgoing {
        // Without it a streamed body goes out in chunks, and neither progress nor a bound length would hold.
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(outgoing.length));
        *request.body_mut() = Some(outgoing.body);
    }
    Ok(request)
}

/// The meaningful headers of an answer.
pub(crate) fn answer(response: &Response) -> Answer<'_> {
    read_head(response.status().as_u16(), response.headers())
}

pub(crate) fn read_head(status: u16, headers: &reqwest::header::HeaderMap) -> Answer<'_> {
    let mut answer = Answer::new(status);
    for (name, value) in headers {
        answer.record(name.as_str(), value.as_bytes());
    }
    answer
}

/// As much of a body as an error may have, and whether the connection held: what is beyond the limit, or does not
/// come within `time`, is left.
pub(crate) async fn read_limited(mut response: Response, time: Duration) -> (Vec<u8>, bool) {
    let mut body = BytesMut::new();
    let read = async {
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = ERROR_BODY_LIMIT.saturating_sub(body.len());
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if body.len() >= ERROR_BODY_LIMIT {
                        return true;
                    }
                }
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    };
    // An error that is slow to explain itself is an error all the same.
    let whole = tokio::time::timeout(time, read).await.unwrap_or(true);
    (body.into(), whole)
}

/// reqwest's error, without the URL that it would show.
pub(crate) fn connection_error(error: reqwest::Error) -> TransferError {
    if error.is_timeout() {
        let kind = if error.is_connect() { TimeoutKind::Connect } else { TimeoutKind::Attempt };
        return TransferError::Timeout(kind);
    }
    TransferError::Connection(error.without_url().into())
}
