//! What the head of an answer means.

use core::fmt;

use crate::integrity::IntegrityError;
use crate::range::{ContentRange, decimal, split_at_byte};

/// The status and those headers of an answer that mean something to a transfer.
///
/// Filled from any HTTP client's headers with [`record`](Self::record).
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct ResponseHead<'a> {
    /// HTTP status code.
    pub status: u16,
    /// `Date`, as it was sent.
    pub date: Option<&'a str>,
    /// `ETag`, with its quotes.
    pub etag: Option<&'a str>,
    /// `x-oss-request-id`: what Alibaba Cloud's support asks for.
    pub request_id: Option<&'a str>,
    /// `x-oss-hash-crc64ecma`, as it was sent; [`crc64`](Self::crc64) reads it.
    pub crc64: Option<&'a str>,
    /// `x-oss-version-id` of a versioned bucket.
    pub version_id: Option<&'a str>,
    /// `x-oss-err`: base64 of the error's XML, where a body is not allowed (HEAD).
    pub err: Option<&'a str>,
    /// `x-oss-ec`: the fine-grained error code.
    pub ec: Option<&'a str>,
    /// `Retry-After`, in seconds or as a date.
    pub retry_after: Option<&'a str>,
    /// `Location`, cut off before its query: a query may hold a signature.
    pub location: Option<&'a str>,
    /// `Content-Length` in bytes.
    pub content_length: Option<u64>,
    /// `Content-Range` of a partial answer, as it was sent; [`content_range`](Self::content_range) reads it.
    pub content_range: Option<&'a str>,
    /// `Content-MD5`: base64 of the body's MD5.
    pub content_md5: Option<&'a str>,
    /// `Content-Type` of an object.
    pub content_type: Option<&'a str>,
    /// Whether the end of the body can be told from that of the connection: by a length, by chunks, or by a version of HTTP
    /// that has frames.
    pub delimited: bool,
}

/// What an answer's status means for a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// 2xx but 203: it was done.
    Done,
    /// 203: the object is stored, but its callback failed; the body is the callback's error.
    DoneCallbackFailed,
    /// 301, 302, 303, 307, 308: never followed, a presigned URL is valid for its own host and path alone.
    Redirected,
    /// Everything else: the body or the headers hold a service error.
    Failed,
}

/// A header that means something to a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // Their names are what they are.
pub enum KnownHeader {
    Date,
    Etag,
    RequestId,
    Crc64,
    VersionId,
    Err,
    Ec,
    RetryAfter,
    Location,
    ContentLength,
    ContentRange,
    ContentMd5,
    ContentType,
    TransferEncoding,
}

const HEADERS: [(&str, KnownHeader); 14] = [
    ("date", KnownHeader::Date),
    ("etag", KnownHeader::Etag),
    ("x-oss-request-id", KnownHeader::RequestId),
    ("x-oss-hash-crc64ecma", KnownHeader::Crc64),
    ("x-oss-version-id", KnownHeader::VersionId),
    ("x-oss-err", KnownHeader::Err),
    ("x-oss-ec", KnownHeader::Ec),
    ("retry-after", KnownHeader::RetryAfter),
    ("location", KnownHeader::Location),
    ("content-length", KnownHeader::ContentLength),
    ("content-range", KnownHeader::ContentRange),
    ("content-md5", KnownHeader::ContentMd5),
    ("content-type", KnownHeader::ContentType),
    ("transfer-encoding", KnownHeader::TransferEncoding),
];

impl KnownHeader {
    /// The header of this name, in any letter case; `None` where it means nothing to a transfer.
    pub fn named(name: &[u8]) -> Option<Self> {
        let known = HEADERS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        known.map(|(_, header)| *header)
    }
}

impl<'a> ResponseHead<'a> {
    /// An answer with this status and no headers yet.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Takes note of a header; names compare without case, values that are not text are passed over.
    pub fn record(&mut self, name: &str, value: &'a [u8]) {
        if let Some(header) = KnownHeader::named(name.as_bytes()) {
            self.record_known(header, value);
        }
    }

    /// Takes note of a header; a value that is not text is passed over.
    pub fn record_known(&mut self, header: KnownHeader, value: &'a [u8]) {
        let Ok(value) = core::str::from_utf8(value.trim_ascii()) else { return };
        let text = match header {
            KnownHeader::Date => &mut self.date,
            KnownHeader::Etag => &mut self.etag,
            KnownHeader::RequestId => &mut self.request_id,
            KnownHeader::Crc64 => &mut self.crc64,
            KnownHeader::VersionId => &mut self.version_id,
            KnownHeader::Err => &mut self.err,
            KnownHeader::Ec => &mut self.ec,
            KnownHeader::RetryAfter => &mut self.retry_after,
            KnownHeader::ContentRange => &mut self.content_range,
            KnownHeader::ContentMd5 => &mut self.content_md5,
            KnownHeader::ContentType => &mut self.content_type,
            KnownHeader::Location => {
                self.location = place(value);
                return;
            }
            KnownHeader::ContentLength => {
                self.content_length = decimal(value.as_bytes());
                self.delimited |= self.content_length.is_some();
                return;
            }
            // No coding but chunks was asked for.
            KnownHeader::TransferEncoding => {
                self.delimited |= value.eq_ignore_ascii_case("chunked");
                return;
            }
        };
        *text = Some(value);
    }

    /// Which bytes a partial answer holds, where it says so.
    pub fn content_range(&self) -> Option<ContentRange> {
        ContentRange::parse(self.content_range?)
    }

    /// CRC-64/XZ of the whole object according to the service, where it says so.
    ///
    /// # Errors
    /// [`IntegrityError::Unreadable`] where it says something else: a check that cannot be made has not been passed.
    pub fn crc64(&self) -> Result<Option<u64>, IntegrityError> {
        let Some(stated) = self.crc64 else { return Ok(None) };
        decimal(stated.as_bytes()).map(Some).ok_or(IntegrityError::Unreadable)
    }

    /// Whether a success names what it is about, as OSS always does: by an ETag or a checksum. A success that names
    /// neither comes from somebody else, or was damaged on its way.
    pub fn names_object(&self) -> bool {
        self.etag.is_some() || self.crc64.is_some()
    }

    /// The same for the answer to a GET of this URL. What `x-oss-process` makes of an object, a list of objects and other
    /// answers that are no object have neither an ETag nor a checksum: there the request id tells OSS from somebody else.
    pub fn names_result(&self, url: &str) -> bool {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let asks_for_object = query.split('&').all(|pair| {
            let name = pair.split('=').next().unwrap_or("");
            let is_about_object = name.starts_with("x-oss-") || name.starts_with("response-");
            name.is_empty() || name == "versionId" || (is_about_object && name != "x-oss-process")
        });
        self.names_object() || (!asks_for_object && self.request_id.is_some())
    }

    /// What the status means.
    pub fn verdict(&self) -> Verdict {
        match self.status {
            203 => Verdict::DoneCallbackFailed,
            200..=299 => Verdict::Done,
            // The other 3xx, 304 for one, name no other place.
            301..=303 | 307 | 308 => Verdict::Redirected,
            _ => Verdict::Failed,
        }
    }
}

/// A URL without its query and its fragment.
fn place(url: &str) -> Option<&str> {
    let bytes = url.as_bytes();
    let bytes = split_at_byte(bytes, b'?').map_or(bytes, |(place, _)| place);
    let length = split_at_byte(bytes, b'#').map_or(bytes, |(place, _)| place).len();
    url.get(..length)
}

impl fmt::Debug for ResponseHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("etag", &self.etag)
            .field("crc64", &self.crc64)
            .field("ec", &self.ec)
            .field("content_length", &self.content_length)
            .field("content_range", &self.content_range)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_is_named_by_its_request_alone() {
        const RESULTS: &[&str] = &[
            "http://h/b/k?x-oss-date=1&x-oss-process=image%2Finfo",
            "http://h/b/?list-type=2&prefix=a&x-oss-date=1",
            "http://h/b/?uploads&x-oss-date=1",
        ];
        const OBJECTS: &[&str] = &[
            "http://h/b/k",
            "http://h/b/x-oss-process=k?x-oss-date=1",
            "http://h/b/uploads?x-oss-date=1&response-content-type=a%2Fb&versionId=v&",
        ];
        let mut answer = ResponseHead::new(200);
        assert!(RESULTS.iter().all(|url| !answer.names_result(url)));
        answer.record("x-oss-request-id", b"5C3D9175B6FC201293AD****");
        assert!(RESULTS.iter().all(|url| answer.names_result(url)));
        for url in OBJECTS {
            assert!(!answer.names_result(url), "{url}");
        }
        answer.record("etag", b"\"E\"");
        assert!(OBJECTS.iter().all(|url| answer.names_result(url)));
    }

    #[test]
    fn headers_of_a_stored_object() {
        let mut answer = ResponseHead::new(200);
        answer.record("ETag", b"\"5D41402ABC4B2A76B9719D911017C592\"");
        answer.record("X-Oss-Hash-Crc64ecma", b"9962287286179718960");
        answer.record("x-oss-request-id", b"5C3D9175B6FC201293AD****");
        answer.record("x-other", b"\xff");
        assert_eq!(answer.crc64(), Ok(Some(9_962_287_286_179_718_960)));
        assert_eq!(answer.etag, Some("\"5D41402ABC4B2A76B9719D911017C592\""));
        assert_eq!(answer.verdict(), Verdict::Done);
    }

    #[test]
    fn a_checksum_that_is_no_number_is_an_error() {
        let stated = |value: &'static [u8]| {
            let mut answer = ResponseHead::new(200);
            answer.record("x-oss-hash-crc64ecma", value);
            answer.crc64()
        };
        assert_eq!(stated(b" 7 "), Ok(Some(7)));
        for value in [&b""[..], b"-7", b"0x7", b"18446744073709551616", b"7, 8"] {
            assert_eq!(stated(value), Err(IntegrityError::Unreadable), "{value:?}");
        }
        assert_eq!(ResponseHead::new(200).crc64(), Ok(None));
    }

    #[test]
    fn a_redirect_keeps_no_query() {
        let mut answer = ResponseHead::new(307);
        answer.record("Location", b"https://example.com/a?x-oss-signature=abc");
        assert_eq!(answer.location, Some("https://example.com/a"));
        assert_eq!(answer.verdict(), Verdict::Redirected);
        assert_eq!(ResponseHead::new(203).verdict(), Verdict::DoneCallbackFailed);
        assert_eq!(ResponseHead::new(404).verdict(), Verdict::Failed);
    }
}
