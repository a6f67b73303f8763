//! Signing a form: its URL, its policy and its signature in the caller's buffer.

use super::form::{PostForm, SignedPolicy};
use super::json::Signing;
use super::policy::PostPolicyWithCapacity;
#[cfg(feature = "alloc")]
use super::presigned_form::PresignedForm;
use super::unsigned_form::{UnsignedForm, UnsignedPolicy};
use crate::base64::Base64;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::hex::lower_hex;
use crate::presign_error::PresignError;
use crate::signer::Signer;
use crate::time::Timestamp;
use crate::writer::{Buffer, Writer};

impl Signer<'_> {
    /// Signs a form: its URL, its policy and its signature are written to `buffer`.
    ///
    /// The `expiration` of the policy is `expiry` after `now`, and never after the credentials expire: see [`Expiry`].
    ///
    /// # Errors
    /// [`PresignError`]. After an error the buffer contains nothing that could be mistaken for a signature.
    pub fn sign_form<'r, const CAPACITY: usize>(
        &'r self,
        policy: &'r PostPolicyWithCapacity<'r, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<PostForm<'r>, PresignError> {
        let form =
            UnsignedForm::write(&self.signatory, policy.as_policy_ref(), endpoint, now, expiry, buffer)?;
        let signature = self.sign_text(form.string_to_sign());
        form.complete(signature)
    }

    /// Signs a form, and returns it with all its texts.
    ///
    /// # Errors
    /// As [`Signer::sign_form`], but for the buffer.
    #[cfg(feature = "alloc")]
    pub fn sign_form_to_owned<const CAPACITY: usize>(
        &self,
        policy: &PostPolicyWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<PresignedForm, PresignError> {
        /// Forms without a long list of values fit.
        const ORDINARY: usize = 2048;
        let mut buffer = alloc::vec![0; ORDINARY];
        let needed = match self.sign_form(policy, endpoint, now, expiry, &mut buffer) {
            Ok(form) => return Ok(PresignedForm::from(&form)),
            Err(PresignError::BufferTooSmall { needed }) => needed,
            Err(error) => return Err(error),
        };
        buffer.resize(needed, 0);
        Ok(PresignedForm::from(&self.sign_form(policy, endpoint, now, expiry, &mut buffer)?))
    }

    /// Signs a policy in JSON that the caller wrote. Its base64, the other fields of the signature and the signature are
    /// written to `buffer`. The policy is not checked.
    ///
    /// # Errors
    /// [`PresignError`] if the signing key belongs to another day, the credentials have expired, or the buffer is too small.
    pub fn sign_policy<'r>(
        &'r self,
        policy: &[u8],
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<SignedPolicy<'r>, PresignError> {
        let signing = Signing::new(&self.signatory, now, now)?;
        let mut text = Buffer::new(buffer);
        let mut base64 = Base64::new(&mut text);
        base64.put(policy);
        base64.finish();
        self.complete_policy(UnsignedPolicy::write(text, 0, &signing)?)
    }

    /// Signs a policy that is already in base64. The text is not checked, and is copied to `buffer`.
    ///
    /// # Errors
    /// As [`Signer::sign_policy`].
    pub fn sign_policy_base64<'r>(
        &'r self,
        policy: &str,
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<SignedPolicy<'r>, PresignError> {
        let signing = Signing::new(&self.signatory, now, now)?;
        let mut text = Buffer::new(buffer);
        text.put(policy.as_bytes());
        self.complete_policy(UnsignedPolicy::write(text, 0, &signing)?)
    }

    fn complete_policy<'r>(&self, policy: UnsignedPolicy<'r>) -> Result<SignedPolicy<'r>, PresignError> {
        let signature = self.sign_text(policy.policy);
        policy.complete(signature)
    }

    /// Returns the signature of a string to sign that is nothing but a text: the base64 of a policy.
    fn sign_text(&self, text: &str) -> [u8; 64] {
        let mut string_to_sign = self.key.start();
        string_to_sign.put(text.as_bytes());
        lower_hex(&string_to_sign.finish())
    }
}
