//! The values that signatures are checked against, and the proof that a signature is valid.

use core::fmt;

use super::credential::ParsedCredential;
use crate::scope::{Product, Region};
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// The greatest difference, in seconds, between the server's time and the date of a request that is signed by header. The
/// date of a presigned URL may be ahead of the server's time by as much.
pub const MAX_SKEW_SECONDS: u64 = 900;

/// The region and product that a server serves. Signatures for any other scope are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedScope<'a> {
    /// The region of the bucket.
    pub region: Region<'a>,
    /// The product.
    pub product: Product,
}

/// A server's knowledge of an access key: its signing key and, for STS credentials, security token and expiry.
#[derive(Clone)]
pub struct VerificationKey<'k> {
    pub(super) key: SigningKey,
    pub(super) security_token: Option<&'k str>,
    pub(super) expires_at: Option<Timestamp>,
}

impl<'k> VerificationKey<'k> {
    /// Creates the verification key of a RAM user. The signing key must be derived for the scope that the request presents.
    #[must_use]
    pub const fn new(key: SigningKey) -> Self {
        Self { key, security_token: None, expires_at: None }
    }

    /// Sets the security token that STS issued with the access key. The request must present it.
    #[must_use]
    pub fn with_security_token(self, token: &'k str) -> Self {
        Self { security_token: Some(token), ..self }
    }

    /// Sets the time at which the access key expires, and with it every URL signed with the key.
    #[must_use]
    pub fn expiring_at(self, time: Timestamp) -> Self {
        Self { expires_at: Some(time), ..self }
    }
}

impl fmt::Debug for VerificationKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Proof that the signature of a request is valid. Only verification creates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub(super) credential: ParsedCredential,
    pub(super) signed_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
}

impl Verified {
    /// Returns the access key id that signed the request.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// Returns the signing time.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Returns the time at which the signature expires, or `None` for a request that is signed by header.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}
