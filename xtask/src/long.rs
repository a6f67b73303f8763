//! What takes too long for every change: `cargo xtask fuzz`, `mutants`, `coverage` and `miri`.

use crate::command::{root, run as command, run_with, succeeds};
use crate::nightly;

/// Seconds of fuzzing for each target when nobody says how many: four hours.
const FUZZ_SECONDS: &str = "14400";

/// Fuzzes each target for so many seconds.
pub(crate) fn fuzz(arguments: &[String]) -> Result<(), String> {
    let seconds = match arguments {
        [] => FUZZ_SECONDS,
        [seconds] if seconds.parse().is_ok_and(|seconds: u32| seconds > 0) => seconds,
        _ => return Err("cargo xtask fuzz [SECONDS]".into()),
    };
    let toolchain = format!("+{}", nightly::toolchain()?);
    install("fuzz", "cargo-fuzz", "0.13.2")?;
    let limit = format!("-max_total_time={seconds}");
    command("cargo", &[&toolchain, "fuzz", "build"])?;
    for target in fuzz_targets()? {
        command("cargo", &[&toolchain, "fuzz", "run", &target, "--", &limit])?;
    }
    Ok(())
}

fn fuzz_targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let failed = |error| format!("{}: {error}", folder.display());
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    if targets.is_empty() { Err(format!("{}: no targets", folder.display())) } else { Ok(targets) }
}

/// Changes the code of a crate in many places, one at a time, and lists the changes that no test notices.
pub(crate) fn mutants(arguments: &[String]) -> Result<(), String> {
    install("mutants", "cargo-mutants", "27.1.0")?;
    let package = arguments.first().map_or("oss-presign", String::as_str);
    command("cargo", &["mutants", "--package", package, "--output", "target"])
}

/// Writes pages that show which lines no test runs.
pub(crate) fn coverage(_: &[String]) -> Result<(), String> {
    command("rustup", &["component", "add", "llvm-tools"])?;
    install("llvm-cov", "cargo-llvm-cov", "0.9.1")?;
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

fn install(verb: &str, tool: &str, version: &str) -> Result<(), String> {
    if succeeds("cargo", &[verb, "--version"]) {
        return Ok(());
    }
    command("cargo", &["install", "--locked", tool, "--version", version])
}
