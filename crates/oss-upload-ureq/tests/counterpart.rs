//! Against the strict local server.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn what_is_signed_is_accepted() {
    support::counterpart::everything(adapter::run);
}
