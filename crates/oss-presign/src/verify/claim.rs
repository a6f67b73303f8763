//! What a signature claims, and its verification: the same wherever a request contains it.

use subtle::ConstantTimeEq;

use super::authority::{ExpectedScope, MAX_SKEW_SECONDS, VerificationKey, Verified};
use super::credential::ParsedCredential;
use super::error::{ScopePart, VerifyError};
use super::signature_location::SignatureLocation;
use crate::decode::Decoded;
use crate::excerpt::Excerpt;
use crate::hex::lower_hex;
use crate::scope::Scope;
use crate::sha256::Mac;
use crate::time::Timestamp;

/// What a signature in a request claims, well-formed but not verified.
pub(super) struct Claim<'a> {
    pub(super) location: SignatureLocation,
    pub(super) credential: ParsedCredential,
    pub(super) signed_at: Timestamp,
    /// The security token as the request contains it: encoded in a URL.
    pub(super) security_token: Option<&'a str>,
    pub(super) signature: &'a str,
}

impl Claim<'_> {
    /// Verifies scope, access key, time, security token and signature, in this order. `write_string_to_sign` writes the string
    /// to sign of the request for a scope.
    pub(super) fn verify<'k>(
        &self,
        expected: &ExpectedScope<'_>,
        now: Timestamp,
        lookup: impl FnOnce(&str, &Scope<'_>) -> Option<VerificationKey<'k>>,
        write_string_to_sign: impl FnOnce(&mut Mac, &Scope<'_>),
    ) -> Result<Verified, VerifyError> {
        let scope = self.check_scope(expected)?;
        let id = self.credential.access_key_id();
        let known =
            lookup(id, &scope).ok_or_else(|| VerifyError::UnknownAccessKeyId { id: Excerpt::of(id) })?;
        self.check_time(now)?;
        self.check_token(&known, now)?;
        let mut string_to_sign = known.key.start();
        write_string_to_sign(&mut string_to_sign, &scope);
        if !same_signature(self.signature, &string_to_sign.finish()) {
            return Err(VerifyError::SignatureMismatch);
        }
        let expires_at = match self.location {
            SignatureLocation::Url { expires } => {
                let url = self.signed_at.saturating_add(u64::from(expires));
                Some(known.expires_at.map_or(url, |key| key.min(url)))
            }
            SignatureLocation::AuthorizationHeader => None,
            SignatureLocation::Form => known.expires_at,
        };
        Ok(Verified { credential: self.credential.clone(), signed_at: self.signed_at, expires_at })
    }

    /// Returns the presented scope if it is the expected one and belongs to the day of the signing time.
    fn check_scope<'s>(&self, expected: &ExpectedScope<'s>) -> Result<Scope<'s>, VerifyError> {
        let Self { location, ref credential, signed_at, .. } = *self;
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

    fn check_time(&self, now: Timestamp) -> Result<(), VerifyError> {
        let signed_at = self.signed_at;
        match self.location {
            SignatureLocation::AuthorizationHeader => {
                if signed_at.unix().abs_diff(now.unix()) > MAX_SKEW_SECONDS {
                    return Err(VerifyError::TimeTooSkewed { signed_at, now });
                }
            }
            SignatureLocation::Url { expires } => {
                let expired_at = signed_at.saturating_add(u64::from(expires));
                if now >= expired_at {
                    return Err(VerifyError::Expired { expired_at, now });
                }
            }
            // The policy has the time at which a form expires.
            SignatureLocation::Form => {}
        }
        if signed_at > now.saturating_add(MAX_SKEW_SECONDS) {
            return Err(VerifyError::NotYetValid { signed_at, now });
        }
        Ok(())
    }

    /// Checks that the token is the one that the access key was issued with, and that the key has not expired.
    fn check_token(&self, known: &VerificationKey<'_>, now: Timestamp) -> Result<(), VerifyError> {
        if let Some(expired_at) = known.expires_at
            && now >= expired_at
        {
            return Err(VerifyError::CredentialsExpired { expired_at, now });
        }
        let matches = match (self.security_token, known.security_token) {
            (None, None) => true,
            (Some(presented), Some(known)) => match self.location {
                SignatureLocation::Url { .. } => Decoded::new(presented).is(known.as_bytes()),
                SignatureLocation::AuthorizationHeader | SignatureLocation::Form => presented == known,
            },
            _ => false,
        };
        let missing = self.security_token.is_none();
        if matches { Ok(()) } else { Err(VerifyError::SecurityToken { missing }) }
    }
}

/// Returns whether 64 lower-case hex digits are those of a signature. It compares in constant time.
fn same_signature(presented: &str, signature: &[u8; 32]) -> bool {
    let Ok(digits) = <&[u8; 64]>::try_from(presented.as_bytes()) else { return false };
    bool::from(digits.ct_eq(&lower_hex(signature)))
}
