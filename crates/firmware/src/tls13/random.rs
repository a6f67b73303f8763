//! The caller's random generator, which may fail, as one of `rand_core` 0.6, which may not.

use p256::elliptic_curve::rand_core::{CryptoRng, Error, RngCore, impls};
use rand_core::TryCryptoRng;

/// A generator that remembers whether it has failed.
pub(super) struct Random<R> {
    random: R,
    failed: bool,
}

impl<R: TryCryptoRng> Random<R> {
    pub(super) fn new(random: R) -> Self {
        Self { random, failed: false }
    }

    /// Whether any of its bytes were not random. Nothing may be sent then but what everybody may read.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }
}

impl<R: TryCryptoRng> RngCore for Random<R> {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        if self.random.try_fill_bytes(bytes).is_err() {
            self.failed = true;
            // Zeros are no secret key, and embedded-tls would ask for another one for ever.
            bytes.fill(1);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl<R: TryCryptoRng> CryptoRng for Random<R> {}
