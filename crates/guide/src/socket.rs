//! A socket of the standard library as an embedded stream.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Stands for the network stack of a device.
#[derive(Debug)]
pub struct Socket(pub TcpStream);

impl embedded_io::ErrorType for Socket {
    type Error = std::io::Error;
}

impl embedded_io::Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl embedded_io::Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
