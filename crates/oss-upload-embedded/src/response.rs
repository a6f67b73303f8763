use core::fmt;

use oss_upload::parse_http_date;

use crate::raw_head::RawHead;

/// A successful answer (2xx), read into the connection's buffer.
#[derive(Clone, Copy)]
pub struct Response<'b> {
    pub(crate) head: RawHead<'b>,
    pub(crate) body: &'b [u8],
    pub(crate) length: u64,
    pub(crate) truncated: bool,
    pub(crate) verified: bool,
}

impl<'b> Response<'b> {
    /// HTTP status, 200..=299. 203: the object is stored, but its callback failed.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The first header of that name in any letter case, if its value is UTF-8.
    pub fn header(&self, name: &str) -> Option<&'b str> {
        self.head.header(name).and_then(|value| core::str::from_utf8(value).ok())
    }

    /// All headers in order: name as it came, value without outer blanks.
    pub fn headers(&self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> + Clone + use<'b> {
        self.head.headers()
    }

    /// After a GET into a buffer: the object. After a PUT: what the callback said, if there was one.
    pub fn body(&self) -> &'b [u8] {
        self.body
    }

    /// Bytes that the body had, also where they went to a writer.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The answer to a PUT was longer than the connection's buffer, and [`body`](Self::body) is only its beginning.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// OSS stated a CRC-64 for the bytes and it was the right one. `false`: it stated none (a range, a processed
    /// image), for a wrong one is an [`Error`](crate::Error::ChecksumMismatch).
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// The server's clock, seconds since 1970.
    pub fn date(&self) -> Option<u64> {
        self.head.parsed().date.and_then(parse_http_date)
    }
}

/// Shows no header: an answer to a GET may hold what is nobody's business.
impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("length", &self.length)
            .field("verified", &self.verified)
            .finish_non_exhaustive()
    }
}
