//! A body that is sent slower than it could be, or not to its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as _, Frame};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::body::Body;

/// How an answer is held back.
#[derive(Debug)]
pub(crate) struct Shaped {
    inner: Body,
    /// Of `inner`, and not sent yet.
    rest: Bytes,
    rate: Option<Rate>,
    /// Bytes until the connection is cut.
    cut: Option<u64>,
    /// What came before the cut has been handed to the socket.
    flushed: bool,
}

/// A number of bytes per second, and how far it has come.
#[derive(Debug)]
pub(crate) struct Rate {
    bytes_per_second: u64,
    began: Instant,
    passed: u64,
    wait: Option<Pin<Box<Sleep>>>,
}

impl Rate {
    pub(crate) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second: bytes_per_second.max(1), began: Instant::now(), passed: 0, wait: None }
    }

    /// When so many bytes more may have passed.
    pub(crate) fn after(&mut self, bytes: usize) -> Instant {
        self.passed += bytes as u64;
        let nanoseconds = u128::from(self.passed) * 1_000_000_000 / u128::from(self.bytes_per_second);
        self.began + Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// Sent at once: a tenth of a second's worth.
    fn piece(&self) -> usize {
        usize::try_from(self.bytes_per_second / 10).unwrap_or(usize::MAX).max(1)
    }
}

impl Shaped {
    pub(crate) fn new(inner: Body, bytes_per_second: Option<u64>, cut: Option<u64>) -> Self {
        Self { inner, rest: Bytes::new(), rate: bytes_per_second.map(Rate::new), cut, flushed: false }
    }

    /// What is left of the announced length.
    pub(crate) fn left(&self) -> u64 {
        self.rest.len() as u64 + self.inner.size_hint().exact().unwrap_or_default()
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.cut == Some(0) {
            if !self.flushed {
                // One more turn, in which what was sent before leaves the buffer.
                self.flushed = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        if let Some(wait) = self.rate.as_mut().and_then(|rate| rate.wait.as_mut()) {
            ready!(wait.as_mut().poll(cx));
        }
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => self.rest = frame.into_data().unwrap_or_default(),
                end => return Poll::Ready(end),
            }
        }
        let mut length = self.rest.len();
        if let Some(rate) = &self.rate {
            length = length.min(rate.piece());
        }
        if let Some(cut) = &mut self.cut {
            length = length.min(usize::try_from(*cut).unwrap_or(usize::MAX));
            *cut -= length as u64;
        }
        if let Some(rate) = &mut self.rate {
            rate.wait = Some(Box::pin(sleep_until(rate.after(length))));
        }
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_cut_body_sends_that_much_and_then_fails() {
        let mut body = Body::shaped(Body::from("0123456789".to_owned()), None, Some(4));
        assert_eq!(body.size_hint().exact(), Some(10));
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "0123");
        assert!(body.frame().await.unwrap().is_err());
    }

    #[test]
    fn a_rate_tells_when_bytes_may_have_passed() {
        let mut rate = Rate::new(1000);
        let began = rate.began;
        assert_eq!(rate.after(500), began + Duration::from_millis(500));
        assert_eq!(rate.after(1500), began + Duration::from_secs(2));
    }
}
