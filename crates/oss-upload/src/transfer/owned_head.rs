//! The head of an answer, kept while its body is read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::response_head::{KnownHeader, ResponseHead};

/// The status of an answer and those of its headers that mean something to a transfer.
#[derive(Clone)]
pub struct OwnedHead {
    status: u16,
    headers: Vec<(KnownHeader, Vec<u8>)>,
    framed: bool,
}

impl OwnedHead {
    /// Keeps what means something of an HTTP client's answer.
    pub fn new<'h>(status: u16, headers: impl IntoIterator<Item = (&'h str, &'h [u8])>) -> Self {
        let known = headers
            .into_iter()
            .filter_map(|(name, value)| Some((KnownHeader::named(name.as_bytes())?, value.to_vec())));
        Self { status, headers: known.collect(), framed: false }
    }

    /// Says that the connection has frames, as HTTP/2 does: the end of a body is never that of the connection.
    #[must_use]
    pub fn framed(mut self, framed: bool) -> Self {
        self.framed = framed;
        self
    }

    /// What it says.
    pub fn parsed(&self) -> ResponseHead<'_> {
        let mut answer = ResponseHead::new(self.status);
        answer.delimited = self.framed;
        for (header, value) in &self.headers {
            answer.record_known(*header, value);
        }
        answer
    }

    /// HTTP status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What Alibaba Cloud's support asks for, for logs.
    pub fn request_id(&self) -> String {
        self.parsed().request_id.unwrap_or_default().to_string()
    }
}

/// Shows what it says without the texts that may repeat a signed request.
impl fmt::Debug for OwnedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedHead").field(&self.parsed()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_client_said() {
        let headers = [("ETag", &b"\"E\""[..]), ("x-unknown", b"1"), ("X-Oss-Request-Id", b"42")];
        let head = OwnedHead::new(201, headers);
        let answer = head.parsed();
        assert_eq!((answer.status, answer.etag, answer.request_id), (201, Some("\"E\""), Some("42")));
        assert_eq!((head.headers.len(), head.request_id().as_str()), (2, "42"));
    }
}
