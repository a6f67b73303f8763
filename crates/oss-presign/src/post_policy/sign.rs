//! Signing: policy, base64 and signature in the caller's buffer.

use super::form::{PostForm, SignedPolicy};
use super::json::{Signing, write_policy};
use super::{FILE_NAME_VARIABLE, KeyRule, PostPolicy};
use crate::base64::Base64;
use crate::encode::lower_hex;
use crate::endpoint::Endpoint;
use crate::expiry::CredentialsEnd;
use crate::expiry::{Expiry, ExpiryError};
use crate::output::{Buffer, Output};
use crate::presign_error::PresignError;
use crate::presigned::{Signer, written};
use crate::time::Timestamp;
use crate::{Addressing, Bucket};

impl Signer<'_> {
    /// Signs a form: its URL, its policy and its signature are written to `buffer`.
    ///
    /// The policy's `expiration` is `expiry` after `now`, under the same rules as the life of a URL.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds nothing that could be taken for a signature.
    pub fn sign_form<'r, const CAPACITY: usize>(
        &'r self,
        policy: &'r PostPolicy<'r, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<PostForm<'r>, PresignError> {
        let expiry = expiry.effective(now, self.credentials_end)?;
        let expires_at = now.saturating_add(u64::from(expiry.seconds()));
        let view = policy.view();
        let signing = self.signing(now, expires_at)?;
        let mut text = Buffer::new(&mut *buffer);
        write_bucket_url(&mut text, view.bucket, endpoint);
        let key_at = text.length();
        if let KeyRule::Prefix(prefix) = view.key {
            text.put(prefix.as_bytes());
            text.put(FILE_NAME_VARIABLE.as_bytes());
        }
        let policy_at = text.length();
        let mut base64 = Base64::new(&mut text);
        write_policy(&mut base64, &view, &signing);
        base64.finish();
        let policy_end = text.length();
        let signature = self.sign_text(buffer.get(policy_at..policy_end).unwrap_or_default());
        let fields = self.finish(buffer, policy_end, &signing, &signature)?;
        Ok(PostForm {
            url: fields.text.get(..key_at).unwrap_or_default(),
            key: match view.key {
                KeyRule::Exactly(key) => key.as_str(),
                KeyRule::Prefix(_) => fields.text.get(key_at..policy_at).unwrap_or_default(),
            },
            policy: view,
            signed: fields.signed(fields.text.get(policy_at..policy_end).unwrap_or_default()),
            expires_at,
        })
    }

    /// Signs a policy that was written elsewhere: its base64, the fields that go with it and the signature are
    /// written to `buffer`. The policy is taken as it is.
    ///
    /// # Errors
    /// [`PresignError`] for a key of another day, for credentials that have ended, and for a buffer that is too
    /// small.
    pub fn sign_policy<'r>(
        &'r self,
        policy: &[u8],
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<SignedPolicy<'r>, PresignError> {
        let signing = self.signing(now, now)?;
        let mut text = Buffer::new(&mut *buffer);
        let mut base64 = Base64::new(&mut text);
        base64.put(policy);
        base64.finish();
        let policy_end = text.length();
        let signature = self.sign_text(buffer.get(..policy_end).unwrap_or_default());
        let fields = self.finish(buffer, policy_end, &signing, &signature)?;
        Ok(fields.signed(fields.text.get(..policy_end).unwrap_or_default()))
    }

    /// Signs a policy that is in base64 already. The text is taken as it is.
    ///
    /// # Errors
    /// As [`Signer::sign_policy`].
    pub fn sign_policy_base64<'r>(
        &'r self,
        policy: &'r str,
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<SignedPolicy<'r>, PresignError> {
        let signing = self.signing(now, now)?;
        let signature = self.sign_text(policy.as_bytes());
        Ok(self.finish(buffer, 0, &signing, &signature)?.signed(policy))
    }

    fn signing(&self, now: Timestamp, expiration: Timestamp) -> Result<Signing<'_>, PresignError> {
        if let Some(CredentialsEnd { at, .. }) = self.credentials_end
            && now >= at
        {
            return Err(ExpiryError::CredentialsExpired { at, now }.into());
        }
        Ok(Signing {
            access_key_id: self.access_key_id,
            security_token: self.security_token,
            scope: &self.scope,
            date_time: self.at(now)?.date_time,
            expiration,
        })
    }

    /// The string to sign of a form is the policy's base64 and nothing else.
    fn sign_text(&self, policy: &[u8]) -> [u8; 32] {
        let mut string_to_sign = self.key.start();
        string_to_sign.update(policy);
        self.key.finish(&mut string_to_sign)
    }

    /// Writes the other fields behind the policy.
    fn finish<'r>(
        &'r self,
        buffer: &'r mut [u8],
        policy_end: usize,
        signing: &Signing<'_>,
        signature: &[u8; 32],
    ) -> Result<Fields<'r>, PresignError> {
        let mut text = Buffer::behind(policy_end, buffer);
        signing.write_credential(&mut text);
        let date_at = policy_end + text.length();
        text.put(&signing.date_time);
        let signature_at = policy_end + text.length();
        text.put(&lower_hex(signature));
        let length = policy_end + text.length();
        Ok(Fields {
            text: core::str::from_utf8(written(buffer, length)?).unwrap_or_default(),
            credential_at: policy_end,
            date_at,
            signature_at,
            security_token: self.security_token,
        })
    }
}

/// A finished buffer, and where its fields begin.
struct Fields<'r> {
    text: &'r str,
    credential_at: usize,
    date_at: usize,
    signature_at: usize,
    security_token: Option<&'r str>,
}

impl<'r> Fields<'r> {
    fn signed(&self, policy: &'r str) -> SignedPolicy<'r> {
        SignedPolicy {
            policy,
            credential: self.text.get(self.credential_at..self.date_at).unwrap_or_default(),
            date: self.text.get(self.date_at..self.signature_at).unwrap_or_default(),
            security_token: self.security_token,
            signature: self.text.get(self.signature_at..).unwrap_or_default(),
        }
    }
}

/// A form goes to the bucket, never to an object.
fn write_bucket_url(url: &mut impl Output, bucket: Bucket<'_>, endpoint: &Endpoint<'_>) {
    url.put(endpoint.scheme().prefix().as_bytes());
    endpoint.write_host(Some(bucket), url);
    url.put(b"/");
    if matches!(endpoint.addressing(), Addressing::Path) {
        url.put(bucket.as_str().as_bytes());
        url.put(b"/");
    }
}
