//! Verification of a form: its signature, and whether it meets its policy.

use core::fmt;

use super::authority::{
    ExpectedScope, MAX_SKEW_SECONDS, VerificationKey, Verified, check_scope, check_token, same_signature,
};
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
        Ok(ParsedForm {
            form: *self,
            policy: required("policy")?,
            credential,
            signed_at,
            security_token: self.field("x-oss-security-token"),
            signature,
        })
    }
}

/// A form with its parsed signature, which is well-formed but not verified.
pub struct ParsedForm<'a> {
    form: ReceivedForm<'a>,
    policy: &'a str,
    credential: ParsedCredential,
    signed_at: Timestamp,
    security_token: Option<&'a str>,
    signature: &'a str,
}

impl<'a> ParsedForm<'a> {
    /// Returns the credential: the access key id and scope that the form claims to be signed with.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.credential
    }

    /// Returns the signature in the form.
    #[must_use]
    pub const fn signature(&self) -> &'a str {
        self.signature
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
        let scope = check_scope(SignatureLocation::Form, &self.credential, self.signed_at, expected)?;
        let id = self.credential.access_key_id();
        let known =
            lookup(id, &scope).ok_or_else(|| VerifyError::UnknownAccessKeyId { id: Excerpt::of(id) })?;
        if self.signed_at > now.saturating_add(MAX_SKEW_SECONDS) {
            return Err(VerifyError::NotYetValid { signed_at: self.signed_at, now }.into());
        }
        check_token(self.security_token, &known, now, |presented, known| presented == known)?;
        let mut string_to_sign = known.key.start();
        string_to_sign.put(self.policy.as_bytes());
        if !same_signature(self.signature, &string_to_sign.finish()) {
            return Err(VerifyError::SignatureMismatch.into());
        }
        let expires_at = evaluate(self.policy, &self.form, now)?;
        let expires_at = known.expires_at.map_or(expires_at, |key| key.min(expires_at));
        Ok(Verified {
            credential: self.credential.clone(),
            signed_at: self.signed_at,
            expires_at: Some(expires_at),
        })
    }
}

impl fmt::Debug for ParsedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedForm")
            .field("credential", &self.credential)
            .field("signed_at", &self.signed_at)
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
