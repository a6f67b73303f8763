//! The object: bytes that are made while they are sent and checked while they come back, so that no memory holds them.

use embedded_io::{ErrorKind, ErrorType, Read, Write};

/// Byte `index` of the object, as the host's side computes it, too.
pub fn byte(index: u32) -> u8 {
    (index.wrapping_mul(2_654_435_761) >> 24) as u8
}

/// The camera, so to speak.
pub struct Source {
    /// Index of the next byte.
    pub next: u32,
}

impl ErrorType for Source {
    type Error = ErrorKind;
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        for slot in buffer.iter_mut() {
            *slot = byte(self.next);
            self.next += 1;
        }
        Ok(buffer.len())
    }
}

/// Compares what comes back with what was sent.
pub struct Comparison {
    /// Index of the next byte.
    pub next: u32,
    /// Whether all bytes so far were those that were sent.
    pub equal: bool,
}

impl Comparison {
    /// Whether so many bytes came back, each as it was sent.
    #[must_use]
    pub fn is_whole(&self, size: u32) -> bool {
        self.equal && self.next == size
    }
}

impl ErrorType for Comparison {
    type Error = ErrorKind;
}

impl Write for Comparison {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        for &found in bytes {
            self.equal &= found == byte(self.next);
            self.next += 1;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[cfg(feature = "async")]
impl embedded_io_async::Read for Source {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        Read::read(self, buffer)
    }
}

#[cfg(feature = "async")]
impl embedded_io_async::Write for Comparison {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Write::write(self, bytes)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
