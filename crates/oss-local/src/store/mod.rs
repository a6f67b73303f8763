//! The store: buckets, objects with their versions, unfinished uploads; in memory or in a directory.
//!
//! All methods are short but may touch the disk: callers go through [`Store::run`].
//!
//! ```text
//! meta ─ memory ─ content ─ index ─ record ─ directory ─ opened ─ objects, uploads, buckets, listing
//! ```

mod buckets;
mod content;
mod directory;
mod index;
mod listing;
mod memory;
mod meta;
mod objects;
mod opened;
mod record;
mod uploads;

pub(crate) use content::{Sink, Source};
pub(crate) use listing::{Listed, Wanted};
pub use meta::Acl;
pub(crate) use meta::{Attributes, BucketMeta, Kind, Meta, PartMeta, UploadMeta, Versioning};
pub(crate) use objects::{Found, Guard, file_already_exists, position_not_equal};
pub use opened::Storage;
pub(crate) use opened::Store;
pub(crate) use uploads::NamedPart;
