//! Requests without a body in either direction.

use oss_presign::PresignedRequest;
use oss_upload::driver::{self, Ask};
use oss_upload::transfer_span;
use oss_upload::{ObjectInfo, TransferError};
use tracing::{Instrument, Span};

use crate::lane::Lane;
use crate::uploader::Uploader;

/// A request for information about an object, which [`send`](Self::send) sends.
#[must_use = "nothing happens before `send`"]
pub struct Head {
    lane: Lane,
    presigned: PresignedRequest,
}

/// The deletion of an object, which [`send`](Self::send) requests.
#[must_use = "nothing happens before `send`"]
pub struct Delete {
    lane: Lane,
    presigned: PresignedRequest,
}

impl Head {
    pub(crate) fn new(uploader: &Uploader, presigned: PresignedRequest) -> Self {
        Self { lane: Lane::new(uploader), presigned }
    }

    /// Sends the request. The details of an error come from headers, because the answer to HEAD has no body.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub async fn send(self) -> Result<ObjectInfo, TransferError> {
        let head = Ask::head(self.lane.setup(self.presigned, Vec::new()));
        ask(self.lane, head, transfer_span!("head")).await.and_then(|head| ObjectInfo::of(&head))
    }
}

impl Delete {
    pub(crate) fn new(uploader: &Uploader, presigned: PresignedRequest) -> Self {
        Self { lane: Lane::new(uploader), presigned }
    }

    /// Deletes the object. OSS reports success if there is no such object.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub async fn send(self) -> Result<(), TransferError> {
        let delete = Ask::delete(self.lane.setup(self.presigned, Vec::new()));
        ask(self.lane, delete, transfer_span!("delete")).await.map(drop)
    }
}

async fn ask(mut lane: Lane, mut ask: Ask, span: Span) -> Result<driver::OwnedHead, TransferError> {
    let deadline = lane.uploader.options.retry.deadline;
    Lane::within_deadline(deadline, lane.run(&mut ask, None)).instrument(span).await
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Delete {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delete").finish_non_exhaustive()
    }
}
