//! Seeded runs through damaged lines to failing servers.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn the_object_equals_the_file_or_an_error_says_why() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let tally = support::faults::run_all(|job| runtime.block_on(adapter::run(job)));
    println!("{tally:#?}");
    assert!(tally.done > 0 && !tally.failed.is_empty());
}
