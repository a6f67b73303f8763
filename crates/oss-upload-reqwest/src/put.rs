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

/// An upload about to be made. Dropping the future of [`send`](Self::send) cancels it.
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

    /// Sends another header as well: one that was signed without its value being handed over, or one that OSS does
    /// not sign. Anything else is refused by [`send`](Self::send).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Reports how far the upload is, at a bounded rate.
    pub fn on_progress(self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.lane.activity.set_callback(Box::new(report));
        self
    }

    /// Supplies a freshly signed request for the same object when the URL has expired or a clock was wrong.
    pub fn refresh_with<F, R>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> R + Send + Sync + 'static,
        R: Future<Output = Result<PresignedRequest, BoxError>> + Send + 'static,
    {
        self.lane.sign = Some(Arc::new(move |reason| Box::pin(refresh(reason))));
        self
    }

    /// Uploads, tries again where that makes sense, and compares checksums.
    ///
    /// # Errors
    /// Any [`TransferError`]: refused before sending, or the failure of the last attempt.
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
