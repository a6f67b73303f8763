//! Carries out one transfer at a time: does what its state machine says, and tells it what became of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use oss_presign::PresignedRequest;
use oss_upload::driver::{
    self, Action, Activity, Event, ProgressSink, RequestToSend, SentBody, Setup, Surroundings, Transfer,
};
use oss_upload::{BoxError, RefreshReason, TransferError};
use reqwest::Response;
use tokio::time::{Instant, sleep, timeout};
use tracing::Span;

use crate::body::Body;
use crate::body_stream::BodyStream;
use crate::exchange::{connection_error, head, place, request};
use crate::idle::while_moving;
use crate::uploader::Uploader;

/// A freshly signed request, when it has come.
pub(crate) type Signing = Pin<Box<dyn Future<Output = Result<PresignedRequest, BoxError>> + Send>>;

/// Supplies a freshly signed request.
pub(crate) type SignHook = Arc<dyn Fn(RefreshReason) -> Signing + Send + Sync>;

/// What carries out transfers, one at a time.
pub(crate) struct Lane {
    pub(crate) uploader: Uploader,
    pub(crate) activity: Arc<Activity>,
    pub(crate) sign: Option<SignHook>,
    /// The answer being read.
    response: Option<Response>,
    /// When the current attempt has taken too long.
    attempt_ends: Option<Instant>,
}

/// A body to send, and who counts its bytes.
pub(crate) struct Load<'a> {
    pub(crate) body: &'a Body,
    pub(crate) progress: Arc<dyn ProgressSink>,
}

/// What comes next of a transfer.
pub(crate) type Piece<T> = driver::Piece<Bytes, T>;

impl Lane {
    pub(crate) fn new(uploader: &Uploader) -> Self {
        let activity = Activity::new(uploader.options.progress_interval);
        Self {
            uploader: uploader.clone(),
            activity: Arc::new(activity),
            sign: None,
            response: None,
            attempt_ends: None,
        }
    }

    /// A lane for some of the requests of this one's operation: it began when the whole did, and idles for itself.
    pub(crate) fn fork(&self, sign: Option<SignHook>) -> Self {
        let mut fork = Self::new(&self.uploader);
        fork.activity = Arc::new(self.activity.fork());
        fork.sign = sign;
        fork
    }

    /// What this lane is to do with a presigned request.
    pub(crate) fn setup(&self, presigned: PresignedRequest, extra: Vec<(String, String)>) -> Setup {
        let mut setup = Setup::new(presigned, self.uploader.options);
        setup.extra = extra;
        setup.refreshable = self.sign.is_some();
        setup
    }

    /// Runs a whole operation within its deadline, hooks and disk included.
    pub(crate) async fn within_deadline<T>(
        deadline: Option<Duration>,
        operation: impl Future<Output = Result<T, TransferError>>,
    ) -> Result<T, TransferError> {
        let Some(deadline) = deadline else { return operation.await };
        timeout(deadline, operation).await.unwrap_or(Err(TransferError::DeadlineReached { last: None }))
    }

    /// Carries out a transfer that delivers nothing.
    pub(crate) async fn run<M: Transfer>(
        &mut self,
        machine: &mut M,
        load: Option<&Load<'_>>,
    ) -> Result<M::Output, TransferError> {
        loop {
            if let Piece::End(done) = self.next(machine, load).await? {
                return Ok(done);
            }
        }
    }

    /// Carries out a transfer up to the next bytes that it delivers.
    pub(crate) async fn next<M: Transfer>(
        &mut self,
        machine: &mut M,
        load: Option<&Load<'_>>,
    ) -> Result<Piece<M::Output>, TransferError> {
        let mut received = Bytes::new();
        loop {
            match machine.next(self)? {
                Action::Send(request) => self.send(machine, &request, load).await,
                Action::Receive { within } => match self.chunk(within).await {
                    Ok(Some(chunk)) => {
                        machine.handle(Event::Received(&chunk));
                        received = chunk;
                    }
                    Ok(None) => machine.handle(Event::Ended),
                    Err(error) => machine.handle(Event::Failed(error)),
                },
                Action::Deliver => {
                    let paced =
                        self.uploader.pacer.as_ref().map(|pacer| pacer.reserve(received.len() as u64));
                    if let Some(wait) = paced {
                        sleep(wait).await;
                    }
                    machine.progress().into_iter().for_each(|progress| self.activity.report(progress));
                    return Ok(Piece::Data(received));
                }
                Action::Restart => return Ok(Piece::Restart),
                Action::Done(done) => return Ok(Piece::End(done)),
                Action::Wait { after, attempt, cause } => {
                    self.response = None;
                    tracing::debug!(attempt, ?after, error = %cause, "waiting for another attempt");
                    self.activity.report_wait(after, attempt);
                    sleep(after).await;
                }
                Action::Sign(reason) => {
                    let signed = match &self.sign {
                        Some(sign) => sign(reason).await,
                        None => Err("nobody signs".into()),
                    };
                    machine.handle(Event::Signed(signed.map_err(TransferError::Refresh)?));
                }
                Action::ComputeMd5 => {
                    let Some(Load { body, .. }) = load else { continue };
                    let md5 = body.content_md5().await?;
                    machine.handle(Event::Md5(&md5));
                }
            }
        }
    }

    /// More of the answer.
    async fn chunk(&mut self, within: Duration) -> Result<Option<Bytes>, TransferError> {
        let Some(response) = &mut self.response else { return Ok(None) };
        let chunk = while_moving(&self.activity, within, self.attempt_ends, response.chunk());
        chunk.await?.map_err(connection_error)
    }

    async fn send<M: Transfer>(&mut self, machine: &mut M, wanted: &RequestToSend, load: Option<&Load<'_>>) {
        self.response = None;
        self.attempt_ends = wanted.timeouts.attempt.and_then(|limit| Instant::now().checked_add(limit));
        let span = Span::current();
        span.record("host", wanted.authority()).record("attempts", wanted.attempt);
        let sending = load.map(|load| BodyStream::new(self, load, wanted.attempt));
        let sent = sending.as_ref().map(BodyStream::sent);
        let answered = self.exchange(wanted, sending.map(BodyStream::into_body)).await;
        if let Some(sent) = sent {
            let sent: SentBody = sent.take();
            machine.handle(Event::Sent(sent));
        }
        machine.handle(match answered {
            Ok(response) => {
                let head = head(&response);
                span.record("status", head.status()).record("request_id", head.request_id());
                self.response = Some(response);
                Event::Answered(head)
            }
            Err(error) => Event::Failed(error),
        });
    }

    async fn exchange(
        &self,
        wanted: &RequestToSend,
        body: Option<reqwest::Body>,
    ) -> Result<Response, TransferError> {
        let sending = self.uploader.client.execute(request(wanted, body)?);
        let answered = while_moving(&self.activity, wanted.timeouts.idle, self.attempt_ends, sending);
        let response = answered.await?.map_err(connection_error)?;
        if response.url().as_str() == wanted.url() {
            return Ok(response);
        }
        // A client that the caller brought has followed a redirect on its own.
        Err(TransferError::Redirected { status: 0, location: place(response.url()) })
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
