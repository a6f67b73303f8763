//! Uploads that end before they are done, and what comes after.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use support::interruptions;

#[test]
fn a_killed_upload_is_continued() {
    interruptions::a_killed_upload_is_continued("a_killed_upload_is_continued", adapter::run);
}

#[test]
fn a_killed_download_is_continued() {
    interruptions::a_killed_download_is_continued("a_killed_download_is_continued", adapter::run);
}

#[test]
fn twelve_hours_on_a_fast_clock() {
    interruptions::twelve_hours(adapter::run);
}
