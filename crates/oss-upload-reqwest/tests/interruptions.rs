//! Uploads that end before they are done, and what comes after.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use support::interruptions;

#[test]
fn a_killed_upload_is_continued() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    interruptions::a_killed_upload_is_continued("a_killed_upload_is_continued", |job| {
        runtime.block_on(adapter::run(job))
    });
}

#[test]
fn a_killed_download_is_continued() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    interruptions::a_killed_download_is_continued("a_killed_download_is_continued", |job| {
        runtime.block_on(adapter::run(job))
    });
}

#[test]
fn twelve_hours_on_a_fast_clock() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    interruptions::twelve_hours(|job| runtime.block_on(adapter::run(job)));
}
