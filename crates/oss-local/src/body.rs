//! The bodies of answers.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::error::Result;
use crate::store::{Source, Store};

/// Read from a file at once: a slow client holds two of them.
const PIECE: u64 = 256 * 1024;

/// The body of an answer; always of known length.
#[derive(Debug)]
pub(crate) enum Body {
    Bytes(Bytes),
    Chunks { chunks: Arc<Vec<Bytes>>, next: usize, skip: usize, left: u64 },
    File(FileBody),
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::Bytes(Bytes::new())
    }

    /// A part of stored content.
    pub(crate) fn stored(store: Arc<Store>, source: Source, range: Range<u64>) -> Self {
        let left = range.end.saturating_sub(range.start);
        match source {
            Source::Memory(chunks) => {
                let (mut next, mut skip) = (0, range.start);
                while let Some(chunk) = chunks.get(next)
                    && skip >= chunk.len() as u64
                {
                    skip -= chunk.len() as u64;
                    next += 1;
                }
                Self::Chunks { chunks, next, skip: usize::try_from(skip).unwrap_or(usize::MAX), left }
            }
            source => Self::File(FileBody { rest: Rest::Unread(source), at: range.start, left, store }),
        }
    }
}

/// A part of a file. A thread is taken for as long as it reads a piece, not for as long as the client does.
#[derive(Debug)]
pub(crate) struct FileBody {
    rest: Rest,
    /// Of the next piece.
    at: u64,
    /// Not sent yet.
    left: u64,
    store: Arc<Store>,
}

#[derive(Debug)]
enum Rest {
    Unread(Source),
    /// The next piece, read ahead while the client takes the one before.
    Reading(JoinHandle<Result<(Source, Bytes)>>),
    /// The last piece has been read, or one could not be.
    Ended,
}

impl FileBody {
    /// Begins to read the next piece.
    fn read_ahead(&mut self, mut source: Source) {
        let length = self.left.min(PIECE);
        if length == 0 {
            self.rest = Rest::Ended;
            return;
        }
        let (store, range) = (self.store.clone(), self.at..self.at + length);
        self.at += length;
        self.rest = Rest::Reading(tokio::spawn(async move {
            store.run_on_thread(move |_| Ok(source.read_piece(range).map(|piece| (source, piece))?)).await
        }));
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            match std::mem::replace(&mut self.rest, Rest::Ended) {
                Rest::Unread(source) => self.read_ahead(source),
                Rest::Reading(mut reading) => {
                    let Poll::Ready(read) = Pin::new(&mut reading).poll(cx) else {
                        self.rest = Rest::Reading(reading);
                        return Poll::Pending;
                    };
                    let Ok(Ok((source, piece))) = read else {
                        return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                    };
                    self.left -= piece.len() as u64;
                    self.read_ahead(source);
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                Rest::Ended => {
                    let broken = (self.left > 0).then(|| Err(io::ErrorKind::UnexpectedEof.into()));
                    return Poll::Ready(broken);
                }
            }
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = match self.get_mut() {
            Self::Bytes(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Self::Bytes(bytes) => std::mem::take(bytes),
            Self::Chunks { left: 0, .. } => return Poll::Ready(None),
            Self::Chunks { chunks, next, skip, left } => {
                let Some(chunk) = chunks.get(*next) else {
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                };
                let length = (chunk.len() - *skip).min(usize::try_from(*left).unwrap_or(usize::MAX));
                let slice = chunk.slice(*skip..*skip + length);
                (*next, *skip, *left) = (*next + 1, 0, *left - length as u64);
                slice
            }
            Self::File(file) => return file.poll(cx),
        };
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Chunks { left, .. } => *left,
            Self::File(file) => file.left,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    fn store() -> Arc<Store> {
        Arc::new(Store::open(&crate::store::Storage::Memory, u64::MAX).unwrap())
    }

    #[tokio::test]
    async fn ranges_of_chunks_and_files_are_the_same_bytes() {
        let store = store();
        let whole: Vec<u8> = (0..=255).collect();
        let chunks = Arc::new(whole.chunks(100).map(Bytes::copy_from_slice).collect::<Vec<_>>());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        std::fs::write(&path, &whole).unwrap();
        for range in [0..256, 0..0, 0..1, 99..101, 100..200, 255..256, 256..256, 50..250] {
            let memory = Body::stored(store.clone(), Source::Memory(chunks.clone()), range.clone());
            let file =
                Body::stored(store.clone(), Source::File(std::fs::File::open(&path).unwrap()), range.clone());
            let expected = &whole[range.start as usize..range.end as usize];
            assert_eq!(memory.collect().await.unwrap().to_bytes(), expected);
            assert_eq!(file.collect().await.unwrap().to_bytes(), expected);
        }
    }

    #[tokio::test]
    async fn a_file_that_ends_early_is_an_error_not_a_short_answer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        std::fs::write(&path, b"short").unwrap();
        let body = Body::stored(store(), Source::File(std::fs::File::open(&path).unwrap()), 0..6);
        assert!(body.collect().await.is_err());
    }
}
