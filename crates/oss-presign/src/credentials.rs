//! Access keys and security tokens.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::search::has_outer_white_space;
use crate::time::Timestamp;

/// An access key, with the security token and the expiry of temporary (STS) credentials. The texts are borrowed: this
/// crate copies no secret except into the signing key that it derives.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    access_key_id: &'a str,
    access_key_secret: &'a str,
    security_token: Option<&'a str>,
    expires_at: Option<Timestamp>,
}

impl<'a> Credentials<'a> {
    /// Creates credentials from an access key id and its secret, as a RAM user has them.
    ///
    /// # Errors
    /// [`CredentialsError`] if one of them is empty, has leading or trailing white space (usually a copying mistake) or
    /// contains a control character, or if the id contains a `/` or `,`, which separate the parts of a credential.
    pub fn new(access_key_id: &'a str, access_key_secret: &'a str) -> Result<Self, CredentialsError> {
        check(access_key_id, CredentialsPart::AccessKeyId)?;
        check(access_key_secret, CredentialsPart::AccessKeySecret)?;
        if access_key_id.bytes().any(|byte| matches!(byte, b'/' | b',')) {
            return Err(CredentialsError::AccessKeyIdSeparator { id: Excerpt::of(access_key_id) });
        }
        Ok(Self { access_key_id, access_key_secret, security_token: None, expires_at: None })
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

    pub(crate) const fn access_key_secret(&self) -> &'a str {
        self.access_key_secret
    }

    pub(crate) const fn security_token(&self) -> Option<&'a str> {
        self.security_token
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("access_key_secret", &format_args!("[redacted]"))
            .field("security_token", &self.security_token.map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at())
            .finish()
    }
}

fn check(text: &str, part: CredentialsPart) -> Result<(), CredentialsError> {
    Err(match fault(text) {
        None => return Ok(()),
        Some(Fault::Empty) => CredentialsError::Empty { part },
        Some(Fault::OuterBlank) => CredentialsError::OuterBlank { part },
        Some(Fault::ControlCharacter) => CredentialsError::ControlCharacter { part },
    })
}

enum Fault {
    Empty,
    OuterBlank,
    ControlCharacter,
}

/// Returns what is wrong with a part, as a small value: the error that is made of it is too large to pass around.
fn fault(text: &str) -> Option<Fault> {
    if text.is_empty() {
        Some(Fault::Empty)
    } else if has_outer_white_space(text) {
        Some(Fault::OuterBlank)
    } else if text.bytes().any(|byte| byte.is_ascii_control()) {
        Some(Fault::ControlCharacter)
    } else {
        None
    }
}

/// Which part of [`Credentials`] an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsPart {
    /// The access key id.
    AccessKeyId,
    /// The access key secret.
    AccessKeySecret,
    /// The STS security token.
    SecurityToken,
}

impl fmt::Display for CredentialsPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyId => "access key id",
            Self::AccessKeySecret => "access key secret",
            Self::SecurityToken => "security token",
        })
    }
}

/// Why [`Credentials`] were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsError {
    /// A part is empty.
    Empty {
        /// The part.
        part: CredentialsPart,
    },
    /// A part has leading or trailing white space.
    OuterBlank {
        /// The part.
        part: CredentialsPart,
    },
    /// A part contains a control character.
    ControlCharacter {
        /// The part.
        part: CredentialsPart,
    },
    /// The access key id contains a `/` or a `,`, which separate the parts of a credential.
    AccessKeyIdSeparator {
        /// The access key id, which is public.
        id: Excerpt,
    },
}

impl CredentialsError {
    /// Returns a stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "CredentialsEmpty",
            Self::OuterBlank { .. } => "CredentialsOuterBlank",
            Self::ControlCharacter { .. } => "CredentialsControlCharacter",
            Self::AccessKeyIdSeparator { .. } => "CredentialsAccessKeyIdSeparator",
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { part } => write!(f, "the {part} is empty"),
            Self::OuterBlank { part } => {
                write!(f, "the {part} begins or ends with white space: copy it without")
            }
            Self::ControlCharacter { part } => {
                write!(f, "the {part} contains a control character: copy it again")
            }
            Self::AccessKeyIdSeparator { id } => {
                write!(f, "the access key id `{id}` contains `/` or `,`: give only the id, without a scope")
            }
        }
    }
}

impl core::error::Error for CredentialsError {}

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
