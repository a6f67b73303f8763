//! Who signs, and where: everything of a signer but its key.

use crate::encode::Position;
use crate::identity::Identity;
use crate::scope::Scope;
use crate::string_to_sign::write_scope;
use crate::time::Timestamp;
use crate::writer::Writer;

/// An identity, and the scope of the key that signs for it.
#[derive(Clone)]
pub(crate) struct Signatory<'a> {
    identity: Identity<'a>,
    scope: Scope<'a>,
    #[cfg(feature = "alloc")]
    cached: Option<CachedParameters>,
}

/// Encoded query parameters that all URLs of a signatory share. The security token is erased on drop.
#[cfg(feature = "alloc")]
#[derive(Clone)]
struct CachedParameters {
    credential: alloc::vec::Vec<u8>,
    security_token: zeroize::Zeroizing<alloc::vec::Vec<u8>>,
}

impl<'a> Signatory<'a> {
    pub(crate) const fn new(identity: Identity<'a>, scope: Scope<'a>) -> Self {
        Self {
            identity,
            scope,
            #[cfg(feature = "alloc")]
            cached: None,
        }
    }

    /// Encodes access key id, scope and security token once.
    #[cfg(feature = "alloc")]
    pub(crate) fn cache_parameters(&mut self) {
        let mut credential = alloc::vec::Vec::new();
        self.write_credential(&mut credential);
        // Enough capacity for the whole token: a vector that grows would leave copies of the token in memory.
        let room = 32 + 3 * self.security_token().map_or(0, str::len);
        let mut security_token = zeroize::Zeroizing::new(alloc::vec::Vec::with_capacity(room));
        self.write_security_token(&mut *security_token);
        self.cached = Some(CachedParameters { credential, security_token });
    }

    pub(crate) const fn access_key_id(&self) -> &'a str {
        self.identity.access_key_id()
    }

    pub(crate) const fn security_token(&self) -> Option<&'a str> {
        self.identity.security_token()
    }

    pub(crate) const fn credentials_expire_at(&self) -> Option<Timestamp> {
        self.identity.expires_at()
    }

    pub(crate) const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Writes the query parameter `x-oss-credential`.
    pub(crate) fn write_credential(&self, query: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.cached {
            return query.put(&cached.credential);
        }
        query.put(b"x-oss-credential=");
        query.put_encoded(self.access_key_id().as_bytes(), Position::Query);
        query.put(b"%2F");
        write_scope(query, &self.scope, b"%2F");
    }

    /// Writes `&` and the query parameter `x-oss-security-token`, or nothing for an identity without a token.
    pub(crate) fn write_security_token(&self, query: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.cached {
            return query.put(&cached.security_token);
        }
        if let Some(token) = self.security_token() {
            query.put(b"&x-oss-security-token=");
            query.put_encoded(token.as_bytes(), Position::Query);
        }
    }
}
