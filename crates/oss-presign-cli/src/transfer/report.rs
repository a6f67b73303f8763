//! What is told of a file at its end: a line for people, or a line of JSON.

use std::io::{self, Write as _};

use oss_upload_ureq::{Downloaded, Error, ServiceError, Uploaded};
use serde::Serialize;

use crate::diagnosis::{self, Diagnosis};
use crate::failure::{Class, Failure};
use crate::handed::Handed;

/// One file, and how it went.
#[derive(Serialize)]
pub(crate) struct Outcome {
    pub(crate) file: String,
    /// `oss://BUCKET/KEY`, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
    #[serde(flatten, serialize_with = "flat")]
    pub(crate) result: Result<Done, Problem>,
}

/// What was transferred.
#[derive(Serialize)]
pub(crate) struct Done {
    #[serde(skip)]
    verb: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// In decimal, as text: most readers of JSON cannot hold 64 bits.
    crc64: String,
    /// Whether the service gave its own checksum, and it was the same.
    verified: bool,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// What the callback answered.
    #[serde(skip_serializing_if = "String::is_empty")]
    answer: String,
}

/// What went wrong.
#[derive(Serialize)]
pub(crate) struct Problem {
    pub(crate) class: Class,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Box<Diagnosis>>,
}

fn flat<S: serde::Serializer>(result: &Result<Done, Problem>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Wrong<'a> {
        error: &'a Problem,
    }
    match result {
        Ok(done) => done.serialize(serializer),
        Err(error) => Wrong { error }.serialize(serializer),
    }
}

impl Outcome {
    /// One line of JSON, or what a person reads; problems go to standard error.
    pub(crate) fn tell(&self, json: bool, output_is_taken: bool) -> io::Result<()> {
        let text = match &self.result {
            _ if json => serde_json::to_string(self)?,
            Ok(done) => format!("{}: {}", self.file, done.text()),
            Err(problem) => format!("oss-presign: {}: {}", self.file, problem.text()),
        };
        if output_is_taken || (!json && self.result.is_err()) {
            writeln!(io::stderr().lock(), "{text}")
        } else {
            writeln!(io::stdout().lock(), "{text}")
        }
    }
}

impl Done {
    /// A callback that failed is a problem, although the object is there.
    pub(crate) fn stored(done: Uploaded) -> Result<Self, Problem> {
        if let Some(error) = done.callback_error {
            let mut problem =
                Problem::new(Class::Callback, format!("stored, but the callback failed: {error}"));
            problem.code = Some(error.code().to_owned());
            problem.request_id = done.request_id;
            return Err(problem);
        }
        Ok(Self {
            verb: "stored",
            bytes: done.bytes,
            etag: done.etag,
            crc64: done.crc64.to_string(),
            verified: done.verified,
            attempts: done.attempts,
            request_id: done.request_id,
            version_id: done.version_id,
            answer: callback_answer(&done.body),
        })
    }

    pub(crate) fn received(done: Downloaded) -> Self {
        Self {
            verb: "received",
            bytes: done.bytes,
            etag: done.etag,
            crc64: done.crc64.to_string(),
            verified: done.verified,
            attempts: done.attempts,
            request_id: None,
            version_id: None,
            answer: String::new(),
        }
    }

    fn text(&self) -> String {
        let checked = if self.verified { "checksums agree" } else { "no checksum from the service" };
        let mut text = format!("{} bytes {}, {checked}", self.bytes, self.verb);
        if self.attempts > 1 {
            text.push_str(&format!(", {} attempts", self.attempts));
        }
        text
    }
}

impl Problem {
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { class, message, status: None, code: None, request_id: None, ec: None, diagnosis: None }
    }

    /// A failed transfer, diagnosed where the service answered. `handed` is the request, where it was only one.
    pub(crate) fn of(handed: Option<&Handed>, error: &Error) -> Self {
        let mut problem = Self::new(Class::of(error), error.to_string());
        if let Some(service) = error.service() {
            // The error's own text has a diagnosis in it already.
            problem.message = match error {
                Error::Service(_) => answered(service),
                _ => format!("the deadline is reached; last: {}", answered(service)),
            };
            let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            problem.status = Some(service.status());
            problem.code = known(service.code());
            problem.request_id = known(service.request_id());
            problem.ec = known(service.ec());
            problem.diagnosis = diagnosis::of(handed, service).map(Box::new);
        }
        problem
    }

    pub(crate) fn text(&self) -> String {
        let mut text = self.message.clone();
        if let Some(diagnosis) = &self.diagnosis {
            text.push_str(&format!("\n  {}", diagnosis.sentence));
            if let Some(difference) = &diagnosis.first_difference {
                text.push_str(&format!("\n  first difference: {difference}"));
            }
        }
        text
    }
}

/// Where there is no callback, a completed multipart upload is answered in XML of the service's own.
fn callback_answer(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if text.contains("<CompleteMultipartUploadResult") { String::new() } else { text.into_owned() }
}

/// What the service said, without what it means.
fn answered(error: &ServiceError) -> String {
    let mut text = format!("the service answered {}", error.status());
    if !error.code().is_empty() {
        text.push_str(&format!(" {}", error.code()));
    }
    if !error.message().is_empty() {
        text.push_str(&format!(": {}", error.message()));
    }
    let named = [("EC", error.ec()), ("request id", error.request_id())];
    let named = named.iter().filter(|(_, value)| !value.is_empty());
    let named: Vec<String> = named.map(|(name, value)| format!("{name} {value}")).collect();
    if !named.is_empty() {
        text.push_str(&format!(" ({})", named.join(", ")));
    }
    text
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::new(failure.class, failure.message)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(problem.class, problem.text())
    }
}

impl From<oss_presign_std::Error> for Problem {
    fn from(error: oss_presign_std::Error) -> Self {
        Self::new(Class::Failed, error.to_string())
    }
}
