//! `oss-presign explain`: the cause of a refusal, from what was saved of it.

use std::io::Read as _;
use std::path::Path;

use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};
use oss_presign::{PresignedRequest, Timestamp};
use oss_upload::driver::ResponseHead;
use oss_upload::{ServiceError, parse_http_date};
use serde::Serialize;

use crate::arguments::{Explain, parse_header};
use crate::diagnosis::{Diagnosis, pairs, server_time};
use crate::failure::Failure;
use crate::output;
use crate::presigned_input;

/// More than an answer and its head have.
const LIMIT: u64 = 1 << 20;

#[derive(Serialize)]
struct Report<'a> {
    status: u16,
    code: &'a str,
    message: &'a str,
    ec: &'a str,
    request_id: &'a str,
    #[serde(flatten)]
    diagnosis: Diagnosis,
}

/// Reads, compares, and prints.
pub(crate) fn run(arguments: &Explain, json: bool) -> Result<(), Failure> {
    let text = read(&arguments.answer)?;
    let saved = Saved::read(&text);
    let signed = signed(&arguments.request)?;
    let mut headers = Vec::new();
    for header in &arguments.headers {
        let (name, value) = parse_header(header).map_err(Failure::unusable)?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    let bound = signed.request.as_ref().map(|request| pairs(request.headers()));
    let sent_headers = match &bound {
        Some(bound) if headers.is_empty() => bound.clone(),
        _ => pairs(&headers),
    };
    let signed_method = signed.request.as_ref().map_or("GET", |request| request.method().as_str());
    let method = arguments.method.as_deref().unwrap_or(signed_method).to_ascii_uppercase();
    let sent = Message {
        method: &method,
        url: arguments.sent_url.as_deref().unwrap_or(&signed.url),
        headers: &sent_headers,
    };
    let signed =
        bound.as_ref().map(|bound| Message { method: signed_method, url: &signed.url, headers: bound });

    let mut answer = ResponseHead::new(saved.status.or(arguments.status).unwrap_or_default());
    for (name, value) in &saved.headers {
        answer.record(name, value.as_bytes());
    }
    let error = ServiceError::read(&answer, saved.body.as_bytes());
    if answer.status == 0 && error.code().is_empty() {
        return Err(Failure::unusable("this is neither the XML of an error nor an answer of `curl -i`"));
    }
    // The XML does not hold the status. Most refusals have this one.
    let status = if answer.status == 0 { 403 } else { answer.status };
    if status < 300 {
        return Err(Failure::unusable(format!("the answer has status {status}: nothing was refused")));
    }
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let (canonical_request, string_to_sign) = (error.field("CanonicalRequest"), error.field("StringToSign"));
    let by_date = || Timestamp::from_unix(parse_http_date(answer.date?)?).ok();
    let refusal = Refusal {
        status,
        code: given(error.code()),
        ec: given(error.ec()),
        message: given(error.message()),
        canonical_request: canonical_request.as_deref(),
        string_to_sign: string_to_sign.as_deref(),
        server_time: error.field("ServerTime").and_then(|time| server_time(&time)).or_else(by_date),
    };
    let diagnosis = Diagnosis::from(&diagnose(&Attempt { signed, sent, clock: None }, &refusal));
    if json {
        let report = Report {
            status,
            code: error.code(),
            message: error.message(),
            ec: error.ec(),
            request_id: error.request_id(),
            diagnosis,
        };
        return output::json(&report);
    }
    let mut text = output::escaped(&diagnosis.sentence).into_owned();
    if let Some(difference) = &diagnosis.first_difference {
        text.push_str(&format!("\nfirst difference: {}", output::escaped(difference)));
    }
    text.push_str(&format!("\ncertainty: {}", diagnosis.certainty));
    if !error.request_id().is_empty() {
        text.push_str(&format!("\nrequest id: {}", output::escaped(error.request_id())));
    }
    output::line(text)
}

/// What was signed, as far as it is known.
struct Signed {
    url: String,
    request: Option<PresignedRequest>,
}

/// A URL is taken as it is, damaged or not: that may be the cause.
fn signed(argument: &str) -> Result<Signed, Failure> {
    let text = presigned_input::text(argument)?;
    let text = text.trim();
    if text.starts_with('{') {
        let request = presigned_input::read(text, "GET", &[])?.request;
        return Ok(Signed { url: request.url().to_owned(), request: Some(request) });
    }
    Ok(Signed { url: text.to_owned(), request: None })
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A saved answer: its XML, or its head and XML.
struct Saved<'a> {
    status: Option<u16>,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

impl<'a> Saved<'a> {
    /// The last head counts: `100 Continue` and redirects come before it.
    fn read(text: &'a str) -> Self {
        let mut saved = Self { status: None, headers: Vec::new(), body: text.trim_start() };
        while saved.body.starts_with("HTTP/") {
            let end =
                ["\r\n\r\n", "\n\n"].iter().filter_map(|end| Some((saved.body.find(end)?, end.len()))).min();
            let (at, length) = end.unwrap_or((saved.body.len(), 0));
            let (head, body) = (&saved.body[..at], &saved.body[at + length..]);
            let mut lines = head.lines();
            let status = lines.next().and_then(|line| line.split(' ').nth(1));
            saved.status = status.and_then(|status| status.parse().ok());
            let header =
                |line: &'a str| line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
            saved.headers = lines.filter_map(header).collect();
            saved.body = body;
        }
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps() {
        let saved =
            Saved::read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nX-Oss-Ec: 1\r\n\r\n<Error/>");
        assert_eq!((saved.status, saved.body), (Some(403), "<Error/>"));
        assert_eq!(saved.headers, [("X-Oss-Ec", "1")]);
        // An editor may have changed the line ends; a HEAD has no body.
        let saved = Saved::read("HTTP/2 404 \nx-oss-err: a:b\n");
        assert_eq!((saved.status, saved.headers, saved.body), (Some(404), vec![("x-oss-err", "a:b")], ""));
        let saved = Saved::read("\n<?xml?><Error/>");
        assert_eq!((saved.status, saved.body), (None, "<?xml?><Error/>"));
    }
}
