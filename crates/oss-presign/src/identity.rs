//! Credentials without their secret.

use core::fmt;

use crate::credentials_error::{CredentialsError, CredentialsPart, check};
use crate::excerpt::Excerpt;
use crate::time::Timestamp;

/// Credentials without their secret: an access key id, with the security token and the expiry of temporary (STS)
/// credentials. A [`DayKey`](crate::DayKey) or an [`ExternalSigner`](crate::ExternalSigner) signs for it.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    access_key_id: &'a str,
    security_token: Option<&'a str>,
    expires_at: Option<Timestamp>,
}

impl<'a> Identity<'a> {
    /// Creates the identity of an access key.
    ///
    /// # Errors
    /// [`CredentialsError`] if the id is empty, has leading or trailing white space (usually a copying mistake), contains a
    /// control character, or contains a `/` or `,`, which separate the parts of a credential.
    pub fn new(access_key_id: &'a str) -> Result<Self, CredentialsError> {
        check_access_key_id(access_key_id)?;
        Ok(Self::of_checked(access_key_id))
    }

    pub(crate) const fn of_checked(access_key_id: &'a str) -> Self {
        Self { access_key_id, security_token: None, expires_at: None }
    }

    /// Adds the security token that STS issued with the access key.
    ///
    /// # Errors
    /// [`CredentialsError`] if the token is empty, has leading or trailing white space, or contains a control character.
    pub fn with_security_token(self, token: &'a str) -> Result<Self, CredentialsError> {
        check(token, CredentialsPart::SecurityToken)?;
        Ok(Self { security_token: Some(token), ..self })
    }

    /// Sets the time at which the credentials expire. Signing refuses URLs that would be valid for longer, or shortens them
    /// (see [`Expiry::clamped_to_credentials`](crate::Expiry::clamped_to_credentials)).
    #[must_use]
    pub const fn expiring_at(self, time: Timestamp) -> Self {
        Self { expires_at: Some(time), ..self }
    }

    /// Returns the access key id, which is public.
    #[must_use]
    pub const fn access_key_id(&self) -> &'a str {
        self.access_key_id
    }

    /// Returns the time at which the credentials expire, or `None` if they do not.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    pub(crate) const fn security_token(&self) -> Option<&'a str> {
        self.security_token
    }
}

pub(crate) fn check_access_key_id(id: &str) -> Result<(), CredentialsError> {
    check(id, CredentialsPart::AccessKeyId)?;
    if id.bytes().any(|byte| matches!(byte, b'/' | b',')) {
        return Err(CredentialsError::AccessKeyIdSeparator { id: Excerpt::of(id) });
    }
    Ok(())
}

/// Hides the security token.
impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("access_key_id", &self.access_key_id)
            .field("security_token", &self.security_token.map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
