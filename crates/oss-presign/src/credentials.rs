//! Access keys with their secrets.

use core::fmt;

use crate::credentials_error::{CredentialsError, CredentialsPart, check};
use crate::identity::{Identity, check_access_key_id};
use crate::time::Timestamp;

/// An access key with its secret, and with the security token and the expiry of temporary (STS) credentials. The texts are
/// borrowed: this crate copies no secret except into the signing key that it derives.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    identity: Identity<'a>,
    access_key_secret: &'a str,
}

impl<'a> Credentials<'a> {
    /// Creates credentials from an access key id and its secret, as a RAM user has them.
    ///
    /// # Errors
    /// [`CredentialsError`] if one of them is empty, has leading or trailing white space (usually a copying mistake) or
    /// contains a control character, or if the id contains a `/` or `,`, which separate the parts of a credential.
    pub fn new(access_key_id: &'a str, access_key_secret: &'a str) -> Result<Self, CredentialsError> {
        check_access_key_id(access_key_id)?;
        check(access_key_secret, CredentialsPart::AccessKeySecret)?;
        Ok(Self { identity: Identity::of_checked(access_key_id), access_key_secret })
    }

    /// Adds the security token that STS issued with the access key.
    ///
    /// # Errors
    /// [`CredentialsError`] if the token is empty, has leading or trailing white space, or contains a control character.
    pub fn with_security_token(self, token: &'a str) -> Result<Self, CredentialsError> {
        Ok(Self { identity: self.identity.with_security_token(token)?, ..self })
    }

    /// Sets the time at which the credentials expire. Signing refuses URLs that would be valid for longer, or shortens them
    /// (see [`Expiry::clamped_to_credentials`](crate::Expiry::clamped_to_credentials)).
    #[must_use]
    pub const fn expiring_at(self, time: Timestamp) -> Self {
        Self { identity: self.identity.expiring_at(time), ..self }
    }

    /// Returns the credentials without their secret.
    #[must_use]
    pub const fn identity(&self) -> Identity<'a> {
        self.identity
    }

    /// Returns the access key id, which is public.
    #[must_use]
    pub const fn access_key_id(&self) -> &'a str {
        self.identity.access_key_id()
    }

    /// Returns the time at which the credentials expire, or `None` if they do not.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.identity.expires_at()
    }

    pub(crate) const fn access_key_secret(&self) -> &'a str {
        self.access_key_secret
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id())
            .field("access_key_secret", &format_args!("[redacted]"))
            .field("security_token", &self.identity.security_token().map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CredentialsPart::{AccessKeyId, AccessKeySecret, SecurityToken};
    use std::format;

    #[test]
    fn refusals_name_the_part() {
        let refused = |id, secret| Credentials::new(id, secret).unwrap_err();
        assert_eq!(refused("", "s"), CredentialsError::Empty { part: AccessKeyId });
        assert_eq!(refused("i", ""), CredentialsError::Empty { part: AccessKeySecret });
        assert_eq!(refused(" i", "s"), CredentialsError::OuterBlank { part: AccessKeyId });
        assert_eq!(refused("i", "s\n"), CredentialsError::OuterBlank { part: AccessKeySecret });
        assert_eq!(refused("a\0b", "s"), CredentialsError::ControlCharacter { part: AccessKeyId });
        assert_eq!(refused("i", "a\tb"), CredentialsError::ControlCharacter { part: AccessKeySecret });
        assert!(matches!(refused("i/20240101", "s"), CredentialsError::AccessKeyIdSeparator { .. }));
        let credentials = Credentials::new("i", "s").unwrap();
        for (token, expected) in [
            ("", CredentialsError::Empty { part: SecurityToken }),
            ("t ", CredentialsError::OuterBlank { part: SecurityToken }),
            ("a\r\nb", CredentialsError::ControlCharacter { part: SecurityToken }),
        ] {
            assert_eq!(credentials.with_security_token(token).unwrap_err(), expected);
        }
    }

    #[test]
    fn debug_hides_secret_and_token() {
        let credentials = Credentials::new("fake-id", "fake-secret").unwrap();
        let credentials = credentials.with_security_token("fake-token").unwrap();
        let shown = format!("{credentials:?}");
        assert!(shown.contains("fake-id"));
        assert!(!shown.contains("fake-secret") && !shown.contains("fake-token"));
    }
}
