//! A body on its way out: read ahead, checksummed, paced, reported.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};
use oss_upload::{Crc64, Pacer};

use crate::body::{FilePart, Source};
use crate::client::CHUNK;
use crate::context::{Monitor, process_time};
use crate::file::read_full_at;
use crate::tally::Tally;

/// What has gone out so far; shared with the stream that the HTTP client owns.
#[derive(Default)]
pub(crate) struct Sent {
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
    pub(crate) pacer: Option<Arc<Mutex<Pacer>>>,
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
                self.pass(futures_util::stream::iter(pieces)).boxed()
            }
            Source::File(part) => {
                let chunks = read_ahead(part.clone(), self.length);
                self.pass(chunks).boxed()
            }
            Source::Reopen(open) => self.pass(open()).boxed(),
            Source::Once(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                match stream {
                    Some(stream) => self.pass(stream).boxed(),
                    None => futures_util::stream::empty().boxed(),
                }
            }
        }
    }

    fn pass(
        self,
        chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let state = (self, Box::pin(chunks), Bytes::new());
        unfold(Some(state), |state| async move {
            let (sending, mut chunks, mut rest) = state?;
            while rest.is_empty() {
                match chunks.next().await {
                    Some(Ok(chunk)) => rest = chunk,
                    Some(Err(error)) => return Some((Err(sending.fail(error)), None)),
                    None if sending.count() < sending.length => {
                        let error = io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the body ended before its announced length",
                        );
                        return Some((Err(sending.fail(error)), None));
                    }
                    None => return None,
                }
            }
            let mut chunk = std::mem::take(&mut rest);
            if let Some(pacer) = &sending.pacer {
                let wait = {
                    let mut pacer = pacer.lock().unwrap_or_else(PoisonError::into_inner);
                    if chunk.len() > pacer.piece() {
                        rest = chunk.split_off(pacer.piece());
                    }
                    pacer.reserve(process_time(), chunk.len() as u64)
                };
                if !wait.is_zero() {
                    sending.monitor.touch();
                    tokio::time::sleep(wait).await;
                }
            }
            match sending.take(&chunk) {
                Ok(sent) => {
                    sending.tally.moved(&sending.monitor, sent);
                    Some((Ok(chunk), Some((sending, chunks, rest))))
                }
                Err(error) => Some((Err(sending.fail(error)), None)),
            }
        })
    }

    fn count(&self) -> u64 {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).crc.length()
    }

    /// Counts a chunk; an excess over the announced length is an error.
    fn take(&self, chunk: &[u8]) -> io::Result<u64> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.crc.length().saturating_add(chunk.len() as u64) > self.length {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the body is longer than its announced length",
            ));
        }
        sent.crc.update(chunk);
        Ok(sent.crc.length())
    }

    /// Keeps the error for the caller; the HTTP client gets one that only says so.
    fn fail(&self, error: io::Error) -> io::Error {
        let copy = io::Error::new(error.kind(), error.to_string());
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).failure = Some(error);
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

/// Chunks of a file, the next one being read while the current one is sent.
fn read_ahead(part: FilePart, length: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let pool: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let read = move |done: u64| {
        let (part, pool) = (part.clone(), pool.clone());
        let size = usize::try_from(length.saturating_sub(done)).unwrap_or(CHUNK).min(CHUNK);
        tokio::task::spawn_blocking(move || {
            let recycled = pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut buffer = recycled.unwrap_or_default();
            buffer.resize(size, 0);
            let filled = read_full_at(&part.file, &mut buffer, part.offset.saturating_add(done))?;
            Ok(Bytes::from_owner(Pooled { buffer, filled, pool }))
        })
    };
    let first = (length > 0).then(|| read(0));
    unfold((first, 0_u64), move |(pending, done)| {
        let read = read.clone();
        async move {
            let chunk: io::Result<Bytes> =
                pending?.await.unwrap_or_else(|error| Err(io::Error::other(error)));
            let done = done.saturating_add(chunk.as_ref().map_or(0, |chunk| chunk.len() as u64));
            let more = done < length && chunk.as_ref().is_ok_and(|chunk| !chunk.is_empty());
            let next = more.then(|| read(done));
            match chunk {
                // The file ends early: the count will show it.
                Ok(chunk) if chunk.is_empty() => None,
                chunk => Some((chunk, (next, done))),
            }
        }
    })
}
