#![cfg_attr(not(test), no_std)]
//! Presigned URLs for Alibaba Cloud OSS (V4), without an allocator, a clock or I/O.

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod authorization;
#[cfg(feature = "alloc")]
mod authorized_request;
mod base64;
mod canonical;
mod credentials;
mod decimal;
pub mod diagnose;
mod encode;
mod endpoint;
mod error;
mod expiry;
mod host;
mod key;
mod method;
mod object;
mod operation;
mod output;
mod page;
mod post_policy;
mod presigned;
#[cfg(feature = "alloc")]
mod presigned_request;
mod request;
mod scope;
mod search;
mod sha256;
mod string_to_sign;
mod time;
pub mod verify;

pub use authorization::Authorized;
#[cfg(feature = "alloc")]
pub use authorized_request::AuthorizedRequest;
pub use credentials::{Credentials, CredentialsError, CredentialsPart};
pub use endpoint::{Addressing, Endpoint, EndpointError, Scheme};
pub use error::{Error, Excerpt};
pub use expiry::{Expiry, ExpiryError, MAX_EXPIRY_SECONDS};
pub use key::SigningKey;
pub use method::{Method, MethodError};
pub use object::{Bucket, BucketError, MAX_KEY_BYTES, ObjectKey, ObjectKeyError};
pub use operation::{
    AppendPosition, Callback, ContentLength, ContentMd5, ListObjects, MetaName, ObjectAcl, PageSize,
    PartNumber, Place, ResponseHeader, ServerSideEncryption, StorageClass, SymlinkTarget, Tagging,
    TrafficLimit, ValueError,
};
pub use page::PageSigner;
#[cfg(feature = "alloc")]
pub use page::PresignedPage;
pub use post_policy::{MAX_FORM_OBJECT_BYTES, PostForm, PostPolicy, PostPolicyError, SignedPolicy};
pub use presigned::{PresignError, Presigned, Signer, SignerAt};
#[cfg(feature = "alloc")]
pub use presigned_request::{PresignedRequest, PresignedRequestError};
pub use request::{DEFAULT_CAPACITY, Request, RequestError};
pub use scope::{Product, Region, Scope, ScopeError};
pub use time::{TimeError, Timestamp};
