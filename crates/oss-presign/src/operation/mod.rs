//! OSS's operations as thin constructors over [`Request`](crate::Request): each is a method, a sub-resource, and what that
//! needs.
//!
//! Numbers and digests become text in small values that the caller keeps ([`PartNumber`], [`ContentLength`], …):
//! a request borrows them, and nothing is allocated.

mod constructors;
mod error;
mod headers;
mod limits;
mod list;
mod numbers;
mod values;

pub use constructors::ResponseHeader;
pub use error::ValueError;
pub use headers::{ObjectAcl, Place, ServerSideEncryption, StorageClass};
pub use list::ListObjects;
pub use numbers::{AppendPosition, ContentLength, PageSize, PartNumber, TrafficLimit};
pub use values::{Callback, ContentMd5, MetaName, SymlinkTarget, Tagging};
