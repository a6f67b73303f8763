//! One operation over all its attempts: its clock, deadline, waits, and reports.

use std::sync::Arc;
use std::time::Duration;

use oss_presign::PresignedRequest;
use oss_upload::{Attempts, BoxError, Failure, Monitor, Prepared, RefreshReason, TransferError};

use crate::cancel::CancelToken;
use crate::uploader::Uploader;

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
        let monitor = Arc::new(Monitor::new(uploader.options.progress_interval));
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
        fork.monitor = Arc::new(self.monitor.fork());
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
        let (elapsed, refreshable) = (self.monitor.elapsed(), self.refresh.is_some());
        tracing::debug!(attempt = self.attempts.number(), %error, "failed");
        let next =
            self.attempts.after(error, failure, elapsed, rereadable, refreshable, fastrand::u64(..))?;
        tracing::debug!(attempt = self.attempts.number(), ?next, "trying again");
        self.cancel.sleep(next.after)?;
        if let (Some(reason), Some(refresh)) = (next.refresh, &self.refresh) {
            self.presigned = refresh(reason).map_err(TransferError::Refresh)?;
        }
        Ok(())
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
