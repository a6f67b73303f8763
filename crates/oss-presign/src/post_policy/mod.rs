//! PostObject: signed HTML forms that upload an object from a browser.
//!
//! A [`PostPolicy`] describes the form. [`Signer::sign_form`](crate::Signer::sign_form) writes it as JSON and base64, signs
//! that text, and returns the fields of the form. A condition that no form could meet is refused when it is added.

mod condition;
mod error;
mod form;
mod json;
mod policy;
#[cfg(feature = "alloc")]
mod presigned_form;
mod sign;
mod unsigned_form;

pub use condition::MAX_FORM_OBJECT_BYTES;
pub use error::PostPolicyError;
pub use form::{PostForm, SignedPolicy};
pub use policy::{PostPolicy, PostPolicyWithCapacity};
#[cfg(feature = "alloc")]
pub use presigned_form::PresignedForm;
pub use unsigned_form::UnsignedForm;
