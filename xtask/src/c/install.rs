//! Installs what C needs on a fresh Debian machine; `cargo xtask ci` calls it.

use super::tools::{CBINDGEN, RUST_TARGET, has_cbindgen, missing_packages};
use crate::command::{cargo_install, debian_packages, run as command, succeeds};

/// Installs what is missing.
pub(crate) fn install() -> Result<(), String> {
    let packages = missing_packages();
    if !packages.is_empty() {
        debian_packages(&packages)?;
    }
    if !has_cbindgen() {
        cargo_install("cbindgen", CBINDGEN, &[])?;
    }
    command("rustup", &["target", "add", RUST_TARGET])?;
    if !succeeds("cargo", &["+nightly", "--version"]) {
        command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"])?;
    }
    command("rustup", &["component", "add", "miri", "rust-src", "--toolchain", "nightly"])
}
