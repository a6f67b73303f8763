//! embassy-net over the Ethernet controller, and a TCP stream with timeouts as `embedded-io-async` wants it.

mod driver;
pub mod sntp;

use core::net::SocketAddrV4;

use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::{Config, Runner, Stack, StackResources};
use embassy_time::{Duration, TimeoutError, with_timeout};
use embedded_io_async::{Error as _, ErrorKind, ErrorType, Read, Write};

use crate::lan9118::{FRAME_WORDS, Frame, NoController};

pub use self::driver::Ethernet;
pub(crate) use self::driver::ethernet_interrupt;

/// A peer that is silent for so long is given up.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Memory of the controller and the stack: sockets for DHCP, UDP and TCP.
pub struct Memory {
    frames: [Frame; 2],
    resources: StackResources<3>,
}

impl Memory {
    /// Without a frame or a socket.
    #[must_use]
    pub const fn new() -> Self {
        Self { frames: [[0; FRAME_WORDS]; 2], resources: StackResources::new() }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// Brings up the network: a handle for whoever wants a socket, and what a task of its own must run.
pub fn start(
    memory: &'static mut Memory,
) -> Result<(Stack<'static>, Runner<'static, Ethernet>), NoController> {
    let ethernet = Ethernet::new(&mut memory.frames)?;
    // Sequence numbers and ports should not repeat from start to start; a product has better randomness.
    let seed = u64::from(cortex_m::peripheral::SYST::get_current());
    Ok(embassy_net::new(ethernet, Config::dhcpv4(Default::default()), &mut memory.resources, seed))
}

/// Memory of a TCP connection. Room for more than two segments to be sent keeps an upload going while one is under way.
pub struct Buffers {
    receive: [u8; 2048],
    send: [u8; 4096],
}

impl Buffers {
    /// All zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; 2048], send: [0; 4096] }
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

/// A TCP connection. Dropped without [`close`](Self::close), it leaves the peer waiting.
pub struct Stream<'s> {
    socket: TcpSocket<'s>,
}

impl<'s> Stream<'s> {
    /// Connects to a peer.
    pub async fn connect(
        stack: Stack<'s>,
        buffers: &'s mut Buffers,
        peer: SocketAddrV4,
    ) -> Result<Self, ErrorKind> {
        let mut socket = TcpSocket::new(stack, &mut buffers.receive, &mut buffers.send);
        match with_timeout(TIMEOUT, socket.connect(peer)).await {
            Ok(Ok(())) => Ok(Self { socket }),
            Ok(Err(ConnectError::ConnectionReset)) => Err(ErrorKind::ConnectionRefused),
            Ok(Err(error)) => Err(error.kind()),
            Err(TimeoutError) => Err(ErrorKind::TimedOut),
        }
    }

    /// Says good-bye, and waits until the peer has heard it.
    pub async fn close(mut self) {
        self.socket.close();
        // Whatever the peer makes of it: nothing more is wanted of it.
        let _ = in_time(self.socket.flush()).await;
    }
}

impl ErrorType for Stream<'_> {
    type Error = ErrorKind;
}

impl Read for Stream<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        in_time(self.socket.read(buffer)).await
    }
}

impl Write for Stream<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        in_time(self.socket.write(bytes)).await
    }

    /// Waits for nothing: the network's task sends what was written. The socket's own `flush` waits until the peer has
    /// confirmed all of it, which a server need not do that has already refused.
    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

async fn in_time<T>(
    operation: impl Future<Output = Result<T, embassy_net::tcp::Error>>,
) -> Result<T, ErrorKind> {
    match with_timeout(TIMEOUT, operation).await {
        Ok(result) => result.map_err(|error| error.kind()),
        Err(TimeoutError) => Err(ErrorKind::TimedOut),
    }
}
