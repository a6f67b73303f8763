//! Verification: the server's half of V4, without an allocator.
//!
//! A [`ReceivedRequest`] is what arrived. [`ReceivedRequest::presigned`] and
//! [`ReceivedRequest::authorized`] read the signature it presents, and [`Presented::verify`] checks it against
//! the key that a lookup finds, the scope that is served here, and the time. A [`ReceivedForm`] is the same for
//! PostObject; its policy is evaluated against its fields and the size of its file.
//!
//! The path is verified decoded and encoded again, because HTTP clients escape differently; the signature is
//! compared in constant time; a reason is typed, and knows the code and the message that OSS gives it.

mod authority;
mod canonical;
mod credential;
mod error;
mod form;
mod form_error;
mod json;
mod parameters;
mod parsed_signature;
mod parsed_url;
mod policy;
mod read;
mod received;
mod received_form;
mod signature_location;

pub use authority::{ExpectedScope, MAX_SKEW_SECONDS, VerificationKey, Verified};
pub use canonical::{MAX_QUERY_PARAMETERS, MAX_SIGNED_HEADERS};
pub use credential::ParsedCredential;
pub use error::{ScopePart, VerifyError};
pub use form::{MAX_FORM_FIELDS, ParsedForm, verify_form};
pub use form_error::{FormError, Operator};
pub(crate) use parameters::parameters;
pub use parsed_signature::ParsedSignature;
pub use parsed_url::ParsedUrl;
pub use read::verify_presigned;
pub use received::ReceivedRequest;
pub use received_form::ReceivedForm;
pub use signature_location::SignatureLocation;
