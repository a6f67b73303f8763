//! Credential providers against local doubles, and their replacement under a presigner.
#![cfg(feature = "providers-http")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod credentials_uri;
mod double;
mod ecs_ram_role;
mod refresh;
#[cfg(feature = "reqsign")]
mod reqsign;
mod standard_source;
#[path = "../support/mod.rs"]
mod support;
#[cfg(feature = "providers-https")]
mod tls;
