//! Connections for ureq: as its own, except that a server is trusted as [`Trust`] says, and that an answer which comes
//! before the whole body is sent is read.
//!
//! ureq reads only after it has sent everything. A server that refuses a request, answers and closes makes the sending
//! fail, and its answer would be lost. Here a connection whose sending has failed takes what else is to be sent without
//! sending it, so that ureq gets to the answer; the body stops being read, and what counts as sent is what was.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use oss_upload::{TransferError, Trust};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout,
    SocksConnector, TcpConnector, Transport, TransportAdapter,
};

/// How long a connection that takes nothing any more is looked at for an answer.
const LOOK: Duration = Duration::from_millis(50);

thread_local! {
    /// Whether sending has failed in the exchange that this thread carries out; ureq uses no other thread for it.
    static BROKEN: Cell<bool> = const { Cell::new(false) };
}

/// Begins an exchange in this thread.
pub(crate) fn begin_exchange() {
    BROKEN.set(false);
}

/// Whether what is given to the connection is no longer sent.
pub(crate) fn is_broken() -> bool {
    BROKEN.get()
}

/// Makes the connections of an agent.
pub(crate) fn connector(trust: Trust) -> impl Connector {
    ().chain(SocksConnector::default())
        .chain(ConnectProxyConnector::default())
        .chain(TcpConnector::default())
        .chain(Answering)
        .chain(Tls { trust, config: OnceLock::new() })
}

/// Wraps connections so that an early answer is read.
#[derive(Debug)]
struct Answering;

impl<In: Transport> Connector<In> for Answering {
    type Out = AnsweringTransport<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| AnsweringTransport { inner, failure: None, broken: false }))
    }
}

#[derive(Debug)]
struct AnsweringTransport<In> {
    inner: In,
    /// Why sending failed, until it is known whether there is an answer.
    failure: Option<Error>,
    /// Whether it failed.
    broken: bool,
}

impl<In: Transport> Transport for AnsweringTransport<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.broken {
            return Ok(());
        }
        if let Err(failure) = self.inner.transmit_output(amount, timeout) {
            (self.failure, self.broken) = (Some(failure), true);
            BROKEN.set(true);
        }
        Ok(())
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        let Some(failure) = self.failure.take() else { return self.inner.await_input(timeout) };
        // What was answered is there already. Where nothing is, the reason is why sending failed.
        timeout.after = timeout.after.min(LOOK.into());
        match self.inner.await_input(timeout) {
            Ok(true) => Ok(true),
            Ok(false) | Err(_) => Err(failure),
        }
    }

    fn is_open(&mut self) -> bool {
        !self.broken && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Wraps connections of `https` in TLS.
struct Tls {
    trust: Trust,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    fn config(&self) -> Result<Arc<ClientConfig>, TransferError> {
        if let Some(config) = self.config.get() {
            return Ok(config.clone());
        }
        let config = Arc::new(self.trust.client_config(&[])?);
        Ok(self.config.get_or_init(|| config).clone())
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("trust", &self.trust).finish_non_exhaustive()
    }
}

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Encrypted>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let config = self.config().map_err(|error| Error::Other(error.into()))?;
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|error| Error::Other(error.into()))?;
        let mut connection =
            ClientConnection::new(config, name).map_err(|error| Error::Other(error.into()))?;
        let boxed: Box<dyn Transport> = Box::new(transport);
        let mut socket = TransportAdapter::new(boxed, details.current_time.clone());
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket)?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Encrypted { buffers, stream: StreamOwned::new(connection, socket) })))
    }
}

struct Encrypted {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for Encrypted {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        Ok(std::io::Write::write_all(&mut self.stream, output)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        let count = std::io::Read::read(&mut self.stream, self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl std::fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encrypted").field("below", &self.stream.sock.inner()).finish_non_exhaustive()
    }
}
