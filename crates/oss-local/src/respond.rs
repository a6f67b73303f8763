//! From results to answers: the headers that OSS puts on all of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};
use std::time::{Duration, UNIX_EPOCH};

use crate::body::Body;
use crate::error::OssError;

pub(crate) type Answer = Response<Body>;

/// A remark for the log; the client does not see it.
#[derive(Clone, Debug)]
pub(crate) struct Remark(pub(crate) String);

const SERVER_TIME: HeaderName = HeaderName::from_static("x-oss-server-time");
const EC: HeaderName = HeaderName::from_static("x-oss-ec");

/// An answer without a body.
pub(crate) fn empty(status: u16) -> Answer {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    answer
}

/// An XML document.
pub(crate) fn xml(document: String) -> Answer {
    let mut answer = Response::new(Body::from(document));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    answer
}

/// Sets a header; a value that cannot be one is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// `Date`'s format.
pub(crate) fn http_date(unix: u64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix))
}

/// An error as OSS sends it: in the body, or only in headers where there is no body.
pub(crate) fn error(error: &OssError, method: &Method, request_id: &str, host: &str) -> Answer {
    let document = error.to_xml(request_id, host);
    let bodiless = error.status == StatusCode::NOT_MODIFIED;
    let mut answer = if *method == Method::HEAD || bodiless {
        let mut answer = empty(error.status.as_u16());
        if !bodiless {
            set(answer.headers_mut(), "x-oss-err", &STANDARD.encode(&document));
        }
        answer
    } else {
        xml(document)
    };
    *answer.status_mut() = error.status;
    if let Some(ec) = error.ec.as_deref().and_then(|ec| HeaderValue::from_str(ec).ok()) {
        answer.headers_mut().insert(EC, ec);
    }
    for (name, value) in &error.headers {
        answer.headers_mut().insert(name, value.clone());
    }
    answer
}

/// What every answer carries. `now` is the server's clock: clients correct theirs by it.
pub(crate) fn stamp(headers: &mut HeaderMap, request_id: &str, took: Duration, now: u64) {
    set(headers, "x-oss-request-id", request_id);
    headers.insert(SERVER_TIME, HeaderValue::from(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)));
    set(headers, "date", &http_date(now));
    headers.insert(header::SERVER, HeaderValue::from_static("AliyunOSS (oss-local)"));
}
