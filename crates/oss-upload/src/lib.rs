//! The protocol of uploads and downloads through presigned OSS URLs, without I/O.
//!
//! This crate has no sockets, no clock and no randomness, and by default neither files nor an allocator: time and random
//! numbers come in as arguments, what to send and how long to wait comes out. The adapters
//! `oss-upload-reqwest` (async), `oss-upload-ureq` (blocking) and `oss-upload-embedded` (microcontrollers) do the I/O.
//!
//! ```text
//! presigned request ─ Obligations ─ send ─ Answer ─┬─ done: Crc64 compared
//!                        │                         └─ ErrorFields ─ Failure ─ RetryPolicy ─ Decision
//!                     Refusal
//! ```
//!
//! In scope: what must be sent and what must not ([`Obligations`]), what an answer means ([`Answer`], [`ErrorFields`]),
//! checksums ([`Crc64`]), retries ([`RetryPolicy`]), pace and progress ([`Pacer`], [`ProgressGate`]), how objects are cut into
//! parts ([`PartLayout`]) and, with feature `serde`, multipart plans and checkpoints; with feature `files` what both
//! adapters do with files alike (`files`).
//! Out of scope: signing (crate `oss-presign`), HTTP itself.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod answer;
mod attempts;
mod bandwidth;
#[cfg(feature = "serde")]
mod checkpoint;
mod crc64;
#[cfg(feature = "std")]
mod delivery;
#[cfg(feature = "alloc")]
mod download;
#[cfg(feature = "std")]
mod error;
#[cfg(feature = "alloc")]
mod explain;
#[cfg(feature = "files")]
pub mod files;
mod http_date;
mod integrity;
#[cfg(feature = "std")]
mod monitor;
#[cfg(feature = "serde")]
mod multipart;
mod obligations;
mod options;
mod part_layout;
#[cfg(feature = "serde")]
mod plan;
#[cfg(feature = "alloc")]
mod prepare;
mod progress;
mod range;
#[cfg(feature = "alloc")]
mod ranged_download;
#[cfg(feature = "alloc")]
mod report;
mod retry;
mod service_error;
#[cfg(feature = "std")]
mod tally;
#[cfg(feature = "std")]
mod transfer;
mod url;
mod xml;

/// The transfers as state machines, for drivers of other HTTP clients; see there.
#[cfg(feature = "std")]
pub mod driver {
    pub use crate::transfer::*;
}

pub use answer::{Answer, Verdict};
#[cfg(feature = "std")]
pub use attempts::NextAttempt;
pub use attempts::{Attempts, RefreshReason};
pub use bandwidth::Pacer;
#[cfg(feature = "std")]
pub use bandwidth::SharedPacer;
#[cfg(feature = "serde")]
pub use checkpoint::{Checkpoint, CheckpointError, DonePart, Modified};
pub use crc64::Crc64;
#[cfg(feature = "std")]
pub use delivery::{Checksum, Delivery};
#[cfg(feature = "std")]
pub use download::Setback;
#[cfg(feature = "alloc")]
pub use download::{Continuation, Download, DownloadError};
#[cfg(feature = "std")]
pub use error::{BoxError, TimeoutKind, TransferError};
pub use http_date::parse_http_date;
pub use integrity::IntegrityError;
#[cfg(feature = "std")]
pub use monitor::{Monitor, ProgressCallback};
#[cfg(feature = "serde")]
pub use multipart::MultipartUpload;
pub use obligations::{Label, MAX_BODY, Obligations, Refusal};
pub use options::{Options, Timeouts};
/// What a [`ServiceError`] carries: the cause of a refusal, and what to do.
#[cfg(feature = "alloc")]
pub use oss_presign::diagnose::Diagnosis;
pub use part_layout::{
    LayoutError, MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE, Part, PartLayout,
};
#[cfg(feature = "serde")]
pub use plan::{MultipartPlan, PlanError, PlanStep};
#[cfg(feature = "alloc")]
pub use prepare::Prepared;
pub use progress::{Progress, ProgressGate};
pub use range::{ByteRange, ContentRange};
#[cfg(feature = "alloc")]
pub use ranged_download::RangedDownload;
#[cfg(feature = "alloc")]
pub use report::{Downloaded, ObjectInfo, Uploaded};
pub use retry::{Attempt, Decision, Failure, RetryPolicy};
#[cfg(feature = "alloc")]
pub use service_error::ServiceError;
pub use service_error::{ERROR_BODY_LIMIT, ErrorFields};
#[cfg(feature = "std")]
pub use tally::{PartTally, Silent, Single, Tally, Totals};
pub use url::UrlParts;
pub use xml::{XmlDocument, XmlText};
