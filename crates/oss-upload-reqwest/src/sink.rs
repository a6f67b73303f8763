//! A download on its way into a file, written in large pieces beside the network.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use oss_upload::driver::Get;
use oss_upload::files::{Destination, PartialRecord, write_all_at};
use oss_upload::{Downloaded, TransferError};
use tokio::task::JoinHandle;

use crate::body::blocking;
use crate::client::CHUNK;
use crate::lane::{Lane, Piece};

/// The bytes that are collected before they are written. As many again may be on their way to the disk, and the memory of
/// both stays with the allocator of each thread that received some.
const PIECE: usize = CHUNK / 4;

/// Fetches into the file. Where it is to `resume`, it goes on with what an earlier process left, and leaves what it has
/// where it fails.
pub(crate) async fn to_file(
    mut lane: Lane,
    mut get: Get,
    path: &Path,
    resume: bool,
) -> Result<Downloaded, TransferError> {
    let reopened = if resume { reopen(&mut get, path).await? } else { None };
    let mut target = reopened.map(|destination| {
        let writer = Writer::new(destination.file().clone(), get.state().received());
        (destination, writer)
    });
    loop {
        let piece = match lane.next(&mut get, None).await {
            Ok(piece) => piece,
            Err(error) => {
                if let Some((destination, mut writer)) = target {
                    // What has arrived is of use to whoever goes on; what cannot be written is fetched again.
                    let _ = writer.finish().await;
                    if get.is_void(&error) {
                        discard(destination).await?;
                    }
                }
                return Err(error);
            }
        };
        match piece {
            Piece::Restart => {
                if let Some((destination, mut writer)) = target.take() {
                    writer.settle().await?;
                    discard(destination).await?;
                }
            }
            Piece::Data(data) => {
                let (_, writer) = match &mut target {
                    Some(target) => target,
                    // Not before the service has agreed.
                    None => {
                        let destination = create(&get, path, resume).await?;
                        let writer = Writer::new(destination.file().clone(), 0);
                        target.insert((destination, writer))
                    }
                };
                writer.push(data).await?;
            }
            Piece::End(done) => {
                let destination = match target {
                    Some((destination, mut writer)) => {
                        writer.finish().await?;
                        destination
                    }
                    None => create(&get, path, resume).await?,
                };
                return finish(destination, done).await;
            }
        }
    }
}

/// Goes on with what an earlier process left of the same download, if there is anything.
async fn reopen(get: &mut Get, path: &Path) -> Result<Option<Destination>, TransferError> {
    let state = get.state();
    if !state.can_ask_for_ranges() {
        return Ok(None);
    }
    let (path, url, wanted) = (path.to_path_buf(), get.url().to_string(), state.wanted());
    let look = move || Destination::reopen(&path, &url, wanted, || Ok(()));
    let Some((destination, state)) = blocking("reading the partial file", look).await? else {
        return Ok(None);
    };
    get.resume(state);
    Ok(Some(destination))
}

async fn create(get: &Get, path: &Path, resume: bool) -> Result<Destination, TransferError> {
    match PartialRecord::of(get.state(), get.url()).filter(|_| resume) {
        Some(record) => {
            let path = path.to_path_buf();
            let doing = "making a partial file beside the destination";
            blocking(doing, move || Destination::kept(&path, &record)).await
        }
        None => temporary(path).await,
    }
}

pub(crate) async fn temporary(path: &Path) -> Result<Destination, TransferError> {
    let path = path.to_path_buf();
    let doing = "making a temporary file beside the destination";
    blocking(doing, move || Destination::temporary(&path)).await
}

pub(crate) async fn finish(
    destination: Destination,
    mut done: Downloaded,
) -> Result<Downloaded, TransferError> {
    let finish = move || destination.finish(&mut done).map(|()| done);
    blocking("renaming the finished download", finish).await
}

async fn discard(destination: Destination) -> Result<(), TransferError> {
    blocking("removing what was downloaded so far", move || destination.discard()).await
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
        if self.collected >= PIECE { self.flush().await } else { Ok(()) }
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
