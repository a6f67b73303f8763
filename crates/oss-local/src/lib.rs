#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! ```text
//! socket ─ connection ─ service: address ─ auth ─ routes ─ receive ─ store
//!                          └─ CORS, request id, errors as XML, the log ─ outgoing ─ socket
//! ```
//!
//! In scope: PutObject, GetObject, HeadObject, DeleteObject, DeleteMultipleObjects, CopyObject, AppendObject,
//! PostObject, multipart uploads with copied parts, symlinks, object ACLs and tags, versions, ListObjects (V1, V2),
//! ListObjectVersions, the buckets' own basics, callbacks to the loopback address, `x-oss-process=image/resize` and
//! `image/info`, traffic limits, CORS with the rules of a bucket. Settings of a bucket that are stored and given back,
//! but not applied: lifecycle, logging, website, referer, encryption, policy, publicAccessBlock.
//!
//! Out of scope, and answered with NotImplemented: every other parameter. A sub-resource that is not known here never
//! becomes a plain read or write.
//!
//! What clients may cost is bounded: connections ([`Server::max_connections`]), threads (those of the runtime, and 16
//! at a time for the store), the time that a slow client is waited for ([`Server::timeouts`]), 256 MiB for the pixels
//! of all images in the process, and 1 GiB for objects in memory ([`Server::memory_limit`]): use a directory for more.
//!
//! Where OSS's documentation leaves a choice: a `Range` beyond the object is ignored unless the request has
//! `x-oss-range-behavior: standard`; the first of several ranges is served; the signed holder of any of the access
//! keys owns every bucket.

mod address;
mod attributes;
mod auth;
mod body;
mod call;
mod callback;
mod chunks;
mod clock;
mod conditions;
mod config;
mod connection;
mod cors;
mod cors_rules;
mod credential;
mod error;
mod fault_plan;
mod faults;
mod form;
#[cfg_attr(not(feature = "image"), path = "no_image.rs")]
mod image;
mod initial_bucket;
mod outgoing;
mod pace;
mod page;
mod proof;
mod query;
mod range;
mod rate;
mod reason;
mod receive;
mod request_body;
mod request_log;
mod respond;
mod routes;
mod running;
mod server;
mod service;
mod start;
mod state;
mod store;
mod stream;
mod throttled_body;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
mod traffic_limit;
mod usage;
mod xml;

pub use clock::Clock;
pub use cors::Cors;
pub use credential::Credential;
pub use faults::{Fault, FaultRule, FaultRuleError};
pub use request_log::RequestRecord;
pub use running::{BlockingServer, RunningServer};
pub use server::Server;
pub use store::{Acl, Storage};
#[cfg(feature = "tls")]
pub use tls::Tls;
