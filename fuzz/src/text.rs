//! Inputs as text, so that a seed can be read, written and derived from the vectors by hand.

/// Splits at the first separator; what is missing is empty.
#[must_use]
pub fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> (&'a [u8], &'a [u8]) {
    match bytes.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (&bytes[..at], &bytes[at + separator.len()..]),
        None => (bytes, &[]),
    }
}

/// Lines of `name: value`; other lines are passed over.
pub fn headers(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    bytes.split(|&byte| byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let value = &line[colon + 1..];
        Some((std::str::from_utf8(&line[..colon]).ok()?, value.strip_prefix(b" ").unwrap_or(value)))
    })
}
