//! The server through real sockets.

#![allow(clippy::unwrap_used)]

mod client;
mod connections;
mod cors;
mod forms;
mod objects;
mod operations;
mod signatures;
