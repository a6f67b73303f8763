//! A body on its way out: read ahead, checksummed, paced, reported.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};
use http_body::{Frame, SizeHint};
use oss_upload::driver::SentBody;
use oss_upload::driver::{Activity, ProgressSink, SharedPacer};
use oss_upload::files::{FilePart, read_full_at};
use oss_upload::{Crc64, TransferError};

use crate::body::Source;
use crate::client::CHUNK;
use crate::lane::{Lane, Load};

/// What has gone out so far; shared with the stream that the HTTP client owns.
#[derive(Clone, Default)]
pub(crate) struct SendState(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    /// What the HTTP client has taken.
    bytes: u64,
    /// Of everything that was read, which is what has gone out once that is all.
    crc: Crc64,
    /// Why the source could not deliver.
    failure: Option<io::Error>,
}

impl SendState {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has gone out, for the transfer to judge.
    pub(crate) fn take(&self) -> SentBody {
        let Counts { bytes, crc, failure } = std::mem::take(&mut *self.counts());
        let failure = failure.map(TransferError::io("reading the body"));
        SentBody { bytes, crc64: crc.value(), failure }
    }
}

/// The body of one attempt.
pub(crate) struct BodyStream {
    source: Source,
    length: u64,
    attempt: u32,
    sent: SendState,
    activity: Arc<Activity>,
    progress: Arc<dyn ProgressSink>,
    pacer: Option<Arc<SharedPacer>>,
}

impl BodyStream {
    pub(crate) fn new(lane: &Lane, Load { body, progress }: &Load<'_>, attempt: u32) -> Self {
        progress.moved(&lane.activity, attempt, 0);
        Self {
            source: body.source.clone(),
            length: body.length,
            attempt,
            sent: SendState::default(),
            activity: lane.activity.clone(),
            progress: progress.clone(),
            pacer: lane.uploader.pacer.clone(),
        }
    }

    /// How much of it has gone out.
    pub(crate) fn sent(&self) -> SendState {
        self.sent.clone()
    }

    /// For the HTTP client. It ends with an error where the source has another length than announced.
    pub(crate) fn into_body(self) -> reqwest::Body {
        match self.source.clone() {
            // Small bodies go out in one piece, without the machinery of a stream.
            Source::Bytes(bytes) if bytes.len() <= CHUNK && self.pacer.is_none() => {
                reqwest::Body::wrap(OnePiece { sending: self, bytes: Some(bytes) })
            }
            _ => reqwest::Body::wrap_stream(self.stream()),
        }
    }

    fn stream(self) -> BoxStream<'static, io::Result<Bytes>> {
        match self.source.clone() {
            Source::Bytes(bytes) => {
                let pieces = (0..bytes.len().div_ceil(CHUNK)).map(move |n| {
                    let start = n * CHUNK;
                    Ok(bytes.slice(start..bytes.len().min(start + CHUNK)))
                });
                self.pass(plain(futures_util::stream::iter(pieces))).boxed()
            }
            Source::File(part) => {
                let chunks = read_ahead(part, self.length);
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
                    sending.activity.touch();
                    tokio::time::sleep(wait).await;
                }
            }
            sending.pass_on(piece.len());
            Some((Ok(piece), Some((sending, chunks, rest))))
        })
    }

    fn missing(&self) -> bool {
        self.sent.counts().bytes < self.length
    }

    /// Takes in what was read; an excess over the announced length is an error.
    fn take(&self, chunk: Chunk) -> io::Result<Bytes> {
        let mut sent = self.sent.counts();
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
            let mut sent = self.sent.counts();
            sent.bytes = sent.bytes.saturating_add(bytes as u64);
            sent.bytes
        };
        self.progress.moved(&self.activity, self.attempt, so_far);
    }

    /// Keeps the error for the caller; the HTTP client gets one that only says so.
    fn fail(&self, error: io::Error) -> io::Error {
        let copy = io::Error::new(error.kind(), error.to_string());
        self.sent.counts().failure = Some(error);
        copy
    }
}

/// A body in one piece. It counts as sent when the HTTP client takes it, not before: an answer may be earlier.
struct OnePiece {
    sending: BodyStream,
    bytes: Option<Bytes>,
}

impl http_body::Body for OnePiece {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(bytes) = self.bytes.take().filter(|bytes| !bytes.is_empty()) else {
            return Poll::Ready(None);
        };
        self.sending.sent.counts().crc.update(&bytes);
        self.sending.pass_on(bytes.len());
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
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
