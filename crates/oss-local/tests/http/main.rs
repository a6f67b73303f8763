//! The server through real sockets.

#![allow(clippy::unwrap_used)]

mod client;
mod connections;
mod cors;
mod faults;
mod forms;
mod malformed;
mod objects;
mod operations;
mod reads;
mod signatures;
