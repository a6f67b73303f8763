//! The server through real sockets.

#![allow(clippy::unwrap_used)]

mod client;
mod connections;
mod cors;
mod objects;
mod operations;
mod signatures;
