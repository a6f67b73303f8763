//! The nightly compiler of rustdoc, fuzzing and minimal versions: one release, because what it prints is compared.

use crate::command::{output, run as command, succeeds};

/// `cargo public-api` 0.52 reads its JSON. Raise both together, and write the API snapshots again.
const TOOLCHAIN: &str = "nightly-2026-05-20";
/// How its compiler calls itself.
const COMPILER: &str = "(e50aa6fba 2026-05-19)";

/// Its own folder: two compilers in one would rebuild each other's work.
pub(crate) const TARGET: &str = "target/nightly";

/// Its name for `cargo +…`; installed where it is missing.
pub(crate) fn toolchain() -> Result<&'static str, String> {
    if succeeds("cargo", &[&format!("+{TOOLCHAIN}"), "--version"]) {
        return Ok(TOOLCHAIN);
    }
    // The same release may be there under its other name.
    if succeeds("rustc", &["+nightly", "--version"])
        && output("rustc", &["+nightly", "--version"])?.contains(COMPILER)
    {
        return Ok("nightly");
    }
    command("rustup", &["toolchain", "install", TOOLCHAIN, "--profile", "minimal"])?;
    Ok(TOOLCHAIN)
}
