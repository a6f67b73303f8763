//! What the service says went wrong.

use core::fmt::{self, Write as _};
use core::time::Duration;

use base64::Engine as _;

use crate::http_date::parse_http_date;
use crate::range::decimal;
use crate::redact::WithoutQueries;
use crate::response_head::ResponseHead;
use crate::retry::Failure;
use crate::xml::{XmlDocument, XmlText};

/// How much of an error's body is read: 64 KiB, whatever the server sends.
pub const ERROR_BODY_LIMIT: usize = 64 << 10;

/// The fields of a service error, borrowed from the answer: works without an allocator.
///
/// Read from the XML body; where there is none (HEAD, an empty body) from the headers `x-oss-err`, `x-oss-ec`
/// and `x-oss-request-id`. Fields that the server did not send are empty.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorFields<'a> {
    /// HTTP status code.
    pub status: u16,
    /// OSS error code, `SignatureDoesNotMatch` for instance.
    pub code: XmlText<'a>,
    /// The server's explanation.
    pub message: XmlText<'a>,
    /// What Alibaba Cloud's support asks for.
    pub request_id: XmlText<'a>,
    /// The host that answered.
    pub host_id: XmlText<'a>,
    /// Fine-grained error code, `0002-00000201` for instance.
    pub ec: XmlText<'a>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    document: XmlDocument<'a>,
    bytes: &'a [u8],
}

impl<'a> ErrorFields<'a> {
    /// Reads the error from an answer's head and as much of its body as was received.
    ///
    /// `scratch` takes the decoded `x-oss-err` header where `body` holds no error; a buffer too small for
    /// it only costs the fields that would be in there.
    pub fn read(answer: &ResponseHead<'a>, body: &'a [u8], scratch: &'a mut [u8]) -> Self {
        let mut bytes = body;
        if XmlDocument::new(body).field("Code").is_none()
            && let Some(encoded) = answer.err
            && let Ok(length) =
                base64::engine::general_purpose::STANDARD.decode_slice(encoded.as_bytes(), scratch)
        {
            bytes = scratch.get(..length).unwrap_or(&[]);
        }
        Self::of_body(answer, bytes)
    }

    /// Reads the error from an answer's head and as much of its body as was received, and not from `x-oss-err`: only an
    /// answer to HEAD has that, and base64 has no place in a firmware.
    pub fn of_body(answer: &ResponseHead<'a>, bytes: &'a [u8]) -> Self {
        let document = XmlDocument::new(bytes);
        let field = |name: &str, header: Option<&'a str>| match document.field(name) {
            Some(text) if !text.is_empty() => text,
            _ => XmlText::plain(header.unwrap_or("")),
        };
        Self {
            status: answer.status,
            code: field("Code", None),
            message: field("Message", None),
            request_id: field("RequestId", answer.request_id),
            host_id: field("HostId", None),
            ec: field("EC", answer.ec),
            retry_after: retry_after(answer),
            document,
            bytes,
        }
    }

    /// Any other field of the error's XML, `StringToSign` for instance.
    pub fn field(&self, name: &str) -> Option<XmlText<'a>> {
        self.document.field(name)
    }

    /// The XML that was read: the body, or what `x-oss-err` held.
    pub fn xml(&self) -> &'a [u8] {
        self.bytes
    }

    /// What the error means for a retry.
    pub fn failure(&self) -> Failure {
        let expired = self.code == *"SecurityTokenExpired"
            || (self.code == *"AccessDenied"
                // Not promised to be stable, so the wording counts as well.
                && (self.ec == *"0002-00000069" || self.message == *"Request has expired."));
        if expired {
            Failure::Expired
        } else if self.code == *"RequestTimeTooSkewed" {
            Failure::Skewed
        } else {
            Failure::Status { status: self.status, retry_after: self.retry_after }
        }
    }
}

/// The wait that `Retry-After` asks for: seconds, or a date seen from the answer's own `Date`.
fn retry_after(answer: &ResponseHead<'_>) -> Option<Duration> {
    let value = answer.retry_after?;
    let seconds = match decimal(value.as_bytes()) {
        Some(seconds) => seconds,
        None => parse_http_date(value)?.saturating_sub(parse_http_date(answer.date?)?),
    };
    Some(Duration::from_secs(seconds))
}

impl fmt::Display for ErrorFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.status)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            f.write_str(": ")?;
            // Some services repeat what they were asked.
            write!(WithoutQueries::new(f), "{}", self.message)?;
        }
        let mut separator = " (";
        for (name, text) in [("EC", &self.ec), ("request id", &self.request_id)] {
            if !text.is_empty() {
                write!(f, "{separator}{name} {text}")?;
                separator = ", ";
            }
        }
        if separator == ", " { f.write_str(")") } else { Ok(()) }
    }
}

#[cfg(feature = "alloc")]
pub use owned::ServiceError;

#[cfg(feature = "alloc")]
mod owned {
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
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    const XML: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code><Message>Request has expired.</Message>\
        <RequestId>637B</RequestId><HostId>examplebucket.oss-cn-hangzhou.aliyuncs.com</HostId><StringToSign>a&#10;b</StringToSign>\
        <SignatureProvided>fakefakefake</SignatureProvided><EC>0002-00000069</EC></Error>";

    #[test]
    fn from_the_body() {
        let error = ServiceError::read(&ResponseHead::new(403), XML);
        assert_eq!(
            (error.status(), error.code(), error.message()),
            (403, "AccessDenied", "Request has expired.")
        );
        assert_eq!((error.request_id(), error.ec()), ("637B", "0002-00000069"));
        assert_eq!(error.host_id(), "examplebucket.oss-cn-hangzhou.aliyuncs.com");
        assert_eq!(error.field("StringToSign").as_deref(), Some("a\nb"));
        assert_eq!(error.failure(), Failure::Expired);
        assert_eq!(
            error.to_string(),
            "the service answered 403 AccessDenied: Request has expired. (EC 0002-00000069, request id 637B)"
        );
        assert!(!format!("{error:?} {error}").contains("fakefakefake"));
    }

    #[test]
    fn a_url_that_the_service_repeats_is_shown_without_its_query() {
        let xml = b"<Error><Code>InvalidURI</Code><Message>No https://h/k?x-oss-signature=SECRET&amp;a=b here</Message></Error>";
        let error = ServiceError::read(&ResponseHead::new(400), xml);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("SECRET") && shown.contains("No https://h/k?\u{2026} here"), "{shown}");
        // Who asks for it gets all of it.
        assert!(error.message().contains("SECRET"));
    }

    #[test]
    fn from_headers_alone() {
        let encoded =
            base64::engine::general_purpose::STANDARD.encode(b"<Error><Code>NoSuchKey</Code></Error>");
        let mut answer = ResponseHead::new(404);
        answer.record("x-oss-err", encoded.as_bytes());
        answer.record("x-oss-ec", b"0026-00000001");
        answer.record("x-oss-request-id", b"42");
        for body in [&b""[..], b"<html>"] {
            let error = ServiceError::read(&answer, body);
            assert_eq!((error.code(), error.ec(), error.request_id()), ("NoSuchKey", "0026-00000001", "42"));
        }
    }

    #[test]
    fn from_nothing() {
        let error = ServiceError::read(&ResponseHead::new(502), b"<html><body>Bad gateway");
        assert_eq!((error.status(), error.code()), (502, ""));
        assert_eq!(error.to_string(), "the service answered 502");
    }

    #[test]
    fn a_bad_or_oversized_header_costs_only_its_fields() {
        let mut answer = ResponseHead::new(403);
        answer.record("x-oss-err", b"!!!not base64!!!");
        assert_eq!(ServiceError::read(&answer, b"").code(), "");
    }

    #[test]
    fn an_error_cut_off_before_its_code_is_worth_another_attempt() {
        let read = |xml: &[u8]| ServiceError::read(&ResponseHead::new(403), xml).cut_off().failure();
        assert_eq!(read(b"<Error><Co"), Failure::Connection);
        assert_eq!(read(b"<Error><Code>A</Code><Mes"), Failure::Status { status: 403, retry_after: None });
    }

    #[test]
    fn what_it_means_for_a_retry() {
        let failure =
            |status, xml: &str| ServiceError::read(&ResponseHead::new(status), xml.as_bytes()).failure();
        assert_eq!(failure(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>"), Failure::Skewed);
        assert_eq!(failure(403, "<Error><Code>SecurityTokenExpired</Code></Error>"), Failure::Expired);
        assert_eq!(
            failure(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
            Failure::Status { status: 403, retry_after: None }
        );
        let mut answer = ResponseHead::new(503);
        answer.record("Retry-After", b"7");
        let wait = |answer: &ResponseHead<'_>| ServiceError::read(answer, b"").failure();
        assert_eq!(wait(&answer), Failure::Status { status: 503, retry_after: Some(Duration::from_secs(7)) });
        answer.record("Retry-After", b"Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&answer), Failure::Status { status: 503, retry_after: None });
        answer.record("Date", b"Sun, 06 Nov 1994 08:49:30 GMT");
        assert_eq!(wait(&answer), Failure::Status { status: 503, retry_after: Some(Duration::from_secs(7)) });
    }
}
