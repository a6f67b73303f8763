//! The question to an SNTP server and its answer (RFC 4330), without the network between.

/// Bytes of either.
pub const BYTES: usize = 48;

/// Seconds from 1900, where NTP counts from, to 1970.
const TO_1970: u64 = 2_208_988_800;

/// A client's question of version 4. The server repeats the stamp, so it tells an answer to this question from any
/// other; a product makes it of random bytes.
#[must_use]
pub fn question(stamp: u64) -> [u8; BYTES] {
    let mut packet = [0; BYTES];
    packet[0] = 0b00_100_011;
    packet[40..].copy_from_slice(&stamp.to_be_bytes());
    packet
}

/// Seconds since 1970, if this is an answer to the question with that stamp from a server that knows the time.
#[must_use]
pub fn time_of(packet: &[u8; BYTES], stamp: u64) -> Option<u64> {
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
