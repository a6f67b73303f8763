//! One operation over all its attempts: its clock, deadline, waits, and reports.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use oss_presign::PresignedRequest;
use oss_upload::{Attempts, BoxError, Failure, Monitor, Prepared, RefreshReason, TimeoutKind, TransferError};

use crate::uploader::Uploader;

/// Supplies a freshly signed request.
pub(crate) type RefreshHook = Arc<
    dyn Fn(RefreshReason) -> Pin<Box<dyn Future<Output = Result<PresignedRequest, BoxError>> + Send>>
        + Send
        + Sync,
>;

/// What one operation needs beside its body.
pub(crate) struct Context {
    pub(crate) uploader: Uploader,
    pub(crate) presigned: PresignedRequest,
    pub(crate) extra: Vec<(String, String)>,
    pub(crate) refresh: Option<RefreshHook>,
    pub(crate) attempts: Attempts,
    /// Whether a download may begin again from zero.
    pub(crate) restartable: bool,
    pub(crate) monitor: Arc<Monitor>,
}

impl Context {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest) -> Self {
        let attempts = Attempts::new(uploader.options.retry);
        let monitor = Arc::new(Monitor::new(uploader.options.progress_interval));
        Self { uploader, presigned, extra: Vec::new(), refresh: None, attempts, restartable: true, monitor }
    }

    /// A context for one of several requests of the same operation: attempts and idle time of its own, the
    /// beginning of the whole.
    pub(crate) fn fork(&self, presigned: PresignedRequest, refresh: Option<RefreshHook>) -> Self {
        let mut fork = Self::new(self.uploader.clone(), presigned);
        fork.monitor = Arc::new(self.monitor.fork());
        fork.extra.clone_from(&self.extra);
        fork.refresh = refresh;
        fork.restartable = self.restartable;
        fork
    }

    /// Checks the request before an attempt.
    pub(crate) fn prepare(
        &self,
        method: &'static str,
        length: Option<u64>,
    ) -> Result<Prepared, TransferError> {
        let now = (self.uploader.clock)();
        let options = &self.uploader.options;
        Ok(Prepared::check(&self.presigned, method, &self.extra, length, Some(now), options)?)
    }

    /// Waits, and gets a fresh request where that helps; or hands back the error that is final.
    pub(crate) async fn after(
        &mut self,
        error: TransferError,
        rereadable: bool,
    ) -> Result<(), TransferError> {
        let failure = error.failure();
        self.after_failure(error, failure, rereadable).await
    }

    /// The same with a verdict of the operation's own.
    pub(crate) async fn after_failure(
        &mut self,
        error: TransferError,
        failure: Failure,
        rereadable: bool,
    ) -> Result<(), TransferError> {
        let (elapsed, refreshable) = (self.monitor.elapsed(), self.refresh.is_some());
        tracing::debug!(attempt = self.attempts.number(), %error, "failed");
        let next =
            self.attempts.after(error, failure, elapsed, rereadable, refreshable, fastrand::u64(..))?;
        tracing::debug!(attempt = self.attempts.number(), ?next, "trying again");
        tokio::time::sleep(next.after).await;
        if let (Some(reason), Some(refresh)) = (next.refresh, &self.refresh) {
            self.presigned = refresh(reason).await.map_err(TransferError::Refresh)?;
        }
        Ok(())
    }

    /// Runs an operation within its deadline.
    pub(crate) async fn within_deadline<T>(
        deadline: Option<Duration>,
        operation: impl Future<Output = Result<T, TransferError>>,
    ) -> Result<T, TransferError> {
        match deadline {
            None => operation.await,
            Some(deadline) => tokio::time::timeout(deadline, operation)
                .await
                .unwrap_or(Err(TransferError::DeadlineReached { last: None })),
        }
    }
}

/// Awaits `work` as long as something moves at least once per `idle`.
pub(crate) async fn while_moving<T>(
    monitor: &Monitor,
    idle: Duration,
    work: impl Future<Output = T>,
) -> Result<T, TransferError> {
    let mut work = std::pin::pin!(work);
    // What is there already needs no timer: on a fast line that is nearly every chunk.
    if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        return Ok(done);
    }
    monitor.touch();
    let started = tokio::time::Instant::from_std(monitor.started());
    loop {
        let moved = monitor.moved();
        match tokio::time::timeout_at(started + moved.saturating_add(idle), &mut work).await {
            Ok(done) => return Ok(done),
            Err(_) if monitor.moved() > moved => {}
            Err(_) => return Err(TransferError::Timeout(TimeoutKind::Idle)),
        }
    }
}
