//! What must hold before a change lands, beside the tests. Installs what it needs.

use crate::command::{root, run as command, run_with, succeeds};

const MSRV: &str = "1.88.0";
/// Where the core must build without features; the first three have no operating system.
const TARGETS: [&str; 4] =
    ["thumbv7em-none-eabihf", "thumbv6m-none-eabi", "riscv32imc-unknown-none-elf", "wasm32-unknown-unknown"];
/// Crates without the standard library, and the features that they have there beside none.
const NO_STD_CRATES: [(&str, &[&str]); 3] = [
    ("oss-presign", &["alloc"]),
    ("oss-upload", &["alloc"]),
    ("oss-upload-embedded", &["blocking", "async"]),
];

/// Crates that others depend on.
const LIBRARIES: [&str; 7] = [
    "oss-presign",
    "oss-presign-std",
    "oss-upload",
    "oss-upload-embedded",
    "oss-upload-reqwest",
    "oss-upload-ureq",
    "oss-local",
];

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    format_and_lints()?;
    crate::structure::run(&[])?;
    crate::adapters::run(&[])?;
    erased_keys()?;
    documentation()?;
    documentation_of_features()?;
    minimum_rust()?;
    small_targets()?;
    crate::hosts::run(&[])?;
    unused_dependencies()?;
    dependencies()?;
    fuzz()?;
    benchmarks()?;
    crate::demo::run(&[])?;
    crate::firmware::run(&[])?;
    crate::c::install()?;
    crate::c::run(&[])?;
    crate::interop::run(&[])?;
    println!("\nci: all held");
    Ok(())
}

/// Workspaces of their own, because their dependencies or their targets must not become everybody's.
const OTHER_WORKSPACES: [&str; 4] = [
    "benches/Cargo.toml",
    "fuzz/Cargo.toml",
    "crates/firmware/Cargo.toml",
    "crates/oss-presign-c/Cargo.toml",
];

fn format_and_lints() -> Result<(), String> {
    command("cargo", &["fmt", "--all", "--check"])?;
    for manifest in OTHER_WORKSPACES {
        command("cargo", &["fmt", "--manifest-path", manifest, "--check"])?;
    }
    let lints =
        ["clippy", "--locked", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    command("cargo", &lints)?;
    // Without features other code is dead or alive.
    command("cargo", &["clippy", "--locked", "--package", "oss-presign", "--", "-D", "warnings"])
}

/// Only an optimized build leaves no copy of a key, so the tests' own profile cannot show it.
fn erased_keys() -> Result<(), String> {
    command("cargo", &["test", "--locked", "--release", "--package", "oss-presign", "--test", "erased"])
}

fn documentation() -> Result<(), String> {
    let arguments = ["doc", "--locked", "--workspace", "--all-features", "--no-deps"];
    run_with("cargo", &arguments, &[("RUSTDOCFLAGS", "-D warnings")])
}

fn minimum_rust() -> Result<(), String> {
    let toolchain = format!("+{MSRV}");
    if !succeeds("cargo", &[&toolchain, "--version"]) {
        command("rustup", &["toolchain", "install", MSRV, "--profile", "minimal"])?;
    }
    // A folder of its own: two compilers in one would rebuild each other's work.
    let target = [("CARGO_TARGET_DIR", "target/msrv")];
    run_with("cargo", &[&toolchain, "check", "--locked", "--workspace", "--all-features"], &target)
}

fn small_targets() -> Result<(), String> {
    for target in TARGETS {
        command("rustup", &["target", "add", target])?;
        for (package, features) in NO_STD_CRATES {
            let build =
                ["build", "--locked", "--package", package, "--target", target, "--no-default-features"];
            command("cargo", &build)?;
            for feature in features {
                command("cargo", &[&build[..], &["--features", feature]].concat())?;
            }
        }
    }
    Ok(())
}

/// Dependencies that no code uses, in every workspace.
fn unused_dependencies() -> Result<(), String> {
    // 1.14 needs Rust 1.98.
    if !succeeds("cargo", &["shear", "--version"]) {
        command("cargo", &["install", "--locked", "cargo-shear", "--version", "1.13.0"])?;
    }
    command("cargo", &["shear", "--locked"])?;
    OTHER_WORKSPACES
        .iter()
        .try_for_each(|manifest| command("cargo", &["shear", manifest.trim_end_matches("/Cargo.toml")]))
}

/// Licences and origins of what we depend on. Advisories need a network that a build machine may not have.
fn dependencies() -> Result<(), String> {
    if !succeeds("cargo", &["deny", "--version"]) {
        command("cargo", &["install", "--locked", "cargo-deny", "--version", "0.20.2"])?;
    }
    command("cargo", &["fetch", "--locked"])?;
    command("cargo", &["deny", "--offline", "--locked", "check", "licenses", "bans", "sources"])
}

/// The criterion benches compile, and no figure is above its limit.
fn benchmarks() -> Result<(), String> {
    let check =
        ["check", "--manifest-path", "benches/Cargo.toml", "--target-dir", "target/benches", "--benches"];
    command("cargo", &check)?;
    crate::bench::run(&["--gate".to_owned()])
}

fn nightly() -> Result<(), String> {
    if succeeds("cargo", &["+nightly", "--version"]) {
        return Ok(());
    }
    command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"])
}

/// The documentation of the libraries as docs.rs builds it, with a badge on what needs a feature.
fn documentation_of_features() -> Result<(), String> {
    const TARGET: &str = "target/docs-rs";
    nightly()?;
    let mut arguments = vec!["+nightly", "doc", "--locked", "--all-features", "--no-deps"];
    arguments.extend(["--target-dir", TARGET]);
    LIBRARIES.iter().for_each(|library| arguments.extend(["--package", library]));
    run_with("cargo", &arguments, &[("RUSTDOCFLAGS", "--cfg docsrs")])?;
    let page = root().join(TARGET).join("doc/oss_presign/struct.PresignedRequest.html");
    let text = std::fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    if text.contains("Available on <strong>crate feature") {
        Ok(())
    } else {
        Err(format!("{} does not say which feature the type needs", page.display()))
    }
}

fn fuzz() -> Result<(), String> {
    nightly()?;
    if !succeeds("cargo", &["fuzz", "--version"]) {
        command("cargo", &["install", "--locked", "cargo-fuzz", "--version", "0.13.2"])?;
    }
    command("cargo", &["+nightly", "fuzz", "build"])?;
    for target in ["encode", "presign_then_check", "explain"] {
        command("cargo", &["+nightly", "fuzz", "run", target, "--", "-max_total_time=15"])?;
    }
    Ok(())
}
