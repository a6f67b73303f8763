//! The trait that all texts are written through, and its implementations: a buffer, a counter, text for people.

use core::fmt;

#[cfg(feature = "alloc")]
use crate::encode::table::{STRIDE, Table};
use crate::encode::{Position, encoded_length, escape};

/// A destination for bytes. Writing cannot fail: a buffer that is too small counts the bytes, and reports it at the end.
pub(crate) trait Writer {
    /// Writes bytes as they are.
    fn put(&mut self, bytes: &[u8]);

    /// Writes bytes in percent-encoded form.
    fn put_encoded(&mut self, bytes: &[u8], position: Position)
    where
        Self: Sized,
    {
        put_each_encoded(self, bytes, position);
    }

    /// Writes ASCII letters in lower case.
    fn put_lower_case(&mut self, bytes: &[u8])
    where
        Self: Sized,
    {
        bytes.iter().for_each(|byte| self.put(&[byte.to_ascii_lowercase()]));
    }

    /// Writes a number in decimal, without leading zeros.
    fn put_decimal(&mut self, mut number: u32)
    where
        Self: Sized,
    {
        let mut digits = [0; 10];
        let mut unused = digits.len();
        for place in digits.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
            unused -= 1;
            if number == 0 {
                break;
            }
        }
        // `unused` is at most 9, so the split succeeds. With all ten digits the number would still be the same.
        self.put(digits.split_at_checked(unused).map_or(&digits[..], |(_, used)| used));
    }
}

fn put_each_encoded(writer: &mut impl Writer, bytes: &[u8], position: Position) {
    for &byte in bytes {
        if position.keeps(byte) {
            writer.put(&[byte]);
        } else {
            writer.put(&escape(byte));
        }
    }
}

#[cfg(any(feature = "alloc", test))]
impl Writer for alloc::vec::Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A writer that only counts the bytes.
#[derive(Default)]
pub(crate) struct Counter {
    length: usize,
}

impl Counter {
    pub(crate) fn length(&self) -> usize {
        self.length
    }
}

impl Writer for Counter {
    fn put(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
    }

    fn put_encoded(&mut self, bytes: &[u8], position: Position) {
        self.length += encoded_length(bytes, position);
    }
}

/// A writer that percent-encodes bytes for a query, and passes them on to another writer.
pub(crate) struct Escaping<'w, W>(pub(crate) &'w mut W);

impl<W: Writer> Writer for Escaping<'_, W> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put_encoded(bytes, Position::Query);
    }
}

/// A writer that passes text on to a `core::fmt::Write`. Each piece that is put must be valid UTF-8.
pub(crate) struct TextWriter<'w> {
    writer: &'w mut dyn fmt::Write,
    pub(crate) result: fmt::Result,
}

impl<'w> TextWriter<'w> {
    pub(crate) fn new(writer: &'w mut dyn fmt::Write) -> Self {
        Self { writer, result: Ok(()) }
    }
}

impl Writer for TextWriter<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).map_err(|_| fmt::Error);
        self.result = self.result.and(text.and_then(|text| self.writer.write_str(text)));
    }

    fn put_lower_case(&mut self, bytes: &[u8]) {
        // Byte by byte, as other writers do it, a character that is not ASCII would be cut.
        let text = core::str::from_utf8(bytes).map_err(|_| fmt::Error);
        self.result = self.result.and(text.and_then(|text| {
            text.chars().try_for_each(|letter| self.writer.write_char(letter.to_ascii_lowercase()))
        }));
    }
}

/// A buffer is too small for the bytes that were written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BufferTooSmall {
    /// The exact length that is needed, in bytes.
    pub(crate) needed: usize,
}

/// A writer into a slice. When the slice is full it keeps counting, to tell the length that is needed.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    length: usize,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self { bytes, length: 0 }
    }

    /// Returns the number of bytes that were written, including those that did not fit.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Returns the written bytes. If they did not fit the buffer is cleared, so that half a URL is not mistaken for a whole
    /// one.
    pub(crate) fn finish(self) -> Result<&'b mut [u8], BufferTooSmall> {
        let Self { bytes, length } = self;
        if length > bytes.len() {
            bytes.fill(0);
        }
        bytes.get_mut(..length).ok_or(BufferTooSmall { needed: length })
    }
}

impl Writer for Buffer<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            // A loop instead of `copy_from_slice`, which leaves a panic in firmware that is optimized for size.
            room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        }
        self.length = end;
    }

    #[cfg(feature = "alloc")]
    fn put_encoded(&mut self, bytes: &[u8], position: Position) {
        let (strides, rest) = bytes.as_chunks::<STRIDE>();
        for stride in strides {
            self.put_stride(stride, position);
        }
        self.put_stride(rest, position);
    }
}

#[cfg(feature = "alloc")]
impl Buffer<'_> {
    /// Percent-encodes at most [`STRIDE`] bytes.
    #[inline]
    fn put_stride(&mut self, bytes: &[u8], position: Position) {
        match self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut) {
            Some(room) => self.length += Table::of(position).encode(bytes, room),
            None => put_each_encoded(self, bytes, position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_full_buffer_counts_on_and_is_cleared() {
        let mut bytes = [b'x'; 4];
        let mut buffer = Buffer::new(&mut bytes);
        buffer.put(b"ab");
        buffer.put(b"cde");
        buffer.put(b"f");
        assert_eq!(buffer.length(), 6);
        assert_eq!(buffer.finish(), Err(BufferTooSmall { needed: 6 }));
        assert_eq!(bytes, [0; 4]);
        let mut buffer = Buffer::new(&mut bytes);
        buffer.put(b"abcd");
        assert_eq!(buffer.finish().unwrap(), b"abcd");
    }

    #[test]
    fn decimal() {
        for number in [0, 7, 10, 604_800, 99_999_999, u32::MAX] {
            let (mut text, mut counter) = (Vec::new(), Counter::default());
            text.put_decimal(number);
            assert_eq!(text, std::format!("{number}").into_bytes());
            counter.put_decimal(number);
            assert_eq!(counter.length(), text.len());
        }
    }

    #[test]
    fn what_is_counted_is_what_is_written() {
        // Miri writes some thousand bytes per second.
        let text = "abc/+ü~ 中%".repeat(if cfg!(miri) { 2 } else { 40 });
        let cuts = (0..text.len()).filter(|&cut| text.is_char_boundary(cut));
        for cut in cuts {
            for position in [Position::Path, Position::Query] {
                let (mut counter, mut written, mut bytes) = (Counter::default(), Vec::new(), [0; 2048]);
                counter.put_encoded(&text.as_bytes()[..cut], position);
                written.put_encoded(&text.as_bytes()[..cut], position);
                assert_eq!(counter.length(), written.len());
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
        for length in (0..100).step_by(if cfg!(miri) { 33 } else { 1 }) {
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
