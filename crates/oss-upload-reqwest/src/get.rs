//! Fetching an object.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, unfold};
use oss_presign::PresignedRequest;
use oss_upload::transfer_span;
use oss_upload::{BoxError, ByteRange, Downloaded, Progress, RefreshReason, TransferError, driver};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tracing::Instrument;

use crate::lane::{Lane, Piece};
use crate::parallel;
use crate::sink;
use crate::uploader::Uploader;

/// A download about to be made. Dropping the future of its last step cancels it and leaves no file, unless it is to
/// [`resume`](Self::resume).
#[must_use = "nothing happens before `bytes`, `to_file`, `to_writer` or `stream`"]
pub struct Get {
    lane: Lane,
    presigned: PresignedRequest,
    extra: Vec<(String, String)>,
    range: Option<ByteRange>,
    /// How many lanes fetch ranges of how many bytes.
    parallel: Option<(usize, u64)>,
    resume: bool,
}

impl Get {
    pub(crate) fn new(uploader: &Uploader, presigned: PresignedRequest) -> Self {
        let (lane, extra) = (Lane::new(uploader), Vec::new());
        Self { lane, presigned, extra, range: None, parallel: None, resume: false }
    }

    /// Sends another header as well: one that was signed without its value being handed over, or one that OSS does
    /// not sign. Anything else is refused.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
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
        self.parallel = Some((parallel, range_size));
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

    /// Fetches into memory, no more than `limit` bytes.
    ///
    /// # Errors
    /// [`TransferError::TooLarge`] beyond the limit; any other [`TransferError`].
    pub async fn bytes(self, limit: u64) -> Result<Vec<u8>, TransferError> {
        self.run(true, async move |mut lane, get| {
            let (mut get, mut bytes) = (get.at_most(limit), Vec::new());
            loop {
                match lane.next(&mut get, None).await? {
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
    pub async fn to_file(self, path: impl AsRef<Path>) -> Result<Downloaded, TransferError> {
        let path = path.as_ref().to_path_buf();
        if let (Some((lanes, range_size)), None, false) = (self.parallel, self.range, self.resume) {
            let setup = self.lane.setup(self.presigned.clone(), self.extra.clone());
            let ranges = driver::Ranges::new(setup, range_size);
            let work = parallel::to_file(&self.lane, ranges, lanes, &path);
            let work = Lane::within_deadline(self.lane.uploader.options.retry.deadline, work);
            if let Some(done) = work.instrument(transfer_span!("get", lanes)).await? {
                return Ok(done);
            }
        }
        let resume = self.resume;
        self.run(true, async move |lane, get| sink::to_file(lane, get, &path, resume).await).await
    }

    /// Fetches into a writer, from where nothing can be taken back: what cannot be resumed is an error, and so is a
    /// wrong checksum at the end, by which time the writer has everything.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub async fn to_writer(
        self,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Downloaded, TransferError> {
        let writing = TransferError::io;
        self.run(false, async move |mut lane, mut get| {
            loop {
                match lane.next(&mut get, None).await? {
                    Piece::Data(data) => {
                        writer.write_all(&data).await.map_err(writing("writing the download"))?;
                    }
                    Piece::Restart => return Err(TransferError::Changed { what: "the object" }),
                    Piece::End(done) => {
                        writer.flush().await.map_err(writing("writing the download"))?;
                        return Ok(done);
                    }
                }
            }
        })
        .await
    }

    /// Fetches as a stream. As with a writer nothing can be taken back: only the end of the stream without an error
    /// says that everything was right.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, TransferError>> + Send {
        unfold(Some(self.begin(false)), |running| async move {
            let (mut lane, mut get) = running?;
            match lane.next(&mut get, None).await {
                Ok(Piece::Data(data)) => Some((Ok(data), Some((lane, get)))),
                Ok(Piece::End(_)) => None,
                Ok(Piece::Restart) => Some((Err(TransferError::Changed { what: "the object" }), None)),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// The download, and the lane that carries it out. `restartable` says whether delivered bytes can be taken back.
    fn begin(self, restartable: bool) -> (Lane, driver::Get) {
        let setup = self.lane.setup(self.presigned, self.extra);
        (self.lane, driver::Get::new(setup, self.range, restartable))
    }

    async fn run<T>(
        self,
        restartable: bool,
        work: impl AsyncFnOnce(Lane, driver::Get) -> Result<T, TransferError>,
    ) -> Result<T, TransferError> {
        let deadline = self.lane.uploader.options.retry.deadline;
        let (lane, get) = self.begin(restartable);
        Lane::within_deadline(deadline, work(lane, get)).instrument(transfer_span!("get")).await
    }
}

impl std::fmt::Debug for Get {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Get").field("wanted", &self.range).finish_non_exhaustive()
    }
}
