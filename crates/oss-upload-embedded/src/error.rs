use core::fmt;

use embedded_io::ErrorKind;

use oss_upload::Refusal;

use crate::ClockNotSet;

/// Why a request had no successful answer.
///
/// No variant carries a URL, a header value or anything else that is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The clock was never set. Nothing was sent: set it by SNTP, or from the `Date` of any answer.
    ClockNotSet(ClockNotSet),
    /// The request cannot be sent as it is: another method, an expired URL, a header that breaks the signature. Nothing was
    /// sent.
    Refused(#[cfg_attr(feature = "defmt", defmt(Display2Format))] Refusal),
    /// An earlier answer said `Connection: close`, or an earlier exchange failed half-way. Nothing was sent: connect
    /// anew.
    ConnectionClosed,
    /// The stream failed (refused, reset, timed out, …): connect anew, and send the request again.
    Io(ErrorKind),
    /// The reader that supplies the body failed: connect anew, and send the request with a reader from the start.
    BodySource(ErrorKind),
    /// The reader that supplies the body ended too early: announce the length that it has.
    BodySourceShort {
        /// Bytes that the announced length still asked for.
        missing: u64,
    },
    /// The writer that takes the body failed: what it has taken is not the whole object.
    BodySink(ErrorKind),
    /// The peer ended the stream before its answer was complete: connect anew, and send the request again.
    Cut(CutAt),
    /// The answer is not HTTP/1.1 as this crate reads it: check host, port and scheme.
    Malformed(Malformed),
    /// The head of the answer does not fit into the connection's buffer: give it a larger one, of 1 KiB for OSS.
    HeadTooLong {
        /// Size of that buffer in bytes.
        capacity: usize,
    },
    /// The body of the answer does not fit into the caller's buffer, or exceeds the caller's limit: raise that, or use a writer.
    BodyTooLong {
        /// Bytes that would be needed, if the answer says so in advance.
        needed: Option<u64>,
        /// Bytes that there is room for.
        capacity: u64,
    },
    /// The answer points elsewhere. A presigned URL is valid for one host only, so redirects are never followed: sign for the
    /// endpoint of the bucket's region.
    Redirected {
        /// HTTP status, 3xx.
        status: u16,
    },
    /// OSS refused the request: `Connection::service_error` says why.
    Service {
        /// HTTP status, 400 and above as a rule.
        status: u16,
    },
    /// OSS stored or sent other bytes than this side sent or got: upload or fetch again.
    ChecksumMismatch {
        /// CRC-64/XZ of the bytes that passed here.
        ours: u64,
        /// CRC-64/XZ that OSS states.
        theirs: u64,
    },
}

/// How far an answer had come when the stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CutAt {
    /// Not a byte of it. On a connection that was kept alive: the server closed it meanwhile.
    Start,
    /// In status line or headers.
    Head,
    /// In the body.
    Body {
        /// Bytes still to come, where the answer has a length.
        missing: Option<u64>,
    },
}

/// What about an answer is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Malformed {
    /// The first line is no HTTP/1.x status line.
    StatusLine,
    /// A header line has no valid name, no colon or a control byte.
    HeaderLine,
    /// More than 64 header lines.
    TooManyHeaders,
    /// More than four interim (1xx) answers, or a change of protocol that nobody asked for.
    Interim,
    /// `Content-Length` and `Transfer-Encoding` contradict each other or themselves, or a chunk is broken.
    Framing,
    /// `x-oss-hash-crc64ecma` is no 64-bit number.
    Checksum,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockNotSet(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::ConnectionClosed => f.write_str("this connection is used up: connect anew"),
            Self::Io(kind) => write!(f, "the stream failed: {kind}"),
            Self::BodySource(kind) => write!(f, "reading the body failed: {kind}"),
            Self::BodySourceShort { missing } => {
                write!(f, "the body is {missing} bytes shorter than announced")
            }
            Self::BodySink(kind) => write!(f, "writing the body failed: {kind}"),
            Self::Cut(at) => at.fmt(f),
            Self::Malformed(what) => what.fmt(f),
            Self::HeadTooLong { capacity } => {
                write!(f, "the head of the answer exceeds the buffer of {capacity} bytes: give a larger one")
            }
            Self::BodyTooLong { needed: Some(needed), capacity } => {
                write!(f, "the body has {needed} bytes and there is room for {capacity}")
            }
            Self::BodyTooLong { needed: None, capacity } => {
                write!(f, "the body has more than the {capacity} bytes that there is room for")
            }
            Self::Redirected { status } => {
                write!(
                    f,
                    "redirected ({status}), which is never followed: sign for the endpoint of the bucket's region"
                )
            }
            Self::Service { status } => write!(f, "OSS refused the request with status {status}"),
            Self::ChecksumMismatch { ours, theirs } => {
                write!(f, "CRC-64 of the bytes here is {ours} and OSS states {theirs}: try again")
            }
        }
    }
}

impl fmt::Display for CutAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("the peer closed the stream without an answer"),
            Self::Head => f.write_str("the peer closed the stream within the head of its answer"),
            Self::Body { missing: Some(missing) } => {
                write!(f, "the peer closed the stream {missing} bytes before the end of its answer")
            }
            Self::Body { missing: None } => {
                f.write_str("the peer closed the stream within the body of its answer")
            }
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StatusLine => "the answer does not begin with a HTTP/1.1 status line",
            Self::HeaderLine => "the answer has a malformed header line",
            Self::TooManyHeaders => "the answer has more than 64 header lines",
            Self::Interim => "the answer is preceded by too many interim answers, or changes the protocol",
            Self::Checksum => "the CRC-64 that the answer states is no 64-bit number",
            Self::Framing => "the length of the answer is contradictory or a chunk of it is broken",
        })
    }
}

/// [`Display`](fmt::Display) shows the cause as well, so there is no [`source`](core::error::Error::source) that would show it
/// twice.
impl core::error::Error for Error {}

impl From<ClockNotSet> for Error {
    fn from(error: ClockNotSet) -> Self {
        Self::ClockNotSet(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Malformed> for Error {
    fn from(what: Malformed) -> Self {
        Self::Malformed(what)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString as _;

    use super::*;
    use crate::Now;

    /// A value of each variant. The match has no wildcard, so that a new variant does not go without a test.
    macro_rules! every_variant {
        ($type:ident: $($variant:ident $({ $($field:ident: $value:expr),* })? $(($inner:expr))?),* $(,)?) => {{
            let _ = |error: &$type| match error { $($type::$variant { .. } => {})* };
            [$($type::$variant $({ $($field: $value),* })? $(($inner))?),*]
        }};
    }

    #[test]
    fn a_chain_of_causes_says_no_sentence_twice() {
        let Err(clock) = Now::from_unix(0) else { panic!("1970 is no time of a set clock") };
        let errors = every_variant!(Error: ClockNotSet(clock), Refused(Refusal::PlainHttp), ConnectionClosed,
            Io(ErrorKind::TimedOut), BodySource(ErrorKind::Other), BodySourceShort { missing: 1 },
            BodySink(ErrorKind::Other), Cut(CutAt::Head), Malformed(Malformed::Framing), HeadTooLong { capacity: 1 },
            BodyTooLong { needed: None, capacity: 1 }, Redirected { status: 302 }, Service { status: 403 },
            ChecksumMismatch { ours: 1, theirs: 2 });
        for error in errors {
            let text = error.to_string();
            assert_eq!(std::format!("{:#}", anyhow::Error::new(error)), text);
            assert!(text.len() > 8, "{text} says too little");
        }
    }
}
