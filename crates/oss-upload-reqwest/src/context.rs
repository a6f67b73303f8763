//! One operation over all its attempts: its clock, deadline, waits, and reports.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use oss_presign::PresignedRequest;
use oss_upload::{
    Attempts, BoxError, Decision, Failure, Prepared, Progress, ProgressGate, RefreshReason, TimeoutKind,
    TransferError,
};
use tokio::time::Instant;

use crate::uploader::Uploader;

/// Receives reports.
pub(crate) type ProgressCallback = Box<dyn FnMut(Progress) + Send>;

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
        let monitor = Arc::new(Monitor::new(Instant::now(), uploader.options.progress_interval));
        Self { uploader, presigned, extra: Vec::new(), refresh: None, attempts, restartable: true, monitor }
    }

    /// A context for one of several requests of the same operation: attempts and idle time of its own, the
    /// beginning of the whole.
    pub(crate) fn fork(&self, presigned: PresignedRequest, refresh: Option<RefreshHook>) -> Self {
        let mut fork = Self::new(self.uploader.clone(), presigned);
        fork.monitor = Arc::new(Monitor::new(self.monitor.started, self.uploader.options.progress_interval));
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
        let elapsed = self.monitor.elapsed();
        let decision =
            self.attempts.failed(failure, elapsed, rereadable, self.refresh.is_some(), fastrand::u64(..));
        match decision {
            Decision::Retry { after } => {
                tracing::debug!(attempt = self.attempts.number(), ?after, %error, "trying again");
                tokio::time::sleep(after).await;
                Ok(())
            }
            Decision::Refresh { after } => {
                let reason =
                    if failure == Failure::Skewed { RefreshReason::Skewed } else { RefreshReason::Expired };
                tracing::debug!(
                    attempt = self.attempts.number(),
                    ?after,
                    ?reason,
                    "asking for a fresh request"
                );
                tokio::time::sleep(after).await;
                match &self.refresh {
                    Some(refresh) => {
                        self.presigned = refresh(reason).await.map_err(TransferError::Refresh)?;
                        Ok(())
                    }
                    None => Err(error),
                }
            }
            Decision::DeadlineReached => Err(TransferError::DeadlineReached { last: Some(Box::new(error)) }),
            _ => Err(error),
        }
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

/// What goes on in an operation: when something last moved, and who is told.
pub(crate) struct Monitor {
    started: Instant,
    /// Milliseconds after `started` at which something last moved.
    moved: AtomicU64,
    reports: Mutex<(ProgressGate, Option<ProgressCallback>)>,
}

impl Monitor {
    fn new(started: Instant, interval: Duration) -> Self {
        Self { started, moved: AtomicU64::new(0), reports: Mutex::new((ProgressGate::new(interval), None)) }
    }

    pub(crate) fn set_callback(&self, callback: ProgressCallback) {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(callback);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Notes that something moved.
    pub(crate) fn touch(&self) {
        let now = u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
    }

    /// Notes that something moved, and reports it.
    pub(crate) fn report(&self, progress: Progress) {
        self.touch();
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let (gate, callback) = &mut *reports;
        if let Some(callback) = callback
            && gate.admits(self.started.elapsed(), progress)
        {
            callback(progress);
        }
    }

    /// Awaits `work` as long as something moves at least once per `idle`.
    pub(crate) async fn while_moving<T>(
        &self,
        idle: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, TransferError> {
        let mut work = std::pin::pin!(work);
        // What is there already needs no timer: on a fast line that is nearly every chunk.
        if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
            return Ok(done);
        }
        self.touch();
        loop {
            let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
            let due = self.started + moved.saturating_add(idle);
            match tokio::time::timeout_at(due, &mut work).await {
                Ok(done) => return Ok(done),
                Err(_)
                    if self.moved.load(Ordering::Relaxed) > u64::try_from(moved.as_millis()).unwrap_or(0) => {
                }
                Err(_) => return Err(TransferError::Timeout(TimeoutKind::Idle)),
            }
        }
    }
}

/// Monotonic time since some moment of this process, the same for all operations: what a shared [`oss_upload::Pacer`] counts in.
pub(crate) fn process_time() -> Duration {
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
