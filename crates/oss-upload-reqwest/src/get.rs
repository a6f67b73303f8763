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

/// A download, which one of the functions that fetch starts. Dropping their future cancels the download and leaves no file
/// behind, unless it is one to [`resume`](Self::resume).
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

    /// Adds a header: one that was signed and whose value the presigned request does not contain, or one that OSS does not
    /// sign. Any other is refused before anything is sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Fetches only the bytes `first..=last`, or all bytes from `first` if `last` is `None`.
    pub fn range(mut self, first: u64, last: Option<u64>) -> Self {
        self.range = Some(ByteRange { first, last });
        self
    }

    /// Makes [`to_file`](Self::to_file) fetch `parallel` ranges of `range_size` bytes at once, for lines that one connection
    /// does not fill. It has no effect if the server supports no ranges, or with [`range`](Self::range) or
    /// [`resume`](Self::resume).
    pub fn parallel(mut self, parallel: usize, range_size: u64) -> Self {
        self.parallel = Some((parallel, range_size));
        self
    }

    /// Makes [`to_file`](Self::to_file) continue an earlier download to the same file, whatever stopped that, and keep the
    /// bytes that have arrived if this one fails.
    ///
    /// Until the file is complete, its bytes are in `NAME.oss-part` beside it. `NAME.oss-part.json` names the object and the
    /// version (ETag) that they belong to, and contains no secret. To continue, the checksum of these bytes is computed again
    /// and the remaining bytes are fetched as a range over one connection. The download starts over if the object has
    /// changed since, or if the service sends no ETag. Only one process may download to a file at a time.
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Calls `report` with the progress of the download, at most once in each
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

    /// Fetches the object into memory, at most `limit` bytes.
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

    /// Fetches the object into a file, which appears when it is complete and checked, or not at all: the bytes first go to a
    /// temporary file beside it. An existing file is replaced. The bytes, and on Unix the name, are on the disk when this
    /// returns.
    ///
    /// # Errors
    /// Any [`TransferError`]. No file is left behind, unless the download is one to [`resume`](Self::resume).
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

    /// Fetches the object into a writer, from which bytes cannot be taken back. A download that would have to start over
    /// fails, and so does one whose checksum is wrong at the end, when the writer already has all bytes.
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

    /// Returns a stream of the object. Bytes that were yielded cannot be taken back: only an end without an error means that
    /// all of them were right.
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
