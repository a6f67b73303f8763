//! Requests without a body in either direction.

use oss_presign::PresignedRequest;
use oss_upload::{ObjectInfo, TransferError};
use ureq::http::Response;

use crate::context::Context;
use crate::exchange::{answer, exchange};
use crate::uploader::Uploader;

/// A question about an object, about to be asked.
#[must_use = "nothing happens before `send`"]
pub struct Head {
    context: Context,
}

/// A deletion about to be made.
#[must_use = "nothing happens before `send`"]
pub struct Delete {
    context: Context,
}

impl Head {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest) -> Self {
        Self { context: Context::new(uploader, presigned) }
    }

    /// Asks; an error's details come from headers, as HEAD has no body.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub fn send(self) -> Result<ObjectInfo, TransferError> {
        let response = send(self.context, "HEAD")?;
        ObjectInfo::read(&answer(&response))
            .ok_or(TransferError::UnexpectedAnswer { what: "no Content-Length" })
    }
}

impl Delete {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest) -> Self {
        Self { context: Context::new(uploader, presigned) }
    }

    /// Deletes; an object that is not there is no error to OSS.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub fn send(self) -> Result<(), TransferError> {
        send(self.context, "DELETE").map(drop)
    }
}

pub(crate) fn send(
    mut context: Context,
    method: &'static str,
) -> Result<Response<ureq::Body>, TransferError> {
    let _span = tracing::info_span!("request", method).entered();
    loop {
        let attempt = || {
            let prepared = context.prepare(method, None)?;
            exchange(&context, &prepared, None, &[])
        };
        match attempt() {
            Ok(response) => return Ok(response),
            Err(error) => context.after(error, true)?,
        }
    }
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
