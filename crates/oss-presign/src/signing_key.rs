//! The signing key, which is derived from a secret for one day, one region and one product.

use core::fmt;

use zeroize::Zeroize;

use crate::credentials::Credentials;
use crate::scope::{Scope, TERMINATOR};
use crate::sha256::{Mac, MacKey};
use crate::writer::Writer;

/// A V4 signing key. It signs all requests of one UTC day in one region. Deriving it takes twice as long as a signature, so
/// keep it for the day. `Debug` does not show it.
///
/// The key is erased on drop. On x86-64, builds that are optimized for speed leave no other copy in memory, with one exception:
/// moving a key leaves a copy at its old place. Keep a key where it was created, or behind a pointer. Other builds may leave
/// copies on the stack, those for microcontrollers that are optimized for size do. Processor registers and memory that the
/// operating system has swapped out may contain copies, too.
#[derive(Clone)]
pub struct SigningKey(MacKey);

impl SigningKey {
    /// Derives the key of a scope from an access key's secret.
    #[must_use]
    pub fn derive(access_key_secret: &str, scope: &Scope<'_>) -> Self {
        let mut code = [0; 32];
        let key = derive_in_place(access_key_secret, scope, &mut code);
        code.zeroize();
        Self(key)
    }

    /// Derives the bytes of the key of a scope, to hand them to a machine that must not have the secret: see
    /// [`DayKey`](crate::DayKey).
    #[must_use]
    pub fn derive_bytes(access_key_secret: &str, scope: &Scope<'_>) -> SigningKeyBytes {
        let mut bytes = SigningKeyBytes([0; 32]);
        derive_in_place(access_key_secret, scope, &mut bytes.0);
        bytes
    }

    /// Derives the bytes of the key of a scope from OSS's `DateKey`, the HMAC-SHA256 of the scope's date (`YYYYMMDD`) under
    /// the key `aliyun_v4` followed by the secret. A hardware module that stores that key computes the `DateKey`; the
    /// secret never leaves it. Erase the `DateKey` afterwards: it leads to the keys of all regions and products of its day.
    #[must_use]
    pub fn derive_bytes_from_date_key(date_key: &[u8; 32], scope: &Scope<'_>) -> SigningKeyBytes {
        let mut bytes = SigningKeyBytes([0; 32]);
        let mut key = MacKey::new(date_key, &[]);
        for part in parts(scope).into_iter().skip(1) {
            key = next(&key, part, &mut bytes.0);
        }
        bytes
    }

    /// Creates a key from its bytes, which [`derive_bytes`](Self::derive_bytes) returned.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(MacKey::new(bytes, &[]))
    }

    /// Starts a string to sign.
    pub(crate) fn start(&self) -> Mac {
        self.0.start()
    }
}

/// Derives the key of a scope, and leaves its bytes in `code`.
fn derive_in_place(access_key_secret: &str, scope: &Scope<'_>, code: &mut [u8; 32]) -> MacKey {
    let mut key = MacKey::new(b"aliyun_v4", access_key_secret.as_bytes());
    for part in parts(scope) {
        key = next(&key, part, code);
    }
    key
}

/// Returns the messages of the key derivation. The code of the first is OSS's `DateKey`.
fn parts<'s>(scope: &'s Scope<'_>) -> [&'s [u8]; 4] {
    let [region, product] = [scope.region().as_str(), scope.product().as_str()];
    [scope.date(), region.as_bytes(), product.as_bytes(), TERMINATOR.as_bytes()]
}

/// Returns HMAC(key, message) as the next key, and leaves its bytes in `code`: one step of the key derivation.
fn next(key: &MacKey, message: &[u8], code: &mut [u8; 32]) -> MacKey {
    let mut mac = key.start();
    mac.put(message);
    *code = mac.finish();
    MacKey::new(code, &[])
}

/// The bytes of a [`SigningKey`]. They are erased on drop, and `Debug` does not show them. As with the key itself, moving
/// them leaves a copy at their old place.
#[derive(Clone)]
pub struct SigningKeyBytes([u8; 32]);

impl SigningKeyBytes {
    /// Returns the bytes. Treat them as a secret until the end of their day, and of the URLs that they sign.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for SigningKeyBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SigningKeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeyBytes([redacted])")
    }
}

impl Credentials<'_> {
    /// Derives the signing key of a scope. Keep it for the day.
    #[must_use]
    pub fn signing_key(&self, scope: &Scope<'_>) -> SigningKey {
        SigningKey::derive(self.access_key_secret(), scope)
    }

    /// Derives the bytes of the signing key of a scope, to hand them to a machine that must not have the secret: see
    /// [`DayKey`](crate::DayKey).
    #[must_use]
    pub fn signing_key_bytes(&self, scope: &Scope<'_>) -> SigningKeyBytes {
        SigningKey::derive_bytes(self.access_key_secret(), scope)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}
