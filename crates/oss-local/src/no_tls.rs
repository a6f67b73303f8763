//! The server without TLS, where the feature is off: the same names, of values that cannot be.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use crate::stream::Stream;

/// How the server speaks TLS: it does not.
#[derive(Clone, Debug)]
pub(crate) enum Tls {}

/// Accepts TLS connections; there is none.
#[derive(Clone)]
pub(crate) struct Acceptor(Infallible);

impl Acceptor {
    pub(crate) async fn accept(&self, _: Stream) -> io::Result<Stream> {
        match self.0 {}
    }
}

/// An acceptor, which cannot be asked for.
pub(crate) fn acceptor(tls: &Tls, _: SocketAddr, _: &[&str]) -> io::Result<(Acceptor, Option<String>)> {
    match *tls {}
}
