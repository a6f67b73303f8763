#![cfg_attr(docsrs, feature(doc_cfg))]
//! Async uploads and downloads through presigned OSS URLs, with [reqwest].
//!
//! No credentials are needed: what is carried out is a [`PresignedRequest`](oss_presign::PresignedRequest) that somebody
//! else signed. Exactly the headers it requires are sent, files are streamed with a `Content-Length`, checksums are
//! compared, what can be tried again is tried again. The blocking twin is `oss-upload-ureq`: same files, same verbs.
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
//! An unknown length does not compile: OSS needs to know how much comes.
//!
//! ```compile_fail
//! # use oss_upload_reqwest::Body;
//! let body = Body::stream(futures_util::stream::empty());
//! ```
//!
//! What is sent beside the required headers: `host`, `content-length` (with a body), `accept: */*`, and
//! `user-agent: oss-upload-reqwest/VERSION` with the client of [`client()`]; nothing else.

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
