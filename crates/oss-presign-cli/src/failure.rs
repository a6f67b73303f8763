//! How a command ends when it does not succeed.

use std::fmt::Display;

/// A message for whoever called, and the exit status: 1, something was refused or failed; 2, the input was
/// unusable (as with clap's own errors).
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) status: u8,
}

impl Failure {
    pub(crate) fn unusable(message: impl Display) -> Self {
        Self { message: message.to_string(), status: 2 }
    }
}

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { message: error.to_string(), status: 1 }
    }
}
