//! Storing an object with one request.

use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::{
    BoxError, Checksum, Delivery, Progress, RefreshReason, Refusal, Single, Tally, TransferError, Uploaded,
};

use crate::body::{Body, Source};
use crate::cancel::CancelToken;
use crate::context::Context;
use crate::exchange::{Outgoing, answer, exchange, read_head, read_limited};
use crate::sending::Sending;
use crate::uploader::Uploader;

/// An upload about to be made.
#[must_use = "nothing happens before `send`"]
pub struct Put {
    context: Context,
    body: Body,
}

impl Put {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest, body: Body) -> Self {
        Self { context: Context::new(uploader, presigned), body }
    }

    /// Sends another header as well: one that was signed without its value being handed over, or one that OSS does
    /// not sign. Anything else is refused by [`send`](Self::send).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.extra.push((name.into(), value.into()));
        self
    }

    /// Reports how far the upload is, at a bounded rate.
    pub fn on_progress(self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.context.monitor.set_callback(Box::new(report));
        self
    }

    /// Supplies a freshly signed request for the same object when the URL has expired or a clock was wrong.
    pub fn refresh_with<F>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.context.refresh = Some(Arc::new(refresh));
        self
    }

    /// Makes the upload stop when the token is cancelled.
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.context.cancel = token.clone();
        self
    }

    /// Uploads, tries again where that makes sense, and compares checksums.
    ///
    /// # Errors
    /// Any [`TransferError`]: refused before sending, or the failure of the last attempt.
    pub fn send(self) -> Result<Uploaded, TransferError> {
        let Self { mut context, body } = self;
        let _span = tracing::info_span!("put", bytes = body.length).entered();
        check_md5(&context, &body)?;
        loop {
            let tally = Single::new(body.length, context.attempts.number());
            match send_once(&context, "PUT", &body, Checksum::OfBody, Arc::new(tally)) {
                Ok(done) => return Ok(done),
                Err(error) => context.after(error, body.rereadable())?,
            }
        }
    }
}

impl std::fmt::Debug for Put {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Put").field("body", &self.body).finish_non_exhaustive()
    }
}

/// Compares the body with a signed `content-md5`, where that is wanted.
fn check_md5(context: &Context, body: &Body) -> Result<(), TransferError> {
    if !context.uploader.options.verify_md5 {
        return Ok(());
    }
    let prepared = context.prepare("PUT", Some(body.length))?;
    match prepared.header("content-md5") {
        Some(signed) if signed != body.content_md5()? => Err(Refusal::Md5Mismatch.into()),
        _ => Ok(()),
    }
}

/// One attempt to send a body: of a whole object, of a part, or of a request about parts.
pub(crate) fn send_once(
    context: &Context,
    method: &'static str,
    body: &Body,
    checksum: Checksum,
    tally: Arc<dyn Tally>,
) -> Result<Uploaded, TransferError> {
    let length = body.length;
    let prepared = context.prepare(method, Some(length))?;
    tally.moved(&context.monitor, 0);
    let pacer = context.uploader.pacer.clone();
    let monitor = context.monitor.clone();
    let mut sending = Sending::new(&body.source, length, monitor, tally, pacer, context.cancel.clone())?;
    let result = exchange(context, &prepared, Some(Outgoing { body: &mut sending, length }), &[]);
    if let Some(failure) = sending.failure {
        return Err(failure);
    }
    let response = result?;
    let verify = context.uploader.options.verify_crc;
    let delivery = Delivery::new(checksum, length, sending.crc.length(), sending.crc.value(), verify)?;
    delivery.check_head(&answer(&response))?;
    if let Source::File(part) = &body.source {
        part.check_unchanged()?;
    }
    let (head, text) = response.into_parts();
    let (text, complete) = read_limited(text, context.uploader.options.timeouts.idle);
    let answer = read_head(head.status.as_u16(), &head.headers);
    delivery.finish(&answer, text, complete, context.attempts.number())
}
