//! What is sent.

use std::io;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};
use md5::{Digest, Md5};
use oss_upload::files::{FilePart, read_full_at};
use oss_upload::{Modified, PlanError, TransferError};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::client::CHUNK;

/// A body with a known length.
pub struct Body {
    pub(crate) source: Source,
    pub(crate) length: u64,
}

/// Where the bytes come from.
#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    File(FilePart),
    /// Makes the stream anew for each attempt.
    Reopen(Arc<dyn Fn() -> BoxStream<'static, io::Result<Bytes>> + Send + Sync>),
    /// Can be read once; taken by the first attempt.
    Once(Arc<std::sync::Mutex<Option<BoxStream<'static, io::Result<Bytes>>>>>),
}

impl Body {
    /// Creates a body of bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { length: bytes.len() as u64, source: Source::Bytes(bytes) }
    }

    /// Creates a body of a file, which is opened once and read again for each attempt. Memory use does not depend on its
    /// size.
    ///
    /// # Errors
    /// [`TransferError::Io`] if it cannot be opened, or is not a regular file. A pipe has no length: use
    /// [`spool`](Self::spool).
    pub async fn file(path: impl AsRef<Path>) -> Result<Self, TransferError> {
        let path = path.as_ref().to_path_buf();
        blocking("opening the file", move || FilePart::open(&path)).await.map(Self::of_file)
    }

    fn of_file(part: FilePart) -> Self {
        Self { length: part.stamp.length, source: Source::File(part) }
    }

    /// Creates a body of a stream of exactly `length` bytes. It can be read only once, so a failed attempt is not repeated.
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: u64) -> Self {
        let source = Source::Once(Arc::new(std::sync::Mutex::new(Some(stream.boxed()))));
        Self { source, length }
    }

    /// Creates a body of a reader of exactly `length` bytes. It can be read only once, so a failed attempt is not repeated.
    pub fn reader(reader: impl AsyncRead + Send + 'static, length: u64) -> Self {
        Self::stream(reader_stream(reader), length)
    }

    /// Creates a body of exactly `length` bytes that `open` makes a stream of for each attempt.
    pub fn reopening<S>(length: u64, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self { source: Source::Reopen(Arc::new(move || open().boxed())), length }
    }

    /// Creates a body of input whose length is not known, such as standard input: it is first copied into a temporary file
    /// without a name.
    ///
    /// # Errors
    /// [`TransferError::Io`] if reading, or writing the temporary file, fails.
    pub async fn spool(mut reader: impl AsyncRead + Unpin) -> Result<Self, TransferError> {
        let make = || tempfile::tempfile().map_err(TransferError::io("making a temporary file"));
        let file = blocking("making a temporary file", make).await?;
        let mut file = tokio::fs::File::from_std(file);
        let copy = async {
            tokio::io::copy_buf(&mut tokio::io::BufReader::with_capacity(CHUNK, &mut reader), &mut file)
                .await?;
            tokio::io::AsyncWriteExt::flush(&mut file).await
        };
        copy.await.map_err(TransferError::io("copying the input into a temporary file"))?;
        let file = file.into_std().await;
        Ok(Self::of_file(FilePart::whole(file)))
    }

    /// Returns the number of bytes in the body.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether a failed attempt can be repeated.
    pub(crate) fn rereadable(&self) -> bool {
        !matches!(self.source, Source::Once(_))
    }

    /// When a file of parts was last changed; `None` for parts in memory.
    pub(crate) fn modified(&self) -> Result<Option<Modified>, TransferError> {
        let modified = match &self.source {
            Source::File(part) => part.check_usable().map(|()| part.stamp.modified())?,
            Source::Bytes(_) => None,
            _ => return Err(PlanError::NotSeekable.into()),
        };
        Ok(modified)
    }

    /// Makes sure that a file has a length.
    pub(crate) fn check_usable(&self) -> Result<(), TransferError> {
        let Source::File(part) = &self.source else { return Ok(()) };
        part.check_usable()
    }

    /// Makes sure that a file is still the one that was opened.
    pub(crate) fn check_unchanged(&self) -> Result<(), TransferError> {
        match &self.source {
            Source::File(part) => part.check_unchanged(),
            _ => Ok(()),
        }
    }

    /// Returns the MD5 of the body in base64, as in the header `content-md5`, with which a URL can be signed for exactly this
    /// content.
    ///
    /// # Errors
    /// [`TransferError::Io`] if it cannot be read, or is a stream that can be read only once.
    pub async fn content_md5(&self) -> Result<String, TransferError> {
        let mut md5 = Md5::new();
        match &self.source {
            Source::Bytes(bytes) => md5.update(bytes),
            Source::Once(_) => return Err(TransferError::read_once("computing the MD5")),
            Source::Reopen(open) => {
                let mut stream = open();
                while let Some(chunk) = stream.next().await {
                    md5.update(&chunk.map_err(TransferError::io("reading the body"))?);
                }
            }
            Source::File(part) => {
                let (part, length) = (part.clone(), self.length);
                md5 = blocking("reading the file", move || {
                    let mut buffer = vec![0; CHUNK];
                    let mut done = 0;
                    while done < length {
                        let n = read_full_at(&part.file, &mut buffer, part.offset.saturating_add(done))
                            .map_err(TransferError::io("reading the file"))?;
                        if n == 0 {
                            break;
                        }
                        md5.update(buffer.get(..n).unwrap_or_default());
                        done = done.saturating_add(n as u64);
                    }
                    Ok(md5)
                })
                .await?;
            }
        }
        Ok(base64::engine::general_purpose::STANDARD.encode(md5.finalize()))
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Bytes in memory.
macro_rules! body_from {
    ($($bytes:ty),*) => {
        $(impl From<$bytes> for Body {
            fn from(bytes: $bytes) -> Self {
                Self::bytes(bytes)
            }
        })*
    };
}

body_from!(Bytes, Vec<u8>, &'static [u8], String, &'static str);

/// Takes the whole file, wherever its cursor is. A file without a length, such as a pipe, is refused when the body is sent.
impl From<std::fs::File> for Body {
    fn from(file: std::fs::File) -> Self {
        Self::of_file(FilePart::whole(file))
    }
}

fn reader_stream(
    reader: impl AsyncRead + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    unfold(Some(Box::pin(reader)), |reader| async move {
        let mut reader = reader?;
        let mut buffer = bytes::BytesMut::with_capacity(CHUNK / 4);
        match reader.read_buf(&mut buffer).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(buffer.freeze()), Some(reader))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Runs file work where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, TransferError> + Send + 'static,
) -> Result<T, TransferError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(TransferError::io(doing)(io::Error::other(error))))
}
