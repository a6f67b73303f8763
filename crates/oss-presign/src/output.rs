//! Where bytes go: into a hash, into the caller's buffer, or into a text for people.

use crate::decimal::write_digits;
use crate::encode::{
    COUNTED, Position, STRIDE, STRIDE_ROOM, Table, all_stay, escape, escapes_of, unescaped_prefix,
};
use crate::sha256::Sha256;

/// Takes bytes. Writing cannot fail on the way: what does not fit is counted and refused at the end.
pub(crate) trait Output {
    fn put(&mut self, bytes: &[u8]);

    /// Percent-encodes: runs of bytes that stay are copied at once.
    fn put_encoded(&mut self, bytes: &[u8], position: Position)
    where
        Self: Sized,
    {
        put_runs_encoded(self, bytes, position);
    }

    /// Writes ASCII letters in lower case.
    fn put_lower_case(&mut self, mut bytes: &[u8])
    where
        Self: Sized,
    {
        if cfg!(target_pointer_width = "32") {
            for byte in bytes {
                self.put(&[byte.to_ascii_lowercase()]);
            }
            return;
        }
        while !bytes.is_empty() {
            let mut lower = [0; 32];
            let taken = copy(&mut lower, bytes);
            lower.make_ascii_lowercase();
            self.put(lower.get(..taken).unwrap_or_default());
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// Writes the first `length` of these bytes. An output that has room for all may write them and forget the
    /// rest: a length that is known is cheaper.
    fn put_first(&mut self, bytes: &[u8; 8], length: usize)
    where
        Self: Sized,
    {
        self.put(bytes.get(..length).unwrap_or_default());
    }

    /// Writes a number of at most eight digits in decimal, without leading zeros.
    #[inline]
    fn put_decimal(&mut self, mut number: u32)
    where
        Self: Sized,
    {
        if cfg!(target_pointer_width = "32") {
            let mut digits = [0; 8];
            write_digits(&mut digits, number);
            let zeros = digits.iter().take(7).take_while(|digit| **digit == b'0').count();
            return self.put(digits.get(zeros..).unwrap_or_default());
        }
        let (mut digits, mut length) = (0, 0);
        loop {
            digits = digits << 8 | u64::from(b'0' + (number % 10) as u8);
            length += 1;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.put_first(&digits.to_le_bytes(), length);
    }
}

/// Copies as much as fits and says how much that was.
#[inline]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let length = if to.len() < from.len() { to.len() } else { from.len() };
    if cfg!(target_pointer_width = "32") {
        // A loop cannot panic at any optimization level.
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    } else if let (Some(to), Some(from)) = (to.get_mut(..length), from.get(..length)) {
        // Compilers see that the lengths agree; of a loop, they do not always make a `memcpy`.
        to.copy_from_slice(from);
    }
    length
}

fn put_runs_encoded(output: &mut impl Output, mut bytes: &[u8], position: Position) {
    if cfg!(target_pointer_width = "32") {
        for &byte in bytes {
            if position.keeps(byte) {
                output.put(&[byte]);
            } else {
                output.put(&escape(byte));
            }
        }
        return;
    }
    loop {
        let (run, rest) = bytes.split_at_checked(unescaped_prefix(bytes, position)).unwrap_or((bytes, &[]));
        if !run.is_empty() {
            output.put(run);
        }
        let Some((&byte, rest)) = rest.split_first() else { return };
        output.put(&escape(byte));
        bytes = rest;
    }
}

/// Passes on what is written without knowing where; only [`Output::put`] is in the table of functions that this takes.
impl Output for &mut dyn Output {
    fn put(&mut self, bytes: &[u8]) {
        (**self).put(bytes);
    }
}

impl Output for Sha256 {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn put_encoded(&mut self, bytes: &[u8], position: Position) {
        // One update for a piece is cheaper than one for every run.
        for piece in bytes.chunks(STRIDE) {
            let mut encoded = [0; STRIDE_ROOM];
            let mut buffer = Buffer::new(&mut encoded);
            buffer.put_encoded(piece, position);
            let length = buffer.length();
            self.update(encoded.get(..length).unwrap_or_default());
        }
    }
}

#[cfg(any(feature = "alloc", test))]
impl Output for alloc::vec::Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts bytes and keeps none.
pub(crate) struct Length(pub(crate) usize);

impl Output for Length {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    fn put_encoded(&mut self, bytes: &[u8], position: Position) {
        let (chunks, rest) = bytes.as_chunks();
        let mut last = [b'0'; COUNTED];
        copy(&mut last, rest);
        let escapes: usize = chunks.iter().chain([&last]).map(|chunk| escapes_of(chunk, position)).sum();
        self.0 += bytes.len() + 2 * escapes;
    }

    fn put_decimal(&mut self, number: u32) {
        self.0 += 1 + number.checked_ilog10().unwrap_or_default() as usize;
    }
}

/// Passes text on. Its input is UTF-8 cut at character boundaries, because every piece comes from a `str`.
pub(crate) struct Text<'w> {
    writer: &'w mut dyn core::fmt::Write,
    pub(crate) result: core::fmt::Result,
}

impl<'w> Text<'w> {
    pub(crate) fn new(writer: &'w mut dyn core::fmt::Write) -> Self {
        Self { writer, result: Ok(()) }
    }
}

impl Output for Text<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).map_err(|_| core::fmt::Error);
        self.result = self.result.and(text.and_then(|text| self.writer.write_str(text)));
    }
}

/// Fills a buffer from its beginning, and counts on when it is full.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    length: usize,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self { bytes, length: 0 }
    }

    /// Fills what lies behind a place; there may be nothing.
    pub(crate) fn behind(place: usize, bytes: &'b mut [u8]) -> Self {
        Self::new(bytes.get_mut(place..).unwrap_or_default())
    }

    /// Bytes that were put in, whether or not they found room.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    #[inline]
    fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.length..).unwrap_or_default()
    }
}

impl Output for Buffer<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let begin = self.length;
        self.length = begin + bytes.len();
        if let Some(room) = self.bytes.get_mut(begin..self.length) {
            copy(room, bytes);
        }
    }

    #[inline]
    fn put_first(&mut self, bytes: &[u8; 8], length: usize) {
        match self.room().first_chunk_mut() {
            Some(room) if !cfg!(target_pointer_width = "32") => {
                *room = *bytes;
                self.length += length;
            }
            _ => self.put(bytes.get(..length).unwrap_or_default()),
        }
    }

    #[inline]
    fn put_encoded(&mut self, bytes: &[u8], position: Position) {
        // Small machines gain nothing from vectors, and would pay for the table in flash.
        if cfg!(target_pointer_width = "32") {
            return put_runs_encoded(self, bytes, position);
        }
        self.length += encode(bytes, position, self.room());
    }

    #[inline]
    fn put_lower_case(&mut self, bytes: &[u8]) {
        lower_case(bytes, self.room());
        self.length += bytes.len();
    }
}

/// Percent-encodes, and gives the length whether or not all finds room: many bytes at a time, as long as there is
/// room to write some more than there will be.
#[inline(never)]
fn encode(bytes: &[u8], position: Position, room: &mut [u8]) -> usize {
    let table = Table::of(position);
    let (strides, rest) = bytes.as_chunks();
    let mut length = 0;
    for (number, stride) in strides.iter().enumerate() {
        let Some(room) = room.get_mut(length..).and_then(|room| room.first_chunk_mut()) else {
            return encode_runs(bytes.get(number * STRIDE..).unwrap_or_default(), position, room, length);
        };
        // Most texts need few escapes or none.
        length += match room.first_chunk_mut() {
            Some(place) if all_stay(stride, position) => {
                *place = *stride;
                STRIDE
            }
            _ => table.encode(stride, room),
        };
    }
    match room.get_mut(length..).and_then(|room| room.first_chunk_mut()) {
        Some(room) => length + table.encode(rest, room),
        None => encode_runs(rest, position, room, length),
    }
}

/// The same behind a place where there is little room, if any.
#[cold]
fn encode_runs(bytes: &[u8], position: Position, room: &mut [u8], place: usize) -> usize {
    let mut end = Buffer::behind(place, room);
    put_runs_encoded(&mut end, bytes, position);
    place + end.length()
}

#[inline(never)]
fn lower_case(bytes: &[u8], room: &mut [u8]) {
    if let Some(place) = room.get_mut(..bytes.len()) {
        copy(place, bytes);
        place.make_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_full_buffer_counts_on() {
        let mut bytes = [b'x'; 4];
        let mut buffer = Buffer::new(&mut bytes);
        buffer.put(b"ab");
        buffer.put(b"cde");
        buffer.put(b"f");
        assert_eq!(buffer.length(), 6);
        assert_eq!(&bytes, b"abxx");
        let mut buffer = Buffer::behind(5, &mut bytes);
        buffer.put(b"ab");
        assert_eq!(buffer.length(), 2);
        let mut buffer = Buffer::behind(1, &mut bytes);
        buffer.put(b"abc");
        assert_eq!(buffer.length(), 3);
        assert_eq!(&bytes, b"aabc");
    }

    #[test]
    fn decimal() {
        for number in [0, 7, 10, 604_800, 99_999_999] {
            let mut text = Vec::new();
            text.put_decimal(number);
            assert_eq!(text, std::format!("{number}").into_bytes());
            let mut length = Length(0);
            length.put_decimal(number);
            assert_eq!(length.0, text.len());
            for room in [text.len(), 16] {
                let mut bytes = [0; 16];
                let mut buffer = Buffer::new(&mut bytes[..room]);
                buffer.put_decimal(number);
                assert_eq!((buffer.length(), &bytes[..text.len()]), (text.len(), &text[..]));
            }
        }
    }

    #[test]
    fn what_is_counted_is_what_is_written() {
        let text = "abc/+ü~ 中%".repeat(8);
        let cuts = (0..text.len()).filter(|&cut| text.is_char_boundary(cut));
        for cut in cuts {
            for position in [Position::Path, Position::Query] {
                let (mut length, mut written, mut bytes) = (Length(0), Vec::new(), [0; 512]);
                length.put_encoded(&text.as_bytes()[..cut], position);
                written.put_encoded(&text.as_bytes()[..cut], position);
                assert_eq!(length.0, written.len());
                let mut buffer = Buffer::new(&mut bytes);
                buffer.put_encoded(&text.as_bytes()[..cut], position);
                assert_eq!(buffer.length(), written.len());
                assert_eq!(&bytes[..written.len()], written);
                // With no byte to spare, and with too few.
                let exact = &mut bytes[..written.len()];
                exact.fill(0);
                Buffer::new(exact).put_encoded(&text.as_bytes()[..cut], position);
                assert_eq!(exact, written);
                let mut buffer = Buffer::new(&mut bytes[..cut / 2]);
                buffer.put_encoded(&text.as_bytes()[..cut], position);
                assert_eq!(buffer.length(), written.len());
            }
        }
    }

    #[test]
    fn lower_case_of_any_length() {
        for length in 0..100 {
            let name: Vec<u8> = b"X-Oss-Meta-A-".iter().copied().cycle().take(length).collect();
            let mut text = Vec::new();
            text.put_lower_case(&name);
            assert_eq!(text, name.to_ascii_lowercase());
            let mut bytes = [0; 128];
            let mut buffer = Buffer::new(&mut bytes);
            buffer.put_lower_case(&name);
            assert_eq!((buffer.length(), &bytes[..length]), (length, &text[..]));
        }
    }

    #[test]
    fn encoding_by_position() {
        let mut text = Vec::new();
        text.put_encoded("a b/c+d~é%".as_bytes(), Position::Path);
        text.put(b" ");
        text.put_encoded("a b/c+d~é%".as_bytes(), Position::Query);
        assert_eq!(text, b"a%20b/c%2Bd~%C3%A9%25 a%20b%2Fc%2Bd~%C3%A9%25");
    }
}
