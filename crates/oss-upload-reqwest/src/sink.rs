//! Where a download to a file goes: a temporary sibling, written in large pieces beside the network.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use oss_upload::TransferError;
use tokio::task::JoinHandle;

use crate::body::blocking;
use crate::client::CHUNK;
use crate::file::{temporary_sibling, write_all_at};

/// A file that appears under its name only when it is complete; dropped before that, nothing is left.
pub(crate) struct Destination {
    path: PathBuf,
    temporary: tempfile::NamedTempFile,
    pub(crate) file: Arc<File>,
}

impl Destination {
    pub(crate) async fn create(path: &Path) -> Result<Self, TransferError> {
        let path = path.to_path_buf();
        blocking("making a temporary file beside the destination", move || {
            if path.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "the destination is a directory"));
            }
            let temporary = temporary_sibling(&path)?;
            let file = Arc::new(temporary.as_file().try_clone()?);
            Ok(Self { path, temporary, file })
        })
        .await
    }

    /// Gives the file, of `length` bytes, its name, at once and completely.
    pub(crate) async fn finish(self, length: u64) -> Result<(), TransferError> {
        blocking("renaming the finished download", move || {
            // An attempt that was thrown away may have written further.
            self.file.set_len(length)?;
            self.temporary.persist(&self.path).map(drop).map_err(|error| error.error)
        })
        .await
    }
}

/// Writes one run of bytes to a file, a piece being written while the next one is collected.
pub(crate) struct Writer {
    file: Arc<File>,
    start: u64,
    position: u64,
    pending: Vec<Bytes>,
    collected: usize,
    writing: Option<JoinHandle<io::Result<()>>>,
}

impl Writer {
    pub(crate) fn new(file: Arc<File>, start: u64) -> Self {
        Self { file, start, position: start, pending: Vec::new(), collected: 0, writing: None }
    }

    pub(crate) async fn push(&mut self, bytes: Bytes) -> Result<(), TransferError> {
        self.collected = self.collected.saturating_add(bytes.len());
        self.pending.push(bytes);
        if self.collected >= CHUNK { self.flush().await } else { Ok(()) }
    }

    /// Begins writing what was collected, once the piece before it is written.
    async fn flush(&mut self) -> Result<(), TransferError> {
        self.settle().await?;
        let pieces = std::mem::take(&mut self.pending);
        let (file, mut position) = (self.file.clone(), self.position);
        self.position = self.position.saturating_add(self.collected as u64);
        self.collected = 0;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            for piece in pieces {
                write_all_at(&file, &piece, position)?;
                position = position.saturating_add(piece.len() as u64);
            }
            Ok(())
        }));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), TransferError> {
        match self.writing.take() {
            None => Ok(()),
            Some(writing) => writing
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error)))
                .map_err(TransferError::io("writing the download")),
        }
    }

    /// Starts over.
    pub(crate) async fn restart(&mut self) -> Result<(), TransferError> {
        self.pending.clear();
        self.collected = 0;
        self.settle().await?;
        self.position = self.start;
        Ok(())
    }

    pub(crate) async fn finish(&mut self) -> Result<(), TransferError> {
        self.flush().await?;
        self.settle().await
    }
}
