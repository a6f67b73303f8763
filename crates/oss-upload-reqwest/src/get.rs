//! Fetching an object.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, unfold};
use oss_presign::PresignedRequest;
use oss_upload::{BoxError, ByteRange, Downloaded, Progress, RefreshReason, TransferError};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tracing::Instrument;

use crate::context::Context;
use crate::fetch::{Fetch, Piece};
use crate::parallel::{self, Ranges};
use crate::sink;
use crate::uploader::Uploader;

/// A download about to be made. Dropping the future of its last step cancels it and leaves no file, unless it is to
/// [`resume`](Self::resume).
#[must_use = "nothing happens before `bytes`, `to_file`, `to_writer` or `stream`"]
pub struct Get {
    pub(crate) context: Context,
    pub(crate) range: Option<ByteRange>,
    ranges: Option<Ranges>,
    resume: bool,
}

impl Get {
    pub(crate) fn new(uploader: Uploader, presigned: PresignedRequest) -> Self {
        Self { context: Context::new(uploader, presigned), range: None, ranges: None, resume: false }
    }

    /// Sends another header as well: one that was signed without its value being handed over, or one that OSS does
    /// not sign. Anything else is refused.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.extra.push((name.into(), value.into()));
        self
    }

    /// Fetches only the bytes `first..=last` (all from `first` on, if `last` is `None`).
    pub fn range(mut self, first: u64, last: Option<u64>) -> Self {
        self.range = Some(ByteRange { first, last });
        self
    }

    /// Makes [`to_file`](Self::to_file) fetch `parallel` ranges of `range_size` bytes at once. Of use where one
    /// connection does not fill the line; a server without ranges, and a range asked for, are fetched as usual.
    pub fn parallel(mut self, parallel: usize, range_size: u64) -> Self {
        self.ranges = Some(Ranges { parallel, range_size });
        self
    }

    /// Makes [`to_file`](Self::to_file) go on where an earlier one to the same file was stopped, whatever stopped it, and
    /// leave what it has where it fails. Until the file is complete its bytes are in `NAME.oss-part` beside it; what object
    /// and version (ETag) they are of is in `NAME.oss-part.json`, without any secret. They are checksummed again and the
    /// rest is fetched by range; if the object is another one by then, or the service names no ETag, it starts over.
    /// Only one process may download to a file at a time. All goes over one connection: [`parallel`](Self::parallel) has no
    /// effect then.
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Reports how far the download is, at a bounded rate.
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

    /// Fetches into memory, no more than `limit` bytes.
    ///
    /// # Errors
    /// [`TransferError::TooLarge`] beyond the limit; any other [`TransferError`].
    pub async fn bytes(self, limit: u64) -> Result<Vec<u8>, TransferError> {
        let too_large = TransferError::TooLarge { limit };
        self.run("get_bytes", async move |mut fetch| {
            let mut bytes = Vec::new();
            loop {
                let piece = fetch.next().await?;
                if fetch.state().expected().is_some_and(|expected| expected > limit) {
                    return Err(too_large);
                }
                match piece {
                    Piece::Data(data) if bytes.len().saturating_add(data.len()) as u64 > limit => {
                        return Err(too_large);
                    }
                    Piece::Data(data) => bytes.extend_from_slice(&data),
                    Piece::Restart => bytes.clear(),
                    Piece::End(_) => return Ok(bytes),
                }
            }
        })
        .await
    }

    /// Fetches into a file, which appears complete and checked, or not at all: the bytes first go to a temporary
    /// file beside it. A file that is there already is replaced.
    ///
    /// # Errors
    /// Any [`TransferError`]; nothing is left behind, unless it is to [`resume`](Self::resume).
    pub async fn to_file(mut self, path: impl AsRef<Path>) -> Result<Downloaded, TransferError> {
        let path = path.as_ref().to_path_buf();
        if let (Some(ranges), None, false) = (self.ranges, self.range, self.resume) {
            let deadline = self.context.uploader.options.retry.deadline;
            let work = parallel::to_file(&mut self.context, ranges, &path);
            let work = work.instrument(tracing::info_span!("get_parallel"));
            if let Some(done) = Context::within_deadline(deadline, work).await? {
                return Ok(done);
            }
        }
        let resume = self.resume;
        self.run("get_file", async move |fetch| sink::to_file(fetch, &path, resume).await).await
    }

    /// Fetches into a writer, from where nothing can be taken back: what cannot be resumed is an error, and so is a
    /// wrong checksum at the end, by which time the writer has everything.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub async fn to_writer(
        mut self,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Downloaded, TransferError> {
        self.context.restartable = false;
        self.run("get_writer", async move |mut fetch| {
            loop {
                match fetch.next().await? {
                    Piece::Data(data) => {
                        writer.write_all(&data).await.map_err(TransferError::io("writing the download"))?;
                    }
                    Piece::Restart => return Err(TransferError::Changed { what: "the object" }),
                    Piece::End(done) => {
                        writer.flush().await.map_err(TransferError::io("writing the download"))?;
                        return Ok(done);
                    }
                }
            }
        })
        .await
    }

    /// Fetches as a stream. As with a writer nothing can be taken back: only the end of the stream without an error
    /// says that everything was right. The overall deadline does not apply.
    pub fn stream(mut self) -> impl Stream<Item = Result<Bytes, TransferError>> + Send {
        self.context.restartable = false;
        let fetch = Fetch::new(self.context, self.range);
        unfold(Some(fetch), |fetch| async move {
            let mut fetch = fetch?;
            match fetch.next().await {
                Ok(Piece::Data(data)) => Some((Ok(data), Some(fetch))),
                Ok(Piece::End(_)) => None,
                Ok(Piece::Restart) => Some((Err(TransferError::Changed { what: "the object" }), None)),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    async fn run<T>(
        self,
        step: &'static str,
        work: impl AsyncFnOnce(Fetch) -> Result<T, TransferError>,
    ) -> Result<T, TransferError> {
        let deadline = self.context.uploader.options.retry.deadline;
        let fetch = Fetch::new(self.context, self.range);
        Context::within_deadline(deadline, work(fetch)).instrument(tracing::info_span!("get", step)).await
    }
}

impl std::fmt::Debug for Get {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Get").field("range", &self.range).finish_non_exhaustive()
    }
}
