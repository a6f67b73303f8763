//! Fetching an object.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::{BoxError, ByteRange, Downloaded, Progress, RefreshReason, TransferError};

use crate::cancel::CancelToken;
use crate::client::CHUNK;
use crate::context::Context;
use crate::fetch::{Fetch, Piece};
use crate::parallel::{self, Ranges};
use crate::sink;
use crate::uploader::Uploader;

/// A download about to be made.
#[must_use = "nothing happens before `bytes`, `to_file`, `to_writer` or `reader`"]
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
    pub fn refresh_with<F>(mut self, refresh: F) -> Self
    where
        F: Fn(RefreshReason) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.context.refresh = Some(Arc::new(refresh));
        self
    }

    /// Makes the download stop when the token is cancelled; no file is left, unless it is to
    /// [`resume`](Self::resume).
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.context.cancel = token.clone();
        self
    }

    /// Fetches into memory, no more than `limit` bytes.
    ///
    /// # Errors
    /// [`TransferError::TooLarge`] beyond the limit; any other [`TransferError`].
    pub fn bytes(self, limit: u64) -> Result<Vec<u8>, TransferError> {
        let _span = tracing::info_span!("get", step = "get_bytes").entered();
        let mut fetch = Fetch::new(self.context, self.range);
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = Vec::new();
        loop {
            let piece = fetch.next(&mut buffer)?;
            if fetch.state().expected().is_some_and(|expected| expected > limit) {
                return Err(TransferError::TooLarge { limit });
            }
            match piece {
                Piece::Data(n) if bytes.len().saturating_add(n) as u64 > limit => {
                    return Err(TransferError::TooLarge { limit });
                }
                Piece::Data(n) => bytes.extend_from_slice(buffer.get(..n).unwrap_or_default()),
                Piece::Restart => bytes.clear(),
                Piece::End(_) => return Ok(bytes),
            }
        }
    }

    /// Fetches into a file, which appears complete and checked, or not at all: the bytes first go to a temporary
    /// file beside it. A file that is there already is replaced.
    ///
    /// # Errors
    /// Any [`TransferError`]; nothing is left behind, unless it is to [`resume`](Self::resume).
    pub fn to_file(mut self, path: impl AsRef<Path>) -> Result<Downloaded, TransferError> {
        let _span = tracing::info_span!("get", step = "get_file").entered();
        if let (Some(ranges), None, false) = (self.ranges, self.range, self.resume)
            && let Some(done) = parallel::to_file(&mut self.context, ranges, path.as_ref())?
        {
            return Ok(done);
        }
        sink::to_file(Fetch::new(self.context, self.range), path.as_ref(), self.resume)
    }

    /// Fetches into a writer, from where nothing can be taken back: what cannot be resumed is an error, and so is a
    /// wrong checksum at the end, by which time the writer has everything.
    ///
    /// # Errors
    /// Any [`TransferError`].
    pub fn to_writer(mut self, writer: &mut impl Write) -> Result<Downloaded, TransferError> {
        let _span = tracing::info_span!("get", step = "get_writer").entered();
        self.context.restartable = false;
        let mut fetch = Fetch::new(self.context, self.range);
        let mut buffer = vec![0; CHUNK];
        loop {
            match fetch.next(&mut buffer)? {
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

    /// Fetches as a reader. As with a writer nothing can be taken back: only the end without an error says that
    /// everything was right. A failure is an [`io::Error`] that holds the [`TransferError`].
    pub fn reader(mut self) -> impl Read + Send {
        self.context.restartable = false;
        Reader { fetch: Some(Fetch::new(self.context, self.range)) }
    }
}

struct Reader {
    fetch: Option<Fetch>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(fetch) = &mut self.fetch else { return Ok(0) };
        if buffer.is_empty() {
            return Ok(0);
        }
        match fetch.next(buffer) {
            Ok(Piece::Data(n)) => Ok(n),
            Ok(Piece::End(_)) => {
                self.fetch = None;
                Ok(0)
            }
            Ok(Piece::Restart) => Err(io::Error::other(TransferError::Changed { what: "the object" })),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl std::fmt::Debug for Get {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Get").field("range", &self.range).finish_non_exhaustive()
    }
}
