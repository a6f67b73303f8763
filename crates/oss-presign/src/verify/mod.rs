//! Verification: the server's half of V4, without an allocator.
//!
//! A [`ReceivedRequest`] is a request as the server received it. [`ReceivedRequest::presigned`] parses a signature in its URL,
//! [`ReceivedRequest::authorized`] one in its `Authorization` header. [`ParsedSignature::verify`] checks the signature with
//! the key that a lookup returns, against the expected scope and the time. A [`ReceivedForm`] is the same for PostObject; its
//! policy is also evaluated against its fields and the size of its file.
//!
//! A request with several faults is refused for the first of these: a signing parameter that is missing, given twice or
//! malformed, in the order version, signature, credential, date, lifetime, additional headers, token; more parameters than
//! [`MAX_QUERY_PARAMETERS`]; a path without a leading slash; a parameter that is given twice; an additional header that is
//! missing; more headers than [`MAX_SIGNED_HEADERS`], or one given twice. [`ParsedSignature::verify`] then checks scope,
//! access key, time, token and signature, in this order.
//!
//! A `+` in a query is a plus sign, and is signed as one. A server that decodes queries like HTML forms, where `+` is a blank,
//! would verify another value than the signed one: give [`ReceivedRequest`] the query as it was received.
//!
//! Path and query are decoded and encoded again before they are verified, because HTTP clients escape differently. The
//! signature is compared in constant time. Each reason to refuse a request is typed, with OSS's code and message.
//!
//! ```
//! use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, verify_presigned};
//! use oss_presign::{Product, Region, SigningKey, Timestamp};
//!
//! # use oss_presign::{Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Request, Signer};
//! let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
//! # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
//! # let request = Request::get(Bucket::new("examplebucket")?, ObjectKey::new("a.txt")?);
//! # let (signer, endpoint, mut buffer) = (Signer::new(&credentials, region, now), Endpoint::public(region), [0; 512]);
//! # let url = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
//! # let target = url.target();
//! let (path, query) = target.split_once('?').unwrap_or((target, ""));
//! let received =
//!     ReceivedRequest { method: "GET", bucket: Some("examplebucket"), path, query, headers: &[] };
//! let expected = ExpectedScope { region, product: Product::Oss };
//! // A server may keep the derived key for the day; the secret is then never needed again.
//! let verified = verify_presigned(&received, &expected, now, |id, scope| {
//!     (id == "fake-access-key-id")
//!         .then(|| VerificationKey::new(SigningKey::derive("fake-access-key-secret", scope)))
//! });
//! assert!(verified.is_ok());
//! # Ok::<(), Error>(())
//! ```
//!
//! For requests of the `http` crate, `oss-presign-std` has a `Verifier`, which does all of this in one call.

mod authority;
mod canonical;
mod canonical_query;
mod claim;
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
pub(crate) use canonical::Canonical;
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
