//! What is sent.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use md5::{Digest, Md5};
use oss_upload::files::{FilePart, read_full_at};
use oss_upload::{Modified, PlanError, TransferError};

use crate::client::CHUNK;

/// A body with a known length.
pub struct Body {
    pub(crate) source: Source,
    pub(crate) length: u64,
}

/// Where the bytes come from.
#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Arc<[u8]>),
    File(FilePart),
    /// Makes the reader anew for each attempt.
    Reopen(Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>),
    /// Can be read once; taken by the first attempt.
    Once(Arc<std::sync::Mutex<Option<Box<dyn Read + Send>>>>),
}

impl Body {
    /// Creates a body of bytes in memory.
    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { length: bytes.len() as u64, source: Source::Bytes(bytes) }
    }

    /// Creates a body of a file, which is opened once and read again for each attempt. Memory use does not depend on its
    /// size.
    ///
    /// # Errors
    /// [`TransferError::Io`] if it cannot be opened, or is not a regular file. A pipe has no length: use
    /// [`spool`](Self::spool).
    pub fn file(path: impl AsRef<Path>) -> Result<Self, TransferError> {
        FilePart::open(path.as_ref()).map(Self::of_file)
    }

    fn of_file(part: FilePart) -> Self {
        Self { length: part.stamp.length, source: Source::File(part) }
    }

    /// Creates a body of a reader of exactly `length` bytes. It can be read only once, so a failed attempt is not repeated.
    pub fn reader(reader: impl Read + Send + 'static, length: u64) -> Self {
        let source = Source::Once(Arc::new(std::sync::Mutex::new(Some(Box::new(reader)))));
        Self { source, length }
    }

    /// Creates a body of exactly `length` bytes that `open` makes a reader of for each attempt.
    pub fn reopening<R>(length: u64, open: impl Fn() -> io::Result<R> + Send + Sync + 'static) -> Self
    where
        R: Read + Send + 'static,
    {
        Self { source: Source::Reopen(Arc::new(move || Ok(Box::new(open()?)))), length }
    }

    /// Creates a body of input whose length is not known, such as standard input: it is first copied into a temporary file
    /// without a name.
    ///
    /// # Errors
    /// [`TransferError::Io`] if reading, or writing the temporary file, fails.
    pub fn spool(mut reader: impl Read) -> Result<Self, TransferError> {
        let mut copy = || {
            let mut file = tempfile::tempfile()?;
            io::copy(&mut reader, &mut file)?;
            Ok(Self::of_file(FilePart::whole(file)))
        };
        copy().map_err(TransferError::io("copying the input into a temporary file"))
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
        self.check_usable()?;
        match &self.source {
            Source::Bytes(_) => Ok(None),
            Source::File(part) => Ok(part.stamp.modified()),
            Source::Reopen(_) | Source::Once(_) => Err(PlanError::NotSeekable.into()),
        }
    }

    /// Makes sure that a file has a length.
    pub(crate) fn check_usable(&self) -> Result<(), TransferError> {
        if let Source::File(part) = &self.source { part.check_usable() } else { Ok(()) }
    }

    /// Makes sure that a file is still the one that was opened.
    pub(crate) fn check_unchanged(&self) -> Result<(), TransferError> {
        if let Source::File(part) = &self.source { part.check_unchanged() } else { Ok(()) }
    }

    /// Returns the MD5 of the body in base64, as in the header `content-md5`, with which a URL can be signed for exactly this
    /// content.
    ///
    /// # Errors
    /// [`TransferError::Io`] if it cannot be read, or is a reader that can be read only once.
    pub fn content_md5(&self) -> Result<String, TransferError> {
        let mut reader: Box<dyn Read + '_> = match &self.source {
            Source::Bytes(bytes) => Box::new(&bytes[..]),
            Source::Once(_) => return Err(TransferError::read_once("computing the MD5")),
            Source::Reopen(open) => open().map_err(TransferError::io("reading the body"))?,
            Source::File(part) => Box::new(FileReader::new(part, self.length)),
        };
        let mut md5 = Md5::new();
        let mut buffer = vec![0; CHUNK];
        loop {
            match reader.read(&mut buffer).map_err(TransferError::io("reading the body"))? {
                0 => break,
                n => md5.update(buffer.get(..n).unwrap_or_default()),
            }
        }
        Ok(base64::engine::general_purpose::STANDARD.encode(md5.finalize()))
    }
}

impl<const N: usize> From<[u8; N]> for Body {
    fn from(bytes: [u8; N]) -> Self {
        Self::bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::bytes(text.as_bytes())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::bytes(text.into_bytes())
    }
}

/// Takes the whole file, wherever its cursor is. A file without a length, such as a pipe, is refused when the body is sent.
impl From<File> for Body {
    fn from(file: File) -> Self {
        Self::of_file(FilePart::whole(file))
    }
}

/// Reads a range of a file, wherever the file's cursor is.
pub(crate) struct FileReader {
    part: FilePart,
    done: u64,
    length: u64,
}

impl FileReader {
    pub(crate) fn new(part: &FilePart, length: u64) -> Self {
        Self { part: part.clone(), done: 0, length }
    }
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.done)).unwrap_or(usize::MAX);
        let size = buffer.len().min(left);
        let wanted = buffer.get_mut(..size).unwrap_or_default();
        let n = read_full_at(&self.part.file, wanted, self.part.offset.saturating_add(self.done))?;
        self.done = self.done.saturating_add(n as u64);
        Ok(n)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}
