//! A body on its way out: read ahead, checksummed, paced, reported.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};
use oss_upload::files::{FilePart, read_full_at};
use oss_upload::{Crc64, Monitor, SharedPacer, Tally};

use crate::body::Source;
use crate::client::CHUNK;

/// What has gone out so far; shared with the stream that the HTTP client owns.
#[derive(Default)]
pub(crate) struct Sent {
    pub(crate) bytes: u64,
    /// Of everything that was read, which is what has gone out once that is all.
    pub(crate) crc: Crc64,
    /// Why the source could not deliver.
    pub(crate) failure: Option<io::Error>,
}

/// How a body is sent.
pub(crate) struct Sending {
    pub(crate) length: u64,
    pub(crate) sent: Arc<Mutex<Sent>>,
    pub(crate) monitor: Arc<Monitor>,
    pub(crate) tally: Arc<dyn Tally>,
    pub(crate) pacer: Option<Arc<SharedPacer>>,
}

impl Sending {
    /// The stream for the HTTP client. It ends with an error where the source has another length than announced.
    pub(crate) fn stream(self, source: &Source) -> BoxStream<'static, io::Result<Bytes>> {
        match source {
            Source::Bytes(bytes) => {
                let bytes = bytes.clone();
                let pieces = (0..bytes.len().div_ceil(CHUNK)).map(move |n| {
                    let start = n * CHUNK;
                    Ok(bytes.slice(start..bytes.len().min(start + CHUNK)))
                });
                self.pass(plain(futures_util::stream::iter(pieces))).boxed()
            }
            Source::File(part) => {
                let chunks = read_ahead(part.clone(), self.length);
                self.pass(chunks).boxed()
            }
            Source::Reopen(open) => self.pass(plain(open())).boxed(),
            Source::Once(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                match stream {
                    Some(stream) => self.pass(plain(stream)).boxed(),
                    None => futures_util::stream::empty().boxed(),
                }
            }
        }
    }

    fn pass(
        self,
        chunks: impl Stream<Item = io::Result<Chunk>> + Send + 'static,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let state = (self, Box::pin(chunks), Bytes::new());
        unfold(Some(state), |state| async move {
            let (sending, mut chunks, mut rest) = state?;
            while rest.is_empty() {
                let taken = match chunks.next().await {
                    Some(chunk) => chunk.and_then(|chunk| sending.take(chunk)),
                    None => match sending.missing() {
                        false => return None,
                        true => Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the body ended before its announced length",
                        )),
                    },
                };
                match taken {
                    Ok(bytes) => rest = bytes,
                    Err(error) => return Some((Err(sending.fail(error)), None)),
                }
            }
            let mut piece = std::mem::take(&mut rest);
            if let Some(pacer) = &sending.pacer {
                if piece.len() > pacer.piece() {
                    rest = piece.split_off(pacer.piece());
                }
                let wait = pacer.reserve(piece.len() as u64);
                if !wait.is_zero() {
                    sending.monitor.touch();
                    tokio::time::sleep(wait).await;
                }
            }
            sending.pass_on(piece.len());
            Some((Ok(piece), Some((sending, chunks, rest))))
        })
    }

    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn missing(&self) -> bool {
        self.sent().bytes < self.length
    }

    /// Takes in what was read; an excess over the announced length is an error.
    fn take(&self, chunk: Chunk) -> io::Result<Bytes> {
        let mut sent = self.sent();
        match chunk.crc {
            Some(crc) => sent.crc = crc,
            None => sent.crc.update(&chunk.bytes),
        }
        if sent.crc.length() > self.length {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the body is longer than its announced length",
            ));
        }
        Ok(chunk.bytes)
    }

    /// Counts what the HTTP client gets now.
    fn pass_on(&self, bytes: usize) {
        let so_far = {
            let mut sent = self.sent();
            sent.bytes = sent.bytes.saturating_add(bytes as u64);
            sent.bytes
        };
        self.tally.moved(&self.monitor, so_far);
    }

    /// Keeps the error for the caller; the HTTP client gets one that only says so.
    fn fail(&self, error: io::Error) -> io::Error {
        let copy = io::Error::new(error.kind(), error.to_string());
        self.sent().failure = Some(error);
        copy
    }
}

/// A buffer that goes back to its pool when the HTTP client is done with it.
struct Pooled {
    buffer: Vec<u8>,
    filled: usize,
    pool: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl AsRef<[u8]> for Pooled {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// Bytes on their way.
struct Chunk {
    bytes: Bytes,
    /// The checksum of the body up to their end, where the source has computed it.
    crc: Option<Crc64>,
}

fn plain(chunks: impl Stream<Item = io::Result<Bytes>>) -> impl Stream<Item = io::Result<Chunk>> {
    chunks.map(|chunk| chunk.map(|bytes| Chunk { bytes, crc: None }))
}

/// Chunks of a file, the next one being read and checksummed while the current one is sent.
fn read_ahead(part: FilePart, length: u64) -> impl Stream<Item = io::Result<Chunk>> + Send {
    let pool: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let read = move |mut crc: Crc64| {
        let (part, pool) = (part.clone(), pool.clone());
        tokio::task::spawn_blocking(move || {
            let recycled = pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut buffer = recycled.unwrap_or_default();
            let left = usize::try_from(length.saturating_sub(crc.length())).unwrap_or(CHUNK);
            buffer.resize(left.min(CHUNK), 0);
            let filled = read_full_at(&part.file, &mut buffer, part.offset.saturating_add(crc.length()))?;
            crc.update(buffer.get(..filled).unwrap_or_default());
            Ok(Chunk { bytes: Bytes::from_owner(Pooled { buffer, filled, pool }), crc: Some(crc) })
        })
    };
    let first = (length > 0).then(|| read(Crc64::new()));
    unfold(first, move |pending| {
        let read = read.clone();
        async move {
            let chunk: io::Result<Chunk> =
                pending?.await.unwrap_or_else(|error| Err(io::Error::other(error)));
            match &chunk {
                // The file ends early: the count will show it.
                Ok(Chunk { bytes, .. }) if bytes.is_empty() => None,
                Ok(Chunk { crc: Some(crc), .. }) if crc.length() < length => {
                    let next = read(crc.clone());
                    Some((chunk, Some(next)))
                }
                _ => Some((chunk, None)),
            }
        }
    })
}
