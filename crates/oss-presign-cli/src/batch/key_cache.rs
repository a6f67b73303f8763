//! Signing keys of the lines before: a file is mostly about few of them.

use oss_presign::{Credentials, Product, Scope, SigningKey};
use zeroize::Zeroizing;

/// More keys than this are not kept; a file with a key per line gains nothing from any.
const KEPT: usize = 8;

#[derive(Default)]
pub(crate) struct KeyCache {
    entries: Vec<Entry>,
}

struct Entry {
    /// The secret that a line gave; `None` for that of the environment, which is one and the same all along.
    secret: Option<Zeroizing<String>>,
    date: [u8; 8],
    region: String,
    product: Product,
    key: SigningKey,
}

impl Entry {
    fn is_for(&self, secret: Option<&str>, scope: &Scope<'_>) -> bool {
        self.secret.as_ref().map(|secret| secret.as_str()) == secret
            && self.date == *scope.date()
            && self.region == scope.region().as_str()
            && self.product == scope.product()
    }
}

impl KeyCache {
    /// The key of a scope, derived only where it is not at hand.
    pub(crate) fn key(
        &mut self,
        secret: Option<&str>,
        credentials: &Credentials<'_>,
        scope: &Scope<'_>,
    ) -> SigningKey {
        if let Some(entry) = self.entries.iter().find(|entry| entry.is_for(secret, scope)) {
            return entry.key.clone();
        }
        let entry = Entry {
            secret: secret.map(|secret| Zeroizing::new(secret.to_owned())),
            date: *scope.date(),
            region: scope.region().as_str().to_owned(),
            product: scope.product(),
            key: credentials.signing_key(scope),
        };
        if self.entries.len() == KEPT {
            self.entries.remove(0);
        }
        let key = entry.key.clone();
        self.entries.push(entry);
        key
    }
}
