//! What must hold before a change lands. Installs what it needs.

use std::time::Instant;

use crate::command::{cargo_tool, root, run as command, run_with, succeeds};
use crate::nightly;

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

/// A step by its name.
type Step = (&'static str, fn() -> Result<(), String>);

/// What fails within a minute or two comes first; what needs other machines' programs comes last.
const STEPS: [Step; 25] = [
    ("format", format),
    ("structure", || crate::structure::run(&[])),
    ("adapters", || crate::adapters::run(&[])),
    ("claims", || crate::claims::run(&[])),
    ("lints", lints),
    ("documentation", documentation),
    ("links", || crate::links::run(&[])),
    ("package contents", || crate::package::run(&["contents".to_owned()])),
    ("demo", || crate::demo::run(&[])),
    ("guide", || crate::guide::run(&[])),
    ("erased keys", erased_keys),
    ("minimum Rust", minimum_rust),
    ("small targets", small_targets),
    ("features", || crate::features::run(&[])),
    ("hosts", || crate::hosts::run(&[])),
    ("wasm", || crate::wasm::run(&["--check".to_owned()])),
    ("documentation of features", documentation_of_features),
    ("public API", || crate::api::run(&[])),
    ("dependencies", dependencies),
    ("fuzz", || crate::fuzz::run(&["--seconds".to_owned(), "5".to_owned()])),
    ("benchmarks", benchmarks),
    ("firmware", || crate::firmware::run(&[])),
    ("c", || crate::c::install().and_then(|()| crate::c::run(&[]))),
    ("interop", || crate::interop::run(&[])),
    ("first steps", || crate::first_steps::run(&[])),
];

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let mut times = Vec::new();
    let start = Instant::now();
    let outcome = STEPS.iter().try_for_each(|(name, step)| {
        let start = Instant::now();
        let outcome = step();
        times.push((name, start.elapsed()));
        outcome.map_err(|error| format!("{name}: {error}"))
    });
    println!();
    for (name, time) in times {
        println!("{name:26} {:6.0} s", time.as_secs_f64());
    }
    println!("{:26} {:6.0} s", "all", start.elapsed().as_secs_f64());
    outcome
}

/// Workspaces of their own, because their dependencies or their targets must not become everybody's.
const OTHER_WORKSPACES: [&str; 4] = [
    "benches/Cargo.toml",
    "fuzz/Cargo.toml",
    "crates/firmware/Cargo.toml",
    "crates/oss-presign-c/Cargo.toml",
];

fn format() -> Result<(), String> {
    command("cargo", &["fmt", "--all", "--check"])?;
    OTHER_WORKSPACES
        .iter()
        .try_for_each(|manifest| command("cargo", &["fmt", "--manifest-path", manifest, "--check"]))
}

fn lints() -> Result<(), String> {
    let lints =
        ["clippy", "--locked", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    command("cargo", &lints)?;
    // Without features other code is dead or alive.
    command("cargo", &["clippy", "--locked", "--package", "oss-presign", "--", "-D", "warnings"])
}

/// Only an optimized build leaves no copy of a key or of credentials, so the tests' own profile cannot show it.
fn erased_keys() -> Result<(), String> {
    let packages = ["--package", "oss-presign", "--package", "oss-presign-std"];
    let test = ["--features", "oss-presign-std/providers", "--test", "erased"];
    command("cargo", &[&["test", "--locked", "--release"], &packages[..], &test[..]].concat())
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
    run_with("cargo", &[&toolchain, "check", "--locked", "--workspace", "--all-features"], &target)?;
    let interface = "crates/oss-presign-c/Cargo.toml";
    run_with("cargo", &[&toolchain, "check", "--locked", "--manifest-path", interface], &target)
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
    cargo_tool("shear", "1.13.0")?;
    command("cargo", &["shear", "--locked"])?;
    OTHER_WORKSPACES
        .iter()
        .try_for_each(|manifest| command("cargo", &["shear", manifest.trim_end_matches("/Cargo.toml")]))
}

/// What we depend on is used, and has licences, origins and duplicates that we know. Advisories need a network that a
/// build machine may not have.
fn dependencies() -> Result<(), String> {
    unused_dependencies()?;
    crate::advisories::install()?;
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

/// The documentation of the libraries as docs.rs builds it, with a badge on what needs a feature.
fn documentation_of_features() -> Result<(), String> {
    let toolchain = format!("+{}", nightly::toolchain()?);
    let mut arguments = vec![toolchain.as_str(), "doc", "--locked", "--all-features", "--no-deps"];
    arguments.extend(["--target-dir", nightly::TARGET]);
    LIBRARIES.iter().for_each(|library| arguments.extend(["--package", library]));
    run_with("cargo", &arguments, &[("RUSTDOCFLAGS", "--cfg docsrs")])?;
    let page = root().join(nightly::TARGET).join("doc/oss_presign/struct.PresignedRequest.html");
    let text = std::fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    if text.contains("Available on <strong>crate feature") {
        Ok(())
    } else {
        Err(format!("{} does not say which feature the type needs", page.display()))
    }
}
