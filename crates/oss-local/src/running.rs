//! A server that runs: on the caller's runtime, or on a thread of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::connection;
use crate::faults::{FaultRule, Faults};
use crate::service::{Peer, Service};
use crate::stream::Stream;
use crate::tls::Acceptor;
use crate::usage::{Usage, host};

/// Takes connections until it is told to stop, and lets those that are there finish. Returns how many were cut.
pub(crate) async fn accept(
    listener: TcpListener,
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    tls: Option<Acceptor>,
) -> usize {
    let mut stopping = stop.clone();
    let (grace, patience) = (service.state.config.grace, service.state.config.read_timeout);
    let mut connections = JoinSet::new();
    loop {
        let full = connections.len() >= service.state.config.max_connections;
        tokio::select! {
            accepted = listener.accept(), if !full => match accepted {
                Ok((stream, peer)) => {
                    // Nagle's algorithm would delay the last segment of an answer.
                    let _ = stream.set_nodelay(true);
                    let loopback = peer.ip().to_canonical().is_loopback();
                    let stream = Stream::new(stream);
                    let peer = Peer::new(stream.clone(), loopback);
                    let (service, stop, tls) = (service.clone(), stop.clone(), tls.clone());
                    connections.spawn(async move {
                        match tls {
                            None => connection::serve(service, stream, peer, stop).await,
                            Some(tls) => {
                                if let Ok(Ok(stream)) = timeout(patience, tls.accept(stream)).await {
                                    connection::serve(service, stream, peer, stop).await;
                                }
                            }
                        }
                    });
                }
                // Out of file descriptors, say: others may free some.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            () = stopped(&mut stopping) => break,
        }
    }
    drop(listener);
    // Aborts what has not ended by then.
    let _ = timeout(grace, async { while connections.join_next().await.is_some() {} }).await;
    connections.len()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error: the handle is gone, and that is a stop, too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A server that is running on a tokio runtime. It stops when this is dropped.
#[derive(Debug)]
pub struct RunningServer {
    pub(crate) address: SocketAddr,
    pub(crate) usage: Usage,
    pub(crate) authority: Option<String>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) finished: oneshot::Receiver<usize>,
}

impl RunningServer {
    /// The address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`, or `https` with TLS, for path-style requests.
    #[must_use]
    pub fn url(&self) -> String {
        self.usage.url()
    }

    /// `127.0.0.1:<port>`: what the core's `Endpoint::path_style` takes.
    #[must_use]
    pub fn host(&self) -> String {
        host(self.address)
    }

    /// The page's URL with the token that its signer asks for; None where there is no page.
    #[must_use]
    pub fn page_url(&self) -> Option<String> {
        self.usage.page_url()
    }

    /// The certificate authority to trust, in PEM format, where one was made for this server.
    #[must_use]
    pub fn certificate_authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// How to use the server, for a person who has just started it: lines of text.
    #[must_use]
    pub fn usage(&self) -> String {
        self.usage.to_string()
    }

    /// Lets something go wrong from now on.
    pub fn add_fault(&self, rule: FaultRule) {
        self.faults.add(rule);
    }

    /// Takes all fault rules back.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Takes no further connection, waits for the requests under way as long as the grace period lasts, and ends.
    /// Returns how many connections were cut off at its end.
    pub async fn shutdown(self) -> usize {
        let _ = self.stop.send(true);
        self.finished.await.unwrap_or(0)
    }

    /// Waits until the server has ended.
    pub(crate) async fn finished(self) {
        let Self { stop, finished, .. } = self;
        let _ = finished.await;
        drop(stop);
    }
}

/// A server on a thread of its own. It is shut down when this is dropped.
#[derive(Debug)]
pub struct BlockingServer {
    pub(crate) address: SocketAddr,
    pub(crate) usage: Usage,
    pub(crate) authority: Option<String>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) thread: Option<JoinHandle<()>>,
}

impl BlockingServer {
    /// The address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`, or `https` with TLS, for path-style requests.
    #[must_use]
    pub fn url(&self) -> String {
        self.usage.url()
    }

    /// `127.0.0.1:<port>`: what the core's `Endpoint::path_style` takes.
    #[must_use]
    pub fn host(&self) -> String {
        host(self.address)
    }

    /// The page's URL with the token that its signer asks for; None where there is no page.
    #[must_use]
    pub fn page_url(&self) -> Option<String> {
        self.usage.page_url()
    }

    /// The certificate authority to trust, in PEM format, where one was made for this server.
    #[must_use]
    pub fn certificate_authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// How to use the server, for a person who has just started it: lines of text.
    #[must_use]
    pub fn usage(&self) -> String {
        self.usage.to_string()
    }

    /// Lets something go wrong from now on.
    pub fn add_fault(&self, rule: FaultRule) {
        self.faults.add(rule);
    }

    /// Takes all fault rules back.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Takes no further connection, waits for the requests under way, and ends.
    pub fn shutdown(mut self) {
        self.stop_and_join();
    }

    fn stop_and_join(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed by then.
            let _ = thread.join();
        }
    }
}

impl Drop for BlockingServer {
    fn drop(&mut self) {
        self.stop_and_join();
    }
}
