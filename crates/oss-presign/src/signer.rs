//! The signer: an access key with the signing key of one day.

use core::fmt;

use crate::credentials::Credentials;
use crate::day_key::DayKey;
use crate::scope::{Product, Region, Scope};
use crate::signatory::Signatory;
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// Signs requests of one UTC day with one access key.
///
/// It holds the day's [`SigningKey`], so that no signature needs to derive it. On any other day it refuses to sign, with
/// [`PresignError::StaleKey`](crate::PresignError::StaleKey): create a new signer then.
#[derive(Clone)]
pub struct Signer<'a> {
    pub(crate) signatory: Signatory<'a>,
    pub(crate) key: SigningKey,
}

impl<'a> Signer<'a> {
    /// Creates a signer for OSS in a region, and derives the signing key for the UTC day of `now`.
    #[must_use]
    pub fn new(credentials: &Credentials<'a>, region: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, region, Product::Oss))
    }

    /// Creates a signer for OSS on a cloud box, whose id takes the place of the region, and derives the signing key for the
    /// UTC day of `now`.
    #[must_use]
    pub fn for_cloud_box(credentials: &Credentials<'a>, id: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, id, Product::CloudBox))
    }

    /// Creates a signer for a scope, and derives its signing key.
    #[must_use]
    pub fn for_scope(credentials: &Credentials<'a>, scope: Scope<'a>) -> Self {
        Self::with_key(credentials, scope, credentials.signing_key(&scope))
    }

    /// Creates a signer with a signing key that was derived before. The key must belong to the same access key secret and
    /// scope; otherwise the signatures are wrong.
    #[must_use]
    pub const fn with_key(credentials: &Credentials<'a>, scope: Scope<'a>, key: SigningKey) -> Self {
        Self { signatory: Signatory::new(credentials.identity(), scope), key }
    }

    /// Creates a signer that has no secret, only the key of a day. It signs for the day, the region and the product of the key.
    #[must_use]
    pub fn from_day_key(day_key: &DayKey<'a>) -> Self {
        Self { signatory: Signatory::new(day_key.identity(), *day_key.scope()), key: day_key.signing_key() }
    }

    /// Encodes access key id, scope and security token once, for all URLs of this signer. Use it for a signer that is kept,
    /// especially with a security token.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_cached_parameters(mut self) -> Self {
        self.signatory.cache_parameters();
        self
    }

    /// Returns the scope of the signing key.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        self.signatory.scope()
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.signatory.access_key_id())
            .field("scope", &format_args!("{}", self.scope()))
            .finish_non_exhaustive()
    }
}
