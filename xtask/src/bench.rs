//! `cargo xtask bench`: what signing costs, in multiples of the SHA-256 that nobody can avoid.
//!
//! The measuring is done by `benches`, a workspace of its own; here it is built and given its arguments.

use std::process::{Command, Stdio};

use crate::command::root;

const MANIFEST: &str = "benches/Cargo.toml";
/// Beside the workspace's own build, which has other features.
const TARGET: &str = "target/benches";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    let build = ["build", "--release", "--bins", "--manifest-path", MANIFEST, "--target-dir", TARGET];
    let features: &[&str] = if has("--peers") { &["--features", "peers"] } else { &[] };
    cargo(&[&build, features].concat())?;
    cargo(&["build", "--release", "--locked", "--package", "oss-presign-cli"])?;

    let batch = format!("target/release/oss-presign{}", std::env::consts::EXE_SUFFIX);
    let mut options = vec!["--batch", &batch];
    for argument in arguments {
        match argument.as_str() {
            "--peers" => {}
            "--plots" => options.extend(["--plots", "benches/plots"]),
            other => options.push(other),
        }
    }
    let program = root().join(TARGET).join(format!("release/bench{}", std::env::consts::EXE_SUFFIX));
    let status = Command::new(&program)
        .args(&options)
        .current_dir(root())
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("bench: {status}")) }
}

/// Builds with what it says on the error output, so that `--json` prints its line and nothing else.
fn cargo(arguments: &[&str]) -> Result<(), String> {
    let line = format!("cargo {}", arguments.join(" "));
    let status = Command::new("cargo")
        .args(arguments)
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .current_dir(root())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("`cargo` does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed: {status}")) }
}
