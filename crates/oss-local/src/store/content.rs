//! The bytes of objects: in memory, or in files that end in their metadata.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::memory::Blocks;
use super::record;

/// Read from a file at once.
const CHUNK: u64 = 1024 * 1024;

/// Bytes on their way into the store; nothing is visible until they are committed.
#[derive(Debug)]
pub(crate) enum Sink {
    Memory(Blocks),
    File(Staged),
}

impl Sink {
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Memory(blocks) => blocks.write(bytes),
            Self::File(staged) => staged.write(bytes),
        }
    }

    /// Appends bytes of an object that this store has already.
    pub(crate) fn share(&mut self, bytes: Bytes) -> io::Result<()> {
        match self {
            Self::Memory(blocks) => {
                blocks.share(bytes);
                Ok(())
            }
            Self::File(staged) => staged.write(&bytes),
        }
    }

    /// Appends a part of stored content.
    pub(crate) fn append(&mut self, source: Source, range: Range<u64>) -> io::Result<()> {
        let wanted = range.end.saturating_sub(range.start);
        match (self, source) {
            (Self::File(staged), Source::File(mut file)) => {
                file.seek(SeekFrom::Start(range.start))?;
                // Copies inside the kernel where the file system can.
                let copied = io::copy(&mut file.take(wanted), staged.file()?)?;
                staged.size += copied;
                if copied == wanted { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
            (sink, source @ Source::Memory(_)) => source.read_chunks(range, |bytes| sink.share(bytes)),
            (sink, Source::Staged(staged)) => {
                let file = File::open(&staged.path)?;
                sink.append(Source::File(file), range)
            }
            (Self::Memory(_), Source::File(_)) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Reads back what was written, before it is committed.
    pub(crate) fn into_source(self) -> io::Result<Source> {
        match self {
            Self::Memory(blocks) => Ok(Source::Memory(Arc::new(blocks.finish()))),
            Self::File(staged) => Ok(Source::Staged(staged)),
        }
    }
}

/// A file that nobody sees yet. It is removed unless it is moved to its place.
#[derive(Debug)]
pub(crate) struct Staged {
    file: Option<File>,
    path: PathBuf,
    size: u64,
}

impl Staged {
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file: Some(file), path, size: 0 })
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file()?.write_all(bytes)?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Writes a file without content of its own.
    pub(super) fn write_plain(&mut self, bytes: &[u8], durable: bool) -> io::Result<()> {
        self.write(bytes)?;
        if durable { self.file()?.sync_data() } else { Ok(()) }
    }

    /// Appends the metadata and makes the file durable where asked to.
    pub(super) fn seal(&mut self, metadata: &impl serde::Serialize, durable: bool) -> io::Result<()> {
        let size = self.size;
        let file = self.file()?;
        record::append(file, metadata, size)?;
        if durable { file.sync_data() } else { Ok(()) }
    }

    /// Puts the sealed file into its place at once.
    pub(super) fn place(mut self, path: &Path) -> io::Result<()> {
        // Closed first: some systems do not rename open files.
        drop(self.file.take());
        std::fs::rename(&self.path, path)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            drop(self.file.take());
            // Whatever stays behind is swept when the store is opened again.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The bytes of a stored object or part.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Memory(Arc<Vec<Bytes>>),
    File(Arc<PathBuf>),
}

impl Content {
    pub(crate) fn open(&self) -> io::Result<Source> {
        match self {
            Self::Memory(chunks) => Ok(Source::Memory(chunks.clone())),
            Self::File(path) => Ok(Source::File(File::open(path.as_path())?)),
        }
    }
}

/// Bytes to read, whatever happens to the object in the meantime.
#[derive(Debug)]
pub(crate) enum Source {
    Memory(Arc<Vec<Bytes>>),
    File(File),
    /// Written, and not committed.
    Staged(Staged),
}

impl Source {
    /// Reads a part of the content at once.
    pub(crate) fn read_piece(&mut self, range: Range<u64>) -> io::Result<Bytes> {
        let source = match self {
            Self::Memory(chunks) => Self::Memory(chunks.clone()),
            Self::File(file) => Self::File(file.try_clone()?),
            Self::Staged(staged) => Self::File(File::open(&staged.path)?),
        };
        let mut piece = BytesMut::new();
        source.read_chunks(range, |bytes| {
            piece.extend_from_slice(&bytes);
            Ok(())
        })?;
        Ok(piece.freeze())
    }

    /// Hands a part of the content over in chunks.
    pub(crate) fn read_chunks(
        self,
        range: Range<u64>,
        mut take: impl FnMut(Bytes) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut left = range.end.saturating_sub(range.start);
        match self {
            Self::Memory(chunks) => {
                let mut skip = range.start;
                for chunk in chunks.iter() {
                    let length = chunk.len() as u64;
                    let from = skip.min(length);
                    let to = length.min(from + left);
                    (skip, left) = (skip - from, left - (to - from));
                    // Both are at most the chunk's length.
                    if let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to))
                        && from < to
                    {
                        take(chunk.slice(from..to))?;
                    }
                }
                if left == 0 { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
            Self::File(mut file) => {
                file.seek(SeekFrom::Start(range.start))?;
                while left > 0 {
                    let wanted = left.min(CHUNK);
                    let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
                    (&mut file).take(wanted).read_to_end(&mut chunk)?;
                    if (chunk.len() as u64) < wanted {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    left -= wanted;
                    take(chunk.into())?;
                }
                Ok(())
            }
            Self::Staged(staged) => Self::File(File::open(&staged.path)?).read_chunks(range, take),
        }
    }
}
