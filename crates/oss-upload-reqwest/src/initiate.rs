//! Initiating a multipart upload whose steps are signed afterwards.

use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::TransferError;
use oss_upload::driver::{self, NoProgress, upload_id};
use oss_upload::transfer_span;
use tracing::Instrument;

use crate::body::Body;
use crate::lane::{Lane, Load};
use crate::uploader::Uploader;

/// The initiation of an upload in parts, which [`send`](Self::send) requests.
#[must_use = "nothing happens before `send`"]
pub struct Initiate {
    lane: Lane,
    presigned: PresignedRequest,
}

impl Initiate {
    pub(crate) fn new(uploader: &Uploader, presigned: PresignedRequest) -> Self {
        Self { lane: Lane::new(uploader), presigned }
    }

    /// Initiates the upload and returns its id.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub async fn send(mut self) -> Result<String, TransferError> {
        let deadline = self.lane.uploader.options.retry.deadline;
        let mut put = driver::Put::initiate(self.lane.setup(self.presigned, Vec::new()));
        let body = Body::from("");
        let load = Load { body: &body, progress: Arc::new(NoProgress) };
        let answered = Lane::within_deadline(deadline, self.lane.run(&mut put, Some(&load)));
        upload_id(&answered.instrument(transfer_span!("initiate")).await?)
    }
}

impl std::fmt::Debug for Initiate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Initiate").finish_non_exhaustive()
    }
}
