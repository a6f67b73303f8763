//! The bytes of an object, piece by piece, over as many attempts as it takes.

use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use oss_upload::files::Destination;
use oss_upload::{
    ByteRange, Continuation, Download, Downloaded, IntegrityError, Monitor, Progress, TransferError,
};
use ureq::BodyReader;

use crate::context::Context;
use crate::exchange::{answer, exchange, read_error};

/// A running download.
pub(crate) struct Fetch {
    context: Context,
    state: Download,
    response: Option<BodyReader<'static>>,
    /// Running MD5 of the whole object, where that is wanted, and what it must be.
    md5: Option<Md5>,
    remote_md5: Option<String>,
}

/// What comes next.
pub(crate) enum Piece {
    /// So many bytes follow; they are in the buffer.
    Data(usize),
    /// Everything so far is void; the object comes from its beginning.
    Restart,
    /// That was all, and it was right.
    End(Downloaded),
}

impl Fetch {
    pub(crate) fn new(context: Context, range: Option<ByteRange>) -> Self {
        let state = Download::new(range);
        let mut fixed = context.presigned.headers().iter().chain(&context.extra);
        let fixed = fixed.any(|(name, _)| name.eq_ignore_ascii_case("range"));
        let state = if fixed { state.with_fixed_range() } else { state };
        let md5 = (context.uploader.options.verify_md5 && range.is_none()).then(Md5::new);
        Self { context, state, response: None, md5, remote_md5: None }
    }

    /// Accepts only the version of the object with this ETag.
    pub(crate) fn with_etag(mut self, etag: &str) -> Self {
        self.state = self.state.with_etag(etag);
        self
    }

    /// What watches over this download.
    pub(crate) fn monitor(&self) -> &Monitor {
        &self.context.monitor
    }

    /// How far it is.
    pub(crate) fn state(&self) -> &Download {
        &self.state
    }

    /// The URL in use.
    pub(crate) fn url(&self) -> &str {
        self.context.presigned.url()
    }

    /// Goes on with what an earlier process left of the same download, if there is anything.
    pub(crate) fn reopen(&mut self, path: &Path) -> Result<Option<Destination>, TransferError> {
        if !self.state.can_ask_for_ranges() {
            return Ok(None);
        }
        let cancel = &self.context.cancel;
        let found = Destination::reopen(path, self.url(), self.state.wanted(), || cancel.check())?;
        Ok(found.map(|(destination, state)| {
            self.state = state;
            destination
        }))
    }

    pub(crate) fn next(&mut self, buffer: &mut [u8]) -> Result<Piece, TransferError> {
        loop {
            let error = match self.step(buffer) {
                Ok(piece) => return Ok(piece),
                Err(error) => error,
            };
            self.response = None;
            if self.state.is_outdated(&error) {
                self.state.restart();
                self.restart_md5();
                return Ok(Piece::Restart);
            }
            let setback = self.state.setback(&error);
            if setback.progressed {
                self.context.attempts.progressed();
            }
            let possible = !setback.discards || self.context.restartable;
            self.context.after_failure(error, setback.failure, possible)?;
            if self.state.recover(setback) == Continuation::Restart {
                self.restart_md5();
                return Ok(Piece::Restart);
            }
        }
    }

    fn step(&mut self, buffer: &mut [u8]) -> Result<Piece, TransferError> {
        self.context.cancel.check()?;
        let response = match &mut self.response {
            Some(response) => response,
            None => {
                let (response, continuation) = self.ask()?;
                let response = self.response.insert(response);
                if continuation == Continuation::Restart {
                    self.restart_md5();
                    return Ok(Piece::Restart);
                }
                response
            }
        };
        let n = response.read(buffer).map_err(read_error)?;
        if n == 0 {
            self.state.check_complete()?;
            self.check_md5()?;
            let verify = self.context.uploader.options.verify_crc;
            return Ok(Piece::End(self.state.finish(verify, self.context.attempts.number())?));
        }
        let data = buffer.get(..n).unwrap_or_default();
        self.state.take(data)?;
        if let Some(md5) = &mut self.md5 {
            md5.update(data);
        }
        if let Some(pacer) = &self.context.uploader.pacer {
            let wait = pacer.reserve(n as u64);
            self.context.cancel.sleep(wait)?;
        }
        let attempt = self.context.attempts.number();
        self.context.monitor.report(Progress::new(self.state.received(), self.state.expected(), attempt));
        Ok(Piece::Data(n))
    }

    fn restart_md5(&mut self) {
        if let Some(md5) = &mut self.md5 {
            *md5 = Md5::new();
        }
    }

    /// Compares the MD5 of a complete download with the `Content-MD5` that came with it.
    fn check_md5(&self) -> Result<(), IntegrityError> {
        match (&self.md5, &self.remote_md5) {
            (Some(md5), Some(remote)) if STANDARD.encode(md5.clone().finalize()) != *remote => {
                Err(IntegrityError::Md5)
            }
            _ => Ok(()),
        }
    }

    /// Sends the request for what is still missing.
    fn ask(&mut self) -> Result<(BodyReader<'static>, Continuation), TransferError> {
        let prepared = self.context.prepare("GET", None)?;
        let sent = exchange(&self.context, &prepared, None, &self.state.headers());
        let response = sent.map_err(|error| self.state.interpret(error))?;
        let answer = answer(&response);
        let continuation =
            self.state.begin(&answer, self.context.presigned.url(), self.context.restartable)?;
        if answer.status == 200 {
            self.remote_md5 = answer.content_md5.map(str::to_string);
        }
        Ok((response.into_body().into_reader(), continuation))
    }
}
