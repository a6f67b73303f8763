//! The server without TLS, where the feature is off: the same names, of values that cannot be.

use std::convert::Infallible;
use std::io;

use crate::stream::Stream;

/// Accepts TLS connections; there is none.
#[derive(Clone)]
pub(crate) struct Acceptor(Infallible);

impl Acceptor {
    pub(crate) async fn accept(&self, _: Stream) -> io::Result<Stream> {
        match self.0 {}
    }
}
