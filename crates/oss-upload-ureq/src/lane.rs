//! Carries out one transfer at a time: does what its state machine says, and tells it what became of it.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use oss_presign::PresignedRequest;
use oss_upload::driver::{
    self, Action, Activity, Event, ProgressSink, RequestToSend, Setup, Surroundings, Transfer,
};
use oss_upload::{BoxError, RefreshReason, TransferError};
use tracing::Span;
use ureq::BodyReader;

use crate::body::Body;
use crate::body_stream::BodyStream;
use crate::cancel::CancelToken;
use crate::exchange::{exchange, head, read_error};
use crate::uploader::Uploader;

/// Supplies a freshly signed request.
pub(crate) type SignHook = Arc<dyn Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync>;

/// What carries out transfers, one at a time.
pub(crate) struct Lane {
    pub(crate) uploader: Uploader,
    pub(crate) activity: Arc<Activity>,
    pub(crate) cancel: CancelToken,
    pub(crate) sign: Option<SignHook>,
    answer: Option<BodyReader<'static>>,
}

/// A body to send, and who counts its bytes.
pub(crate) struct Load<'a> {
    pub(crate) body: &'a Body,
    pub(crate) progress: Arc<dyn ProgressSink>,
}

/// What comes next of a transfer: so many bytes in the buffer, or its end.
pub(crate) type Piece<T> = driver::Piece<usize, T>;

impl Lane {
    pub(crate) fn new(uploader: &Uploader) -> Self {
        let activity = Arc::new(Activity::new(uploader.options.progress_interval));
        Self { uploader: uploader.clone(), activity, cancel: CancelToken::new(), sign: None, answer: None }
    }

    /// A lane for some of the requests of this one's operation: it began when the whole did.
    pub(crate) fn fork(&self, cancel: CancelToken, sign: Option<SignHook>) -> Self {
        let activity = Arc::new(self.activity.fork());
        Self { uploader: self.uploader.clone(), activity, cancel, sign, answer: None }
    }

    /// What this lane is to do with a presigned request.
    pub(crate) fn setup(&self, presigned: PresignedRequest, extra: Vec<(String, String)>) -> Setup {
        let refreshable = self.sign.is_some();
        let mut setup = Setup::new(presigned, self.uploader.options);
        (setup.extra, setup.refreshable) = (extra, refreshable);
        setup
    }

    /// Carries out a transfer that delivers nothing.
    pub(crate) fn run<M: Transfer>(
        &mut self,
        machine: &mut M,
        load: Option<&Load<'_>>,
    ) -> Result<M::Output, TransferError> {
        // Nearly every answer is empty: nothing large is set up for it.
        let mut buffer = [0; 4 << 10];
        loop {
            if let Piece::End(done) = self.next(machine, load, &mut buffer)? {
                return Ok(done);
            }
        }
    }

    /// Carries out a transfer up to the next bytes that it delivers.
    pub(crate) fn next<M: Transfer>(
        &mut self,
        machine: &mut M,
        load: Option<&Load<'_>>,
        buffer: &mut [u8],
    ) -> Result<Piece<M::Output>, TransferError> {
        let mut received = 0;
        loop {
            // A cancelled transfer fails in ways that look like others.
            self.cancel.check()?;
            match machine.next(self)? {
                Action::ComputeMd5 => {
                    if let Some(load) = load {
                        machine.handle(Event::Md5(&load.body.content_md5()?));
                    }
                }
                Action::Send(request) => self.send(machine, &request, load),
                Action::Receive { .. } => {
                    match self.answer.as_mut().map_or(Ok(0), |body| body.read(buffer)) {
                        Ok(0) => machine.handle(Event::Ended),
                        Ok(n) => {
                            machine.handle(Event::Received(buffer.get(..n).unwrap_or_default()));
                            received = n;
                        }
                        Err(error) => machine.handle(Event::Failed(read_error(error))),
                    }
                }
                Action::Deliver => {
                    if let Some(pacer) = &self.uploader.pacer {
                        self.cancel.sleep(pacer.reserve(received as u64))?;
                    }
                    if let Some(progress) = machine.progress() {
                        self.activity.report(progress);
                    }
                    return Ok(Piece::Data(received));
                }
                Action::Restart => return Ok(Piece::Restart),
                Action::Wait { after, attempt, cause } => {
                    tracing::debug!(attempt, ?after, %cause, "trying again");
                    self.answer = None;
                    self.activity.report_wait(after, attempt);
                    self.cancel.sleep(after)?;
                }
                Action::Sign(reason) => {
                    let sign = self.sign.as_ref().ok_or_else(|| "nobody signs".into());
                    let request = sign.and_then(|sign| sign(reason)).map_err(TransferError::Refresh)?;
                    machine.handle(Event::Signed(request));
                }
                Action::Done(done) => return Ok(Piece::End(done)),
            }
        }
    }

    fn send<M: Transfer>(&mut self, machine: &mut M, request: &RequestToSend, load: Option<&Load<'_>>) {
        self.answer = None;
        Span::current().record("host", request.authority()).record("attempts", request.attempt);
        let answered = match load {
            None => exchange(&self.uploader.client, request, None),
            Some(load) => match BodyStream::new(self, load, request.attempt) {
                Err(error) => Err(error),
                Ok(mut sending) => {
                    let answered = exchange(&self.uploader.client, request, Some(&mut sending));
                    machine.handle(Event::Sent(sending.into_sent()));
                    answered
                }
            },
        };
        match answered {
            Err(error) => machine.handle(Event::Failed(error)),
            Ok(answered) => {
                let head = head(&answered);
                Span::current().record("status", head.status()).record("request_id", head.request_id());
                self.answer = Some(answered.into_body().into_reader());
                machine.handle(Event::Answered(head));
            }
        }
    }
}

impl Surroundings for Lane {
    fn elapsed(&self) -> Duration {
        self.activity.elapsed()
    }

    fn unix(&self) -> u64 {
        (self.uploader.clock)()
    }

    fn random(&self) -> u64 {
        fastrand::u64(..)
    }
}
