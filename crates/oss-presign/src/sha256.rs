//! SHA-256 and HMAC-SHA256, fed piece by piece.
//!
//! `sha2` and `hmac` compute both, through their block-level types. These store an HMAC key as the two hash states after its
//! padded blocks, so that each signature with the key saves two compressions. This module adds the buffer for bytes that do
//! not fill a block yet. `sha2` erases each state when it is dropped.

use hmac::block_api::HmacCore;
use sha2::digest::array::Array;
use sha2::digest::block_api::{Block, Buffer, EagerHash, FixedOutputCore, UpdateCore};
use sha2::digest::common::KeyInit;
use zeroize::Zeroize;

use crate::writer::Writer;

type HashCore = <sha2::Sha256 as EagerHash>::Core;
type MacCore = HmacCore<sha2::Sha256>;

/// The size of a SHA-256 block, in bytes.
const BLOCK: usize = 64;

/// A hash in progress.
pub(crate) struct Sha256 {
    core: HashCore,
    pending: Buffer<HashCore>,
}

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self { core: HashCore::default(), pending: Buffer::<HashCore>::default() }
    }

    /// Returns the hash. The object must not be used afterwards. It takes a reference because moving the state would leave
    /// a copy on the stack.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let mut digest = Array::default();
        self.core.finalize_fixed_core(&mut self.pending, &mut digest);
        digest.0
    }
}

impl Writer for Sha256 {
    fn put(&mut self, bytes: &[u8]) {
        let Self { core, pending } = self;
        feed(pending, bytes, &mut |blocks| core.update_blocks(blocks));
    }
}

/// A key of HMAC-SHA256 (RFC 2104). Erased on drop.
#[derive(Clone)]
pub(crate) struct MacKey(MacCore);

impl MacKey {
    /// Creates a key from two parts, which are concatenated.
    pub(crate) fn new(first: &[u8], second: &[u8]) -> Self {
        // RFC 2104, section 2: a key that is longer than a block is hashed, any other is padded with zeros.
        let mut block = [0; BLOCK];
        if first.len() + second.len() > BLOCK {
            let mut hash = Sha256::new();
            hash.put(first);
            hash.put(second);
            fill(&mut block, &hash.finish());
        } else {
            let parts = first.iter().chain(second);
            block.iter_mut().zip(parts).for_each(|(place, byte)| *place = *byte);
        }
        let key = Self(MacCore::new(Array::cast_from_core(&block)));
        block.zeroize();
        key
    }

    /// Starts a message.
    pub(crate) fn start(&self) -> Mac {
        Mac { core: self.0.clone(), pending: Buffer::<MacCore>::default() }
    }
}

fn fill(block: &mut [u8; BLOCK], digest: &[u8; 32]) {
    block.iter_mut().zip(digest).for_each(|(place, byte)| *place = *byte);
}

/// A message authentication code in progress.
#[derive(Clone)]
pub(crate) struct Mac {
    core: MacCore,
    pending: Buffer<MacCore>,
}

impl Mac {
    /// Returns the code of the message. The object must not be used afterwards.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let mut code = Array::default();
        self.core.finalize_fixed_core(&mut self.pending, &mut code);
        code.0
    }
}

impl Writer for Mac {
    fn put(&mut self, bytes: &[u8]) {
        let Self { core, pending } = self;
        feed(pending, bytes, &mut |blocks| core.update_blocks(blocks));
    }
}

/// Passes full blocks to `compress`, and keeps the remaining bytes. It takes a function pointer instead of a generic
/// parameter: two compiled copies of it would leave a panic in firmware that the optimizer cannot remove.
fn feed(pending: &mut Buffer<HashCore>, bytes: &[u8], compress: &mut dyn FnMut(&[Block<HashCore>])) {
    pending.digest_blocks(bytes, compress);
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, Mac as _};
    use sha2::Digest;
    use std::vec::Vec;

    #[test]
    fn equals_sha2_for_every_length_and_cut() {
        let text: Vec<u8> = (0..200u32).map(|n| (n * 7) as u8).collect();
        // Miri takes a second for a few compressions.
        for length in (0..text.len()).step_by(if cfg!(miri) { 63 } else { 1 }) {
            let expected: [u8; 32] = sha2::Sha256::digest(&text[..length]).into();
            for cut in [0, 1, length / 3, length / 2, length] {
                let mut hash = Sha256::new();
                hash.put(&text[..cut.min(length)]);
                hash.put(&text[cut.min(length)..length]);
                assert_eq!(hash.finish(), expected, "{length} {cut}");
            }
        }
    }

    #[test]
    fn equals_hmac_for_every_key_length() {
        for length in (0..140).step_by(if cfg!(miri) { 64 } else { 1 }) {
            let key: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            mac.update(b"what do ya want for nothing?");
            let expected: [u8; 32] = mac.finalize().into_bytes().into();
            let (head, tail) = key.split_at(length / 2);
            let mut ours = MacKey::new(head, tail).start();
            ours.put(b"what do ya want for nothing?");
            assert_eq!(ours.finish(), expected);
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn rfc_4231() {
        let mut mac = MacKey::new(b"Je", b"fe").start();
        mac.put(b"what do ya want for nothing?");
        let hex = crate::hex::lower_hex(&mac.finish());
        assert_eq!(&hex[..], b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
