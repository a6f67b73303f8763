//! Why a call was refused.

use std::fmt::Display;

use crate::texts::Writer;

/// A refusal: a stable name for programs, and a sentence for people.
#[derive(Debug)]
pub struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }

    pub(crate) fn write(&self, result: &mut Writer) {
        result.text(self.code);
        result.text(&self.message);
    }
}

impl<E: Into<oss_presign::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        Self::new(error.code(), error)
    }
}
