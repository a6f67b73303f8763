//! Owned credentials.

use std::fmt;
use std::sync::Arc;

use oss_presign::{CredentialsError, Timestamp};
use zeroize::Zeroizing;

/// An access key, with the security token and the expiry of temporary (STS) credentials.
///
/// Clones share one copy of the texts, which is erased from memory when the last clone is dropped.
#[derive(Clone)]
pub struct Credentials {
    parts: Arc<Parts>,
    expires_at: Option<Timestamp>,
}

struct Parts {
    access_key_id: String,
    access_key_secret: Zeroizing<String>,
    security_token: Option<Zeroizing<String>>,
}

impl Credentials {
    /// Creates credentials from an access key id and its secret, as a RAM user has them.
    ///
    /// # Errors
    /// [`CredentialsError`] if one of them is empty, has leading or trailing white space, or contains a control character.
    pub fn new(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<String>,
    ) -> Result<Self, CredentialsError> {
        Self::of(access_key_id.into(), Zeroizing::new(access_key_secret.into()), None)
    }

    /// Creates temporary credentials from an access key and the security token that STS issued with it.
    ///
    /// # Errors
    /// As [`Credentials::new`]. The same rules apply to the token.
    pub fn with_security_token(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<String>,
        security_token: impl Into<String>,
    ) -> Result<Self, CredentialsError> {
        let token = Zeroizing::new(security_token.into());
        Self::of(access_key_id.into(), Zeroizing::new(access_key_secret.into()), Some(token))
    }

    pub(crate) fn of(
        access_key_id: String,
        access_key_secret: Zeroizing<String>,
        security_token: Option<Zeroizing<String>>,
    ) -> Result<Self, CredentialsError> {
        let parts = Parts { access_key_id, access_key_secret, security_token };
        let credentials = Self { parts: Arc::new(parts), expires_at: None };
        credentials.to_core()?;
        Ok(credentials)
    }

    /// Sets the time at which the credentials expire. Signing refuses URLs that would be valid for longer than they are;
    /// with [`PresignerBuilder::clamp_to_credentials`](crate::PresignerBuilder::clamp_to_credentials) it shortens them.
    #[must_use]
    pub fn expiring_at(self, time: Timestamp) -> Self {
        Self { expires_at: Some(time), ..self }
    }

    /// Returns the access key id, which is public.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.parts.access_key_id
    }

    #[cfg(feature = "http")]
    pub(crate) fn access_key_secret(&self) -> &str {
        &self.parts.access_key_secret
    }

    /// Returns whether the credentials have a security token.
    #[must_use]
    pub fn has_security_token(&self) -> bool {
        self.parts.security_token.is_some()
    }

    /// Returns the security token, which a verifier needs. Unlike the access key secret it is part of every signed URL.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.parts.security_token.as_deref().map(String::as_str)
    }

    /// Returns the time at which the credentials expire, or `None` if they do not.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Returns borrowed credentials, the form that the core signs with.
    ///
    /// # Errors
    /// None in practice: the same checks were made when these credentials were created.
    pub fn to_core(&self) -> Result<oss_presign::Credentials<'_>, CredentialsError> {
        let parts = &*self.parts;
        let mut core = oss_presign::Credentials::new(&parts.access_key_id, &parts.access_key_secret)?;
        if let Some(token) = &parts.security_token {
            core = core.with_security_token(token)?;
        }
        if let Some(time) = self.expires_at {
            core = core.expiring_at(time);
        }
        Ok(core)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.parts.access_key_id)
            .field("access_key_secret", &format_args!("[redacted]"))
            .field("security_token", &self.parts.security_token.as_ref().map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at.map(|time| time.to_string()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oss_presign::CredentialsPart;

    #[test]
    fn checked_when_made() {
        let error = Credentials::new("fake-access-key-id", "fake-access-key-secret\n").unwrap_err();
        assert_eq!(error, CredentialsError::OuterBlank { part: CredentialsPart::AccessKeySecret });
        let error = Credentials::with_security_token("fake-access-key-id", "s", "").unwrap_err();
        assert_eq!(error, CredentialsError::Empty { part: CredentialsPart::SecurityToken });
    }

    #[test]
    fn debug_hides_secret_and_token() {
        let credentials = Credentials::with_security_token("fake-id", "fake-secret", "fake-token").unwrap();
        let shown = format!("{credentials:?}");
        assert!(shown.contains("fake-id"), "{shown}");
        assert!(!shown.contains("fake-secret") && !shown.contains("fake-token"), "{shown}");
    }
}
