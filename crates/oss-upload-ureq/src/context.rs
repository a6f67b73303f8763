//! One operation over all its attempts: its clock, deadline, waits, and reports.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use oss_presign::PresignedRequest;
use oss_upload::{
    Attempts, BoxError, Decision, Failure, Prepared, Progress, ProgressGate, RefreshReason, TransferError,
};

use crate::cancel::CancelToken;
use crate::uploader::Uploader;

/// Receives reports.
pub(crate) type ProgressCallback = Box<dyn FnMut(Progress) + Send>;

/// Supplies a freshly signed request.
pub(crate) type RefreshHook = Arc<dyn Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync>;

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
    pub(crate) cancel: CancelToken,
}

impl Context {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest) -> Self {
        let attempts = Attempts::new(uploader.options.retry);
        let monitor = Arc::new(Monitor::new(Instant::now(), uploader.options.progress_interval));
        Self {
            uploader,
            presigned,
            extra: Vec::new(),
            refresh: None,
            attempts,
            restartable: true,
            monitor,
            cancel: CancelToken::new(),
        }
    }

    /// A context for one of several requests of the same operation: attempts of its own, the beginning of the whole.
    pub(crate) fn fork(&self, presigned: PresignedRequest, refresh: Option<RefreshHook>) -> Self {
        let mut fork = Self::new(self.uploader.clone(), presigned);
        fork.monitor = Arc::new(Monitor::new(self.monitor.started, self.uploader.options.progress_interval));
        fork.extra.clone_from(&self.extra);
        fork.refresh = refresh;
        fork.restartable = self.restartable;
        fork.cancel = self.cancel.clone();
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
    pub(crate) fn after(&mut self, error: TransferError, rereadable: bool) -> Result<(), TransferError> {
        let failure = error.failure();
        self.after_failure(error, failure, rereadable)
    }

    /// The same with a verdict of the operation's own.
    pub(crate) fn after_failure(
        &mut self,
        error: TransferError,
        failure: Failure,
        rereadable: bool,
    ) -> Result<(), TransferError> {
        // A cancelled transfer fails in ways that look like others.
        self.cancel.check()?;
        let elapsed = self.monitor.elapsed();
        let decision =
            self.attempts.failed(failure, elapsed, rereadable, self.refresh.is_some(), fastrand::u64(..));
        match decision {
            Decision::Retry { after } => {
                tracing::debug!(attempt = self.attempts.number(), ?after, %error, "trying again");
                self.cancel.sleep(after)
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
                self.cancel.sleep(after)?;
                match &self.refresh {
                    Some(refresh) => {
                        self.presigned = refresh(reason).map_err(TransferError::Refresh)?;
                        Ok(())
                    }
                    None => Err(error),
                }
            }
            Decision::DeadlineReached => Err(TransferError::DeadlineReached { last: Some(Box::new(error)) }),
            _ => Err(error),
        }
    }

    /// Time until the deadline of the whole operation.
    pub(crate) fn time_left(&self) -> Result<Option<Duration>, TransferError> {
        match self.uploader.options.retry.deadline {
            None => Ok(None),
            Some(deadline) => match deadline.checked_sub(self.monitor.elapsed()) {
                Some(left) if !left.is_zero() => Ok(Some(left)),
                _ => Err(TransferError::DeadlineReached { last: None }),
            },
        }
    }
}

/// What goes on in an operation: when it began, and who is told.
pub(crate) struct Monitor {
    started: Instant,
    reports: Mutex<(ProgressGate, Option<ProgressCallback>)>,
}

impl Monitor {
    fn new(started: Instant, interval: Duration) -> Self {
        Self { started, reports: Mutex::new((ProgressGate::new(interval), None)) }
    }

    pub(crate) fn set_callback(&self, callback: ProgressCallback) {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(callback);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Reports that something moved.
    pub(crate) fn report(&self, progress: Progress) {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let (gate, callback) = &mut *reports;
        if let Some(callback) = callback
            && gate.admits(self.started.elapsed(), progress)
        {
            callback(progress);
        }
    }
}

/// Monotonic time since some moment of this process, the same for all operations: what a shared [`oss_upload::Pacer`] counts in.
pub(crate) fn process_time() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
