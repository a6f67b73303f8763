//! What a connection knows beside its stream: the buffer, whether another request may follow, and the last refusal.
//! The drivers (`blocking`, `asynchronous`) move bytes and ask here.

use crate::exchange::{Exchange, Refusal};
use crate::{Error, HttpRequest, Response, ServiceError};

#[derive(Debug)]
pub(crate) struct Session<'b> {
    pub(crate) buffer: &'b mut [u8],
    open: bool,
    refused: Option<Refusal>,
}

impl<'b> Session<'b> {
    pub(crate) fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, open: true, refused: None }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn service_error(&self) -> Option<ServiceError<'_>> {
        self.refused.as_ref()?.service_error(self.buffer)
    }

    /// Open again only when an exchange has come to its end, so that one that failed or was dropped half-way leaves
    /// no bytes for the next.
    pub(crate) fn begin(&mut self, exchange: Exchange) -> Result<Exchange, Error> {
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

    /// The next bytes of the request's head; none when it is over.
    pub(crate) fn head(&mut self, exchange: &mut Exchange, request: &HttpRequest<'_>) -> Option<&[u8]> {
        let piece = exchange.next_head(request, self.buffer);
        if piece.is_empty() { None } else { Some(piece) }
    }

    /// Where the next bytes of a body come that still has `missing` ones; none when it is over.
    pub(crate) fn body_room(&mut self, missing: u64) -> Option<&mut [u8]> {
        let room = usize::try_from(missing).unwrap_or(usize::MAX).min(self.buffer.len());
        self.buffer.get_mut(..room).filter(|room| !room.is_empty())
    }

    /// The piece of a body that was read into that room, and what is missing behind it.
    pub(crate) fn body_piece(
        &self,
        exchange: &mut Exchange,
        count: usize,
        missing: u64,
    ) -> Result<(&[u8], u64), Error> {
        let piece = self.buffer.get(..count).unwrap_or_default();
        // A reader that claims more than it had room for has not been asked for the rest.
        if piece.is_empty() || piece.len() as u64 > missing {
            return Err(Error::BodySourceShort { missing });
        }
        exchange.sent(piece);
        Ok((piece, missing.saturating_sub(piece.len() as u64)))
    }

    /// The end of an exchange that has sent a body, or failed to, and then read on.
    pub(crate) fn finish_sending<T>(
        &mut self,
        exchange: &Exchange,
        sent: Result<(), Error>,
        received: Result<T, Error>,
    ) -> Result<Response<'_>, Error> {
        match (sent, received) {
            (Ok(()), Ok(_)) => self.finish(exchange, &[]),
            (Ok(()), Err(error)) => Err(error),
            // OSS may refuse and close before it has read the whole body: its reason says more than the broken pipe.
            (Err(broken), Ok(_)) => {
                let error = match self.finish(exchange, &[]) {
                    Err(refused @ Error::Service { .. }) => refused,
                    _ => broken,
                };
                self.open = false;
                Err(error)
            }
            (Err(broken), Err(_)) => Err(broken),
        }
    }

    /// The end of an exchange whose answer was read.
    pub(crate) fn finish<'s>(
        &'s mut self,
        exchange: &Exchange,
        delivered: &'s [u8],
    ) -> Result<Response<'s>, Error> {
        self.open = exchange.is_reusable(self.buffer);
        let answer = exchange.finish(self.buffer, delivered);
        if let Err(Error::Service { .. }) = answer {
            self.refused = Some(exchange.refusal());
        }
        answer
    }
}

/// The caller's memory, as a body fills it.
pub(crate) struct Filling<'o> {
    out: &'o mut [u8],
    filled: usize,
}

impl<'o> Filling<'o> {
    pub(crate) fn new(out: &'o mut [u8]) -> Self {
        Self { out, filled: 0 }
    }

    pub(crate) fn take(&mut self, piece: &[u8]) {
        for (from, to) in piece.iter().zip(self.out.iter_mut().skip(self.filled)) {
            *to = *from;
        }
        self.filled = self.filled.saturating_add(piece.len());
    }

    pub(crate) fn into_filled(self) -> &'o [u8] {
        let out: &'o [u8] = self.out;
        out.get(..self.filled).unwrap_or_default()
    }
}
