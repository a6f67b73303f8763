//! The time from an SNTP server.

use core::net::SocketAddrV4;

use embedded_io::ErrorKind;

use crate::clock::milliseconds;
use crate::network::Network;
use crate::sntp;

/// Asks three times, a second each; gives seconds since 1970.
pub fn ask(network: &mut Network, server: SocketAddrV4) -> Result<u64, ErrorKind> {
    let mut last = ErrorKind::TimedOut;
    for attempt in 0..3u32 {
        let stamp = u64::from(milliseconds()) << 32 | u64::from(attempt) | 0x5eed_0000;
        let mut answer = [0; sntp::BYTES];
        match network.ask(server, &sntp::question(stamp), &mut answer) {
            Ok(sntp::BYTES) => {
                if let Some(unix) = sntp::time_of(&answer, stamp) {
                    return Ok(unix);
                }
                last = ErrorKind::InvalidData;
            }
            Ok(_) => last = ErrorKind::InvalidData,
            Err(error) => last = error,
        }
    }
    Err(last)
}
