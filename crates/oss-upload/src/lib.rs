#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! ```text
//! presigned request ─ Transfer ─┬─ Action: send this, receive, deliver, wait, have it signed again ─┐
//!                               │                                                                   driver
//!                               └─ Event: sent, answered, received, failed, signed ─────────────────┘
//! ```
//!
//! In scope: what must be sent and what must not ([`Refusal`]), what an answer means ([`ServiceError`],
//! [`IntegrityError`]), checksums ([`Crc64`]), retries ([`RetryPolicy`]), how objects are cut into parts
//! ([`PartLayout`]) and, with feature `serde`, multipart plans and checkpoints. How all of that makes a transfer is in
//! [`driver`], for those who carry transfers out with an HTTP client of their own; `files` has what adapters do with files
//! alike. Both are for adapters, and change with them.
//!
//! Out of scope: signing (crate `oss-presign`), HTTP itself.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
mod activity;
mod bandwidth;
#[cfg(feature = "alloc")]
mod checked_request;
#[cfg(feature = "serde")]
mod checkpoint;
mod crc64;
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
#[cfg(feature = "serde")]
mod multipart;
mod options;
mod part_layout;
#[cfg(feature = "serde")]
mod plan;
mod progress;
#[cfg(feature = "std")]
mod progress_sink;
mod range;
#[cfg(feature = "alloc")]
mod ranged_download;
mod refusal;
#[cfg(feature = "alloc")]
mod report;
mod required_headers;
mod response_head;
mod retry;
mod retry_state;
#[cfg(feature = "serde")]
mod seconds;
mod service_error;
#[cfg(feature = "std")]
mod transfer;
#[cfg(feature = "tls")]
mod trust;
mod unchecked_request;
#[cfg(feature = "std")]
mod untrusted;
#[cfg(feature = "std")]
mod upload_check;
mod url;
mod xml;

pub mod driver;

#[cfg(feature = "serde")]
pub use checkpoint::{Checkpoint, CheckpointError, DonePart, Modified};
pub use crc64::Crc64;
#[cfg(feature = "std")]
pub use error::{BoxError, TimeoutKind, TransferError};
pub use http_date::parse_http_date;
pub use integrity::IntegrityError;
pub use options::{Options, Timeouts};
/// What a [`ServiceError`] carries: the cause of a refusal, and what to do.
#[cfg(feature = "alloc")]
pub use oss_presign::diagnose::Diagnosis;
pub use part_layout::{
    LayoutError, MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE, Part, PartLayout,
};
#[cfg(feature = "serde")]
pub use plan::{MultipartPlan, PlanError, PlanStep};
pub use progress::Progress;
pub use range::ByteRange;
pub use refusal::Refusal;
#[cfg(feature = "alloc")]
pub use report::{Downloaded, ObjectInfo, Uploaded};
pub use retry::{Failure, RetryPolicy};
pub use retry_state::RefreshReason;
#[cfg(feature = "alloc")]
pub use service_error::ServiceError;
#[cfg(feature = "tls")]
pub use trust::Trust;
pub use unchecked_request::MAX_BODY;
#[cfg(feature = "std")]
pub use untrusted::Untrusted;
