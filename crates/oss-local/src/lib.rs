//! A strict local counterpart of Alibaba Cloud OSS.
//!
//! It verifies V4 signatures as OSS does, answers with OSS's errors and headers, and keeps objects in memory or in a
//! directory. It is made for tests, demonstrations and development, on the loopback address unless told otherwise;
//! it is not production storage.
//!
//! ```text
//! socket ─ connection ─ service ─ auth ─ routes ─ receive ─ store
//!                          └─ CORS, request id, errors as XML ─ body ─ socket
//! ```

mod address;
mod attributes;
mod auth;
mod body;
mod call;
mod callback;
mod clock;
mod conditions;
mod config;
mod connection;
mod cors;
mod credential;
mod error;
mod faults;
mod form;
mod image;
mod inbound;
mod page;
mod plan;
mod query;
mod range;
mod receive;
mod respond;
mod routes;
mod server;
mod service;
mod shaped;
mod store;
mod usage;
mod xml;

pub use clock::Clock;
pub use cors::Cors;
pub use credential::Credential;
pub use faults::{Fault, FaultRule, FaultRuleError};
pub use server::{BlockingServer, RunningServer, Server};
pub use store::{Acl, Storage};
