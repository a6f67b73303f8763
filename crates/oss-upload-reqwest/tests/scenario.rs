//! The table of scenarios that both adapters pass.
#![allow(clippy::unwrap_used)]

mod adapter;
#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

#[test]
fn every_scenario() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for scenario in support::scenarios::all() {
        eprintln!("{}", scenario.name);
        scenario.run(|job| runtime.block_on(adapter::run(job)));
    }
}
