//! The signer: an access key with the signing key of one day.

use core::fmt;

use crate::credentials::Credentials;
use crate::encode::Position;
use crate::scope::{Product, Region, Scope};
use crate::signing_key::SigningKey;
use crate::string_to_sign::write_scope;
use crate::time::Timestamp;
use crate::writer::Writer;

/// Signs requests of one UTC day with one access key.
///
/// It holds the day's [`SigningKey`], so that no signature needs to derive it. On any other day it refuses to sign, with
/// [`PresignError::StaleKey`](crate::PresignError::StaleKey): create a new signer then.
#[derive(Clone)]
pub struct Signer<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) security_token: Option<&'a str>,
    pub(crate) credentials_expire_at: Option<Timestamp>,
    pub(crate) scope: Scope<'a>,
    pub(crate) key: SigningKey,
    #[cfg(feature = "alloc")]
    cached: Option<CachedParameters>,
}

/// Encoded query parameters that all URLs of a signer share. The security token is erased on drop.
#[cfg(feature = "alloc")]
#[derive(Clone)]
struct CachedParameters {
    credential: alloc::vec::Vec<u8>,
    security_token: zeroize::Zeroizing<alloc::vec::Vec<u8>>,
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
        Self {
            access_key_id: credentials.access_key_id(),
            security_token: credentials.security_token(),
            credentials_expire_at: credentials.expires_at(),
            scope,
            key,
            #[cfg(feature = "alloc")]
            cached: None,
        }
    }

    /// Encodes access key id, scope and security token once, for all URLs of this signer. Use it for a signer that is kept,
    /// especially with a security token.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_cached_parameters(self) -> Self {
        let mut credential = alloc::vec::Vec::new();
        self.write_credential(&mut credential);
        // Enough capacity for the whole token: a vector that grows would leave copies of the token in memory.
        let room = 32 + 3 * self.security_token.map_or(0, str::len);
        let mut security_token = zeroize::Zeroizing::new(alloc::vec::Vec::with_capacity(room));
        self.write_security_token(&mut *security_token);
        Self { cached: Some(CachedParameters { credential, security_token }), ..self }
    }

    /// Returns the scope of the signing key.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Writes the query parameter `x-oss-credential`.
    pub(crate) fn write_credential(&self, query: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.cached {
            return query.put(&cached.credential);
        }
        query.put(b"x-oss-credential=");
        query.put_encoded(self.access_key_id.as_bytes(), Position::Query);
        query.put(b"%2F");
        write_scope(query, &self.scope, b"%2F");
    }

    /// Writes `&` and the query parameter `x-oss-security-token`, or nothing for credentials without a token.
    pub(crate) fn write_security_token(&self, query: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.cached {
            return query.put(&cached.security_token);
        }
        if let Some(token) = self.security_token {
            query.put(b"&x-oss-security-token=");
            query.put_encoded(token.as_bytes(), Position::Query);
        }
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &format_args!("{}", self.scope))
            .finish_non_exhaustive()
    }
}
