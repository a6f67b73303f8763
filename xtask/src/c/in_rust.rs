//! The same program in Rust, which the C interface is compared with: `crates/firmware/src/bin/described.rs`.

use super::board::{Cost, cost, flash};
use super::tools::RUST_TARGET;
use crate::command::run_with;

const FIRMWARE: &str = "crates/firmware/Cargo.toml";

/// What one signature costs, and its URL.
pub(super) fn cost_of_described() -> Result<(Cost, String), String> {
    let target = super::target().join("firmware");
    let shown = target.display().to_string();
    // With the flags of `cargo xtask firmware`.
    let flags = [("RUSTFLAGS", "--cfg sha2_backend_soft=\"compact\" -C link-arg=--icf=all")];
    // Without its own `memcpy` and the like: the C programs have those that come with Rust, too.
    let build = ["build", "--manifest-path", FIRMWARE, "--locked", "--release", "--no-default-features"];
    let place = ["--target", RUST_TARGET, "--target-dir", &shown, "--bin", "empty", "--bin", "described"];
    run_with("cargo", &[&build[..], &place].concat(), &flags)?;
    let programs = target.join(RUST_TARGET).join("release");
    cost(&programs.join("described"), flash(&programs.join("empty"))?)
}
