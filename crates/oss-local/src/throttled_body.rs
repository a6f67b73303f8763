//! The body of an answer, where it is to be sent slower than it could be or not to its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};

use crate::body::Body;
use crate::rate::Rate;

/// A body, and how it is held back. Without a rate and without a cut it passes as it is.
#[derive(Debug)]
pub(crate) struct ThrottledBody {
    inner: Body,
    /// Of `inner`, and not sent yet.
    rest: Bytes,
    rate: Option<Rate>,
    /// Until the rate lets the next bytes pass.
    wait: Option<Pin<Box<Sleep>>>,
    /// Bytes until the connection is cut.
    cut: Option<u64>,
    /// What came before the cut has been handed to the socket.
    flushed: bool,
}

impl ThrottledBody {
    /// `bytes_per_second` limits the speed; after `cut` bytes the body fails.
    pub(crate) fn new(inner: Body, bytes_per_second: Option<u64>, cut: Option<u64>) -> Self {
        let rate = bytes_per_second.map(Rate::new);
        Self { inner, rest: Bytes::new(), rate, wait: None, cut, flushed: false }
    }
}

impl hyper::body::Body for ThrottledBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        if body.cut == Some(0) {
            if !body.flushed {
                // One more turn, in which what was sent before leaves the buffer.
                body.flushed = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        if let Some(wait) = &mut body.wait {
            ready!(wait.as_mut().poll(cx));
        }
        if body.rest.is_empty() {
            match ready!(Pin::new(&mut body.inner).poll_frame(cx)) {
                Some(Ok(frame)) => body.rest = frame.into_data().unwrap_or_default(),
                end => return Poll::Ready(end),
            }
        }
        let mut length = body.rest.len();
        if let Some(rate) = &body.rate {
            length = length.min(rate.piece());
        }
        if let Some(cut) = &mut body.cut {
            length = length.min(usize::try_from(*cut).unwrap_or(usize::MAX));
            *cut -= length as u64;
        }
        if let Some(rate) = &mut body.rate {
            body.wait = Some(Box::pin(sleep_until(rate.after(length))));
        }
        Poll::Ready(Some(Ok(Frame::data(body.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    /// The announced length, which the answer falls short of where it is cut.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64 + self.inner.size_hint().exact().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use hyper::body::Body as _;

    #[tokio::test]
    async fn a_cut_body_sends_that_much_and_then_fails() {
        let mut body = ThrottledBody::new(Body::from("0123456789".to_owned()), None, Some(4));
        assert_eq!(body.size_hint().exact(), Some(10));
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "0123");
        assert!(body.frame().await.unwrap().is_err());
    }
}
