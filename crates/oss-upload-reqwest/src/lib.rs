#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! [`Uploader`] starts every transfer: [`put`](Uploader::put) and [`get`](Uploader::get) with a
//! [`PresignedRequest`](oss_presign::PresignedRequest), [`multipart`](Uploader::multipart) with a [`MultipartPlan`]. [`Error`] says
//! what happened and what to do.
//!
//! A stream without a length does not compile, because progress, size limits and a signed `content-length` need one.
//! [`Body::spool`] takes input of unknown length.
//!
//! ```compile_fail
//! # use oss_upload_reqwest::Body;
//! let body = Body::stream(futures_util::stream::empty());
//! ```
//!
//! Besides the required headers, a request has `host`, `content-length` (if it has a body), `accept: */*` and, with the
//! client of [`client()`], `user-agent: oss-upload-reqwest/VERSION`, and no others.

mod body;
mod body_stream;
mod client;
mod exchange;
mod get;
mod head;
mod idle;
mod initiate;
mod lane;
mod multipart;
mod parallel;
mod put;
mod sink;
mod uploader;

pub use body::Body;
pub use client::{client, client_builder};
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
