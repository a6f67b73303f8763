#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! ```text
//! Credentials ─┐
//!              ├─ Scope, SigningKey ─┐
//! time, Region ┘                     │
//! Request ─ canonical request ─ string to sign ─ signature ─ PresignedUrl: URL, required headers, expiry
//! ```
//!
//! In scope: describing a request ([`Request`]); signing it as a URL ([`Signer::presign`]), by header
//! ([`Signer::sign_header`]) or as a form ([`PostPolicy`]); signing many URLs ([`ManyKeysSigner`]); signing without the secret,
//! by the key of one day ([`DayKey`]) or by another party that holds the key ([`ExternalSigner`]); verifying signatures
//! ([`verify`]); explaining why one was refused ([`diagnose`]).
//!
//! Out of scope: HTTP (see `oss-upload` and its adapters), clocks and credential providers (see `oss-presign-std`).
//!
//! Each stage has an error type of its own, and [`Error`] is the union of them. Their texts say what to do instead.

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(test)]
extern crate std;

// Each file depends only on files above it; `cargo xtask structure` refuses a circle.

// Numbers and texts.
mod decimal;
mod decode;
mod encode;
mod excerpt;
mod hex;
mod redact;
mod search;
mod text;

// Writers: everything is written through the trait `Writer`.
mod base64;
mod sha256;
mod writer;

// Values that are checked when they are made.
mod bucket;
mod credentials;
mod credentials_error;
mod endpoint;
mod endpoint_error;
mod endpoint_region;
mod expiry;
mod host;
mod http_date;
mod identity;
mod method;
mod object_key;
mod scope;
mod scope_error;
mod time;

// The description of a request.
mod header;
mod operation;
mod query;
mod request;
mod request_error;

// Canonical request, string to sign and signing key, and the signer that uses them.
mod canonical_request;
mod day_key;
mod presign_error;
mod signatory;
mod signer;
mod signing;
mod signing_key;
mod string_to_sign;

// Results of signing.
mod authorization;
mod authorized;
#[cfg(feature = "alloc")]
mod authorized_request;
mod external_signer;
#[cfg(feature = "alloc")]
mod header_lines;
mod many_keys;
mod post_policy;
mod presigned_url;
mod signer_headers;
mod url_text;

// The service's side: verifying requests, and explaining refusals.
pub mod diagnose;
#[cfg(feature = "explain")]
pub mod explain;
pub mod verify;

mod error;
#[cfg(feature = "alloc")]
mod presigned_request;
#[cfg(feature = "alloc")]
mod presigned_request_error;

pub use authorized::Authorized;
#[cfg(feature = "alloc")]
pub use authorized_request::{AuthorizedParts, AuthorizedRequest};
pub use bucket::{Bucket, BucketError};
pub use credentials::Credentials;
pub use credentials_error::{CredentialsError, CredentialsPart};
pub use day_key::{DayKey, DayKeyError};
pub use endpoint::{Addressing, Endpoint, Scheme};
pub use endpoint_error::EndpointError;
pub use error::Error;
pub use excerpt::Excerpt;
pub use expiry::{Expiry, ExpiryError, MAX_EXPIRY_SECONDS};
pub use external_signer::{ExternalSigner, UnsignedHeader, UnsignedUrl};
pub use identity::Identity;
pub use many_keys::ManyKeysSigner;
#[cfg(feature = "alloc")]
pub use many_keys::PresignedUrls;
pub use method::{Method, MethodError};
pub use object_key::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};
pub use operation::{
    AppendPosition, Callback, ContentLength, ContentMd5, ListObjects, MetaName, ObjectAcl, PageSize,
    PartNumber, Place, ResponseHeader, ServerSideEncryption, StorageClass, SymlinkTarget, Tagging,
    TrafficLimit, ValueError,
};
#[cfg(feature = "alloc")]
pub use post_policy::PresignedForm;
pub use post_policy::{
    MAX_FORM_OBJECT_BYTES, PostForm, PostPolicy, PostPolicyError, PostPolicyWithCapacity, SignedPolicy,
    UnsignedForm,
};
pub use presign_error::PresignError;
#[cfg(feature = "alloc")]
pub use presigned_request::{PresignedParts, PresignedRequest};
#[cfg(feature = "alloc")]
pub use presigned_request_error::PresignedRequestError;
pub use presigned_url::PresignedUrl;
#[doc(hidden)]
pub use redact::WithoutQueries;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use redact::without_queries;
pub use request::{DEFAULT_CAPACITY, Request, RequestWithCapacity};
pub use request_error::RequestError;
pub use scope::{Product, Region, Scope};
pub use scope_error::ScopeError;
pub use signer::Signer;
pub use signing::SignerAt;
pub use signing_key::{SigningKey, SigningKeyBytes};
pub use time::{TimeError, Timestamp};
