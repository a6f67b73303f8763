//! The server through real sockets.

#![allow(clippy::unwrap_used)]

mod buckets;
mod client;
mod connections;
mod cors;
mod faults;
mod forms;
mod log;
mod malformed;
mod memory;
mod multipart;
mod objects;
mod operations;
mod page;
mod parameters;
mod reads;
mod semantics;
mod settings;
mod signatures;
#[cfg(feature = "tls")]
mod tls;
