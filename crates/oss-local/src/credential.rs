//! The access keys that the server knows.

use std::fmt;

use zeroize::Zeroizing;

/// An access key, with its token and its end if STS issued it.
///
/// `Debug` shows only the id; secret and token are erased when the value is dropped.
#[derive(Clone)]
pub struct Credential {
    id: String,
    secret: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    expires_at: Option<u64>,
}

impl Credential {
    /// The long-lived key of a user.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<String>) -> Self {
        Self {
            id: access_key_id.into(),
            secret: Zeroizing::new(access_key_secret.into()),
            token: None,
            expires_at: None,
        }
    }

    /// The security token that every request signed with this key must present.
    #[must_use]
    pub fn security_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(Zeroizing::new(token.into())), ..self }
    }

    /// The key ends at `unix` seconds since 1970 UTC, and every URL signed with it.
    #[must_use]
    pub fn expires_at(self, unix: u64) -> Self {
        Self { expires_at: Some(unix), ..self }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }

    pub(crate) fn expiry(&self) -> Option<u64> {
        self.expires_at
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_secret_nor_token() {
        let credential = Credential::new("fake-access-key-id", "fake-access-key-secret")
            .security_token("fake-token")
            .expires_at(7);
        let text = format!("{credential:?}");
        assert!(text.contains("fake-access-key-id") && text.contains('7'));
        assert!(!text.contains("secret") && !text.contains("fake-token"));
    }
}
