//! The time from an SNTP server.

use core::net::SocketAddrV4;

use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{IpEndpoint, Stack};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::ErrorKind;

use crate::clock::milliseconds;
use crate::sntp::{self, question, time_of};

/// A question without an answer is given up after this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks three times; gives seconds since 1970.
pub async fn ask(stack: Stack<'_>, server: SocketAddrV4) -> Result<u64, ErrorKind> {
    let (receive_slots, receive) = (&mut [PacketMetadata::EMPTY], &mut [0; sntp::BYTES]);
    let (send_slots, send) = (&mut [PacketMetadata::EMPTY], &mut [0; sntp::BYTES]);
    let mut socket = UdpSocket::new(stack, receive_slots, receive, send_slots, send);
    // Any port that is free.
    socket.bind(0).map_err(|_| ErrorKind::AddrNotAvailable)?;
    for attempt in 0..3u32 {
        let stamp = u64::from(milliseconds()) << 32 | u64::from(attempt) | 0x5eed_0000;
        socket.send_to(&question(stamp), server).await.map_err(|_| ErrorKind::NotConnected)?;
        let answered = with_timeout(PATIENCE, answer(&socket, server.into(), stamp)).await;
        if let Ok(unix) = answered {
            return Ok(unix);
        }
    }
    Err(ErrorKind::TimedOut)
}

/// Waits for the answer to this question, whatever else arrives.
async fn answer(socket: &UdpSocket<'_>, server: IpEndpoint, stamp: u64) -> u64 {
    loop {
        let mut packet = [0; sntp::BYTES];
        if let Ok((sntp::BYTES, from)) = socket.recv_from(&mut packet).await
            && from.endpoint == server
            && let Some(unix) = time_of(&packet, stamp)
        {
            return unix;
        }
    }
}
