//! An answer on its way: its body, and the record that is completed when it ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::request_log::{RequestLog, RequestRecord};
use crate::throttled_body::ThrottledBody;

/// The body of an answer, which tells its record when it is dropped: sent, or broken off.
#[derive(Debug)]
pub(crate) struct Outgoing {
    body: ThrottledBody,
    ending: Ending,
}

/// The record of a request that is under way.
#[derive(Debug)]
pub(crate) struct Ending {
    /// None: nobody is told.
    pub(crate) log: Option<RequestLog>,
    pub(crate) record: RequestRecord,
    pub(crate) started: Instant,
    /// Bytes of the request's body so far.
    pub(crate) received: Arc<AtomicU64>,
}

impl Outgoing {
    pub(crate) fn new(body: ThrottledBody, ending: Ending) -> Self {
        Self { body, ending }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.ending.record.complete = self.body.is_end_stream();
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let Some(log) = &self.log else {
            return;
        };
        self.record.took = self.started.elapsed();
        self.record.received = self.received.load(Ordering::Relaxed);
        log.add(self.record.clone());
    }
}

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let outgoing = self.get_mut();
        let frame = ready!(Pin::new(&mut outgoing.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            outgoing.ending.record.sent += frame.data_ref().map_or(0, Bytes::len) as u64;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
