//! A service error that outlives its answer.

use super::*;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use oss_presign::diagnose::Diagnosis;

use crate::checked_request::CheckedRequest;
use crate::retry_state::Count;

/// A service error that owns its text.
///
/// `Debug` and `Display` show status, code, message, EC and request id; the XML itself may hold a signature
/// and an access key id and is shown by neither.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    status: u16,
    code: String,
    message: String,
    request_id: String,
    host_id: String,
    ec: String,
    failure: Failure,
    xml: Vec<u8>,
    diagnosis: Option<Diagnosis>,
    /// Host and port that were asked; empty where that is not known.
    host: String,
    /// 0 where that is not known.
    attempts: u32,
}

impl ServiceError {
    /// Reads the error from an answer's head and its body (of which no more than [`ERROR_BODY_LIMIT`] is used).
    pub fn read(answer: &ResponseHead<'_>, body: &[u8]) -> Self {
        let body = body.get(..ERROR_BODY_LIMIT).unwrap_or(body);
        let mut scratch = vec![0; answer.err.map_or(0, |encoded| encoded.len().min(ERROR_BODY_LIMIT))];
        let fields = ErrorFields::read(answer, body, &mut scratch);
        Self {
            status: fields.status,
            code: fields.code.to_string(),
            message: fields.message.to_string(),
            request_id: fields.request_id.to_string(),
            host_id: fields.host_id.to_string(),
            ec: fields.ec.to_string(),
            failure: fields.failure(),
            xml: fields.xml().to_vec(),
            diagnosis: None,
            host: String::new(),
            attempts: 0,
        }
    }

    /// The same with what it was about: names the cause, and what to do.
    #[must_use]
    pub fn diagnosed(mut self, request: &CheckedRequest, answer: &ResponseHead<'_>, clock: u64) -> Self {
        self.diagnosis = Some(request.diagnose(answer, &self, clock));
        self
    }

    /// The cause, and what to do about it; `None` where it is not known which request was refused.
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    /// Notes that the connection broke before the error was received as a whole. Where not even its code came
    /// through, another attempt may bring a better answer.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        if self.code.is_empty() {
            self.failure = Failure::Connection;
        }
        self
    }

    /// The same, as the end of a request to this host (with its port) after so many attempts.
    #[cfg(feature = "std")]
    #[must_use]
    pub(crate) fn after_attempts(mut self, host: &str, attempts: u32) -> Self {
        (self.host, self.attempts) = (host.to_string(), attempts);
        self
    }

    /// Host and port that were asked; empty where the error was not read by an adapter.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Attempts it took; 0 where the error was not read by an adapter.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// HTTP status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// OSS error code (`SignatureDoesNotMatch`); empty where the server sent none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The server's explanation; may be empty.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What Alibaba Cloud's support asks for; may be empty.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The host that answered, by its own word; may be empty.
    pub fn host_id(&self) -> &str {
        &self.host_id
    }

    /// Fine-grained error code (`0002-00000201`); may be empty.
    pub fn ec(&self) -> &str {
        &self.ec
    }

    /// What the error means for a retry.
    pub fn failure(&self) -> Failure {
        self.failure
    }

    /// Whether it says that a multipart upload is not known: completed, aborted, or never initiated.
    #[cfg(all(feature = "std", feature = "serde"))]
    pub(crate) fn is_unknown_upload(&self) -> bool {
        self.code == "NoSuchUpload"
    }

    /// The XML as it was received, up to 64 KiB. It may hold an access key id and a signature: not for logs.
    pub fn xml(&self) -> &[u8] {
        &self.xml
    }

    /// Any other field of the XML with its line ends, `StringToSign` for instance.
    pub fn field(&self, name: &str) -> Option<String> {
        let mut text = String::new();
        XmlDocument::new(&self.xml).field(name)?.write_lines(&mut text).ok()?;
        Some(text)
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ErrorFields {
            status: self.status,
            code: XmlText::plain(&self.code),
            message: XmlText::plain(&self.message),
            request_id: XmlText::plain(&self.request_id),
            host_id: XmlText::plain(&self.host_id),
            ec: XmlText::plain(&self.ec),
            retry_after: None,
            document: XmlDocument::new(&[]),
            bytes: &[],
        }
        .fmt(f)?;
        if self.attempts > 0 {
            write!(f, " from {} in {}", self.host, Count(self.attempts))?;
        }
        match &self.diagnosis {
            Some(diagnosis) => write!(f, "; {diagnosis}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &without_queries(&self.message))
            .field("ec", &self.ec)
            .field("request_id", &self.request_id)
            .field("host_id", &self.host_id)
            .finish_non_exhaustive()
    }
}

fn without_queries(text: &str) -> String {
    let mut shown = String::new();
    // A String takes everything.
    let _ = WithoutQueries::new(&mut shown).write_str(text);
    shown
}

impl core::error::Error for ServiceError {}
