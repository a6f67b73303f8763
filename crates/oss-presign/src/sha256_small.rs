//! SHA-256 and HMAC-SHA256 for small machines: `sha256` with the same names, where flash and stack count for more than
//! a few instructions for each byte.
//!
//! Everything goes through one loop that takes a byte at a time. So there is one place that compresses a block, nothing
//! is copied that a library for copying would have to be linked for, and a block that is full is not cleared.

use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::encode::lower_hex;

const BLOCK: usize = 64;

/// The bit behind every message, and zeros (FIPS 180-4, section 5.1.1).
static PADDING: [u8; BLOCK] = {
    let mut padding = [0; BLOCK];
    padding[0] = 0x80;
    padding
};

/// FIPS 180-4, section 5.3.3.
const INITIAL_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash in progress.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// The bytes that do not fill a block yet are the first `length % 64` of these.
    pending: [u8; BLOCK],
    /// Bytes taken so far, those behind `state` included.
    length: usize,
}

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self::resume(&INITIAL_STATE, 0)
    }

    /// Goes on from a state that `length` bytes, whole blocks, have led to.
    #[inline(never)]
    fn resume(state: &[u32; 8], length: usize) -> Self {
        let mut hash = Self { state: [0; 8], pending: [0; BLOCK], length };
        set(&mut hash.state, state);
        hash
    }

    #[inline(never)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let mut at = self.length % BLOCK;
        self.length = self.length.wrapping_add(bytes.len());
        for &byte in bytes {
            self.pending[at % BLOCK] = byte;
            at += 1;
            if at == BLOCK {
                compress256(&mut self.state, core::slice::from_ref(&self.pending));
                at = 0;
            }
        }
    }

    /// Ends the message; the digest is the state.
    #[inline(never)]
    fn pad(&mut self) {
        let bits = (self.length as u64 * 8).to_be_bytes();
        // The length wants the last eight bytes of a block, behind one byte of padding at least.
        let padding = (2 * BLOCK - bits.len() - 1 - self.length % BLOCK) % BLOCK + 1;
        self.update(PADDING.get(..padding).unwrap_or_default());
        self.update(&bits);
    }

    /// Writes the digest; the hash is of no use afterwards.
    pub(crate) fn finish_into(&mut self, digest: &mut [u8; 32]) {
        self.pad();
        write_bytes(&self.state, digest);
    }

    /// The digest; the hash is of no use afterwards. By reference, because a move is a copy on the stack.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let mut digest = [0; 32];
        self.finish_into(&mut digest);
        digest
    }

    /// The digest of a text that lies in one piece.
    pub(crate) fn digest(text: &[u8]) -> [u8; 32] {
        let mut hash = Self::new();
        hash.update(text);
        hash.finish()
    }

    /// Takes the digest of the message for the beginning of the block to come.
    fn recycle(&mut self) {
        self.pad();
        write_bytes(&self.state, &mut self.pending);
    }

    fn clear_behind_digest(&mut self) {
        if let Some(behind) = self.pending.last_chunk_mut::<32>() {
            *behind = [0; 32];
        }
    }
}

/// Copies word by word. Left alone, a compiler makes 32 bytes a call of `memcpy` at opt-level z, whose form for any
/// alignment takes 400 to 730 bytes of flash, and nothing else here needs it.
#[inline(never)]
fn set(to: &mut [u32; 8], from: &[u32; 8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = core::hint::black_box(*from);
    }
}

#[inline(never)]
fn write_bytes(state: &[u32; 8], to: &mut [u8]) {
    for (to, word) in to.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
}

/// An HMAC-SHA256 key (RFC 2104), kept as the states that follow its inner and its outer padded block.
#[derive(Clone)]
pub(crate) struct HmacKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl HmacKey {
    /// None yet.
    pub(crate) const UNSET: Self = Self { inner: [0; 8], outer: [0; 8] };

    /// Becomes the key that the parts make together.
    pub(crate) fn set(&mut self, parts: &[&[u8]]) {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        if hash.length > BLOCK {
            hash.recycle();
            hash.clear_behind_digest();
        }
        // The key and zeros behind it, whether or not it has filled the block.
        self.set_block(&mut hash);
    }

    /// Becomes the key that the code of a message is.
    pub(crate) fn advance(&mut self, message: &[u8]) {
        let mut hash = self.start();
        hash.update(message);
        self.seal(&mut hash);
        write_bytes(&hash.state, &mut hash.pending);
        hash.clear_behind_digest();
        self.set_block(&mut hash);
    }

    fn set_block(&mut self, hash: &mut Sha256) {
        for (state, pad) in [(&mut self.inner, 0x36), (&mut self.outer, 0x36 ^ 0x5c)] {
            for byte in &mut hash.pending {
                *byte ^= pad;
            }
            set(state, &INITIAL_STATE);
            compress256(state, core::slice::from_ref(&hash.pending));
        }
        hash.pending.zeroize();
        hash.state.zeroize();
    }

    /// Starts a message.
    pub(crate) fn start(&self) -> Sha256 {
        Sha256::resume(&self.inner, BLOCK)
    }

    /// Starts a message where another hash has ended.
    pub(crate) fn start_in(&self, hash: &mut Sha256) {
        set(&mut hash.state, &self.inner);
        hash.length = BLOCK;
    }

    /// Ends a message that [`HmacKey::start`] began; its code is the state.
    fn seal(&self, message: &mut Sha256) {
        message.recycle();
        set(&mut message.state, &self.outer);
        message.length = BLOCK + 32;
        message.pad();
    }

    /// Ends a message that [`HmacKey::start`] began, and writes its code.
    pub(crate) fn finish_into(&self, message: &mut Sha256, code: &mut [u8; 32]) {
        self.seal(message);
        write_bytes(&message.state, code);
    }

    /// Ends a message that [`HmacKey::start`] began.
    pub(crate) fn finish(&self, message: &mut Sha256) -> [u8; 32] {
        let mut code = [0; 32];
        self.finish_into(message, &mut code);
        code
    }

    /// Starts a message of `length` bytes: a whole block and less than one more, of which the rest is zeros.
    #[cfg(feature = "alloc")]
    pub(crate) fn start_with(&self, first: &[u8; BLOCK], pending: &[u8; BLOCK], length: usize) -> Sha256 {
        let mut hash = self.start();
        hash.update(first);
        hash.update(pending.get(..length.saturating_sub(BLOCK)).unwrap_or_default());
        hash
    }

    /// Ends a message that [`HmacKey::start`] began with a digest in hex.
    pub(crate) fn finish_with(&self, message: &Sha256, digest: &[u8; 32]) -> [u8; 32] {
        let mut message = message.clone();
        message.update(&lower_hex(digest));
        self.finish(&mut message)
    }
}

impl Drop for HmacKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Digest;
    use std::vec::Vec;

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 7) as u8).collect()
    }

    fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    fn key(parts: &[&[u8]]) -> HmacKey {
        let mut key = HmacKey::UNSET;
        key.set(parts);
        key
    }

    fn code(key: &HmacKey, message: &[u8]) -> [u8; 32] {
        let mut hash = key.start();
        hash.update(message);
        key.finish(&mut hash)
    }

    #[test]
    fn equals_sha2_for_every_length_and_cut() {
        for length in 0..200 {
            let text = text(length);
            let expected: [u8; 32] = sha2::Sha256::digest(&text).into();
            assert_eq!(super::Sha256::digest(&text), expected, "{length}");
            for cut in [0, 1, length / 3, length / 2, length] {
                let (before, after) = text.split_at(cut.min(length));
                let mut hash = super::Sha256::new();
                hash.update(before);
                hash.update(after);
                assert_eq!(hash.finish(), expected, "{length} {cut}");
            }
        }
    }

    #[test]
    fn equals_hmac_for_every_key_length() {
        for length in 0..140 {
            let text = text(length);
            let (head, tail) = text.split_at(length / 2);
            assert_eq!(code(&key(&[head, tail]), b"message"), hmac(&text, b"message"), "{length}");
        }
    }

    #[test]
    fn advances_to_the_key_that_a_code_is() {
        for length in 0..140 {
            let mut key = key(&[b"first"]);
            key.advance(&text(length));
            let second = hmac(b"first", &text(length));
            assert_eq!(code(&key, b"message"), hmac(&second, b"message"), "{length}");
        }
    }

    #[test]
    fn starts_where_another_hash_has_ended() {
        let key = key(&[b"key"]);
        for length in 0..140 {
            let mut hash = super::Sha256::new();
            hash.update(&text(length));
            let mut digest = [0; 32];
            hash.finish_into(&mut digest);
            key.start_in(&mut hash);
            hash.update(b"message");
            let digits = "ab".repeat(32);
            let expected = hmac(b"key", &[b"message", digits.as_bytes()].concat());
            assert_eq!(key.finish_with(&hash, &[0xab; 32]), expected);
            key.finish_into(&mut hash, &mut digest);
            assert_eq!(digest, hmac(b"key", b"message"), "{length}");
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn starts_with_a_block_and_a_part_of_one() {
        let key = key(&[b"key"]);
        let text = text(127);
        for length in 64..text.len() {
            let mut pending = [0; BLOCK];
            pending[..length - BLOCK].copy_from_slice(&text[BLOCK..length]);
            let mut hash = key.start_with(text.first_chunk().unwrap(), &pending, length);
            assert_eq!(key.finish(&mut hash), hmac(b"key", &text[..length]), "{length}");
        }
    }
}
