//! Who signs: an access key with the key of a day.

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
/// It holds the day's [`SigningKey`], so that a signature costs no derivation. On another day it refuses
/// with [`PresignError::StaleKey`](crate::PresignError::StaleKey): make a new one.
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

/// Parameters that are the same in every URL of a signer, encoded. The token is erased on drop.
#[cfg(feature = "alloc")]
#[derive(Clone)]
struct CachedParameters {
    credential: alloc::vec::Vec<u8>,
    security_token: zeroize::Zeroizing<alloc::vec::Vec<u8>>,
}

impl<'a> Signer<'a> {
    /// Derives the signing key for the UTC day of `now`, for OSS in a region.
    #[must_use]
    pub fn new(credentials: &Credentials<'a>, region: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, region, Product::Oss))
    }

    /// Derives the signing key for the UTC day of `now`, for OSS on a cloud box: its id takes the place of the
    /// region.
    #[must_use]
    pub fn for_cloud_box(credentials: &Credentials<'a>, id: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, id, Product::CloudBox))
    }

    /// Derives the signing key of a scope.
    #[must_use]
    pub fn for_scope(credentials: &Credentials<'a>, scope: Scope<'a>) -> Self {
        Self::with_key(credentials, scope, credentials.signing_key(&scope))
    }

    /// Uses a key that was derived before, for the same secret and scope.
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

    /// Encodes once what all URLs of the signer share: access key id, scope and security token. Worth it for a signer
    /// that is kept; most of all, with a token.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_cached_parameters(self) -> Self {
        let mut credential = alloc::vec::Vec::new();
        self.write_credential(&mut credential);
        // Room for the whole, so that no copy of the token is left behind by growing.
        let room = 32 + 3 * self.security_token.map_or(0, str::len);
        let mut security_token = zeroize::Zeroizing::new(alloc::vec::Vec::with_capacity(room));
        self.write_security_token(&mut *security_token);
        Self { cached: Some(CachedParameters { credential, security_token }), ..self }
    }

    /// The scope that the key is good for.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Writes `x-oss-credential`.
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

    /// Writes `x-oss-security-token` with the `&` before it, where there is one.
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
