//! The bytes of an object, piece by piece, over as many attempts as it takes.

use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use oss_upload::files::Destination;
use oss_upload::{
    ByteRange, Continuation, Download, DownloadError, Downloaded, IntegrityError, Monitor, Progress,
    TransferError,
};
use ureq::BodyReader;

use crate::context::Context;
use crate::exchange::{answer, exchange, read_error};

/// So many bytes since the last failure, and the count of attempts starts anew.
const GOOD_PROGRESS: u64 = 1 << 20;

/// A running download.
pub(crate) struct Fetch {
    context: Context,
    state: Download,
    response: Option<BodyReader<'static>>,
    /// Bytes that had been received when the current attempt began.
    mark: u64,
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
        Self { context, state, response: None, mark: 0, md5, remote_md5: None }
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
        Ok(found.map(|(destination, state)| self.resume(destination, state)))
    }

    fn resume(&mut self, destination: Destination, state: Download) -> Destination {
        self.mark = state.received();
        self.state = state;
        destination
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
                self.mark = 0;
                self.restart_md5();
                return Ok(Piece::Restart);
            }
            let (failure, void) = self.state.judge(&error);
            if self.state.received().saturating_sub(self.mark) >= GOOD_PROGRESS && !void {
                self.context.attempts.progressed();
            }
            let restart = void || !self.state.can_resume();
            let began = self.state.received() > 0;
            let possible = !restart || !began || self.context.restartable;
            self.context.after_failure(error, failure, possible)?;
            if restart {
                self.state.restart();
            }
            self.mark = self.state.received();
            if restart && began {
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
        let mut more = Vec::new();
        if let Some(range) = self.state.range() {
            more.push(("range", range.to_string()));
        }
        if let Some(etag) = self.state.if_match() {
            more.push(("if-match", etag.to_string()));
        }
        let response = match exchange(&self.context, &prepared, None, &more) {
            Err(TransferError::Service(error))
                if error.status() == 412 && self.state.if_match().is_some() =>
            {
                return Err(TransferError::Changed { what: "the object" });
            }
            other => other?,
        };
        if !answer(&response).names_result(self.context.presigned.url()) {
            return Err(TransferError::UnexpectedAnswer {
                what: "a success without an ETag and a checksum: not from OSS",
            });
        }
        let began = self.state.received() > 0;
        let continuation = self.state.accept(&answer(&response)).map_err(|error| match error {
            DownloadError::Changed => TransferError::Changed { what: "the object" },
            _ => TransferError::UnexpectedAnswer { what: "not the range that was asked for" },
        })?;
        if response.status() == 200 {
            self.remote_md5 = answer(&response).content_md5.map(str::to_string);
        }
        if continuation == Continuation::Restart && began && !self.context.restartable {
            return Err(TransferError::UnexpectedAnswer {
                what: "the whole object where a range was asked for",
            });
        }
        Ok((response.into_body().into_reader(), continuation))
    }
}
