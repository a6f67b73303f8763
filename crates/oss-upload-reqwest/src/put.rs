//! Storing an object with one request.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use oss_presign::PresignedRequest;
use oss_upload::{
    BoxError, Checksum, Delivery, Progress, RefreshReason, Refusal, Single, Tally, TimeoutKind,
    TransferError, Uploaded,
};
use tracing::Instrument;

use crate::body::{Body, Source};
use crate::client::CHUNK;
use crate::context::Context;
use crate::exchange::{Outgoing, answer, exchange, read_head, read_limited};
use crate::sending::{Sending, Sent};
use crate::uploader::Uploader;

/// An upload about to be made. Dropping the future of [`send`](Self::send) cancels it.
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
    pub fn refresh_with<F, R>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> R + Send + Sync + 'static,
        R: Future<Output = Result<PresignedRequest, BoxError>> + Send + 'static,
    {
        self.context.refresh = Some(Arc::new(move |reason| Box::pin(refresh(reason))));
        self
    }

    /// Uploads, tries again where that makes sense, and compares checksums.
    ///
    /// # Errors
    /// Any [`TransferError`]: refused before sending, or the failure of the last attempt.
    pub async fn send(self) -> Result<Uploaded, TransferError> {
        let Self { mut context, body } = self;
        let span = tracing::info_span!("put", bytes = body.length);
        let deadline = context.uploader.options.retry.deadline;
        let operation = async {
            check_md5(&context, &body).await?;
            loop {
                let tally = Single::new(body.length, context.attempts.number());
                match send_once(&context, "PUT", &body, Checksum::OfBody, Arc::new(tally)).await {
                    Ok(done) => return Ok(done),
                    Err(error) => context.after(error, body.rereadable()).await?,
                }
            }
        };
        Context::within_deadline(deadline, operation).instrument(span).await
    }
}

impl std::fmt::Debug for Put {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Put").field("body", &self.body).finish_non_exhaustive()
    }
}

/// Compares the body with a signed `content-md5`, where that is wanted.
async fn check_md5(context: &Context, body: &Body) -> Result<(), TransferError> {
    if !context.uploader.options.verify_md5 {
        return Ok(());
    }
    let prepared = context.prepare("PUT", Some(body.length))?;
    match prepared.header("content-md5") {
        Some(signed) if signed != body.content_md5().await? => Err(Refusal::Md5Mismatch.into()),
        _ => Ok(()),
    }
}

/// One attempt to send a body: of a whole object, of a part, or of a request about parts.
pub(crate) async fn send_once(
    context: &Context,
    method: &'static str,
    body: &Body,
    checksum: Checksum,
    tally: Arc<dyn Tally>,
) -> Result<Uploaded, TransferError> {
    let attempt = send_unbounded(context, method, body, checksum, tally);
    match context.uploader.options.timeouts.attempt {
        None => attempt.await,
        Some(bound) => tokio::time::timeout(bound, attempt)
            .await
            .unwrap_or(Err(TransferError::Timeout(TimeoutKind::Attempt))),
    }
}

async fn send_unbounded(
    context: &Context,
    method: &'static str,
    body: &Body,
    checksum: Checksum,
    tally: Arc<dyn Tally>,
) -> Result<Uploaded, TransferError> {
    let length = body.length;
    let prepared = context.prepare(method, Some(length))?;
    let sent = Arc::new(Mutex::new(Sent::default()));
    let whole = match &body.source {
        // Small bodies go out in one piece, without the machinery of a stream.
        Source::Bytes(bytes) if bytes.len() <= CHUNK && context.uploader.pacer.is_none() => {
            Some(bytes.clone())
        }
        _ => None,
    };
    tally.moved(&context.monitor, 0);
    let outgoing = match &whole {
        Some(bytes) => {
            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.crc.update(bytes);
            sent.bytes = length;
            bytes.clone().into()
        }
        None => {
            let sending = Sending {
                length,
                sent: sent.clone(),
                monitor: context.monitor.clone(),
                tally: tally.clone(),
                pacer: context.uploader.pacer.clone(),
            };
            reqwest::Body::wrap_stream(sending.stream(&body.source))
        }
    };
    let result = exchange(context, &prepared, Some(Outgoing { body: outgoing, length }), &[]).await;
    let Sent { bytes: sent, crc, failure } =
        std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(failure) = failure {
        return Err(TransferError::io("reading the body")(failure));
    }
    let response = result?;
    let verify = context.uploader.options.verify_crc;
    let delivery = Delivery::new(checksum, length, sent, crc.value(), verify)?;
    delivery.check_head(&answer(&response))?;
    if let Source::File(part) = &body.source {
        part.check_unchanged()?;
    }
    if whole.is_some() {
        tally.moved(&context.monitor, length);
    }
    let (status, head) = (response.status().as_u16(), response.headers().clone());
    let (text, complete) = read_limited(response, context.uploader.options.timeouts.idle).await;
    delivery.finish(&read_head(status, &head), text, complete, context.attempts.number())
}
