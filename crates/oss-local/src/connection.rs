//! One connection from accept to close.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::pace::Pace;
use crate::service::{Peer, Service};

/// The most bytes of a request's target and headers together.
const MAX_HEAD: usize = 64 * 1024;
/// As many as the core verifies, and those of the client itself.
const MAX_HEADERS: usize = 128;
/// One read of a body.
const READ_BUFFER: usize = 1024 * 1024;
/// How long a client that was refused may stay quiet before the connection ends.
const QUIET: Duration = Duration::from_millis(500);
/// How long it may go on sending.
const LINGER: Duration = Duration::from_secs(30);

/// Serves a connection until the client goes, or until `stop` and the end of the request under way.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    service: Arc<Service>,
    stream: S,
    peer: Peer,
    mut stop: watch::Receiver<bool>,
) {
    let read_timeout = service.state.config.read_timeout;
    let patience = service.state.config.write_timeout;
    let socket = Socket { stream, patience, deadline: None, blocked: None, pace: Pace::new(patience) };
    let peer = Arc::new(peer);
    let answering = service_fn({
        let peer = peer.clone();
        move |request| {
            let (service, peer) = (service.clone(), peer.clone());
            Box::pin(async move { service.answer(request, &peer).await })
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .max_buf_size(READ_BUFFER)
        // A client may close its half once it has sent its request, and still wants the answer.
        .half_close(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(socket), answering);
    let stopped = async move {
        // An error: the server is gone, and that is a stop, too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let mut stopped = pin!(stopped);
    let mut stopping = false;
    let ended = std::future::poll_fn(|cx| {
        if !stopping && stopped.as_mut().poll(cx).is_ready() {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(cx)
    })
    .await;
    let unread = peer.refused.load(Ordering::SeqCst)
        || ended.is_err_and(|error| error.is_parse() || error.is_parse_too_large());
    let mut socket = connection.into_parts().io.into_inner();
    if unread {
        // Closed over unread bytes, the socket would send a reset, and the client would lose its answer.
        let _ = timeout(LINGER, drain(&mut socket)).await;
    }
    let _ = timeout(QUIET, socket.shutdown()).await;
}

/// Reads until the client closes or is quiet.
async fn drain<S: AsyncRead + Unpin>(socket: &mut Socket<S>) {
    let mut scratch = vec![0; 64 * 1024];
    while let Ok(Ok(1..)) = timeout(QUIET, socket.stream.read(&mut scratch)).await {}
}

/// A socket that gives up on a client which does not read.
struct Socket<S> {
    stream: S,
    patience: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Since when the client has not taken anything.
    blocked: Option<Instant>,
    pace: Pace,
}

impl<S> Socket<S> {
    /// Ends a write that made no progress for too long.
    fn watch(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = progress {
            self.deadline = None;
            let waited = self.blocked.take().map_or(Duration::ZERO, |since| since.elapsed());
            let bytes = *result.as_ref().unwrap_or(&0);
            if bytes > 0 && self.pace.is_too_slow(waited, bytes) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            return Poll::Ready(result);
        }
        self.blocked.get_or_insert_with(Instant::now);
        let patience = self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
        if deadline.as_mut().poll(cx).is_ready() {
            deadline.as_mut().reset(Instant::now() + patience);
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.watch(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
