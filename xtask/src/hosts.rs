//! `cargo xtask hosts`: hosts other than the one that this runs on.
//!
//! 32-bit Linux and WebAssembly run the tests of signing, and say what a signature costs there in multiples of their
//! own compressions. For Windows and macOS everything that needs no C compiler of theirs is checked.

use crate::command::{debian_packages, root, run as command, run_with, succeeds};

const LINUX_32: &str = "i686-unknown-linux-gnu";
const WASI: &str = "wasm32-wasip1";
const CHECKED: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// What is checked for hosts that nothing runs on: every crate, with every feature that compiles no C. TLS by `ring`
/// does; that is what the features `providers-https`, `reqsign`, `tls` and `ring`, and the command, have beyond this.
const CHECKED_CRATES: [(&str, &[&str]); 7] = [
    ("oss-presign", &["serde", "explain"]),
    ("oss-presign-std", &["serde", "http", "providers-http", "system-clock"]),
    ("oss-upload", &["files", "tls"]),
    ("oss-upload-embedded", &["blocking", "async", "defmt"]),
    ("oss-upload-reqwest", &[]),
    ("oss-upload-ureq", &[]),
    ("oss-local", &["image"]),
];

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    linux_32()?;
    wasi()?;
    CHECKED.iter().try_for_each(|target| check(target))
}

fn linux_32() -> Result<(), String> {
    command("rustup", &["target", "add", LINUX_32])?;
    // `cc -m32` links with the C library of 32-bit programs.
    if !succeeds("dpkg", &["--status", "gcc-multilib"]) {
        install("gcc-multilib")?;
    }
    let test = ["test", "--locked", "--quiet", "--target", LINUX_32, "--all-features"];
    command("cargo", &[&test[..], &["--package", "oss-presign", "--package", "oss-presign-std"]].concat())?;
    bench(LINUX_32, &[])
}

/// Installs a Debian package. On other systems, what is missing shows when it is used.
fn install(package: &str) -> Result<(), String> {
    if !succeeds("apt-get", &["--version"]) {
        return Ok(());
    }
    debian_packages(&[package])
}

fn wasi() -> Result<(), String> {
    command("rustup", &["target", "add", WASI])?;
    if !succeeds("node", &["--version"]) {
        install("nodejs")?;
    }
    // Without Liftoff, V8 compiles with its optimizing compiler from the start, so that every figure is of the same code.
    let runner = format!("node --no-warnings --no-liftoff {}", root().join("xtask/wasi/run.mjs").display());
    let environment = [("CARGO_TARGET_WASM32_WASIP1_RUNNER", runner.as_str())];
    let test =
        ["test", "--locked", "--quiet", "--target", WASI, "--package", "oss-presign", "--all-features"];
    let files = ["--test", "vectors", "--test", "post_policy", "--test", "verify"];
    run_with("cargo", &[&test[..], &files].concat(), &environment)?;
    bench(WASI, &environment)
}

/// What a signature costs on a target.
fn bench(target: &str, environment: &[(&str, &str)]) -> Result<(), String> {
    let run = ["run", "--quiet", "--release", "--manifest-path", "benches/Cargo.toml"];
    let of_target = ["--target-dir", "target/benches", "--bin", "hosts", "--target", target];
    run_with("cargo", &[&run[..], &of_target].concat(), environment)
}

fn check(target: &str) -> Result<(), String> {
    command("rustup", &["target", "add", target])?;
    let mut check = vec!["check".to_owned(), "--locked".into(), "--no-default-features".into()];
    check.extend(["--target".to_owned(), target.to_owned()]);
    for (package, features) in CHECKED_CRATES {
        check.extend(["--package".to_owned(), package.to_owned()]);
        for feature in features {
            check.extend(["--features".to_owned(), format!("{package}/{feature}")]);
        }
    }
    command("cargo", &check.iter().map(String::as_str).collect::<Vec<_>>())
}
