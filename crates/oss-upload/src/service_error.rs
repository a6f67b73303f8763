//! What the service says went wrong.

#[cfg(feature = "alloc")]
mod owned;

use core::fmt::{self, Write as _};
use core::time::Duration;

use base64::Engine as _;
use oss_presign::WithoutQueries;

use crate::http_date::parse_http_date;
use crate::range::decimal;
use crate::response_head::ResponseHead;
use crate::retry::Failure;
use crate::xml::{XmlDocument, XmlText};

#[cfg(feature = "alloc")]
pub use owned::ServiceError;

/// How much of an error's body is read: 64 KiB, whatever the server sends.
pub const ERROR_BODY_LIMIT: usize = 64 << 10;

/// The fields of a service error, borrowed from the answer: works without an allocator.
///
/// Read from the XML body; where there is none (HEAD, an empty body) from the headers `x-oss-err`, `x-oss-ec`
/// and `x-oss-request-id`. Fields that the server did not send are empty.
#[derive(Clone, Copy)]
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

/// Shows neither the document, which may repeat a signed request, nor queries in what the service says.
impl fmt::Debug for ErrorFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The service's text without queries.
        struct Message<'a>(XmlText<'a>);
        impl fmt::Debug for Message<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(WithoutQueries::new(f), "{:?}", self.0)
            }
        }
        f.debug_struct("ErrorFields")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &Message(self.message))
            .field("request_id", &self.request_id)
            .field("host_id", &self.host_id)
            .field("ec", &self.ec)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
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
