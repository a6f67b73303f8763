//! What takes too long for every change: `cargo xtask mutants`, `coverage` and `miri`. Fuzzing has a file of its own.

use crate::command::{cargo_tool, run as command, run_with};
use crate::nightly;

/// Changes the code of a crate in many places, one at a time, and lists the changes that no test notices.
pub(crate) fn mutants(arguments: &[String]) -> Result<(), String> {
    cargo_tool("mutants", "27.1.0")?;
    let package = arguments.first().map_or("oss-presign", String::as_str);
    command("cargo", &["mutants", "--package", package, "--output", "target"])
}

/// Writes pages that show which lines no test runs.
pub(crate) fn coverage(_: &[String]) -> Result<(), String> {
    command("rustup", &["component", "add", "llvm-tools"])?;
    cargo_tool("llvm-cov", "0.9.1")?;
    command("cargo", &["llvm-cov", "--locked", "--workspace", "--all-features", "--html"])
}

/// Runs the unit tests without an operating system of the core and of the protocol in an interpreter that finds
/// undefined behaviour, of our dependencies too. It hashes some thousand bytes per second.
pub(crate) fn miri(arguments: &[String]) -> Result<(), String> {
    // Miri belongs to a compiler; the pinned one gets its own.
    let toolchain = nightly::toolchain()?;
    command("rustup", &["component", "add", "miri", "rust-src", "--toolchain", toolchain])?;
    let plus = format!("+{toolchain}");
    // Random tests need few cases here, and the clock for their seeds.
    let environment = [("MIRIFLAGS", "-Zmiri-disable-isolation"), ("PROPTEST_CASES", "4")];
    let filter: Vec<&str> = arguments.iter().map(String::as_str).collect();
    for package in ["oss-presign", "oss-upload"] {
        let test = [
            &plus,
            "miri",
            "test",
            "--locked",
            "--package",
            package,
            "--lib",
            "--target-dir",
            nightly::TARGET,
        ];
        run_with("cargo", &[&test[..], &filter].concat(), &environment)?;
    }
    Ok(())
}
