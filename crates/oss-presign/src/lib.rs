#![cfg_attr(not(test), no_std)]
//! Presigned URLs for Alibaba Cloud OSS (V4).
//!
//! This crate does no I/O, reads no clock and no environment, and allocates nothing: time and credentials come in as
//! arguments, the signature goes out into the caller's buffer. It never panics, and has no `unsafe`.
//!
//! ```text
//! Credentials ─┐
//!              ├─ Scope, SigningKey ─┐
//! time, Region ┘                     │
//! Request ─ canonical request ─ string to sign ─ signature ─ Presigned: URL, headers that must be sent, end of life
//! ```
//!
//! In scope: describing a request ([`Request`], its typed operations), signing it as a URL ([`Signer::presign`]), as an
//! `Authorization` header ([`Signer::sign_header`]) or as a form ([`PostPolicy`]), many URLs at once ([`PageSigner`]); checking a
//! signature ([`verify`]); saying why one was refused ([`diagnose`]).
//! Out of scope: HTTP (`oss-upload` and its adapters), clocks and credential providers (`oss-presign-std`).
//!
//! ```
//! use oss_presign::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Signer, Timestamp};
//!
//! let now = Timestamp::from_unix(1_731_400_358)?;
//! let region = Region::new("cn-hangzhou")?;
//! let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
//! let signer = Signer::new(&credentials, region, now); // derives the day's key, once
//!
//! let request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("photos/ü +1.jpg")?)
//!     .content_type("image/jpeg")?; // bound: the uploader must send it
//! let endpoint = Endpoint::public(region);
//! let mut buffer = [0; 512];
//! let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
//!
//! assert!(presigned.url().starts_with("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/%C3%BC%20%2B1.jpg?"));
//! assert_eq!(presigned.headers().collect::<Vec<_>>(), [("content-type", "image/jpeg")]);
//! assert_eq!(presigned.expires_at().to_string(), "2024-11-12T08:42:38Z");
//! # Ok::<(), oss_presign::Error>(())
//! ```
//!
//! # Features
//! None is on by default. `alloc` adds what owns its text (`Signer::presign_to_string`, `PresignedRequest`); `serde`
//! (with `alloc`) reads and writes `PresignedRequest` as JSON or any other form.

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod additional;
mod authorization;
#[cfg(feature = "alloc")]
mod authorized_request;
mod base64;
mod bucket;
mod canonical;
mod credentials;
mod decimal;
pub mod diagnose;
mod encode;
mod endpoint;
mod error;
mod excerpt;
mod expiry;
mod host;
mod key;
mod method;
mod object_key;
mod operation;
mod output;
mod page;
mod post_policy;
mod presign_error;
mod presigned;
#[cfg(feature = "alloc")]
mod presigned_request;
mod request;
mod request_error;
mod scope;
mod search;
#[cfg_attr(target_pointer_width = "32", path = "sha256_small.rs")]
mod sha256;
#[cfg(all(test, not(target_pointer_width = "32")))]
mod sha256_small;
mod sign_small;
mod string_to_sign;
mod time;
pub mod verify;

pub use authorization::Authorized;
#[cfg(feature = "alloc")]
pub use authorized_request::AuthorizedRequest;
pub use bucket::{Bucket, BucketError};
pub use credentials::{Credentials, CredentialsError, CredentialsPart};
pub use endpoint::{Addressing, Endpoint, EndpointError, Scheme};
pub use error::Error;
pub use excerpt::Excerpt;
pub use expiry::{Expiry, ExpiryError, MAX_EXPIRY_SECONDS};
pub use key::SigningKey;
pub use method::{Method, MethodError};
pub use object_key::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};
pub use operation::{
    AppendPosition, Callback, ContentLength, ContentMd5, ListObjects, MetaName, ObjectAcl, PageSize,
    PartNumber, Place, ResponseHeader, ServerSideEncryption, StorageClass, SymlinkTarget, Tagging,
    TrafficLimit, ValueError,
};
pub use page::PageSigner;
#[cfg(feature = "alloc")]
pub use page::PresignedPage;
pub use post_policy::{MAX_FORM_OBJECT_BYTES, PostForm, PostPolicy, PostPolicyError, SignedPolicy};
pub use presign_error::PresignError;
pub use presigned::{Presigned, Signer, SignerAt};
#[cfg(feature = "alloc")]
pub use presigned_request::{PresignedRequest, PresignedRequestError};
pub use request::{DEFAULT_CAPACITY, Request};
pub use request_error::RequestError;
pub use scope::{Product, Region, Scope, ScopeError};
pub use time::{TimeError, Timestamp};
