//! Fetching an object.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::transfer_span;
use oss_upload::{BoxError, ByteRange, Downloaded, Progress, RefreshReason, TransferError, driver};

use crate::cancel::CancelToken;
use crate::client::CHUNK;
use crate::lane::{Lane, Piece};
use crate::parallel;
use crate::sink;
use crate::uploader::Uploader;

/// A download, which one of the functions that fetch starts.
#[must_use = "nothing happens before `bytes`, `to_file`, `to_writer` or `reader`"]
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
    pub fn refresh_with<F>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.lane.sign = Some(Arc::new(refresh));
        self
    }

    /// Stops the download when `token` is cancelled. No file is left behind, unless the download is one to
    /// [`resume`](Self::resume).
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.lane.cancel = token.clone();
        self
    }

    /// Fetches the object into memory, at most `limit` bytes.
    ///
    /// # Errors
    /// [`TransferError::TooLarge`] beyond the limit; any other [`TransferError`].
    pub fn bytes(self, limit: u64) -> Result<Vec<u8>, TransferError> {
        let _span = transfer_span!("get").entered();
        let (mut lane, get) = self.begin(true);
        let mut get = get.at_most(limit);
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = Vec::new();
        loop {
            match lane.next(&mut get, None, &mut buffer)? {
                Piece::Data(n) => bytes.extend_from_slice(buffer.get(..n).unwrap_or_default()),
                Piece::Restart => bytes.clear(),
                Piece::End(_) => return Ok(bytes),
            }
        }
    }

    /// Fetches the object into a file, which appears when it is complete and checked, or not at all: the bytes first go to a
    /// temporary file beside it. An existing file is replaced. The bytes, and on Unix the name, are on the disk when this
    /// returns.
    ///
    /// # Errors
    /// Any [`TransferError`]. No file is left behind, unless the download is one to [`resume`](Self::resume).
    pub fn to_file(self, path: impl AsRef<Path>) -> Result<Downloaded, TransferError> {
        let _span = transfer_span!("get").entered();
        let path = path.as_ref();
        if let (Some((lanes, range_size)), None, false) = (self.parallel, self.range, self.resume) {
            let setup = self.lane.setup(self.presigned.clone(), self.extra.clone());
            let ranges = driver::Ranges::new(setup, range_size);
            if let Some(done) = parallel::to_file(&self.lane, ranges, lanes, path)? {
                return Ok(done);
            }
        }
        let resume = self.resume;
        let (lane, get) = self.begin(true);
        sink::to_file(lane, get, path, resume)
    }

    /// Fetches the object into a writer, from which bytes cannot be taken back. A download that would have to start over
    /// fails, and so does one whose checksum is wrong at the end, when the writer already has all bytes.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub fn to_writer(self, writer: &mut impl Write) -> Result<Downloaded, TransferError> {
        let _span = transfer_span!("get").entered();
        let (mut lane, mut get) = self.begin(false);
        let mut buffer = vec![0; CHUNK];
        loop {
            match lane.next(&mut get, None, &mut buffer)? {
                Piece::Data(n) => writer
                    .write_all(buffer.get(..n).unwrap_or_default())
                    .map_err(TransferError::io("writing the download"))?,
                Piece::Restart => return Err(TransferError::Changed { what: "the object" }),
                Piece::End(done) => {
                    writer.flush().map_err(TransferError::io("writing the download"))?;
                    return Ok(done);
                }
            }
        }
    }

    /// Returns a reader of the object. Bytes that were read cannot be taken back: only an end without an error means that all
    /// of them were right. A failure is an [`io::Error`] that contains the [`TransferError`].
    pub fn reader(self) -> impl Read + Send {
        Reader { running: Some(self.begin(false)) }
    }

    /// The download, and the lane that carries it out. `restartable` says whether delivered bytes can be taken back.
    fn begin(self, restartable: bool) -> (Lane, driver::Get) {
        let setup = self.lane.setup(self.presigned, self.extra);
        (self.lane, driver::Get::new(setup, self.range, restartable))
    }
}

struct Reader {
    running: Option<(Lane, driver::Get)>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((lane, get)) = &mut self.running else { return Ok(0) };
        if buffer.is_empty() {
            return Ok(0);
        }
        match lane.next(get, None, buffer) {
            Ok(Piece::Data(n)) => Ok(n),
            Ok(Piece::End(_)) => {
                self.running = None;
                Ok(0)
            }
            Ok(Piece::Restart) => Err(io::Error::other(TransferError::Changed { what: "the object" })),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl std::fmt::Debug for Get {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Get").field("wanted", &self.range).finish_non_exhaustive()
    }
}
