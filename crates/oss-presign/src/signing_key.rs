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
/// The key is erased on drop, and optimized builds leave no copy of it in memory, with one exception: moving a key leaves a
/// copy at its old place. Keep a key where it was created, or behind a pointer. Unoptimized builds, processor registers and
/// memory that the operating system has swapped out may contain copies.
#[derive(Clone)]
pub struct SigningKey(MacKey);

impl SigningKey {
    /// Derives the key of a scope from an access key's secret.
    #[must_use]
    pub fn derive(access_key_secret: &str, scope: &Scope<'_>) -> Self {
        let mut key = MacKey::new(b"aliyun_v4", access_key_secret.as_bytes());
        let parts: [&[u8]; 4] = [
            scope.date(),
            scope.region().as_str().as_bytes(),
            scope.product().as_str().as_bytes(),
            TERMINATOR.as_bytes(),
        ];
        for part in parts {
            key = next(&key, part);
        }
        Self(key)
    }

    /// Starts a string to sign.
    pub(crate) fn start(&self) -> Mac {
        self.0.start()
    }
}

/// Returns HMAC(key, message) as the next key: one step of the key derivation.
fn next(key: &MacKey, message: &[u8]) -> MacKey {
    let mut mac = key.start();
    mac.put(message);
    let mut code = mac.finish();
    let key = MacKey::new(&code, &[]);
    code.zeroize();
    key
}

impl Credentials<'_> {
    /// Derives the signing key of a scope. Keep it for the day.
    #[must_use]
    pub fn signing_key(&self, scope: &Scope<'_>) -> SigningKey {
        SigningKey::derive(self.access_key_secret(), scope)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}
