//! The text of a host: name or IP address, and a port.

use crate::endpoint_error::EndpointError;
use crate::search::{contains_any, split};

/// Splits an authority into the host and the port. The port keeps its colon, and is empty if there is none.
pub(crate) fn split_port(authority: &str) -> Result<(&str, &str), EndpointError> {
    // Colons inside the brackets of an IPv6 address do not separate a port.
    let after_brackets = authority.as_bytes().iter().rposition(|&byte| byte == b']').map_or(0, |at| at + 1);
    let colon = authority.bytes().skip(after_brackets).position(|byte| byte == b':');
    let Some(colon) = colon else { return Ok((authority, "")) };
    let (host, port) = authority.split_at_checked(after_brackets + colon).ok_or(EndpointError::Port)?;
    match port.strip_prefix(":").and_then(number) {
        Some(1..=65_535) => Ok((host, port)),
        _ => Err(EndpointError::Port),
    }
}

/// Checks a host, and returns whether it is an IP address.
pub(crate) fn check_host(host: &str) -> Result<bool, EndpointError> {
    if host.is_empty() {
        return Err(EndpointError::Empty);
    }
    if let Some(address) = host.strip_prefix("[").and_then(|rest| rest.strip_suffix("]")) {
        return if is_ipv6(address) { Ok(true) } else { Err(EndpointError::Character) };
    }
    if contains_any(host, b"/?#@") {
        return Err(EndpointError::NotAHost);
    }
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(EndpointError::UpperCase);
    }
    let legal = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    let labels_fit = split(host, b'.').all(|label| !label.is_empty() && label.bytes().all(legal));
    if !labels_fit || host.len() > 253 {
        return Err(EndpointError::Character);
    }
    Ok(is_ipv4(host))
}

/// Parses a decimal number of up to five digits, without leading zeros.
fn number(text: &str) -> Option<u32> {
    if !matches!(text.as_bytes(), [b'0'] | [b'1'..=b'9', ..]) || text.len() > 5 {
        return None;
    }
    text.bytes().try_fold(0, |value: u32, byte| {
        byte.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
    })
}

// The parser of `core::net` is not used: it takes 1.6 KB of flash, and leaves panics in the binary.

fn is_ipv4(text: &str) -> bool {
    split(text, b'.').count() == 4
        && split(text, b'.').all(|octet| number(octet).is_some_and(|octet| octet <= 255))
}

/// Returns whether a text is an IPv6 address (RFC 4291, section 2.2) without a zone.
fn is_ipv6(text: &str) -> bool {
    let gap = text.as_bytes().windows(2).position(|window| window == b"::");
    let groups = match gap {
        None => groups_of_ipv6(text, true).filter(|&groups| groups == 8),
        Some(at) => {
            let count = |part: Option<&str>, last| match part? {
                "" => Some(0),
                part => groups_of_ipv6(part, last),
            };
            let (before, after) = (count(text.get(..at), false), count(text.get(at + 2..), true));
            // `::` replaces at least one group.
            before.zip(after).map(|(a, b)| a + b).filter(|&groups| groups <= 7)
        }
    };
    groups.is_some()
}

/// Returns the number of 16-bit groups, or `None` for a malformed one. The last two may be written as an IPv4 address.
fn groups_of_ipv6(text: &str, may_end_in_ipv4: bool) -> Option<usize> {
    let mut groups = split(text, b':').peekable();
    let mut count = 0;
    while let Some(group) = groups.next() {
        let hex = (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex {
            count += 1;
        } else if may_end_in_ipv4 && groups.peek().is_none() && is_ipv4(group) {
            count += 2;
        } else {
            return None;
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::{Ipv4Addr, Ipv6Addr};
    use proptest::prelude::*;

    #[test]
    fn ports() {
        for (text, expected) in [
            ("h", Ok(("h", ""))),
            ("h:1", Ok(("h", ":1"))),
            ("h:65535", Ok(("h", ":65535"))),
            ("[::1]:80", Ok(("[::1]", ":80"))),
            ("[::1]", Ok(("[::1]", ""))),
            ("h:", Err(EndpointError::Port)),
            ("h:0", Err(EndpointError::Port)),
            ("h:65536", Err(EndpointError::Port)),
            ("h:99999", Err(EndpointError::Port)),
            ("h:4294967297", Err(EndpointError::Port)),
            ("h:1:2", Err(EndpointError::Port)),
        ] {
            assert_eq!(split_port(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn addresses_are_those_of_core(
            ipv4 in "[0-9]{1,3}(\\.[0-9]{0,3}){2,4}",
            near_ipv4 in "[0-9.a]{0,16}",
            ipv6 in "(::)?([0-9a-f]{0,5}:){0,8}(::)?([0-9a-fA-F]{0,4}|1\\.2\\.3\\.4)(:|::)?",
            octets: [u8; 4],
            groups: [u16; 8],
        ) {
            for text in [ipv4, near_ipv4, Ipv4Addr::from(octets).to_string()] {
                prop_assert_eq!(is_ipv4(&text), text.parse::<Ipv4Addr>().is_ok(), "{}", text);
            }
            let groups = groups.map(|group| if group % 3 == 0 { 0 } else { group });
            for text in [ipv6, Ipv6Addr::from(groups).to_string()] {
                prop_assert_eq!(is_ipv6(&text), text.parse::<Ipv6Addr>().is_ok(), "{}", text);
            }
        }
    }
}
