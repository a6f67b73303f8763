//! Over [`embedded_io_async`]: the same verbs as in `blocking`, to be awaited.

use core::ops::Range;

use embedded_io::Error as _;
use embedded_io_async::{ErrorKind, Read, Write};

use crate::exchange::{Exchange, Step};
use crate::session::{Filling, Session};
use crate::{Error, HttpRequest, Now, Response, ServiceError};

/// One HTTP/1.1 connection over a stream that the caller has connected (and encrypted).
///
/// The buffer takes the head of each answer, then whatever of its body belongs to nobody else: 1 KiB is enough for
/// OSS, and 2 KiB keep the whole XML of a refused signature for [`service_error`](Self::service_error).
///
/// A read that never returns blocks for ever: give the stream a timeout that ends in
/// [`ErrorKind::TimedOut`]. Dropping a
/// future half-way is safe: the connection then counts as closed.
#[derive(Debug)]
pub struct Connection<'b, S> {
    stream: S,
    session: Session<'b>,
}

impl<'b, S> Connection<'b, S> {
    /// Takes a connected stream, and a buffer for the heads of answers.
    pub fn new(stream: S, buffer: &'b mut [u8]) -> Self {
        Self { stream, session: Session::new(buffer) }
    }

    /// Whether another request can go over this connection.
    pub fn is_open(&self) -> bool {
        self.session.is_open()
    }

    /// Why the last request ended in [`Error::Service`]; none if it did not.
    pub fn service_error(&self) -> Option<ServiceError<'_>> {
        self.session.service_error()
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
    pub async fn put(
        &mut self,
        request: &HttpRequest<'_>,
        body: &[u8],
        now: Now,
    ) -> Result<Response<'_>, Error> {
        self.put_from(request, body, body.len() as u64, now).await
    }

    /// Uploads `length` bytes from a reader with a presigned PUT, through a piece of the connection's buffer.
    ///
    /// # Errors
    /// As [`put`](Self::put), and [`Error::BodySource`] or [`Error::BodySourceShort`] when the reader fails or ends
    /// early. A reader that has more is left where it is.
    pub async fn put_from<R>(
        &mut self,
        request: &HttpRequest<'_>,
        mut body: R,
        length: u64,
        now: Now,
    ) -> Result<Response<'_>, Error>
    where
        R: Read,
    {
        let mut exchange = self.session.begin(Exchange::put(request, length, now)?)?;
        let sent = match self.send_head(&mut exchange, request).await {
            Ok(()) => self.send_body(&mut exchange, &mut body, length).await,
            Err(error) => Err(error),
        };
        let received = match sent {
            Err(error @ (Error::BodySource(_) | Error::BodySourceShort { .. })) => return Err(error),
            _ => self.receive(&mut exchange).await,
        };
        self.session.finish_sending(&exchange, sent, received)
    }

    /// Fetches an object into `out` with a presigned GET.
    ///
    /// # Errors
    /// [`Error`]; [`Error::BodyTooLong`] when the object is larger than `out`, before any of it is read if OSS states
    /// its size.
    pub async fn get<'s>(
        &'s mut self,
        request: &HttpRequest<'_>,
        out: &'s mut [u8],
        now: Now,
    ) -> Result<Response<'s>, Error> {
        let mut exchange = self.session.begin(Exchange::get(request, out.len() as u64, now)?)?;
        self.send_head(&mut exchange, request).await?;
        self.stream.flush().await.map_err(io)?;
        let mut filling = Filling::new(out);
        while let Some(piece) = self.receive(&mut exchange).await? {
            filling.take(self.session.buffer.get(piece).unwrap_or_default());
        }
        self.session.finish(&exchange, filling.into_filled())
    }

    /// Fetches an object of at most `limit` bytes into a writer (a flash driver, say) with a presigned GET.
    ///
    /// The CRC-64 can only be compared after the last byte: do not use what the writer got before this returns.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`Error::BodySink`] when the writer fails.
    pub async fn get_to<W>(
        &mut self,
        request: &HttpRequest<'_>,
        mut sink: W,
        limit: u64,
        now: Now,
    ) -> Result<Response<'_>, Error>
    where
        W: Write,
    {
        let mut exchange = self.session.begin(Exchange::get(request, limit, now)?)?;
        self.send_head(&mut exchange, request).await?;
        self.stream.flush().await.map_err(io)?;
        while let Some(piece) = self.receive(&mut exchange).await? {
            let piece = self.session.buffer.get(piece).unwrap_or_default();
            write_all(&mut sink, piece).await.map_err(Error::BodySink)?;
        }
        sink.flush().await.map_err(|error| Error::BodySink(error.kind()))?;
        self.session.finish(&exchange, &[])
    }

    async fn send_head(&mut self, exchange: &mut Exchange, request: &HttpRequest<'_>) -> Result<(), Error> {
        while let Some(piece) = self.session.head(exchange, request) {
            write_all(&mut self.stream, piece).await.map_err(Error::Io)?;
        }
        Ok(())
    }

    async fn send_body<R>(&mut self, exchange: &mut Exchange, body: &mut R, length: u64) -> Result<(), Error>
    where
        R: Read,
    {
        let mut missing = length;
        while let Some(room) = self.session.body_room(missing) {
            let count = body.read(room).await.map_err(|error| Error::BodySource(error.kind()))?;
            let (piece, left) = self.session.body_piece(exchange, count, missing)?;
            write_all(&mut self.stream, piece).await.map_err(Error::Io)?;
            missing = left;
        }
        self.stream.flush().await.map_err(io)
    }

    /// Reads on to the next piece of a body that is to be delivered, or to the end.
    async fn receive(&mut self, exchange: &mut Exchange) -> Result<Option<Range<usize>>, Error> {
        loop {
            match exchange.step(self.session.buffer)? {
                Step::Read => {
                    let room = exchange.room(self.session.buffer);
                    let count = self.stream.read(room).await.map_err(io)?;
                    exchange.received(count, self.session.buffer)?;
                }
                Step::Deliver(piece) => return Ok(Some(piece)),
                Step::Finish => return Ok(None),
            }
        }
    }
}

/// `Write::write_all` without its panic on a stream that takes nothing.
async fn write_all<W: Write>(stream: &mut W, mut bytes: &[u8]) -> Result<(), ErrorKind> {
    while !bytes.is_empty() {
        match stream.write(bytes).await {
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
