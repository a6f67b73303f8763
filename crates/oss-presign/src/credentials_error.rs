//! Why credentials were refused.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::search::has_outer_white_space;

/// Refuses a part of credentials that was copied wrongly.
pub(crate) fn check(text: &str, part: CredentialsPart) -> Result<(), CredentialsError> {
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

/// Which part of [`Credentials`](crate::Credentials) an error is about.
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

/// Why [`Credentials`](crate::Credentials) could not be made of the given values.
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
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
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
