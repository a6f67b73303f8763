use core::fmt;

use oss_upload::driver::{ErrorFields, XmlText};
use oss_upload::{Failure, parse_http_date};

use crate::raw_head::RawHead;

/// OSS's refusal of a request: what a log needs to find the reason. Read from the connection's buffer, which holds it
/// until the next request.
#[derive(Clone, Copy)]
pub struct ServiceError<'b> {
    pub(crate) head: RawHead<'b>,
    pub(crate) body: &'b [u8],
}

impl<'b> ServiceError<'b> {
    /// HTTP status, 400 and above as a rule.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// OSS's code (`SignatureDoesNotMatch`, `AccessDenied`, …); none when the answer came from something in between.
    pub fn code(&self) -> Option<&'b str> {
        identifier(self.fields().code)
    }

    /// What Alibaba Cloud's support asks for first.
    pub fn request_id(&self) -> Option<&'b str> {
        identifier(self.fields().request_id)
    }

    /// The fine-grained code (`0002-00000069`: expired). Good for logs, not promised to be stable.
    pub fn ec(&self) -> Option<&'b str> {
        identifier(self.fields().ec)
    }

    /// The server's clock, seconds since 1970: what a board without SNTP sets its own clock by after a refusal.
    pub fn date(&self) -> Option<u64> {
        self.head.parsed().date.and_then(parse_http_date)
    }

    /// The XML as it came, as far as it fitted into the connection's buffer. Holds the access key id and the canonical
    /// request when a signature was refused, so it is for a developer's eyes.
    pub fn xml(&self) -> &'b [u8] {
        self.body
    }

    /// Whether the same request may succeed later: 408, 429 and 5xx, but not 501 and 505.
    pub fn is_transient(&self) -> bool {
        Failure::Status { status: self.status(), retry_after: None }.is_transient()
    }

    fn fields(&self) -> ErrorFields<'b> {
        ErrorFields::of_body(&self.head.parsed(), self.body)
    }
}

impl fmt::Display for ServiceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, ec, id) = (self.code(), self.ec(), self.request_id());
        write!(
            f,
            "OSS refused the request: status {}, code {}, EC {}, request id {}",
            self.status(),
            code.unwrap_or("-"),
            ec.unwrap_or("-"),
            id.unwrap_or("-")
        )
    }
}

/// As [`Display`](fmt::Display): without the XML.
impl fmt::Debug for ServiceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ServiceError<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "OSS refused the request: status {}, code {}, EC {}, request id {}",
            self.status(),
            self.code(),
            self.ec(),
            self.request_id()
        );
    }
}

/// Identifiers are visible ASCII; whatever is not is none.
fn identifier(text: XmlText<'_>) -> Option<&str> {
    let value = text.as_raw();
    if value.is_empty() || !value.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    core::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &[u8] =
        b"<?xml version=\"1.0\"?>\n<Error>\n  <Code>SignatureDoesNotMatch</Code>\n  <Message>x</Message>\n  \
        <RequestId>65F0A1B2C3D4E5F601234567</RequestId>\n  <EC>0002-00000201</EC>\n</Error>";

    /// (code, request id, EC, date) of a refusal with these headers and this body.
    fn read<'b>(
        head: &'b str,
        body: &'b [u8],
    ) -> (Option<&'b str>, Option<&'b str>, Option<&'b str>, Option<u64>) {
        let error = ServiceError { head: RawHead::parse(head.as_bytes()).unwrap(), body };
        (error.code(), error.request_id(), error.ec(), error.date())
    }

    const HEAD: &str = "HTTP/1.1 403 Forbidden\r\n\r\n";

    #[test]
    fn is_read_from_the_xml() {
        let expected =
            (Some("SignatureDoesNotMatch"), Some("65F0A1B2C3D4E5F601234567"), Some("0002-00000201"), None);
        assert_eq!(read(HEAD, XML), expected);
    }

    #[test]
    fn headers_say_what_the_xml_does_not() {
        let head = "HTTP/1.1 403 x\r\nx-oss-request-id: AB\r\nX-OSS-EC: 0002-1\r\nDate: Tue, 12 Nov 2024 08:32:38 GMT\r\n\r\n";
        let expected = (Some("NoSuchKey"), Some("AB"), Some("0002-1"), Some(1_731_400_358));
        assert_eq!(read(head, b"<Error><Code>NoSuchKey</Code></Error>"), expected);
    }

    #[test]
    fn only_the_errors_own_elements_count() {
        let xml =
            b"<Error><Details><Code>Inner</Code></Details><!-- <Code>No</Code> --><Code>Outer</Code></Error>";
        assert_eq!(read(HEAD, xml).0, Some("Outer"));
    }

    #[test]
    fn truncated_or_foreign_bodies_give_what_they_hold() {
        let cut = XML.windows(6).position(|w| w == b"</Mess").unwrap();
        assert_eq!(read(HEAD, XML.get(..cut).unwrap()), (Some("SignatureDoesNotMatch"), None, None, None));
        for body in [
            "<html>Forbidden</html>",
            "<Error><Code>Sig",
            "<Error><Code></Code>",
            "<Error><Code>two words</Code>",
            "<Error><Code>\u{fc}</Code>",
            "<Code>NotAnError</Code>",
        ] {
            assert_eq!(read(HEAD, body.as_bytes()).0, None, "{body}");
        }
    }

    #[test]
    fn only_the_servers_own_trouble_is_transient() {
        for (status, transient) in [
            (400, false),
            (403, false),
            (408, true),
            (409, false),
            (429, true),
            (500, true),
            (501, false),
            (503, true),
        ] {
            let head = std::format!("HTTP/1.1 {status} x\r\n\r\n");
            let error = ServiceError { head: RawHead::parse(head.as_bytes()).unwrap(), body: b"" };
            assert_eq!(error.is_transient(), transient, "{status}");
        }
    }
}
