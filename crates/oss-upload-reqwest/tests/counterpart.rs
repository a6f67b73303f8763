//! Against the strict local server.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn what_is_signed_is_accepted() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    support::counterpart::everything(|job| runtime.block_on(adapter::run(job)));
}
