//! A form that is written but for its signature.

use core::fmt;

use super::condition::{FILE_NAME_VARIABLE, KeyRule, PolicyRef};
use super::form::{PostForm, SignedPolicy};
use super::json::{Signing, write_policy};
use crate::base64::Base64;
use crate::bucket::Bucket;
use crate::canonical_request::check_region;
use crate::endpoint::{Addressing, Endpoint};
use crate::expiry::Expiry;
use crate::hex::lower_hex;
use crate::presign_error::PresignError;
use crate::signatory::Signatory;
use crate::time::Timestamp;
use crate::writer::{Buffer, Writer};

/// A policy with the other fields of its signature. The signature itself is zeros.
pub(super) struct UnsignedPolicy<'r> {
    /// The text before the policy.
    before: &'r str,
    /// The base64 of the policy. The string to sign of a form is this text and nothing else.
    pub(super) policy: &'r str,
    credential: &'r str,
    date: &'r str,
    security_token: Option<&'r str>,
    signature: &'r mut [u8; 64],
}

impl<'r> UnsignedPolicy<'r> {
    /// Writes the other fields after a policy, which is the end of the written text.
    pub(super) fn write(
        mut text: Buffer<'r>,
        policy_at: usize,
        signing: &Signing<'r>,
    ) -> Result<Self, PresignError> {
        let credential_at = text.length();
        signing.write_credential(&mut text);
        let date_at = text.length();
        text.put(&signing.date_time);
        text.put(&[b'0'; 64]);
        let (text, signature) = text.finish()?.split_last_chunk_mut().ok_or(PresignError::Internal)?;
        let text = core::str::from_utf8(text).map_err(|_| PresignError::Internal)?;
        let part = |from: usize, to: usize| text.get(from..to).ok_or(PresignError::Internal);
        Ok(Self {
            before: part(0, policy_at)?,
            policy: part(policy_at, credential_at)?,
            credential: part(credential_at, date_at)?,
            date: part(date_at, text.len())?,
            security_token: signing.security_token,
            signature,
        })
    }

    pub(super) fn complete(self, signature: [u8; 64]) -> Result<SignedPolicy<'r>, PresignError> {
        let Self { policy, credential, date, security_token, signature: place, .. } = self;
        *place = signature;
        let signature = core::str::from_utf8(place).map_err(|_| PresignError::Internal)?;
        Ok(SignedPolicy { policy, credential, date, security_token, signature })
    }
}

/// A form without its signature, which an external signer makes of [`string_to_sign`](Self::string_to_sign).
pub struct UnsignedForm<'r> {
    url: &'r str,
    key: &'r str,
    conditions: PolicyRef<'r>,
    policy: UnsignedPolicy<'r>,
    expires_at: Timestamp,
}

impl<'r> UnsignedForm<'r> {
    /// Writes the form to `buffer`.
    pub(crate) fn write(
        signatory: &'r Signatory<'_>,
        policy: PolicyRef<'r>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<Self, PresignError> {
        check_region(endpoint, signatory.scope().region())?;
        let expiry = expiry.effective(now, signatory.credentials_expire_at())?;
        let expires_at = now.saturating_add(u64::from(expiry.seconds()));
        let signing = Signing::new(signatory, now, expires_at)?;
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
        let unsigned = UnsignedPolicy::write(text, policy_at, &signing)?;
        let (url, key) = unsigned.before.split_at_checked(key_at).ok_or(PresignError::Internal)?;
        let key = match policy.key {
            KeyRule::Exactly(key) => key.as_str(),
            KeyRule::Prefix(_) => key,
        };
        Ok(Self { url, key, conditions: policy, policy: unsigned, expires_at })
    }

    /// Returns the string to sign: the policy in base64.
    #[must_use]
    pub const fn string_to_sign(&self) -> &str {
        self.policy.policy
    }

    /// Completes the form by `signature`, the HMAC-SHA256 of the string to sign under the signing key.
    ///
    /// # Errors
    /// [`PresignError::Internal`], for a defect of this crate.
    pub fn finish(self, signature: &[u8; 32]) -> Result<PostForm<'r>, PresignError> {
        self.complete(lower_hex(signature))
    }

    pub(super) fn complete(self, signature: [u8; 64]) -> Result<PostForm<'r>, PresignError> {
        let Self { url, key, conditions, policy, expires_at } = self;
        Ok(PostForm { url, key, policy: conditions, signed: policy.complete(signature)?, expires_at })
    }
}

/// Hides the policy, which contains the security token.
impl fmt::Debug for UnsignedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedForm")
            .field("url", &self.url)
            .field("expires_at", &format_args!("{}", self.expires_at))
            .finish_non_exhaustive()
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
