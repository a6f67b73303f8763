//! The checks that all signatures share, wherever a request contains them, and the values they are checked against.

use core::fmt;

use subtle::ConstantTimeEq;

use super::credential::ParsedCredential;
use super::error::{ScopePart, VerifyError};
use super::signature_location::SignatureLocation;
use crate::excerpt::Excerpt;
use crate::hex::lower_hex;
use crate::scope::{Product, Region, Scope};
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// The greatest difference, in seconds, between the server's time and the date of a request that is signed by header. The
/// date of a presigned URL may be ahead of the server's time by as much.
pub const MAX_SKEW_SECONDS: u64 = 900;

/// The region and product that a server serves. Signatures for any other scope are refused.
#[derive(Clone, Copy, Debug)]
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
#[derive(Clone, Debug)]
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

/// Returns the presented scope if it is the expected one and belongs to the day of the signing time.
pub(super) fn check_scope<'s>(
    location: SignatureLocation,
    credential: &ParsedCredential,
    signed_at: Timestamp,
    expected: &ExpectedScope<'s>,
) -> Result<Scope<'s>, VerifyError> {
    let scope = Scope::new(signed_at, expected.region, expected.product);
    let wrong = |part, presented: &str, expected: &str| {
        let (presented, expected) = (Excerpt::of(presented), Excerpt::of(expected));
        Err(VerifyError::WrongScope { location, part, presented, expected })
    };
    if credential.date() != scope.date() {
        let [presented, expected] = [credential.date(), scope.date()].map(|date| Excerpt::of_bytes(date));
        return Err(VerifyError::WrongScope { location, part: ScopePart::Date, presented, expected });
    }
    if credential.region() != expected.region.as_str() {
        return wrong(ScopePart::Region, credential.region(), expected.region.as_str());
    }
    if credential.product() != expected.product.as_str() {
        return wrong(ScopePart::Product, credential.product(), expected.product.as_str());
    }
    Ok(scope)
}

/// Checks that the token is the one that the access key was issued with, and that the key has not expired.
pub(super) fn check_token(
    presented: Option<&str>,
    known: &VerificationKey<'_>,
    now: Timestamp,
    same: impl FnOnce(&str, &str) -> bool,
) -> Result<(), VerifyError> {
    if let Some(expired_at) = known.expires_at
        && now >= expired_at
    {
        return Err(VerifyError::CredentialsExpired { expired_at, now });
    }
    let matches = match (presented, known.security_token) {
        (None, None) => true,
        (Some(presented), Some(known)) => same(presented, known),
        _ => false,
    };
    if matches { Ok(()) } else { Err(VerifyError::SecurityToken { missing: presented.is_none() }) }
}

/// Returns whether 64 lower-case hex digits are those of a signature. It compares in constant time.
pub(super) fn same_signature(presented: &str, signature: &[u8; 32]) -> bool {
    let Ok(digits) = <&[u8; 64]>::try_from(presented.as_bytes()) else { return false };
    bool::from(digits.ct_eq(&lower_hex(signature)))
}
