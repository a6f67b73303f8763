//! The bytes of an object, piece by piece, over as many attempts as it takes.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use oss_upload::files::Destination;
use oss_upload::{
    ByteRange, Continuation, Download, Downloaded, IntegrityError, Monitor, Progress, TransferError,
};
use reqwest::Response;

use crate::body::blocking;
use crate::context::{Context, while_moving};
use crate::exchange::{answer, connection_error, exchange};

/// A running download.
pub(crate) struct Fetch {
    context: Context,
    state: Download,
    response: Option<Response>,
    /// Running MD5 of the whole object, where that is wanted, and what it must be.
    md5: Option<Md5>,
    remote_md5: Option<String>,
}

/// What comes next.
pub(crate) enum Piece {
    /// These bytes follow.
    Data(Bytes),
    /// Everything so far is void; the object comes from its beginning.
    Restart,
    /// That was all, and it was right.
    End(Downloaded),
}

impl Fetch {
    pub(crate) fn new(context: Context, range: Option<ByteRange>) -> Self {
        let state = Download::new(range);
        let fixed = context.presigned.headers().iter().chain(&context.extra);
        let fixed = fixed.into_iter().any(|(name, _)| name.eq_ignore_ascii_case("range"));
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
    pub(crate) async fn reopen(&mut self, path: &Path) -> Result<Option<Destination>, TransferError> {
        if !self.state.can_ask_for_ranges() {
            return Ok(None);
        }
        let (path, url, wanted) = (path.to_path_buf(), self.url().to_string(), self.state.wanted());
        let reopen = move || Destination::reopen(&path, &url, wanted, || Ok(()));
        let found = blocking("reading the partial file", reopen).await?;
        Ok(found.map(|(destination, state)| {
            self.state = state;
            destination
        }))
    }

    pub(crate) async fn next(&mut self) -> Result<Piece, TransferError> {
        loop {
            let error = match self.step().await {
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
            self.context.after_failure(error, setback.failure, possible).await?;
            if self.state.recover(setback) == Continuation::Restart {
                self.restart_md5();
                return Ok(Piece::Restart);
            }
        }
    }

    async fn step(&mut self) -> Result<Piece, TransferError> {
        let response = match &mut self.response {
            Some(response) => response,
            None => {
                let (response, continuation) = self.ask().await?;
                let response = self.response.insert(response);
                if continuation == Continuation::Restart {
                    self.restart_md5();
                    return Ok(Piece::Restart);
                }
                response
            }
        };
        let idle = self.context.uploader.options.timeouts.idle;
        let chunk =
            while_moving(&self.context.monitor, idle, response.chunk()).await?.map_err(connection_error)?;
        let Some(chunk) = chunk else {
            self.state.check_complete()?;
            self.check_md5()?;
            let verify = self.context.uploader.options.verify_crc;
            return Ok(Piece::End(self.state.finish(verify, self.context.attempts.number())?));
        };
        self.state.take(&chunk)?;
        if let Some(md5) = &mut self.md5 {
            md5.update(&chunk);
        }
        if let Some(pacer) = &self.context.uploader.pacer {
            let wait = pacer.reserve(chunk.len() as u64);
            tokio::time::sleep(wait).await;
        }
        let attempt = self.context.attempts.number();
        self.context.monitor.report(Progress::new(self.state.received(), self.state.expected(), attempt));
        Ok(Piece::Data(chunk))
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
    async fn ask(&mut self) -> Result<(Response, Continuation), TransferError> {
        let prepared = self.context.prepare("GET", None)?;
        let sent = exchange(&self.context, &prepared, None, &self.state.headers()).await;
        let response = sent.map_err(|error| self.state.interpret(error))?;
        let answer = answer(&response);
        let continuation =
            self.state.begin(&answer, self.context.presigned.url(), self.context.restartable)?;
        if answer.status == 200 {
            self.remote_md5 = answer.content_md5.map(str::to_string);
        }
        Ok((response, continuation))
    }
}
