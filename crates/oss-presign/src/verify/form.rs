//! Verification of a form: its signature, and whether it meets its policy.

use core::fmt;

use super::authority::{ExpectedScope, VerificationKey, Verified};
use super::claim::Claim;
use super::credential::ParsedCredential;
use super::error::VerifyError;
use super::form_error::FormError;
use super::policy::evaluate;
use super::received_form::ReceivedForm;
use super::signature_location::SignatureLocation;
use crate::excerpt::Excerpt;
use crate::scope::Scope;
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;
use crate::writer::Writer;

/// The greatest number of fields in a form that is verified.
pub const MAX_FORM_FIELDS: usize = 100;

impl<'a> ReceivedForm<'a> {
    /// Parses the signature in the form, without verifying it.
    ///
    /// # Errors
    /// [`FormError`] if a field of the signature is missing or malformed, or if a field is given twice.
    pub fn presented(&self) -> Result<ParsedForm<'a>, FormError> {
        if self.fields.len() > MAX_FORM_FIELDS {
            return Err(VerifyError::TooMany { what: "form fields", capacity: MAX_FORM_FIELDS }.into());
        }
        for (at, (name, _)) in self.fields.iter().enumerate() {
            if self.fields.iter().take(at).any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                return Err(FormError::DuplicateField { name: Excerpt::of(name) });
            }
        }
        let required = |name| self.field(name).ok_or(VerifyError::MissingParameter { name });
        if required("x-oss-signature-version")? != ALGORITHM {
            return Err(VerifyError::SignatureVersion.into());
        }
        let signature = required("x-oss-signature")?;
        if signature.is_empty() {
            return Err(VerifyError::SignatureEmpty.into());
        }
        let credential = ParsedCredential::parse(required("x-oss-credential")?);
        let credential = credential.ok_or(VerifyError::CredentialMalformed)??;
        let signed_at =
            Timestamp::parse_iso8601_basic(required("x-oss-date")?).map_err(|_| VerifyError::Date)?;
        let claim = Claim {
            location: SignatureLocation::Form,
            credential,
            signed_at,
            security_token: self.field("x-oss-security-token"),
            signature,
        };
        Ok(ParsedForm { form: *self, policy: required("policy")?, claim })
    }
}

/// A form with its parsed signature, which is well-formed but not verified.
pub struct ParsedForm<'a> {
    form: ReceivedForm<'a>,
    policy: &'a str,
    claim: Claim<'a>,
}

impl<'a> ParsedForm<'a> {
    /// Returns the credential: the access key id and scope that the form claims to be signed with.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.claim.credential
    }

    /// Returns the signature in the form.
    #[must_use]
    pub const fn signature(&self) -> &'a str {
        self.claim.signature
    }

    /// Returns the string to sign: the policy in base64, as it was received.
    #[must_use]
    pub const fn string_to_sign(&self) -> &'a str {
        self.policy
    }

    /// Verifies scope, access key, security token and signature, then that the policy has not expired and that the form meets
    /// all its conditions.
    ///
    /// # Errors
    /// [`FormError`] with the first reason to refuse the form.
    pub fn verify<'k>(
        &self,
        expected: &ExpectedScope<'_>,
        now: Timestamp,
        lookup: impl FnOnce(&str, &Scope<'_>) -> Option<VerificationKey<'k>>,
    ) -> Result<Verified, FormError> {
        let verified =
            self.claim.verify(expected, now, lookup, |writer, _| writer.put(self.policy.as_bytes()))?;
        let policy = evaluate(self.policy, &self.form, now)?;
        let expires_at = verified.expires_at.map_or(policy, |key| key.min(policy));
        Ok(Verified { expires_at: Some(expires_at), ..verified })
    }
}

impl fmt::Debug for ParsedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedForm")
            .field("credential", &self.claim.credential)
            .field("signed_at", &self.claim.signed_at)
            .finish_non_exhaustive()
    }
}

/// Parses and verifies a form.
///
/// `lookup` receives the access key id and the scope that the form names. It returns the key that is derived for them, or
/// `None` if the access key id is unknown.
///
/// # Errors
/// [`FormError`] with the first reason to refuse the form.
pub fn verify_form<'k>(
    received: &ReceivedForm<'_>,
    expected: &ExpectedScope<'_>,
    now: Timestamp,
    lookup: impl FnOnce(&str, &Scope<'_>) -> Option<VerificationKey<'k>>,
) -> Result<Verified, FormError> {
    received.presented()?.verify(expected, now, lookup)
}
