//! A request with its parsed signature.

use core::fmt;

use super::authority::{
    ExpectedScope, MAX_SKEW_SECONDS, VerificationKey, Verified, check_scope, check_token, same_signature,
};
use super::canonical::Canonical;
use super::credential::ParsedCredential;
use super::error::VerifyError;
use super::signature_location::SignatureLocation;
use crate::decode::Decoded;
use crate::excerpt::Excerpt;
use crate::hex::lower_hex;
use crate::scope::Scope;
use crate::sha256::Sha256;
use crate::string_to_sign::write_before_hash;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// A request with its parsed signature, which is well-formed but not verified.
pub struct ParsedSignature<'a> {
    pub(super) location: SignatureLocation,
    pub(super) credential: ParsedCredential,
    pub(super) signed_at: Timestamp,
    /// The value of the `Date` header, if it replaces `x-oss-date`.
    pub(super) http_date: Option<&'a str>,
    pub(super) security_token: Option<&'a str>,
    pub(super) signature: &'a str,
    pub(super) canonical: Canonical<'a>,
}

impl<'a> ParsedSignature<'a> {
    /// Returns the place of the signature in the request.
    #[must_use]
    pub const fn location(&self) -> SignatureLocation {
        self.location
    }

    /// Returns the credential: the access key id and scope that the request claims to be signed with.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.credential
    }

    /// Returns the signature in the request.
    #[must_use]
    pub const fn signature(&self) -> &'a str {
        self.signature
    }

    /// Verifies scope, access key, time, security token and signature, in this order.
    ///
    /// # Errors
    /// [`VerifyError`] with the first reason to refuse the request.
    pub fn verify<'k>(
        &self,
        expected: &ExpectedScope<'_>,
        now: Timestamp,
        lookup: impl FnOnce(&str, &Scope<'_>) -> Option<VerificationKey<'k>>,
    ) -> Result<Verified, VerifyError> {
        let scope = check_scope(self.location, &self.credential, self.signed_at, expected)?;
        let id = self.credential.access_key_id();
        let known =
            lookup(id, &scope).ok_or_else(|| VerifyError::UnknownAccessKeyId { id: Excerpt::of(id) })?;
        let expires_at = self.check_time(now)?;
        check_token(self.security_token, &known, now, |presented, known| match self.location {
            SignatureLocation::Url { .. } => Decoded::new(presented).is(known.as_bytes()),
            _ => presented == known,
        })?;
        let mut string_to_sign = known.key.start();
        self.string_to_sign_into(&mut string_to_sign, &scope);
        if !same_signature(self.signature, &string_to_sign.finish()) {
            return Err(VerifyError::SignatureMismatch);
        }
        let expires_at = match (expires_at, known.expires_at) {
            (Some(url), Some(key)) => Some(url.min(key)),
            (url, _) => url,
        };
        Ok(Verified { credential: self.credential.clone(), signed_at: self.signed_at, expires_at })
    }

    fn check_time(&self, now: Timestamp) -> Result<Option<Timestamp>, VerifyError> {
        let signed_at = self.signed_at;
        match self.location {
            SignatureLocation::Url { expires } => {
                let expired_at = signed_at.saturating_add(u64::from(expires));
                if now >= expired_at {
                    return Err(VerifyError::Expired { expired_at, now });
                }
                if signed_at > now.saturating_add(MAX_SKEW_SECONDS) {
                    return Err(VerifyError::NotYetValid { signed_at, now });
                }
                Ok(Some(expired_at))
            }
            SignatureLocation::AuthorizationHeader
                if signed_at.unix().abs_diff(now.unix()) > MAX_SKEW_SECONDS =>
            {
                Err(VerifyError::TimeTooSkewed { signed_at, now })
            }
            SignatureLocation::AuthorizationHeader | SignatureLocation::Form => Ok(None),
        }
    }

    fn string_to_sign_into(&self, writer: &mut impl Writer, scope: &Scope<'_>) {
        let mut hash = Sha256::new();
        self.canonical.write(&mut hash);
        match self.http_date {
            Some(date) => write_before_hash(writer, date, scope),
            None => write_before_hash(writer, &self.signed_at.iso8601_basic_on(*scope.date()), scope),
        }
        writer.put(&lower_hex(&hash.finish()));
    }

    /// Writes the canonical request of what the server received. It contains the security token, if there is one.
    ///
    /// # Errors
    /// If `writer` fails, or if the value of a signed header is not UTF-8.
    pub fn write_canonical_request(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut text = TextWriter::new(writer);
        self.canonical.write(&mut text);
        text.result
    }

    /// Writes the string to sign of what the server received, with the expected scope.
    ///
    /// # Errors
    /// Only if `writer` fails.
    pub fn write_string_to_sign(
        &self,
        expected: &ExpectedScope<'_>,
        writer: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let scope = Scope::new(self.signed_at, expected.region, expected.product);
        let mut text = TextWriter::new(writer);
        self.string_to_sign_into(&mut text, &scope);
        text.result
    }
}

impl fmt::Debug for ParsedSignature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedSignature")
            .field("location", &self.location)
            .field("credential", &self.credential)
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}
