#![cfg_attr(docsrs, feature(doc_cfg))]
//! Blocking uploads and downloads through presigned OSS URLs, with [ureq].
//!
//! No credentials are needed: what is carried out is a [`PresignedRequest`](oss_presign::PresignedRequest) that somebody
//! else signed. Exactly the headers it requires are sent, files are streamed with a `Content-Length`, checksums are
//! compared, what can be tried again is tried again. The async twin is `oss-upload-reqwest`: same files, same verbs.
//!
//! ```no_run
//! # fn run(presigned: oss_presign::PresignedRequest) -> Result<(), oss_upload_ureq::Error> {
//! use oss_upload_ureq::{Body, Uploader};
//! let uploader = Uploader::with_defaults();
//! let done = uploader.put(&presigned, Body::file("a.jpg")?)
//!     .on_progress(|p| println!("{} of {:?}", p.transferred, p.total))
//!     .send()?;
//! println!("stored, CRC-64 {}", done.crc64);
//! # Ok(()) }
//! ```
//!
//! An unknown length does not compile: OSS needs to know how much comes.
//!
//! ```compile_fail
//! # use oss_upload_ureq::Body;
//! let body = Body::reader(std::io::stdin());
//! ```
//!
//! What is sent beside the required headers: `host`, `content-length` (with a body), `accept: */*` and
//! `user-agent: oss-upload-ureq/VERSION` (both from the agent of [`client()`]); nothing else. ureq logs whole URLs at
//! level `trace` of crate `log`, signatures included: keep that level off. A program that has it off for good, by the
//! feature `max_level_debug` of `log`, downloads faster as well: ureq otherwise asks about every 16 bytes it receives
//! whether somebody wants them logged.

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
