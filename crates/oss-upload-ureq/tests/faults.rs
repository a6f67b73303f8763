//! Seeded runs through damaged lines to failing servers.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn the_object_equals_the_file_or_an_error_says_why() {
    let tally = support::faults::run_all(adapter::run);
    println!("{tally:#?}");
    assert!(tally.done > 0 && !tally.failed.is_empty());
}
