#![cfg_attr(docsrs, feature(doc_cfg))]
//! Async uploads and downloads through presigned OSS URLs, with [reqwest].
//!
//! This crate needs no credentials: it carries out a [`PresignedRequest`](oss_presign::PresignedRequest) that someone else
//! signed. It sends exactly the headers that the request requires, streams files with a `Content-Length`, compares
//! checksums, and tries again where that can help. `oss-upload-ureq` has the same functions for blocking programs.
//!
//! ```no_run
//! # async fn run(presigned: oss_presign::PresignedRequest) -> Result<(), oss_upload_reqwest::Error> {
//! use oss_upload_reqwest::{Body, Uploader};
//! let uploader = Uploader::with_defaults()?;
//! let done = uploader.put(&presigned, Body::file("a.jpg").await?)
//!     .on_progress(|p| println!("{} of {:?}", p.transferred, p.total))
//!     .send().await?;
//! println!("stored, CRC-64 {}", done.crc64);
//! # Ok(()) }
//! ```
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
