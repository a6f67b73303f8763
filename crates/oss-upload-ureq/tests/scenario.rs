//! The table of scenarios that both adapters pass.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn every_scenario() {
    for scenario in support::scenarios::all() {
        eprintln!("{}", scenario.name);
        scenario.run(adapter::run);
    }
}
