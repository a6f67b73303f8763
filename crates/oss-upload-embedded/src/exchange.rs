//! One request and its answer as a state machine without I/O. The drivers (`blocking`, `asynchronous`)
//! only move bytes as it says.
//!
//! One buffer serves all: first pieces of the request's head, then the answer as
//! `[head | body kept so far | bytes not yet decoded | free]`.

use core::ops::Range;

use oss_upload::Crc64;
use oss_upload::driver::Verdict;

use crate::body::BodyDecoder;
use crate::raw_head::{HeadError, RawHead, end_of_head};
use crate::{CutAt, Error, HttpRequest, Malformed, Now, Response, ServiceError};

/// More interim (1xx) answers than this are refused.
const MAX_INTERIM: u8 = 4;

pub(crate) struct Exchange {
    phase: Phase,
    /// Body bytes of the request, PUT alone.
    sending: Option<u64>,
    /// Room for the body of a successful answer outside the buffer, GET alone.
    capacity: Option<u64>,
    /// Of the bytes of the object, in whichever direction they go.
    checksum: Crc64,
    /// How much of the request's head was written.
    written: usize,
    interim: u8,
    head_end: usize,
    kept_end: usize,
    raw: Range<usize>,
    /// Body bytes of the answer so far.
    length: u64,
    truncated: bool,
    closed: bool,
}

/// Where in the buffer a refusal is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal {
    head_end: usize,
    kept_end: usize,
}

impl Refusal {
    pub(crate) fn service_error(self, buffer: &[u8]) -> Option<ServiceError<'_>> {
        let head = RawHead::parse(buffer.get(..self.head_end)?).ok()?;
        Some(ServiceError { head, body: buffer.get(self.head_end..self.kept_end)? })
    }
}

enum Phase {
    Head,
    Body { decoder: BodyDecoder, deliver: bool },
}

/// What a driver does next.
pub(crate) enum Step {
    /// Read into [`Exchange::room`], then tell [`Exchange::received`].
    Read,
    /// Hand these bytes of the buffer to whoever wants the body.
    Deliver(Range<usize>),
    /// [`Exchange::finish`].
    Finish,
}

impl Exchange {
    /// A PUT with a body of `length` bytes.
    pub(crate) fn put(request: &HttpRequest<'_>, length: u64, now: Now) -> Result<Self, Error> {
        Self::new(request, "PUT", Some(length), None, now)
    }

    /// A GET of at most `capacity` bytes.
    pub(crate) fn get(request: &HttpRequest<'_>, capacity: u64, now: Now) -> Result<Self, Error> {
        Self::new(request, "GET", None, Some(capacity), now)
    }

    /// All that can be refused before a byte is sent.
    fn new(
        request: &HttpRequest<'_>,
        method: &'static str,
        sending: Option<u64>,
        capacity: Option<u64>,
        now: Now,
    ) -> Result<Self, Error> {
        request.check(method, sending.unwrap_or(0), now.unix()).map_err(Error::Refused)?;
        Ok(Self {
            phase: Phase::Head,
            sending,
            capacity,
            checksum: Crc64::new(),
            written: 0,
            interim: 0,
            head_end: 0,
            kept_end: 0,
            raw: 0..0,
            length: 0,
            truncated: false,
            closed: false,
        })
    }

    /// The next bytes of the request's head; empty when it is over.
    pub(crate) fn next_head<'b>(&mut self, request: &HttpRequest<'_>, buffer: &'b mut [u8]) -> &'b [u8] {
        let copied = request.copy_head(self.sending, self.written, buffer);
        self.written = self.written.saturating_add(copied);
        buffer.get(..copied).unwrap_or_default()
    }

    /// Body bytes that are about to be sent.
    pub(crate) fn sent(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
    }

    /// Where the next bytes of the answer go.
    pub(crate) fn room<'b>(&self, buffer: &'b mut [u8]) -> &'b mut [u8] {
        buffer.get_mut(self.raw.end..).unwrap_or_default()
    }

    /// `count` bytes were read into the room; 0 is the end of the stream.
    pub(crate) fn received(&mut self, count: usize, buffer: &[u8]) -> Result<(), Error> {
        if count > 0 {
            self.raw.end = self.raw.end.saturating_add(count).min(buffer.len());
            return Ok(());
        }
        let at = match &mut self.phase {
            Phase::Head if self.raw.end == 0 => CutAt::Start,
            Phase::Head => CutAt::Head,
            Phase::Body { decoder: BodyDecoder::Sized(left), .. } => CutAt::Body { missing: Some(*left) },
            Phase::Body { decoder: BodyDecoder::Chunked(_), .. } => CutAt::Body { missing: None },
            Phase::Body { decoder, .. } => {
                *decoder = BodyDecoder::Done;
                // Without a length the connection's end is the body's.
                self.closed = true;
                return Ok(());
            }
        };
        Err(Error::Cut(at))
    }

    /// Makes what it can of the bytes that are there.
    pub(crate) fn step(&mut self, buffer: &mut [u8]) -> Result<Step, Error> {
        loop {
            let more = match self.phase {
                Phase::Head => self.read_head(buffer)?,
                Phase::Body { .. } => self.read_body(buffer)?,
            };
            if let Some(step) = more {
                return Ok(step);
            }
        }
    }

    /// The answer. `delivered`: where the body of a GET went, if into memory.
    pub(crate) fn finish<'b>(&self, buffer: &'b [u8], delivered: &'b [u8]) -> Result<Response<'b>, Error> {
        let head = self.head(buffer)?;
        let kept = buffer.get(self.head_end..self.kept_end).unwrap_or_default();
        let answer = head.parsed();
        match answer.verdict() {
            Verdict::Done | Verdict::DoneCallbackFailed => {}
            Verdict::Redirected => return Err(Error::Redirected { status: head.status }),
            _ => return Err(Error::Service { status: head.status }),
        }
        // In answer to a range (206) it is the CRC of the whole object.
        let comparable = self.sending.is_some() || head.status == 200;
        let stated = if comparable { answer.crc64().map_err(|_| Malformed::Checksum)? } else { None };
        let ours = self.checksum.value();
        match stated {
            Some(theirs) if theirs != ours => Err(Error::ChecksumMismatch { ours, theirs }),
            _ => Ok(Response {
                head,
                body: if self.capacity.is_some() { delivered } else { kept },
                length: self.length,
                truncated: self.truncated,
                verified: stated.is_some(),
            }),
        }
    }

    /// Where the refusal stands that [`finish`](Self::finish) has found.
    pub(crate) fn refusal(&self) -> Refusal {
        Refusal { head_end: self.head_end, kept_end: self.kept_end }
    }

    /// Whether another request may follow on the same stream.
    pub(crate) fn is_reusable(&self, buffer: &[u8]) -> bool {
        let Ok(head) = self.head(buffer) else { return false };
        let options = head
            .headers()
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"connection"))
            .flat_map(|(_, value)| value.split(|&byte| byte == b','));
        let mut persistent = head.persistent;
        for option in options {
            if option.trim_ascii().eq_ignore_ascii_case(b"close") {
                return false;
            }
            persistent |= option.trim_ascii().eq_ignore_ascii_case(b"keep-alive");
        }
        // Bytes after the end of an answer belong to nothing that was asked for.
        persistent && !self.truncated && !self.closed && self.raw.is_empty()
    }

    fn head<'b>(&self, buffer: &'b [u8]) -> Result<RawHead<'b>, Error> {
        RawHead::parse(buffer.get(..self.head_end).unwrap_or_default()).map_err(|error| {
            Error::Malformed(match error {
                HeadError::StatusLine => Malformed::StatusLine,
                HeadError::HeaderLine => Malformed::HeaderLine,
                HeadError::TooManyHeaders => Malformed::TooManyHeaders,
            })
        })
    }

    fn read_head(&mut self, buffer: &mut [u8]) -> Result<Option<Step>, Error> {
        // `start` of the raw bytes is where the search for the empty line goes on.
        let bytes = buffer.get(..self.raw.end).unwrap_or_default();
        let Some(end) = end_of_head(bytes, self.raw.start) else {
            self.raw.start = self.raw.end;
            return if self.raw.end >= buffer.len() {
                Err(Error::HeadTooLong { capacity: buffer.len() })
            } else {
                Ok(Some(Step::Read))
            };
        };
        self.head_end = end;
        let head = self.head(buffer)?;
        if head.status < 200 {
            self.interim += 1;
            if self.interim > MAX_INTERIM || head.status == 101 {
                return Err(Error::Malformed(Malformed::Interim));
            }
            move_down(buffer, end..self.raw.end, 0);
            self.raw = 0..self.raw.end.saturating_sub(end);
            return Ok(None);
        }
        let decoder = BodyDecoder::new(head).map_err(|_| Error::Malformed(Malformed::Framing))?;
        let deliver = self.capacity.is_some() && (200..=299).contains(&head.status);
        if deliver
            && let (Some(needed), Some(capacity)) = (decoder.announced(), self.capacity)
            && needed > capacity
        {
            return Err(Error::BodyTooLong { needed: Some(needed), capacity });
        }
        self.kept_end = end;
        self.raw.start = end;
        self.phase = Phase::Body { decoder, deliver };
        Ok(None)
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> Result<Option<Step>, Error> {
        let Phase::Body { decoder, deliver } = &mut self.phase else { return Ok(None) };
        if *decoder == BodyDecoder::Done {
            return Ok(Some(Step::Finish));
        }
        if self.raw.is_empty() {
            self.raw = self.kept_end..self.kept_end;
            if self.kept_end < buffer.len() {
                return Ok(Some(Step::Read));
            }
            if *deliver {
                return Err(Error::HeadTooLong { capacity: buffer.len() });
            }
            self.truncated = true;
            *decoder = BodyDecoder::Done;
            return Ok(None);
        }
        let raw = buffer.get(self.raw.clone()).unwrap_or_default();
        let (skip, count) = decoder.decode(raw).map_err(|_| Error::Malformed(Malformed::Framing))?;
        let from = self.raw.start.saturating_add(skip);
        let data = from..from.saturating_add(count);
        self.raw.start = data.end;
        self.length = self.length.saturating_add(count as u64);
        if data.is_empty() {
            return Ok(None);
        }
        if *deliver {
            if let Some(capacity) = self.capacity
                && self.length > capacity
            {
                return Err(Error::BodyTooLong { needed: None, capacity });
            }
            self.checksum.update(buffer.get(data.clone()).unwrap_or_default());
            return Ok(Some(Step::Deliver(data)));
        }
        move_down(buffer, data, self.kept_end);
        self.kept_end = self.kept_end.saturating_add(count);
        Ok(None)
    }
}

/// `copy_within` for a destination before the source, without its panics.
fn move_down(buffer: &mut [u8], from: Range<usize>, to: usize) {
    for (offset, index) in from.enumerate() {
        let byte = buffer.get(index).copied().unwrap_or_default();
        if let Some(slot) = buffer.get_mut(to.saturating_add(offset)) {
            *slot = byte;
        }
    }
}
