//! Storing an object with one request.

use std::future::Future;
use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::driver::RequestProgress;
use oss_upload::transfer_span;
use oss_upload::{BoxError, Progress, RefreshReason, TransferError, Uploaded, driver};
use tracing::Instrument;

use crate::body::Body;
use crate::lane::{Lane, Load};
use crate::uploader::Uploader;

/// An upload with one request, which [`send`](Self::send) starts. Dropping its future cancels the upload.
#[must_use = "nothing happens before `send`"]
pub struct Put {
    lane: Lane,
    presigned: PresignedRequest,
    extra: Vec<(String, String)>,
    body: Body,
}

impl Put {
    pub(crate) fn new(uploader: &Uploader, presigned: PresignedRequest, body: Body) -> Self {
        Self { lane: Lane::new(uploader), presigned, extra: Vec::new(), body }
    }

    /// Adds a header: one that was signed and whose value the presigned request does not contain, or one that OSS does not
    /// sign. [`send`](Self::send) refuses any other.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Calls `report` with the progress of the upload, at most once in each
    /// [`progress_interval`](oss_upload::Options::progress_interval).
    pub fn on_progress(self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.lane.activity.set_callback(Box::new(report));
        self
    }

    /// Calls `refresh` for a newly signed request for the same object when the URL has expired, or was signed by a clock that
    /// is wrong.
    pub fn refresh_with<F, R>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> R + Send + Sync + 'static,
        R: Future<Output = Result<PresignedRequest, BoxError>> + Send + 'static,
    {
        self.lane.sign = Some(Arc::new(move |reason| Box::pin(refresh(reason))));
        self
    }

    /// Uploads the body, tries again after failures that may pass, and compares checksums.
    ///
    /// # Errors
    /// Any [`TransferError`]: the refusal before anything is sent, or the failure of the last attempt.
    pub async fn send(self) -> Result<Uploaded, TransferError> {
        let Self { mut lane, presigned, extra, body } = self;
        let (length, deadline) = (body.length, lane.uploader.options.retry.deadline);
        let operation = async {
            body.check_usable()?;
            let mut put = driver::Put::object(lane.setup(presigned, extra), length, body.rereadable());
            let load = Load { body: &body, progress: Arc::new(RequestProgress::new(length)) };
            let done = lane.run(&mut put, Some(&load)).await?;
            body.check_unchanged().map(|()| done)
        };
        Lane::within_deadline(deadline, operation).instrument(transfer_span!("put", bytes = length)).await
    }
}

impl std::fmt::Debug for Put {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Put").field("body", &self.body).finish_non_exhaustive()
    }
}
