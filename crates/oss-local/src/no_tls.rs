//! The server without TLS, where the feature is off: the same names, of values that cannot be.

use std::convert::Infallible;
use std::io;

use tokio::net::TcpStream;

/// Accepts TLS connections; there is none.
#[derive(Clone)]
pub(crate) struct Acceptor(Infallible);

impl Acceptor {
    pub(crate) async fn accept(&self, _: TcpStream) -> io::Result<TcpStream> {
        match self.0 {}
    }
}
