//! The time from an SNTP server (RFC 4330).

use embedded_io::ErrorKind;
use smoltcp::wire::IpEndpoint;

use crate::clock::milliseconds;
use crate::network::Network;

/// Seconds from 1900, where NTP counts from, to 1970.
const TO_1970: u64 = 2_208_988_800;

/// Asks three times, a second each; gives seconds since 1970.
pub fn ask(network: &mut Network, server: IpEndpoint) -> Result<u64, ErrorKind> {
    let mut last = ErrorKind::TimedOut;
    for attempt in 0..3u32 {
        // A client's question of version 4. The server repeats the last eight bytes, so they tell an answer to this
        // question from any other.
        let mut packet = [0; 48];
        packet[0] = 0b00_100_011;
        let stamp = u64::from(milliseconds()) << 32 | u64::from(attempt) | 0x5eed_0000;
        packet[40..].copy_from_slice(&stamp.to_be_bytes());
        match network.ask(server, &packet.clone(), &mut packet) {
            Ok(48) => {
                if let Some(unix) = time_of(&packet, stamp) {
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

fn time_of(packet: &[u8; 48], stamp: u64) -> Option<u64> {
    let &[flags, stratum, ..] = packet;
    let origin = packet.get(24..32)?;
    let seconds = u32::from_be_bytes(*packet.get(40..44)?.first_chunk()?);
    // A server's answer, from a clock that is set, to this question.
    if flags & 7 != 4
        || flags >> 6 == 3
        || !(1..=15).contains(&stratum)
        || origin != stamp.to_be_bytes()
        || seconds == 0
    {
        return None;
    }
    // The 32 bits start over in 2036 (RFC 4330, section 3).
    let since_1900 = if seconds >> 31 == 1 { u64::from(seconds) } else { u64::from(seconds) + (1 << 32) };
    Some(since_1900 - TO_1970)
}
