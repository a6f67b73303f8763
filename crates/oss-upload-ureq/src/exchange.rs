//! One request, one answer.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use oss_upload::{
    Answer, ERROR_BODY_LIMIT, Label, Prepared, Refusal, ServiceError, TimeoutKind, TransferError, Verdict,
};
use ureq::http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use ureq::http::{HeaderMap, Method, Request, Response, Uri};
use ureq::{Body, SendBody};

use crate::context::Context;

/// A body and its length in bytes.
pub(crate) struct Outgoing<'a> {
    pub(crate) body: &'a mut dyn Read,
    pub(crate) length: u64,
}

/// Sends a prepared request, with `more` headers of the protocol's own (ranges), and takes the head of a
/// successful answer; everything else becomes an error.
pub(crate) fn exchange(
    context: &Context,
    prepared: &Prepared,
    outgoing: Option<Outgoing<'_>>,
    more: &[(&'static str, String)],
) -> Result<Response<Body>, TransferError> {
    context.cancel.check()?;
    let timeouts = context.uploader.options.timeouts;
    let left = context.time_left()?;
    let bound = [left, timeouts.attempt].into_iter().flatten().min();
    let by_deadline = bound.is_some() && bound == left;
    let map = |error| match connection_error(error) {
        TransferError::Timeout(TimeoutKind::Attempt) if by_deadline => {
            TransferError::DeadlineReached { last: None }
        }
        other => other,
    };
    let run = |length, body: Option<&mut dyn Read>| {
        let request = request(prepared, length, more)?;
        let agent = &context.uploader.client;
        let request = agent
            .configure_request(request)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_connect(Some(timeouts.connect))
            .timeout_per_read(Some(timeouts.idle))
            .timeout_per_write(Some(timeouts.idle))
            .timeout_global(bound)
            .build();
        match body {
            Some(body) => agent.run(request.map(|()| SendBody::from_reader(body))).map_err(map),
            None => agent.run(request).map_err(map),
        }
    };
    let response = match outgoing {
        Some(outgoing) => run(Some(outgoing.length), Some(outgoing.body))?,
        None => run(None, None)?,
    };
    let answer = answer(&response);
    match answer.verdict() {
        Verdict::Done | Verdict::DoneCallbackFailed => Ok(response),
        Verdict::Redirected => Err(TransferError::Redirected {
            status: answer.status,
            location: answer.location.unwrap_or_default().to_string(),
        }),
        _ => {
            let (head, body) = response.into_parts();
            let (body, whole) = read_limited(body, timeouts.idle);
            let answer = read_head(head.status.as_u16(), &head.headers);
            let error = ServiceError::read(&answer, &body);
            let error = error.diagnosed(prepared, &answer, (context.uploader.clock)());
            Err(TransferError::Service(Box::new(if whole { error } else { error.cut_off() })))
        }
    }
}

/// Builds the request, and makes sure that its URL is the presigned one to the letter.
fn request(
    prepared: &Prepared,
    length: Option<u64>,
    more: &[(&'static str, String)],
) -> Result<Request<()>, TransferError> {
    let url: Uri = prepared.url.parse().map_err(|_| Refusal::UnusableUrl)?;
    if url.to_string() != prepared.url {
        return Err(Refusal::UrlRewritten.into());
    }
    let mut request = Request::new(());
    *request.uri_mut() = url;
    *request.method_mut() = Method::from_bytes(prepared.method.as_bytes()).unwrap_or_default();
    let own = more.iter().map(|(name, value)| (*name, value.as_str()));
    let bound = prepared.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in bound.chain(own) {
        let invalid = || Refusal::HeaderInvalid { name: Label::new(name) };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?;
        request.headers_mut().insert(key, value);
    }
    if let Some(length) = length {
        // Without it a reader goes out in chunks, and neither progress nor a bound length would hold.
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Ok(request)
}

/// The meaningful headers of an answer.
pub(crate) fn answer(response: &Response<Body>) -> Answer<'_> {
    read_head(response.status().as_u16(), response.headers())
}

pub(crate) fn read_head(status: u16, headers: &HeaderMap) -> Answer<'_> {
    let mut answer = Answer::new(status);
    for (name, value) in headers {
        answer.record(name.as_str(), value.as_bytes());
    }
    answer
}

/// As much of a body as an error may have, and whether the connection held: what is beyond the limit, or does not
/// come within `time`, is left.
pub(crate) fn read_limited(body: Body, time: Duration) -> (Vec<u8>, bool) {
    let started = Instant::now();
    let mut reader = body.into_reader();
    let mut body = Vec::new();
    // Nearly every answer is empty: nothing large is set up for it.
    let mut piece = [0; 4 << 10];
    let mut whole = true;
    // An error that is slow to explain itself is an error all the same.
    while started.elapsed() < time && body.len() < ERROR_BODY_LIMIT {
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => body.extend_from_slice(piece.get(..n).unwrap_or_default()),
            Err(_) => {
                whole = false;
                break;
            }
        }
    }
    body.truncate(ERROR_BODY_LIMIT);
    (body, whole)
}

/// ureq's error, without the URL that a few of them would show.
pub(crate) fn connection_error(error: ureq::Error) -> TransferError {
    use ureq::Timeout;
    match error {
        ureq::Error::BadUri(_) => Refusal::UnusableUrl.into(),
        ureq::Error::RequireHttpsOnly(_) => Refusal::PlainHttp.into(),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            TransferError::Timeout(TimeoutKind::Connect)
        }
        ureq::Error::Timeout(Timeout::PerRead | Timeout::PerWrite) => {
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
