//! Storing an object with one request.

use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::driver::RequestProgress;
use oss_upload::transfer_span;
use oss_upload::{BoxError, Progress, RefreshReason, TransferError, Uploaded, driver};

use crate::body::Body;
use crate::cancel::CancelToken;
use crate::lane::{Lane, Load};
use crate::uploader::Uploader;

/// An upload with one request, which [`send`](Self::send) starts.
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
    pub fn refresh_with<F>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.lane.sign = Some(Arc::new(refresh));
        self
    }

    /// Stops the upload when `token` is cancelled.
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.lane.cancel = token.clone();
        self
    }

    /// Uploads the body, tries again after failures that may pass, and compares checksums.
    ///
    /// # Errors
    /// Any [`TransferError`]: the refusal before anything is sent, or the failure of the last attempt.
    pub fn send(self) -> Result<Uploaded, TransferError> {
        let Self { mut lane, presigned, extra, body } = self;
        let _span = transfer_span!("put", bytes = body.length).entered();
        body.check_usable()?;
        let setup = lane.setup(presigned, extra);
        let mut put = driver::Put::object(setup, body.length, body.rereadable());
        let load = Load { body: &body, progress: Arc::new(RequestProgress::new(body.length)) };
        let done = lane.run(&mut put, Some(&load))?;
        body.check_unchanged()?;
        Ok(done)
    }
}

impl std::fmt::Debug for Put {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Put").field("body", &self.body).finish_non_exhaustive()
    }
}
