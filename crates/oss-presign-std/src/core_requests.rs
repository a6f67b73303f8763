//! Signing requests and forms that are described with types of the core.

use oss_presign::{
    AuthorizedRequest, PostPolicyWithCapacity, PresignedForm, PresignedRequest, RequestWithCapacity,
};

use crate::Error;
use crate::lifetime::Lifetime;
use crate::presigner::Presigner;

impl Presigner {
    /// Signs a request of the core for the presigner's endpoint. The lifetime is a duration or an expiry time.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`](crate::RequestBuilder::presign).
    pub fn presign_request<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        lifetime: impl Into<Lifetime>,
    ) -> Result<PresignedRequest, Error> {
        let (lifetime, clamp) = (lifetime.into(), self.settings().clamp);
        self.with_signer(|signer, endpoint, now| {
            Ok(signer.presign_to_owned(request, endpoint, now, lifetime.expiry(now, clamp)?)?)
        })
    }

    /// Signs a request of the core by header, for the presigner's endpoint.
    ///
    /// # Errors
    /// As [`RequestBuilder::authorize`](crate::RequestBuilder::authorize).
    pub fn authorize_request<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
    ) -> Result<AuthorizedRequest, Error> {
        self.with_signer(|signer, endpoint, now| Ok(signer.sign_header_to_owned(request, endpoint, now)?))
    }

    /// Signs a form for uploads from a browser. The lifetime is a duration or an expiry time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use oss_presign_std::oss_presign::{Bucket, PostPolicy};
    /// # use oss_presign_std::{Credentials, Error, Presigner};
    ///
    /// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    /// # let presigner = Presigner::builder().credentials(credentials).region("cn-hangzhou").build()?;
    /// let mut policy = PostPolicy::for_prefix(Bucket::new("examplebucket")?, "user/42/")?;
    /// policy.content_length_range(1..=10_485_760)?.content_type("image/png")?;
    /// let form = presigner.post_form(&policy, Duration::from_secs(600))?;
    /// assert_eq!(form.fields()[0], ("key".into(), "user/42/${filename}".into()));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`](crate::RequestBuilder::presign).
    pub fn post_form<const CAPACITY: usize>(
        &self,
        policy: &PostPolicyWithCapacity<'_, CAPACITY>,
        lifetime: impl Into<Lifetime>,
    ) -> Result<PresignedForm, Error> {
        let (lifetime, clamp) = (lifetime.into(), self.settings().clamp);
        self.with_signer(|signer, endpoint, now| {
            Ok(signer.sign_form_to_owned(policy, endpoint, now, lifetime.expiry(now, clamp)?)?)
        })
    }
}
