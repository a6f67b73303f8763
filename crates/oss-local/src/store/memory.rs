//! How much memory stored objects take, and the blocks that their bytes lie in.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

/// The bytes of an object lie in blocks of this size.
const BLOCK: usize = 256 * 1024;
/// What a block takes beside its bytes; generously.
const OVERHEAD: u64 = 256;

/// The memory that all objects of a store may take together, and how much of it they take.
#[derive(Debug)]
pub(crate) struct Memory {
    /// In bytes.
    limit: u64,
    used: AtomicU64,
}

impl Memory {
    pub(super) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicU64::new(0) })
    }

    /// Takes this many bytes until the charge is dropped.
    ///
    /// # Errors
    /// [`io::ErrorKind::StorageFull`] where fewer are left.
    pub(super) fn charge(self: &Arc<Self>, bytes: u64) -> io::Result<Charge> {
        let mut charge = Charge { memory: self.clone(), bytes: 0 };
        charge.grow(bytes)?;
        Ok(charge)
    }
}

/// A part of the memory, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Charge {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Charge {
    fn grow(&mut self, bytes: u64) -> io::Result<()> {
        let Memory { limit, used } = &*self.memory;
        let sum = |used: u64| used.checked_add(bytes).filter(|sum| sum <= limit);
        match used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum) {
            Ok(_) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(_) => Err(io::Error::new(io::ErrorKind::StorageFull, MemoryFull { limit: *limit })),
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Why nothing more can be stored in memory.
#[derive(Debug)]
struct MemoryFull {
    limit: u64,
}

impl fmt::Display for MemoryFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the objects may take {} bytes of memory together, and this is more: delete some, raise the memory limit, \
             or keep objects in a directory",
            self.limit
        )
    }
}

impl std::error::Error for MemoryFull {}

/// A part of an object, and the memory that it takes: as long as anything refers to it, be it a download of an object
/// that has been deleted.
struct Block {
    bytes: Vec<u8>,
    _charge: Charge,
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Bytes that grow at their end.
///
/// What arrives is copied: a piece of the socket's buffer would keep the whole buffer, and what is counted here would
/// not be what is used.
#[derive(Debug)]
pub(crate) struct Blocks {
    list: Vec<Bytes>,
    /// Of the next block.
    tail: Vec<u8>,
    charge: Charge,
}

impl Blocks {
    pub(super) fn new(memory: &Arc<Memory>) -> Self {
        let charge = Charge { memory: memory.clone(), bytes: 0 };
        Self { list: Vec::new(), tail: Vec::new(), charge }
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(BLOCK - self.tail.len()));
            let overhead = if self.tail.is_empty() { OVERHEAD } else { 0 };
            self.charge.grow(overhead + piece.len() as u64)?;
            self.tail.extend_from_slice(piece);
            if self.tail.len() == BLOCK {
                self.flush();
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Appends a part of what is stored already, and counted there.
    pub(super) fn share(&mut self, bytes: Bytes) {
        self.flush();
        self.list.push(bytes);
    }

    fn flush(&mut self) {
        if self.tail.is_empty() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.tail);
        bytes.shrink_to_fit();
        let rest = Charge { memory: self.charge.memory.clone(), bytes: 0 };
        let charge = std::mem::replace(&mut self.charge, rest);
        self.list.push(Bytes::from_owner(Block { bytes, _charge: charge }));
    }

    pub(super) fn finish(mut self) -> Vec<Bytes> {
        self.flush();
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(memory: &Memory) -> u64 {
        memory.used.load(Ordering::Relaxed)
    }

    #[test]
    fn bytes_are_counted_until_nothing_refers_to_them() {
        let memory = Memory::new(2 * BLOCK as u64);
        let whole: Vec<u8> = (0..BLOCK + 1000).map(|at| (at % 251) as u8).collect();
        let mut blocks = Blocks::new(&memory);
        for piece in whole.chunks(4099) {
            blocks.write(piece).unwrap();
        }
        let expected = whole.len() as u64 + 2 * OVERHEAD;
        assert_eq!(used(&memory), expected);
        let stored = blocks.finish();
        assert_eq!(stored.concat(), whole);
        // A copy shares what is there; a reader of one block keeps only that block.
        let mut copy = Blocks::new(&memory);
        stored.iter().cloned().for_each(|block| copy.share(block));
        assert_eq!(used(&memory), expected);
        let reader = copy.finish().pop().unwrap().slice(10..20);
        drop(stored);
        assert_eq!(used(&memory), 1000 + OVERHEAD);
        drop(reader);
        assert_eq!(used(&memory), 0);
    }

    #[test]
    fn nothing_is_taken_beyond_the_limit_and_a_refusal_takes_nothing() {
        let memory = Memory::new(1000);
        let first = memory.charge(600).unwrap();
        let refused = memory.charge(401).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        assert!(refused.to_string().contains("1000 bytes"), "{refused}");
        assert_eq!(used(&memory), 600);
        memory.charge(u64::MAX).unwrap_err();
        let mut blocks = Blocks::new(&memory);
        blocks.write(&[0; 144]).unwrap();
        blocks.write(&[0; 1]).unwrap_err();
        drop(first);
        blocks.write(&[0; 600]).unwrap();
        drop(blocks);
        assert_eq!(used(&memory), 0);
    }
}
