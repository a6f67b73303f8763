//! The signing key: derived once a day for a secret, a region and a product.

use core::fmt;

use crate::scope::{Scope, TERMINATOR};
use crate::sha256::{HmacKey, Sha256};

/// A V4 signing key. It is good for every request of one UTC day in one region, so it is worth keeping;
/// deriving it costs twice a signature. Zeroized on drop, redacted in `Debug`.
#[derive(Clone)]
pub struct SigningKey(HmacKey);

impl SigningKey {
    /// Derives the key of a scope from an access key's secret.
    #[must_use]
    pub fn derive(access_key_secret: &str, scope: &Scope<'_>) -> Self {
        let mut key = Self::UNSET;
        key.set(access_key_secret, scope);
        key
    }

    /// None yet, for who sets it where it will stay: a key that moves is one more copy on the stack.
    pub(crate) const UNSET: Self = Self(HmacKey::UNSET);

    /// Becomes the key of a scope.
    pub(crate) fn set(&mut self, access_key_secret: &str, scope: &Scope<'_>) {
        self.0.set(&[b"aliyun_v4", access_key_secret.as_bytes()]);
        let parts: [&[u8]; 4] = [
            scope.date(),
            scope.region().as_str().as_bytes(),
            scope.product().as_str().as_bytes(),
            TERMINATOR.as_bytes(),
        ];
        for part in parts {
            self.0.advance(part);
        }
    }

    /// Starts a string to sign.
    pub(crate) fn start(&self) -> Sha256 {
        self.0.start()
    }

    /// Starts a string to sign of `length` bytes: a whole block and less than one more, of which the rest is zeros.
    #[cfg(feature = "alloc")]
    pub(crate) fn start_with(&self, first: &[u8; 64], pending: &[u8; 64], length: usize) -> Sha256 {
        self.0.start_with(first, pending, length)
    }

    /// The signature of the string that [`SigningKey::start`] began and a hash, in hex, ends.
    pub(crate) fn finish_with(&self, string_to_sign: &Sha256, hash: &[u8; 32]) -> [u8; 32] {
        self.0.finish_with(string_to_sign, hash)
    }

    /// The signature of the string that [`SigningKey::start`] began.
    #[inline]
    pub(crate) fn finish(&self, string_to_sign: &mut Sha256) -> [u8; 32] {
        self.0.finish(string_to_sign)
    }

    /// Starts a string to sign where another hash has ended.
    pub(crate) fn start_in(&self, hash: &mut Sha256) {
        self.0.start_in(hash);
    }

    /// Writes the signature of the string that [`SigningKey::start`] began.
    pub(crate) fn finish_into(&self, string_to_sign: &mut Sha256, signature: &mut [u8; 32]) {
        self.0.finish_into(string_to_sign, signature);
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}
