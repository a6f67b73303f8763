//! Owned credentials.

use std::fmt;
use std::sync::Arc;

use oss_presign::{CredentialsError, Timestamp};
use zeroize::Zeroizing;

/// An access key, with its STS token and end of life where it has them.
///
/// Clones share one copy, which is erased from memory when the last of them is dropped.
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
    /// Credentials of a RAM user: an access key id and its secret.
    ///
    /// # Errors
    /// [`CredentialsError`] where one of them is empty, has blanks at an end or holds a control character.
    pub fn new(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<String>,
    ) -> Result<Self, CredentialsError> {
        Self::of(access_key_id.into(), Zeroizing::new(access_key_secret.into()), None)
    }

    /// Temporary credentials: an access key that STS issued with a security token.
    ///
    /// # Errors
    /// As [`Credentials::new`], for the token too.
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

    /// The same with the time at which they cease to work. No URL signed with them outlives it.
    #[must_use]
    pub fn expiring_at(self, time: Timestamp) -> Self {
        Self { expires_at: Some(time), ..self }
    }

    /// Returns the public half of the access key.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.parts.access_key_id
    }

    /// Returns whether they come with an STS token.
    #[must_use]
    pub fn has_security_token(&self) -> bool {
        self.parts.security_token.is_some()
    }

    /// Returns the STS token they come with, for whoever verifies requests. Every URL signed with them shows it; the secret
    /// stays inside.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.parts.security_token.as_deref().map(String::as_str)
    }

    /// When they cease to work, if they do.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Returns the borrowed form that the core signs with.
    ///
    /// # Errors
    /// None in practice: what the core refuses was refused when these were made.
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
