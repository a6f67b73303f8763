//! PostObject: what a browser form may upload, signed.
//!
//! A [`PostPolicy`] says which form is allowed; [`Signer::sign_form`](crate::Signer::sign_form) writes it as JSON
//! and base64, signs that text, and gives the fields of the form. What no form could meet is refused while it
//! is described.

mod condition;
mod error;
mod form;
mod json;
mod policy;
#[cfg(feature = "alloc")]
mod presigned_form;
mod sign;

pub use condition::MAX_FORM_OBJECT_BYTES;
pub use error::PostPolicyError;
pub use form::{PostForm, SignedPolicy};
pub use policy::{PostPolicy, PostPolicyWithCapacity};
#[cfg(feature = "alloc")]
pub use presigned_form::PresignedForm;
