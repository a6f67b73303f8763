//! Owned day keys: the signing key of one day, without the secret.

use std::fmt;
use std::sync::Arc;

use oss_presign::{CredentialsError, Identity, Product, Region, Scope, ScopeError, Timestamp};
use zeroize::Zeroizing;

use crate::Error;
use crate::credentials::Credentials;

/// The signing key of one UTC day, region and product, with the identity that it signs for. A server derives it from its
/// credentials and hands it to a machine that must not have the secret.
///
/// It signs everything that its access key may do, for a whole day, with lifetimes of up to seven days: read what
/// [`oss_presign::DayKey`] says about bounding that.
///
/// Clones share one copy of the key and the token, which is erased from memory when the last clone is dropped. `Debug` shows
/// neither.
///
/// ```
/// use oss_presign_std::{Credentials, DayKey, Presigner, Product, SystemClock, Clock};
///
/// // The server that has the secret:
/// let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
/// let day_key = DayKey::derive(&credentials, "cn-hangzhou", Product::Oss, SystemClock.timestamp()?)?;
#[cfg_attr(feature = "serde", doc = "let json = day_key.to_json();")]
#[cfg_attr(feature = "serde", doc = "")]
#[cfg_attr(feature = "serde", doc = "// The machine that signs:")]
#[cfg_attr(feature = "serde", doc = "let day_key = DayKey::from_json(&json)?;")]
/// let presigner = Presigner::builder().day_key(day_key).build()?;
/// let put = presigner.put("examplebucket", "devices/7/photo.jpg").presign()?;
/// # Ok::<(), oss_presign_std::Error>(())
/// ```
#[derive(Clone)]
pub struct DayKey {
    parts: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) access_key_id: String,
    /// `YYYYMMDD/region/product/aliyun_v4_request`.
    pub(crate) scope: String,
    /// In a place of its own: moving the bytes would leave a copy.
    pub(crate) signing_key: Box<Zeroizing<[u8; 32]>>,
    pub(crate) security_token: Option<Zeroizing<String>>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl DayKey {
    /// Derives the key of the UTC day of `time`, for a region and a product. It gets the token and the expiry of the
    /// credentials.
    ///
    /// # Errors
    /// [`Error::Core`] if the region is not valid, or if the credentials expire before that day begins.
    pub fn derive(
        credentials: &Credentials,
        region: &str,
        product: Product,
        time: Timestamp,
    ) -> Result<Self, Error> {
        let scope = Scope::new(time, Region::new(region)?, product);
        if let Some(at) = credentials.expires_at().filter(|&at| at <= scope.starts_at()) {
            return Err(oss_presign::ExpiryError::CredentialsExpired { at, now: scope.starts_at() }.into());
        }
        let mut signing_key = Box::new(Zeroizing::new([0; 32]));
        signing_key.copy_from_slice(credentials.to_core()?.signing_key_bytes(&scope).as_bytes());
        Ok(Self::of(Parts {
            access_key_id: credentials.access_key_id().to_owned(),
            scope: scope.to_string(),
            signing_key,
            security_token: credentials.security_token().map(|token| Zeroizing::new(token.to_owned())),
            expires_at: credentials.expires_at(),
        })?)
    }

    /// Checks the parts.
    pub(crate) fn of(parts: Parts) -> Result<Self, oss_presign::Error> {
        let key = Self { parts: Arc::new(parts) };
        key.identity()?;
        key.scope()?;
        Ok(key)
    }

    /// Returns the access key id, which is public.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.parts.access_key_id
    }

    /// Returns the day, the region and the product of the key.
    ///
    /// # Errors
    /// None in practice: the same check was made when this key was created.
    pub fn scope(&self) -> Result<Scope<'_>, ScopeError> {
        Scope::parse(&self.parts.scope)
    }

    /// Returns the time at which the credentials expire that the key was derived from, or `None` if they do not.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.parts.expires_at
    }

    fn identity(&self) -> Result<Identity<'_>, CredentialsError> {
        let mut identity = Identity::new(&self.parts.access_key_id)?;
        if let Some(token) = &self.parts.security_token {
            identity = identity.with_security_token(token)?;
        }
        Ok(match self.parts.expires_at {
            Some(time) => identity.expiring_at(time),
            None => identity,
        })
    }

    /// Returns the borrowed form, which the core signs by.
    ///
    /// # Errors
    /// None in practice: the same checks were made when this key was created.
    pub fn to_core(&self) -> Result<oss_presign::DayKey<'_>, oss_presign::Error> {
        Ok(oss_presign::DayKey::from_bytes(self.identity()?, self.scope()?, &self.parts.signing_key))
    }

    #[cfg(feature = "serde")]
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}

/// Hides the key and the security token.
impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey")
            .field("access_key_id", &self.parts.access_key_id)
            .field("scope", &self.parts.scope)
            .field("signing_key", &format_args!("[redacted]"))
            .field("security_token", &self.parts.security_token.as_ref().map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.parts.expires_at.map(|time| time.to_string()))
            .finish()
    }
}
