//! A request with its parsed signature.

use core::fmt;

use super::authority::{ExpectedScope, VerificationKey, Verified};
use super::canonical::Canonical;
use super::claim::Claim;
use super::credential::ParsedCredential;
use super::error::VerifyError;
use super::signature_location::SignatureLocation;
use crate::hex::lower_hex;
use crate::scope::Scope;
use crate::sha256::Sha256;
use crate::string_to_sign::write_before_hash;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// A request with its parsed signature, which is well-formed but not verified.
pub struct ParsedSignature<'a> {
    pub(super) claim: Claim<'a>,
    /// The value of the `Date` header, if it replaces `x-oss-date`.
    pub(super) http_date: Option<&'a str>,
    pub(super) canonical: Canonical<'a>,
}

impl<'a> ParsedSignature<'a> {
    /// Returns the place of the signature in the request.
    #[must_use]
    pub const fn location(&self) -> SignatureLocation {
        self.claim.location
    }

    /// Returns the credential: the access key id and scope that the request claims to be signed with.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.claim.credential
    }

    /// Returns the signature in the request.
    #[must_use]
    pub const fn signature(&self) -> &'a str {
        self.claim.signature
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
        self.claim.verify(expected, now, lookup, |writer, scope| self.string_to_sign_into(writer, scope))
    }

    fn string_to_sign_into(&self, writer: &mut impl Writer, scope: &Scope<'_>) {
        let mut hash = Sha256::new();
        self.canonical.write(&mut hash);
        match self.http_date {
            Some(date) => write_before_hash(writer, date, scope),
            None => write_before_hash(writer, &self.claim.signed_at.iso8601_basic_on(*scope.date()), scope),
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
        let scope = Scope::new(self.claim.signed_at, expected.region, expected.product);
        let mut text = TextWriter::new(writer);
        self.string_to_sign_into(&mut text, &scope);
        text.result
    }
}

impl fmt::Debug for ParsedSignature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedSignature")
            .field("location", &self.claim.location)
            .field("credential", &self.claim.credential)
            .field("signed_at", &self.claim.signed_at)
            .finish_non_exhaustive()
    }
}
