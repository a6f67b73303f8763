//! Bytes in pieces, the short ones joined.

use bytes::{Bytes, BytesMut};

/// Pieces below this size are joined, so that a trickled upload does not pin a read buffer per piece.
const JOIN: usize = 64 * 1024;

/// A list of pieces that grows at its end.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    list: Vec<Bytes>,
    tail: BytesMut,
}

impl Chunks {
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.len() >= JOIN {
            self.flush();
            self.list.push(bytes);
        } else {
            self.tail.extend_from_slice(&bytes);
            if self.tail.len() >= JOIN {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        if !self.tail.is_empty() {
            self.list.push(self.tail.split().freeze());
        }
    }

    pub(crate) fn finish(mut self) -> Vec<Bytes> {
        self.flush();
        self.list
    }
}
