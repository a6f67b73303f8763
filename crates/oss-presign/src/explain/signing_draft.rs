//! How a signer may have signed a canonical request: secret, scope and algorithm.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use zeroize::{Zeroize as _, Zeroizing};

use super::evidence::KnownSecret;
use crate::hex::lower_hex;
use crate::sha256::{Mac, MacKey};
use crate::writer::Writer as _;

/// The input of a signature other than the canonical request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SigningDraft<'a> {
    pub(super) secret: SecretDraft,
    pub(super) key_prefix: &'static str,
    /// The scope that the key is derived for.
    pub(super) key: ScopeDraft<'a>,
    pub(super) chain: Chain,
    /// The first line of the string to sign.
    pub(super) algorithm: Cow<'a, str>,
    pub(super) date_time: Cow<'a, str>,
    /// The scope in the string to sign.
    pub(super) scope: ScopeDraft<'a>,
    pub(super) digest: Digest,
}

/// The parts of a scope, right or not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScopeDraft<'a> {
    pub(super) date: Cow<'a, str>,
    pub(super) region: Cow<'a, str>,
    pub(super) product: Cow<'a, str>,
    pub(super) terminator: Cow<'a, str>,
}

/// One of the known secrets, and the form in which it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SecretDraft {
    pub(super) index: usize,
    /// Whether the access key id was used in its place.
    pub(super) is_id: bool,
    /// Whether the blanks and line ends around it were removed.
    pub(super) trimmed: bool,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

/// How each key of the derivation follows from the key before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// A key is the bytes of an authentication code.
    Bytes,
    /// A key is the hex digits of an authentication code.
    Hex,
    /// The secret is the signing key, as in V1 and V2.
    None,
}

/// The form of the canonical request in the string to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    /// The hex digits of its hash, which is right.
    Hex,
    /// The upper-case hex digits of its hash.
    UpperHex,
    /// The bytes of its hash.
    Bytes,
    /// The canonical request itself.
    Whole,
}

impl SecretDraft {
    pub(super) const fn of(index: usize) -> Self {
        Self { index, is_id: false, trimmed: false, before: "", after: "" }
    }

    /// Returns the bytes that the key is derived from, which are erased on drop.
    pub(super) fn bytes(&self, prefix: &str, secrets: &[KnownSecret<'_>]) -> Zeroizing<Vec<u8>> {
        // The index was taken from these secrets. Without one, an empty secret makes no signature that was sent.
        let secret = match secrets.get(self.index) {
            Some(known) if self.is_id => known.access_key_id,
            Some(known) => known.access_key_secret,
            None => "",
        };
        let secret = if self.trimmed { secret.trim() } else { secret };
        let length = prefix.len() + self.before.len() + secret.len() + self.after.len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        for part in [prefix, self.before, secret, self.after] {
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

impl SigningDraft<'_> {
    /// Derives the key.
    pub(super) fn key(&self, secrets: &[KnownSecret<'_>]) -> MacKey {
        let mut key = MacKey::new(&self.secret.bytes(self.key_prefix, secrets), &[]);
        if self.chain != Chain::None {
            for part in [&self.key.date, &self.key.region, &self.key.product, &self.key.terminator] {
                key = self.chain.next(&key, part);
            }
        }
        key
    }

    /// Derives the key, and starts the authentication code with the lines of the string to sign before the canonical request.
    pub(super) fn start(&self, secrets: &[KnownSecret<'_>]) -> Mac {
        let mut mac = self.key(secrets).start();
        mac.put(self.algorithm.as_bytes());
        mac.put(b"\n");
        mac.put(self.date_time.as_bytes());
        for (separator, part) in [
            (b"\n", &self.scope.date),
            (b"/", &self.scope.region),
            (b"/", &self.scope.product),
            (b"/", &self.scope.terminator),
        ] {
            mac.put(separator);
            mac.put(part.as_bytes());
        }
        mac.put(b"\n");
        mac
    }
}

impl Chain {
    fn next(self, key: &MacKey, message: &str) -> MacKey {
        let mut mac = key.start();
        mac.put(message.as_bytes());
        let mut code = mac.finish();
        let next = if self == Self::Hex {
            MacKey::new(&*Zeroizing::new(lower_hex(&code)), &[])
        } else {
            MacKey::new(&code, &[])
        };
        code.zeroize();
        next
    }
}

impl Digest {
    /// Finishes the authentication code with the canonical request.
    pub(super) fn finish(self, started: &Mac, canonical_hash: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
        let mut mac = started.clone();
        match self {
            Self::Hex => mac.put(&lower_hex(canonical_hash)),
            Self::UpperHex => mac.put(&lower_hex(canonical_hash).map(|digit| digit.to_ascii_uppercase())),
            Self::Bytes => mac.put(canonical_hash),
            Self::Whole => mac.put(canonical),
        }
        mac.finish()
    }
}
