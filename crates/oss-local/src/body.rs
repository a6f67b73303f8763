//! The bodies of answers.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

use crate::shaped::Shaped;
use crate::store::Source;

/// Chunks that wait for a slow client.
const AHEAD: usize = 2;

/// The body of an answer; always of known length.
#[derive(Debug)]
pub(crate) enum Body {
    Bytes(Bytes),
    Chunks { chunks: Arc<Vec<Bytes>>, next: usize, skip: usize, left: u64 },
    File { chunks: mpsc::Receiver<io::Result<Bytes>>, left: u64 },
    Shaped(Box<Shaped>),
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::Bytes(Bytes::new())
    }

    /// The same bytes, at a rate in bytes per second, or cut after so many.
    pub(crate) fn shaped(self, bytes_per_second: Option<u64>, cut: Option<u64>) -> Self {
        if bytes_per_second.is_none() && cut.is_none() {
            return self;
        }
        Self::Shaped(Box::new(Shaped::new(self, bytes_per_second, cut)))
    }

    /// A part of stored content.
    pub(crate) fn stored(source: Source, range: Range<u64>) -> Self {
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
            source => {
                let (sender, chunks) = mpsc::channel(AHEAD);
                tokio::task::spawn_blocking(move || {
                    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
                    let read =
                        source.read_chunks(range, |bytes| sender.blocking_send(Ok(bytes)).map_err(gone));
                    if let Err(error) = read {
                        // Nobody hears it if the client has gone.
                        let _ = sender.blocking_send(Err(error));
                    }
                });
                Self::File { chunks, left }
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
            Self::Shaped(shaped) => return shaped.poll(cx),
            Self::Bytes(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Self::Bytes(bytes) => std::mem::take(bytes),
            Self::Chunks { left: 0, .. } | Self::File { left: 0, .. } => return Poll::Ready(None),
            Self::Chunks { chunks, next, skip, left } => {
                let Some(chunk) = chunks.get(*next) else {
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                };
                let length = (chunk.len() - *skip).min(usize::try_from(*left).unwrap_or(usize::MAX));
                let slice = chunk.slice(*skip..*skip + length);
                (*next, *skip, *left) = (*next + 1, 0, *left - length as u64);
                slice
            }
            Self::File { chunks, left } => match ready!(chunks.poll_recv(cx)) {
                Some(Ok(chunk)) => {
                    *left -= chunk.len() as u64;
                    chunk
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
            },
        };
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Chunks { left, .. } | Self::File { left, .. } => *left,
            Self::Shaped(shaped) => shaped.left(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn ranges_of_chunks_and_files_are_the_same_bytes() {
        let whole: Vec<u8> = (0..=255).collect();
        let chunks = Arc::new(whole.chunks(100).map(Bytes::copy_from_slice).collect::<Vec<_>>());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        std::fs::write(&path, &whole).unwrap();
        for range in [0..256, 0..0, 0..1, 99..101, 100..200, 255..256, 256..256, 50..250] {
            let memory = Body::stored(Source::Memory(chunks.clone()), range.clone());
            let file = Body::stored(Source::File(std::fs::File::open(&path).unwrap()), range.clone());
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
        let body = Body::stored(Source::File(std::fs::File::open(&path).unwrap()), 0..6);
        assert!(body.collect().await.is_err());
    }
}
