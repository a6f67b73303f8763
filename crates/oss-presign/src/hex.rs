//! Hex digits.

/// Returns a digest as 64 lower-case hex digits.
pub(crate) fn lower_hex(digest: &[u8; 32]) -> [u8; 64] {
    let mut hex = [0; 64];
    for (pair, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = [lower_hex_digit(byte >> 4), lower_hex_digit(byte & 15)];
    }
    hex
}

const fn lower_hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) }
}

/// Returns the value of a hex digit of either letter case, and `None` for any other byte.
pub(crate) const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_lower_case() {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&[0x09, 0xaf, 0x10, 0xfe]);
        assert_eq!(&lower_hex(&digest)[..10], b"09af10fe00");
        for byte in 0..=255u8 {
            digest[31] = byte;
            assert_eq!(&lower_hex(&digest)[62..], std::format!("{byte:02x}").as_bytes());
        }
    }
}
