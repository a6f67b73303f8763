//! The report of one file: a line for people, or a line of JSON.

use std::borrow::Cow;

use oss_upload::driver::UrlParts;
use oss_upload_ureq::{Downloaded, Error, ServiceError, Uploaded};
use serde::Serialize;

use crate::advice::Advice;
use crate::diagnosis::{self, Diagnosis};
use crate::failure::{Class, Failure};
use crate::output;
use crate::presigned_input::PresignedInput;

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
    /// `stored` or `received`; `same` for what was left out, `planned` for what only would be transferred.
    pub(crate) action: &'static str,
    pub(crate) bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// In decimal, as text: most readers of JSON cannot hold 64 bits.
    #[serde(skip_serializing_if = "String::is_empty")]
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
    /// The service's, or one of this command's own.
    code: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(flatten)]
    answer: Option<Box<RefusingAnswer>>,
}

/// What the service said.
#[derive(Default, Serialize)]
struct RefusingAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Diagnosis>,
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
    pub(crate) fn tell(&self, json: bool, output_is_taken: bool) -> Result<(), Failure> {
        let file = output::escaped(&self.file);
        let text = match &self.result {
            _ if json => output::to_json(self)?,
            Ok(done) => match &self.object {
                Some(object) if done.action == "planned" => {
                    format!("{file}: {}, {}", done.text(), output::escaped(object))
                }
                _ => format!("{file}: {}", done.text()),
            },
            Err(problem) => {
                output::complaint(&format!("{file}: {}", problem.text()), problem.hint.as_deref())
            }
        };
        if output_is_taken || (!json && self.result.is_err()) {
            output::note(text);
            Ok(())
        } else {
            output::line(text)
        }
    }
}

impl Done {
    /// A callback that failed is a problem, although the object is there.
    pub(crate) fn stored(done: Uploaded) -> Result<Self, Problem> {
        if let Some(error) = done.callback_error {
            let mut problem =
                Problem::new(Class::Callback, format!("stored, but the callback failed: {error}"));
            problem.code = error.code().to_owned().into();
            let request_id = done.request_id;
            problem.answer = Some(Box::new(RefusingAnswer { request_id, ..RefusingAnswer::default() }));
            return Err(problem);
        }
        Ok(Self {
            action: "stored",
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
            action: "received",
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

    /// What nothing was transferred for, as `same` or `planned`.
    pub(crate) fn without_transfer(action: &'static str, bytes: u64) -> Self {
        Self {
            action,
            bytes,
            etag: None,
            crc64: String::new(),
            verified: action == "same",
            attempts: 0,
            request_id: None,
            version_id: None,
            answer: String::new(),
        }
    }

    fn text(&self) -> String {
        match self.action {
            "same" => return format!("{} bytes are there already", self.bytes),
            "planned" => return format!("{} bytes would be transferred", self.bytes),
            _ => {}
        }
        let checked = if self.verified { "checksums agree" } else { "no checksum from the service" };
        let mut text = format!("{} bytes {}, {checked}", self.bytes, self.action);
        if self.attempts > 1 {
            text.push_str(&format!(", {} attempts", self.attempts));
        }
        text
    }
}

impl Problem {
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        let (message, code) = (message.into(), class.code().into());
        Self { class, message, code, hint: None, answer: None }
    }

    /// Adds what to do.
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        let earlier = self.hint.take().map(|hint| format!("{hint}; ")).unwrap_or_default();
        self.hint = Some(earlier + hint);
        self
    }

    /// A failed transfer, diagnosed where the service answered. `presigned` is the request, where there was only one.
    pub(crate) fn of(presigned: Option<&PresignedInput>, error: &Error) -> Self {
        let mut problem = Self::new(Class::of(error), error.to_string());
        if let Some(Advice { message, hint }) = Advice::on_transfer(error) {
            problem.message = message.unwrap_or(problem.message);
            problem.hint = Some(hint.to_owned());
        }
        if let (Error::Connection(_) | Error::Timeout(_), Some(presigned)) = (error, presigned) {
            // A region or an endpoint that is misspelt is seen in the host.
            let host = UrlParts::parse(presigned.request.url()).map(|url| url.authority.to_owned());
            problem.message.push_str(&host.map(|host| format!(" ({host})")).unwrap_or_default());
        }
        if let Some(service) = error.service() {
            // The error's own text has a diagnosis in it already.
            problem.message = match error {
                Error::Service(_) => answered(service),
                _ => format!("the deadline is reached; last: {}", answered(service)),
            };
            let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            if let Some(code) = known(service.code()) {
                problem.code = code.into();
            }
            if service.code() == "SignatureDoesNotMatch" && presigned.is_some_and(|request| request.is_own) {
                problem.hint = Some(
                    "this command signed the request, so the access key secret is not that of the access key id: \
                     `oss-presign doctor` says where both come from"
                        .to_owned(),
                );
            }
            problem.answer = Some(Box::new(RefusingAnswer {
                status: Some(service.status()),
                request_id: known(service.request_id()),
                ec: known(service.ec()),
                diagnosis: diagnosis::of(presigned, service),
            }));
        }
        problem
    }

    pub(crate) fn text(&self) -> String {
        let mut text = output::escaped(&self.message).into_owned();
        if let Some(diagnosis) = self.answer.as_ref().and_then(|answer| answer.diagnosis.as_ref()) {
            text.push_str(&format!("\n  {}", output::escaped(&diagnosis.sentence)));
            if let Some(difference) = &diagnosis.first_difference {
                text.push_str(&format!("\n  first difference: {}", output::escaped(difference)));
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
        Self { code: failure.code, hint: failure.hint, ..Self::new(failure.class, failure.message) }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let failure = Self::new(problem.class, problem.text()).with_code(problem.code);
        Self { hint: problem.hint, ..failure }
    }
}

impl From<oss_presign_std::Error> for Problem {
    fn from(error: oss_presign_std::Error) -> Self {
        Failure::from(error).into()
    }
}
