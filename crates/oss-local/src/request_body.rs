//! The body of a request while it arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::{OssError, Result};
use crate::pace::Pace;
use crate::rate::Rate;

/// A body, read with a limit on the client's pauses.
#[derive(Debug)]
pub(crate) struct RequestBody {
    body: Incoming,
    /// The longest pause between two reads.
    patience: Duration,
    /// The client waits for `100 Continue`, which hyper sends with the first read.
    expects_continue: bool,
    touched: bool,
    broken: bool,
    /// From Content-Length; None for a chunked body.
    length: Option<u64>,
    framed: bool,
    rate: Option<Rate>,
    pace: Pace,
    received: Arc<AtomicU64>,
    /// Bytes until the connection is cut; None: never.
    cut: Option<u64>,
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, headers: &HeaderMap, patience: Duration) -> Self {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let framed = length.is_some() || headers.contains_key(header::TRANSFER_ENCODING);
        let expects_continue = headers
            .get(header::EXPECT)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
        Self {
            body,
            patience,
            expects_continue,
            touched: false,
            broken: false,
            length,
            framed,
            rate: None,
            pace: Pace::new(patience),
            received: Arc::default(),
            cut: None,
        }
    }

    /// Limits the speed of reading.
    pub(crate) fn slow_down(&mut self, bytes_per_second: u64) {
        self.rate = Some(Rate::new(bytes_per_second));
    }

    /// Cuts the connection after this many bytes.
    pub(crate) fn cut_after(&mut self, bytes: u64) {
        self.cut = Some(bytes);
    }

    /// Whether the connection is to be cut without an answer.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut == Some(0)
    }

    /// The count of the bytes that have arrived, which goes on while the rest is read after the answer.
    pub(crate) fn received(&self) -> Arc<AtomicU64> {
        self.received.clone()
    }

    /// The announced length.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Whether the request says at all that it has a body, be it an empty one.
    pub(crate) fn is_framed(&self) -> bool {
        self.framed
    }

    /// The next bytes; None at the end.
    ///
    /// # Errors
    /// The client pauses for too long, goes away, or breaks the framing.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        self.touched = true;
        loop {
            let asked = Instant::now();
            let frame = match timeout(self.patience, self.body.frame()).await {
                Err(_) => {
                    self.broken = true;
                    return Err(too_slow());
                }
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => {
                    self.broken = true;
                    return Err(OssError::new(
                        400,
                        "IncompleteBody",
                        "The request body ended before its announced end, or its chunks are malformed.",
                    ));
                }
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers say nothing to OSS.
            if let Ok(data) = frame.into_data()
                && !data.is_empty()
            {
                self.received.fetch_add(data.len() as u64, Ordering::Relaxed);
                if self.pace.is_too_slow(asked.elapsed(), data.len()) {
                    self.broken = true;
                    return Err(too_slow());
                }
                if let Some(rate) = &mut self.rate {
                    sleep_until(rate.after(data.len())).await;
                }
                if let Some(cut) = &mut self.cut {
                    *cut = cut.saturating_sub(data.len() as u64);
                    if *cut == 0 {
                        self.broken = true;
                        return Err(OssError::new(
                            400,
                            "IncompleteBody",
                            "The connection was cut by a fault rule.",
                        ));
                    }
                }
                return Ok(Some(data));
            }
        }
    }

    /// The whole of a small body.
    ///
    /// # Errors
    /// As [`next`](Self::next), and a body over `limit` bytes.
    pub(crate) async fn collect(&mut self, limit: usize) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        if self.length.is_some_and(|length| length > limit as u64) {
            return Err(OssError::entity_too_large(limit as u64, self.length.unwrap_or_default()));
        }
        while let Some(bytes) = self.next().await? {
            if whole.len() + bytes.len() > limit {
                return Err(OssError::entity_too_large(limit as u64, (whole.len() + bytes.len()) as u64));
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }

    /// Takes what is left of the body off the wire while the answer is being sent: many clients look at an answer
    /// only after they have sent all, and see a reset if it was not read.
    ///
    /// Returns false where it was not read because the client waits for `100 Continue`: the answer is to come
    /// instead of that, and the connection is over.
    pub(crate) fn drain(mut self) -> bool {
        if self.body.is_end_stream() || self.broken {
            return !self.broken;
        }
        if self.expects_continue && !self.touched {
            return false;
        }
        tokio::spawn(async move { while let Ok(Some(_)) = self.next().await {} });
        true
    }
}

fn too_slow() -> OssError {
    OssError::new(
        400,
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period. Idle \
         connections will be closed.",
    )
}
