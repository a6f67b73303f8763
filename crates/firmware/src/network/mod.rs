//! smoltcp over the Ethernet controller: one UDP exchange at a time, and one TCP stream as `embedded-io` wants it.

mod device;
pub mod sntp;

use core::net::SocketAddrV4;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet, SocketStorage};
use smoltcp::socket::{tcp, udp};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr, IpEndpoint, Ipv4Address};

use crate::clock::{milliseconds, sleep};
use crate::lan9118::{FRAME_WORDS, Frame, Lan9118, NoController};

/// QEMU's user network: this board, and the host as its gateway.
const ADDRESS: IpCidr = IpCidr::new(smoltcp::wire::IpAddress::v4(10, 0, 2, 15), 24);
const GATEWAY: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);

/// A peer that is silent for so long is given up.
const TIMEOUT_MS: u32 = 5_000;

/// Memory of the controller and the sockets, all zero at the start. Room for more than two segments to be sent keeps an
/// upload going while one is under way.
pub struct Buffers {
    frames: [Frame; 2],
    tcp_receive: [u8; 2048],
    tcp_send: [u8; 4096],
    udp_receive: [u8; 128],
    udp_send: [u8; 64],
}

/// What the sockets keep apart from bytes. Not zero at the start, so it is copied from flash: better not with the rest.
pub struct Slots {
    sockets: [SocketStorage<'static>; 2],
    udp_receive: [udp::PacketMetadata; 1],
    udp_send: [udp::PacketMetadata; 1],
}

impl Default for Slots {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

impl Slots {
    /// Without any socket.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sockets: [SocketStorage::EMPTY; 2],
            udp_receive: [udp::PacketMetadata::EMPTY],
            udp_send: [udp::PacketMetadata::EMPTY],
        }
    }
}

impl Buffers {
    /// All zero.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            frames: [[0; FRAME_WORDS]; 2],
            tcp_receive: [0; 2048],
            tcp_send: [0; 4096],
            udp_receive: [0; 128],
            udp_send: [0; 64],
        }
    }
}

/// The board's network.
pub struct Network {
    device: Lan9118,
    interface: Interface,
    sockets: SocketSet<'static>,
    tcp: SocketHandle,
    udp: SocketHandle,
    /// Local port of the next connection: another one each time, so that no late segment of the last one fits.
    port: u16,
}

impl Network {
    /// Brings it up with its fixed address; a product would ask DHCP.
    pub fn new(buffers: &'static mut Buffers, slots: &'static mut Slots) -> Result<Self, NoController> {
        let mut device = Lan9118::new(&mut buffers.frames)?;
        let mut config = Config::new(EthernetAddress(device.address()?).into());
        // Sequence numbers and ports should not repeat from start to start; a product has better randomness.
        config.random_seed = u64::from(cortex_m::peripheral::SYST::get_current());
        let mut interface = Interface::new(config, &mut device, now());
        interface.update_ip_addrs(|addresses| {
            // There is room for one.
            let _ = addresses.push(ADDRESS);
        });
        // Likewise.
        let _ = interface.routes_mut().add_default_ipv4_route(GATEWAY);
        let mut sockets = SocketSet::new(&mut slots.sockets[..]);
        let tcp = sockets.add(tcp::Socket::new(
            tcp::SocketBuffer::new(&mut buffers.tcp_receive[..]),
            tcp::SocketBuffer::new(&mut buffers.tcp_send[..]),
        ));
        let udp = sockets.add(udp::Socket::new(
            udp::PacketBuffer::new(&mut slots.udp_receive[..], &mut buffers.udp_receive[..]),
            udp::PacketBuffer::new(&mut slots.udp_send[..], &mut buffers.udp_send[..]),
        ));
        let port = 49_152 + (milliseconds() & 0xfff) as u16;
        Ok(Self { device, interface, sockets, tcp, udp, port })
    }

    /// Sends a datagram and waits for the answer; gives its length.
    pub fn ask(
        &mut self,
        peer: SocketAddrV4,
        question: &[u8],
        answer: &mut [u8],
    ) -> Result<usize, ErrorKind> {
        let peer = IpEndpoint::from(peer);
        self.port = self.port.wrapping_add(1) | 0xc000;
        let socket = self.sockets.get_mut::<udp::Socket<'_>>(self.udp);
        socket.close();
        socket.bind(self.port).map_err(|_| ErrorKind::AddrNotAvailable)?;
        socket.send_slice(question, peer).map_err(|_| ErrorKind::Other)?;
        self.wait(1_000, |network| {
            let socket = network.sockets.get_mut::<udp::Socket<'_>>(network.udp);
            match socket.recv_slice(answer) {
                Ok((length, from)) if from.endpoint == peer => Some(Ok(length)),
                _ => None,
            }
        })
    }

    /// Connects to a peer. One stream at a time: a former one is dropped.
    pub fn connect(&mut self, peer: SocketAddrV4) -> Result<Stream<'_>, ErrorKind> {
        self.port = self.port.wrapping_add(1) | 0xc000;
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp);
        socket.abort();
        // A reset of the former stream goes out first.
        self.poll();
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp);
        socket.connect(self.interface.context(), peer, self.port).map_err(|_| ErrorKind::AddrNotAvailable)?;
        self.wait(TIMEOUT_MS, |network| match network.tcp().state() {
            tcp::State::Established => Some(Ok(())),
            tcp::State::Closed => Some(Err(ErrorKind::ConnectionRefused)),
            _ => None,
        })?;
        Ok(Stream { network: self })
    }

    fn tcp(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.tcp)
    }

    fn poll(&mut self) {
        self.interface.poll(now(), &mut self.device, &mut self.sockets);
    }

    /// Keeps the network going until there is a result, or for so long.
    fn wait<T>(
        &mut self,
        milliseconds_at_most: u32,
        mut result: impl FnMut(&mut Self) -> Option<Result<T, ErrorKind>>,
    ) -> Result<T, ErrorKind> {
        let start = milliseconds();
        loop {
            self.poll();
            if let Some(result) = result(self) {
                return result;
            }
            if milliseconds().wrapping_sub(start) > milliseconds_at_most {
                return Err(ErrorKind::TimedOut);
            }
            // The controller is polled, so the next tick is soon enough.
            sleep();
        }
    }
}

/// A TCP connection; closed when dropped.
pub struct Stream<'n> {
    network: &'n mut Network,
}

impl ErrorType for Stream<'_> {
    type Error = ErrorKind;
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.network.wait(TIMEOUT_MS, |network| match network.tcp().recv_slice(buffer) {
            Ok(0) => None,
            Ok(count) => Some(Ok(count)),
            Err(tcp::RecvError::Finished) => Some(Ok(0)),
            Err(tcp::RecvError::InvalidState) => Some(Err(ErrorKind::ConnectionReset)),
        })
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.network.wait(TIMEOUT_MS, |network| match network.tcp().send_slice(bytes) {
            Ok(0) => None,
            Ok(count) => Some(Ok(count)),
            Err(_) => Some(Err(ErrorKind::ConnectionReset)),
        })
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.network.poll();
        Ok(())
    }
}

impl Drop for Stream<'_> {
    fn drop(&mut self) {
        self.network.tcp().close();
        self.network.poll();
    }
}

fn now() -> Instant {
    Instant::from_millis(i64::from(milliseconds()))
}
