//! Signing keys of the lines before: a file is mostly about few of them.

use oss_presign::{Product, Scope, SigningKey};

/// More keys than this are not kept; a file with a key per line gains nothing from any.
const KEPT: usize = 8;

#[derive(Default)]
pub(crate) struct KeyCache {
    entries: Vec<Entry>,
}

struct Entry {
    secret: String,
    date: [u8; 8],
    region: String,
    product: Product,
    key: SigningKey,
}

impl Entry {
    fn is_for(&self, secret: &str, scope: &Scope<'_>) -> bool {
        self.secret == secret
            && self.date == *scope.date()
            && self.region == scope.region().as_str()
            && self.product == scope.product()
    }
}

impl KeyCache {
    /// The key of a scope, derived only where it is not at hand.
    pub(crate) fn key(&mut self, secret: &str, scope: &Scope<'_>) -> SigningKey {
        if let Some(entry) = self.entries.iter().find(|entry| entry.is_for(secret, scope)) {
            return entry.key.clone();
        }
        let entry = Entry {
            secret: secret.to_owned(),
            date: *scope.date(),
            region: scope.region().as_str().to_owned(),
            product: scope.product(),
            key: SigningKey::derive(secret, scope),
        };
        if self.entries.len() == KEPT {
            self.entries.remove(0);
        }
        let key = entry.key.clone();
        self.entries.push(entry);
        key
    }
}
