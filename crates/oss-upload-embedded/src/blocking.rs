//! Over [`embedded_io`]: waits within each call.

use core::ops::Range;

use embedded_io::{Error as _, ErrorKind, Read, Write};

use crate::exchange::{Exchange, Refusal, Step};
use crate::{Error, Now, Outgoing, Response, ServiceError};

/// One HTTP/1.1 connection over a stream that the caller has connected (and encrypted).
///
/// The buffer takes the head of each answer, then whatever of its body belongs to nobody else: 1 KiB is enough for
/// OSS, and 2 KiB keep the whole XML of a refused signature for [`service_error`](Self::service_error).
///
/// A read that never returns blocks for ever: give the stream a timeout that ends in
/// [`ErrorKind::TimedOut`].
#[derive(Debug)]
pub struct Connection<'b, S> {
    stream: S,
    buffer: &'b mut [u8],
    open: bool,
    refused: Option<Refusal>,
}

impl<'b, S> Connection<'b, S> {
    /// Takes a connected stream, and a buffer for the heads of answers.
    pub fn new(stream: S, buffer: &'b mut [u8]) -> Self {
        Self { stream, buffer, open: true, refused: None }
    }

    /// Whether another request can go over this connection.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Why the last request ended in [`Error::Service`]; none if it did not.
    pub fn service_error(&self) -> Option<ServiceError<'_>> {
        self.refused.as_ref()?.service_error(self.buffer)
    }

    /// Gives the stream back, to close it or to use it for something else.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S> Connection<'_, S>
where
    S: Read + Write,
{
    /// Uploads `body` with a presigned PUT.
    ///
    /// # Errors
    /// [`Error`]; nothing was sent where its variant says so.
    pub fn put(&mut self, outgoing: &Outgoing<'_>, body: &[u8], now: Now) -> Result<Response<'_>, Error> {
        self.put_from(outgoing, body, body.len() as u64, now)
    }

    /// Uploads `length` bytes from a reader with a presigned PUT, through a piece of the connection's buffer.
    ///
    /// # Errors
    /// As [`put`](Self::put), and [`Error::BodySource`] or [`Error::BodySourceShort`] when the reader fails or ends
    /// early. A reader that has more is left where it is.
    pub fn put_from<R>(
        &mut self,
        outgoing: &Outgoing<'_>,
        mut body: R,
        length: u64,
        now: Now,
    ) -> Result<Response<'_>, Error>
    where
        R: Read,
    {
        let mut exchange = self.begin(Exchange::put(outgoing, length, now)?)?;
        let sent = match self.send_head(&mut exchange, outgoing) {
            Ok(()) => self.send_body(&mut exchange, &mut body, length),
            Err(error) => Err(error),
        };
        let received = match sent {
            Err(error @ (Error::BodySource(_) | Error::BodySourceShort { .. })) => return Err(error),
            _ => self.receive(&mut exchange),
        };
        match (sent, received) {
            (Ok(()), Ok(_)) => self.finish(&exchange, &[]),
            (Ok(()), Err(error)) => Err(error),
            // OSS may refuse and close before it has read the whole body: its reason says more than the broken pipe.
            (Err(broken), Ok(_)) => {
                let error = match self.finish(&exchange, &[]) {
                    Err(refused @ Error::Service { .. }) => refused,
                    _ => broken,
                };
                self.open = false;
                Err(error)
            }
            (Err(broken), Err(_)) => Err(broken),
        }
    }

    /// Fetches an object into `out` with a presigned GET.
    ///
    /// # Errors
    /// [`Error`]; [`Error::BodyTooLong`] when the object is larger than `out`, before any of it is read if OSS states
    /// its size.
    pub fn get<'s>(
        &'s mut self,
        outgoing: &Outgoing<'_>,
        out: &'s mut [u8],
        now: Now,
    ) -> Result<Response<'s>, Error> {
        let mut exchange = self.begin(Exchange::get(outgoing, out.len() as u64, now)?)?;
        self.send_head(&mut exchange, outgoing)?;
        self.stream.flush().map_err(io)?;
        let mut filled = 0usize;
        while let Some(piece) = self.receive(&mut exchange)? {
            let piece = self.buffer.get(piece).unwrap_or_default();
            for (from, to) in piece.iter().zip(out.iter_mut().skip(filled)) {
                *to = *from;
            }
            filled = filled.saturating_add(piece.len());
        }
        self.finish(&exchange, out.get(..filled).unwrap_or_default())
    }

    /// Fetches an object of at most `limit` bytes into a writer (a flash driver, say) with a presigned GET.
    ///
    /// The CRC-64 can only be compared after the last byte: do not use what the writer got before this returns.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`Error::BodySink`] when the writer fails.
    pub fn get_to<W>(
        &mut self,
        outgoing: &Outgoing<'_>,
        mut sink: W,
        limit: u64,
        now: Now,
    ) -> Result<Response<'_>, Error>
    where
        W: Write,
    {
        let mut exchange = self.begin(Exchange::get(outgoing, limit, now)?)?;
        self.send_head(&mut exchange, outgoing)?;
        self.stream.flush().map_err(io)?;
        while let Some(piece) = self.receive(&mut exchange)? {
            let piece = self.buffer.get(piece).unwrap_or_default();
            write_all(&mut sink, piece).map_err(Error::BodySink)?;
        }
        sink.flush().map_err(|error| Error::BodySink(error.kind()))?;
        self.finish(&exchange, &[])
    }

    /// Open again only when an exchange has come to its end, so that one that failed or was dropped half-way leaves
    /// no bytes for the next.
    fn begin(&mut self, exchange: Exchange) -> Result<Exchange, Error> {
        if self.buffer.is_empty() {
            return Err(Error::HeadTooLong { capacity: 0 });
        }
        if !self.open {
            return Err(Error::ConnectionClosed);
        }
        self.open = false;
        self.refused = None;
        Ok(exchange)
    }

    fn send_head(&mut self, exchange: &mut Exchange, outgoing: &Outgoing<'_>) -> Result<(), Error> {
        loop {
            let piece = exchange.next_head(outgoing, self.buffer);
            if piece.is_empty() {
                return Ok(());
            }
            write_all(&mut self.stream, piece).map_err(Error::Io)?;
        }
    }

    fn send_body<R>(&mut self, exchange: &mut Exchange, body: &mut R, length: u64) -> Result<(), Error>
    where
        R: Read,
    {
        let mut missing = length;
        while missing > 0 {
            let room = usize::try_from(missing).unwrap_or(usize::MAX).min(self.buffer.len());
            let room = self.buffer.get_mut(..room).unwrap_or_default();
            let count = body.read(room).map_err(|error| Error::BodySource(error.kind()))?;
            let piece = room.get(..count).unwrap_or_default();
            if piece.is_empty() {
                return Err(Error::BodySourceShort { missing });
            }
            exchange.sent(piece);
            write_all(&mut self.stream, piece).map_err(Error::Io)?;
            missing = missing.saturating_sub(piece.len() as u64);
        }
        self.stream.flush().map_err(io)
    }

    /// Reads on to the next piece of a body that is to be delivered, or to the end.
    fn receive(&mut self, exchange: &mut Exchange) -> Result<Option<Range<usize>>, Error> {
        loop {
            match exchange.step(self.buffer)? {
                Step::Read => {
                    let count = self.stream.read(exchange.room(self.buffer)).map_err(io)?;
                    exchange.received(count, self.buffer)?;
                }
                Step::Deliver(piece) => return Ok(Some(piece)),
                Step::Finish => return Ok(None),
            }
        }
    }

    fn finish<'s>(&'s mut self, exchange: &Exchange, delivered: &'s [u8]) -> Result<Response<'s>, Error> {
        self.open = exchange.is_reusable(self.buffer);
        let answer = exchange.finish(self.buffer, delivered);
        if let Err(Error::Service { .. }) = answer {
            self.refused = Some(exchange.refusal());
        }
        answer
    }
}

/// `Write::write_all` without its panic on a stream that takes nothing.
fn write_all<W: Write>(stream: &mut W, mut bytes: &[u8]) -> Result<(), ErrorKind> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) => return Err(error.kind()),
        }
    }
    Ok(())
}

fn io<E: embedded_io::Error>(error: E) -> Error {
    Error::Io(error.kind())
}
