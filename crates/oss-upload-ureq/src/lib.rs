#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! [`Uploader`] starts every transfer: [`put`](Uploader::put) and [`get`](Uploader::get) with a
//! [`PresignedRequest`](oss_presign::PresignedRequest), [`multipart`](Uploader::multipart) with a [`MultipartPlan`]. [`Error`] says
//! what happened and what to do.
//!
//! A reader without a length does not compile, because progress, size limits and a signed `content-length` need one.
//! [`Body::spool`] takes input of unknown length.
//!
//! ```compile_fail
//! # use oss_upload_ureq::Body;
//! let body = Body::reader(std::io::stdin());
//! ```
//!
//! Besides the required headers, a request has `host`, `content-length` (if it has a body), `accept: */*` and
//! `user-agent: oss-upload-ureq/VERSION` (the last two from the agent of [`client()`]), and no others.
//!
//! At level `trace`, ureq writes whole URLs to the crate `log`, signatures included: keep that level off. The feature
//! `max_level_debug` of `log` removes the level when a program is compiled. Downloads are then faster as well, because ureq
//! no longer checks every 16 bytes whether they are to be logged.

mod body;
mod body_stream;
mod cancel;
mod client;
mod connection;
mod exchange;
mod get;
mod head;
mod initiate;
mod lane;
mod multipart;
mod parallel;
mod put;
mod sink;
mod uploader;

pub use body::Body;
pub use cancel::CancelToken;
pub use client::{client, client_builder, client_with};
#[doc(hidden)]
pub use exchange::connection_error;
pub use get::Get;
pub use head::{Delete, Head};
pub use initiate::Initiate;
pub use multipart::Multipart;
pub use oss_upload::{
    Checkpoint, CheckpointError, Downloaded, IntegrityError, LayoutError, MultipartPlan, ObjectInfo, Options,
    PartLayout, PlanError, PlanStep, Progress, RefreshReason, Refusal, RetryPolicy, ServiceError,
    TimeoutKind, Timeouts, TransferError as Error, Trust, Untrusted, Uploaded,
};
pub use put::Put;
pub use uploader::Uploader;
