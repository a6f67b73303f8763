//! The command from outside, against a local server.
#![allow(clippy::unwrap_used)]

mod accounts;
mod bad_values;
mod batch;
mod copies;
mod curl;
mod day_key;
mod exit_status;
mod explaining;
mod explaining_forms;
mod looking_into;
mod manual;
mod many;
mod messages;
mod multipart;
mod names;
mod odd_files;
mod output;
mod roles;
mod secrets;
mod serve;
mod several_files;
mod signing;
mod support;
mod survival;
mod transfers;
mod trust;
