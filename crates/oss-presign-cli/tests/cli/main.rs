//! The command from outside, against a local server.

mod batch;
mod exit_status;
mod several_files;
mod support;
mod transfers;
