//! Verification: the server's half of V4, without an allocator.
//!
//! A [`ReceivedRequest`] is what arrived. [`ReceivedRequest::presigned`] and
//! [`ReceivedRequest::authorized`] read the signature it presents, and [`ParsedSignature::verify`] checks it against
//! the key that a lookup finds, the scope that is served here, and the time. A [`ReceivedForm`] is the same for
//! PostObject; its policy is evaluated against its fields and the size of its file.
//!
//! A request that is wrong in several ways is refused for the first of these: a signing parameter that is missing, there
//! twice or malformed, in the order version, signature, credential, date, lifetime, additional headers, token; more
//! parameters than [`MAX_QUERY_PARAMETERS`]; a path without its slash; a parameter that is there twice; an additional
//! header that is missing; more headers than [`MAX_SIGNED_HEADERS`], or one twice. [`ParsedSignature::verify`] goes on
//! with scope, access key, time, token and signature.
//!
//! A `+` in a query is a plus sign, and is signed as one. A server that decodes its queries like HTML forms, where `+` is
//! a blank, reads another value than the one that was signed: give [`ReceivedRequest`] the query as it arrived.
//!
//! The path is verified decoded and encoded again, because HTTP clients escape differently; the signature is
//! compared in constant time; a reason is typed, and knows the code and the message that OSS gives it.

mod authority;
mod canonical;
mod canonical_query;
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
pub use canonical::MAX_SIGNED_HEADERS;
pub use canonical_query::MAX_QUERY_PARAMETERS;
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
