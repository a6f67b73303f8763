//! Signing a form: its URL, its policy and its signature in the caller's buffer.

use super::condition::{FILE_NAME_VARIABLE, KeyRule};
use super::form::{PostForm, SignedPolicy};
use super::json::{Signing, write_policy};
use super::policy::PostPolicyWithCapacity;
#[cfg(feature = "alloc")]
use super::presigned_form::PresignedForm;
use crate::base64::Base64;
use crate::bucket::Bucket;
use crate::canonical_request::check_region;
use crate::endpoint::{Addressing, Endpoint};
use crate::expiry::{Expiry, check_credentials_alive};
use crate::hex::lower_hex;
use crate::presign_error::PresignError;
use crate::signer::Signer;
use crate::signing::Second;
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
        check_region(endpoint, self.scope.region())?;
        let expiry = expiry.effective(now, self.credentials_expire_at)?;
        let expires_at = now.saturating_add(u64::from(expiry.seconds()));
        let policy = policy.as_policy_ref();
        let signing = self.signing(now, expires_at)?;
        let mut text = Buffer::new(buffer);
        write_bucket_url(&mut text, policy.bucket, endpoint);
        let key_at = text.length();
        if let KeyRule::Prefix(prefix) = policy.key {
            text.put(prefix.as_bytes());
            text.put(FILE_NAME_VARIABLE.as_bytes());
        }
        let policy_at = text.length();
        let mut base64 = Base64::new(&mut text);
        write_policy(&mut base64, &policy, &signing);
        base64.finish();
        let (before, signed) = self.finish(text, policy_at, &signing)?;
        let (url, key) = before.split_at_checked(key_at).ok_or(PresignError::Internal)?;
        let key = match policy.key {
            KeyRule::Exactly(key) => key.as_str(),
            KeyRule::Prefix(_) => key,
        };
        Ok(PostForm { url, key, policy, signed, expires_at })
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
        let signing = self.signing(now, now)?;
        let mut text = Buffer::new(buffer);
        let mut base64 = Base64::new(&mut text);
        base64.put(policy);
        base64.finish();
        Ok(self.finish(text, 0, &signing)?.1)
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
        let signing = self.signing(now, now)?;
        let mut text = Buffer::new(buffer);
        text.put(policy.as_bytes());
        Ok(self.finish(text, 0, &signing)?.1)
    }

    fn signing(&self, now: Timestamp, expiration: Timestamp) -> Result<Signing<'_>, PresignError> {
        check_credentials_alive(now, self.credentials_expire_at)?;
        Ok(Signing {
            access_key_id: self.access_key_id,
            security_token: self.security_token,
            scope: &self.scope,
            date_time: Second::new(self, now)?.date_time,
            expiration,
        })
    }

    /// Signs the policy at the end of the written text, and writes the other fields after it. Returns also the text before
    /// the policy.
    fn finish<'r>(
        &'r self,
        mut text: Buffer<'r>,
        policy_at: usize,
        signing: &Signing<'_>,
    ) -> Result<(&'r str, SignedPolicy<'r>), PresignError> {
        let credential_at = text.length();
        signing.write_credential(&mut text);
        let date_at = text.length();
        text.put(&signing.date_time);
        text.put(&[b'0'; 64]);
        let text = text.finish()?;
        let (rest, signature) = text.split_last_chunk_mut().ok_or(PresignError::Internal)?;
        // The string to sign of a form is the policy's base64 and nothing else.
        let mut string_to_sign = self.key.start();
        string_to_sign.put(rest.get(policy_at..credential_at).ok_or(PresignError::Internal)?);
        *signature = lower_hex(&string_to_sign.finish());
        let text = core::str::from_utf8(text).map_err(|_| PresignError::Internal)?;
        let part = |from: usize, to: usize| text.get(from..to).ok_or(PresignError::Internal);
        let signed = SignedPolicy {
            policy: part(policy_at, credential_at)?,
            credential: part(credential_at, date_at)?,
            date: part(date_at, text.len() - 64)?,
            security_token: self.security_token,
            signature: part(text.len() - 64, text.len())?,
        };
        Ok((part(0, policy_at)?, signed))
    }
}

/// Writes the URL of the bucket, which a form is sent to.
fn write_bucket_url(url: &mut impl Writer, bucket: Bucket<'_>, endpoint: &Endpoint<'_>) {
    endpoint.write_origin(Some(bucket), url);
    url.put(b"/");
    if matches!(endpoint.addressing(), Addressing::Path) {
        url.put(bucket.as_str().as_bytes());
        url.put(b"/");
    }
}
