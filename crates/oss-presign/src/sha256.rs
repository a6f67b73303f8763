//! SHA-256 and HMAC-SHA256 by whole blocks.
//!
//! `sha2` does the compression. What is ours is the few lines around it: they hash slices where they lie
//! instead of copying them, and keep an HMAC key as the two states that follow its padded blocks. Against
//! `Digest` and `Hmac` objects that saves four compressions and two copies per signature.

use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::encode::write_lower_hex;
use crate::output::copy;

const BLOCK: usize = 64;

/// The bit behind every message (FIPS 180-4, section 5.1.1).
const PADDING: u8 = 0x80;

/// FIPS 180-4, section 5.3.3.
const INITIAL_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash in progress.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// The bytes that do not fill a block yet, the first `length % 64` of these, and zeros behind them.
    pending: [u8; BLOCK],
    /// Bytes taken so far, those behind `state` included.
    length: u64,
}

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self::resume(INITIAL_STATE, 0)
    }

    /// Goes on from a state that `length` bytes, whole blocks, have led to.
    fn resume(state: [u32; 8], length: u64) -> Self {
        Self { state, pending: [0; BLOCK], length }
    }

    #[inline]
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        let filled = self.filled();
        self.length += bytes.len() as u64;
        if filled > 0 {
            let room = self.pending.get_mut(filled..).unwrap_or_default();
            let taken = copy(room, bytes);
            if taken < BLOCK - filled {
                return;
            }
            compress256(&mut self.state, core::slice::from_ref(&self.pending));
            self.pending = [0; BLOCK];
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        if !blocks.is_empty() {
            compress256(&mut self.state, blocks);
        }
        copy(&mut self.pending, rest);
    }

    fn filled(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }

    /// The digest; the hash is of no use afterwards. By reference, because a move is a copy on the stack.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let filled = self.filled();
        if let Some(end) = self.pending.get_mut(filled) {
            *end = PADDING;
        }
        // The length wants the last eight bytes of a block.
        if filled >= BLOCK - 8 {
            compress256(&mut self.state, core::slice::from_ref(&self.pending));
            self.pending = [0; BLOCK];
        }
        if let Some(end) = self.pending.last_chunk_mut::<8>() {
            *end = (self.length * 8).to_be_bytes();
        }
        compress256(&mut self.state, core::slice::from_ref(&self.pending));
        bytes_of(&self.state)
    }

    /// Writes the digest; the hash is of no use afterwards.
    pub(crate) fn finish_into(&mut self, digest: &mut [u8; 32]) {
        *digest = self.finish();
    }

    /// The digest of a text that lies in one piece.
    pub(crate) fn digest(text: &[u8]) -> [u8; 32] {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut state = INITIAL_STATE;
        compress256(&mut state, blocks);
        // The rest stands in the second of these blocks; where the text is long enough it comes there by a copy
        // of a fixed size, which begins in the first.
        let mut end = [[0; BLOCK]; 3];
        let filled = rest.len();
        let bytes = end.as_flattened_mut();
        match (text.last_chunk::<BLOCK>(), bytes.get_mut(filled..).and_then(<[u8]>::first_chunk_mut)) {
            (Some(last), Some(place)) => *place = *last,
            _ => {
                copy(bytes.get_mut(BLOCK..).unwrap_or_default(), rest);
            }
        }
        if let Some(behind) = bytes.get_mut(BLOCK + filled) {
            *behind = PADDING;
        }
        let used = if filled < BLOCK - 8 { 2 } else { 3 };
        let (_, end) = end.split_at_mut_checked(1).unwrap_or_default();
        let (end, _) = end.split_at_mut_checked(used - 1).unwrap_or_default();
        if let Some(end) = end.as_flattened_mut().last_chunk_mut::<8>() {
            *end = (text.len() as u64 * 8).to_be_bytes();
        }
        compress256(&mut state, end);
        bytes_of(&state)
    }

    /// The hash of what was taken and of a digest's 64 hex digits. All copies have a fixed size, and one call compresses
    /// the last blocks: this is the part of a signature that nothing else can run beside.
    fn finish_with(&self, digest: &[u8; 32]) -> [u8; 32] {
        let mut blocks = [[0; BLOCK]; 3];
        let filled = self.filled();
        let bytes = blocks.as_flattened_mut();
        if let Some(begin) = bytes.first_chunk_mut() {
            *begin = self.pending;
        }
        if let Some(middle) = bytes.get_mut(filled..).and_then(<[u8]>::first_chunk_mut) {
            write_lower_hex(digest, middle);
        }
        if let Some(end) = bytes.get_mut(filled + 64) {
            *end = PADDING;
        }
        let used = if filled < BLOCK - 8 { 2 } else { 3 };
        let (blocks, _) = blocks.split_at_mut_checked(used).unwrap_or_default();
        if let Some(end) = blocks.as_flattened_mut().last_chunk_mut::<8>() {
            *end = ((self.length + 64) * 8).to_be_bytes();
        }
        let mut state = self.state;
        compress256(&mut state, blocks);
        bytes_of(&state)
    }
}

fn bytes_of(state: &[u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    bytes
}

/// The last block of a message of `before` bytes, whole blocks, and a digest.
const fn padded(digest: &[u8; 32], before: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut at = 0;
    while at < digest.len() {
        block[at] = digest[at];
        at += 1;
    }
    block[at] = PADDING;
    let [high, low] = ((before + digest.len()) as u16 * 8).to_be_bytes();
    block[BLOCK - 2] = high;
    block[BLOCK - 1] = low;
    block
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
        *self = Self::new(parts);
    }

    /// Becomes the key that the code of a message is.
    pub(crate) fn advance(&mut self, message: &[u8]) {
        self.set(&[&self.authenticate(message)]);
    }

    /// The key that the parts make together.
    fn new(parts: &[&[u8]]) -> Self {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut block = [0; BLOCK];
        if length > BLOCK {
            copy(&mut block, &digest_of(parts));
        } else {
            let mut at = 0;
            for part in parts {
                at += copy(block.get_mut(at..).unwrap_or_default(), part);
            }
        }
        let mut key = Self { inner: INITIAL_STATE, outer: INITIAL_STATE };
        // In place, because a copy would be one more to keep on the stack and to erase.
        for byte in &mut block {
            *byte ^= 0x36;
        }
        compress256(&mut key.inner, core::slice::from_ref(&block));
        for byte in &mut block {
            *byte ^= 0x36 ^ 0x5c;
        }
        compress256(&mut key.outer, core::slice::from_ref(&block));
        block.zeroize();
        key
    }

    /// Starts a message.
    pub(crate) fn start(&self) -> Sha256 {
        Sha256::resume(self.inner, BLOCK as u64)
    }

    /// Starts a message of `length` bytes: a whole block and less than one more, of which the rest is zeros.
    #[cfg(feature = "alloc")]
    pub(crate) fn start_with(&self, first: &[u8; BLOCK], pending: &[u8; BLOCK], length: usize) -> Sha256 {
        let mut state = self.inner;
        compress256(&mut state, core::slice::from_ref(first));
        Sha256 { state, pending: *pending, length: (BLOCK + length) as u64 }
    }

    /// Starts a message where another hash has ended.
    pub(crate) fn start_in(&self, hash: &mut Sha256) {
        *hash = self.start();
    }

    /// Ends a message that [`HmacKey::start`] began.
    #[inline]
    pub(crate) fn finish(&self, message: &mut Sha256) -> [u8; 32] {
        // A digest behind one block of key always leaves the same padding to one last block.
        self.finish_digest(message.finish())
    }

    /// Ends a message that [`HmacKey::start`] began, and writes its code.
    pub(crate) fn finish_into(&self, message: &mut Sha256, code: &mut [u8; 32]) {
        *code = self.finish(message);
    }

    /// Ends a message that [`HmacKey::start`] began with a digest in hex.
    #[inline]
    pub(crate) fn finish_with(&self, message: &Sha256, digest: &[u8; 32]) -> [u8; 32] {
        self.finish_digest(message.finish_with(digest))
    }

    fn finish_digest(&self, digest: [u8; 32]) -> [u8; 32] {
        let mut block = const { padded(&[0; 32], BLOCK) };
        if let Some(begin) = block.first_chunk_mut() {
            *begin = digest;
        }
        let mut state = self.outer;
        compress256(&mut state, core::slice::from_ref(&block));
        bytes_of(&state)
    }

    /// The code of a whole message.
    fn authenticate(&self, message: &[u8]) -> [u8; 32] {
        let mut hash = self.start();
        hash.update(message);
        self.finish(&mut hash)
    }
}

/// For a key longer than a block, which is rare: apart, so that its state burdens nobody else's stack.
#[cold]
#[inline(never)]
fn digest_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finish()
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

    #[test]
    fn equals_sha2_for_every_length_and_cut() {
        let text: Vec<u8> = (0..200u32).map(|n| (n * 7) as u8).collect();
        for length in 0..text.len() {
            let expected: [u8; 32] = sha2::Sha256::digest(&text[..length]).into();
            for cut in [0, 1, length / 3, length / 2, length] {
                let mut hash = Sha256::new();
                hash.update(&text[..cut.min(length)]);
                hash.update(&text[cut.min(length)..length]);
                assert_eq!(hash.finish(), expected, "{length} {cut}");
            }
        }
    }

    #[test]
    fn one_piece_equals_sha2_for_every_length() {
        let text: Vec<u8> = (0..200u32).map(|n| (n * 7) as u8).collect();
        for length in 0..=text.len() {
            let expected: [u8; 32] = sha2::Sha256::digest(&text[..length]).into();
            assert_eq!(Sha256::digest(&text[..length]), expected, "{length}");
        }
    }

    #[test]
    fn equals_hmac_for_every_key_length() {
        for length in 0..140usize {
            let key: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            mac.update(b"what do ya want for nothing?");
            let expected: [u8; 32] = mac.finalize().into_bytes().into();
            let (head, tail) = key.split_at(length / 2);
            assert_eq!(HmacKey::new(&[head, tail]).authenticate(b"what do ya want for nothing?"), expected);
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn rfc_4231() {
        let code = HmacKey::new(&[b"Jefe"]).authenticate(b"what do ya want for nothing?");
        let hex = crate::encode::lower_hex(&code);
        assert_eq!(&hex[..], b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
