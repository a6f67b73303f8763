//! The command from outside, against a local server.
#![allow(clippy::unwrap_used)]

mod batch;
mod curl;
mod exit_status;
mod looking_into;
mod multipart;
mod serve;
mod several_files;
mod support;
mod transfers;
