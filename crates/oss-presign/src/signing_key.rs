//! The signing key: derived once a day for a secret, a region and a product.

use core::fmt;

use zeroize::Zeroize;

use crate::credentials::Credentials;
use crate::scope::{Scope, TERMINATOR};
use crate::sha256::{Mac, MacKey};
use crate::writer::Writer;

/// A V4 signing key. It is good for every request of one UTC day in one region, so it is worth keeping;
/// deriving it costs twice a signature. Redacted in `Debug`.
///
/// It is erased on drop, and optimized builds leave no other copy of it behind. A key that is moved does leave one
/// where it was, which nobody erases: keep it where it was made, or behind a pointer. Nothing is promised of
/// unoptimized builds, of processor registers, and of memory that the system has swapped out.
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

/// One step of the derivation: the code of a message becomes the next key.
fn next(key: &MacKey, message: &[u8]) -> MacKey {
    let mut mac = key.start();
    mac.put(message);
    let mut code = mac.finish();
    let key = MacKey::new(&code, &[]);
    code.zeroize();
    key
}

impl Credentials<'_> {
    /// Derives the signing key of a scope, to be kept for the day.
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
