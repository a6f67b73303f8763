//! Running other programs, so that a failure says which one it was.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A folder with nothing in it.
pub(crate) fn emptied(folder: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)
}

/// Copies what the workspace is built from into a folder that is emptied before.
pub(crate) fn copy_sources(folder: &Path) -> Result<(), String> {
    const PARTS: [&str; 5] = ["Cargo.toml", "Cargo.lock", "README.md", "crates", "xtask"];
    emptied(folder)?;
    let (folder, archive) = (folder.to_string_lossy(), folder.with_extension("tar"));
    let archive = archive.to_string_lossy();
    // Built files below `crates` would be gigabytes.
    let pack = ["--create", "--exclude=target", "--exclude=node_modules", "--file", &archive];
    output("tar", &[&pack[..], &PARTS].concat())?;
    output("tar", &["--extract", "--file", &archive, "--directory", &folder])?;
    std::fs::remove_file(archive.as_ref()).map_err(|error| format!("{archive}: {error}"))
}

/// Runs a program in the workspace's folder and shows what it prints.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_with(program, arguments, &[])
}

/// Likewise, with environment variables.
pub(crate) fn run_with(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    println!("\n$ {line}");
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        // The toolchain that runs this task must not decide which one the command uses.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .current_dir(root())
        .status()
        .map_err(|error| format!("`{program}` does not start: {error}"))?;
    println!("  ({:.0} s)", start.elapsed().as_secs_f64());
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed: {status}")) }
}

/// Runs a program in the workspace's folder and returns what it prints.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String, String> {
    output_with(program, arguments, &[])
}

/// Likewise, with environment variables.
pub(crate) fn output_with(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .envs(environment.iter().copied())
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`{program}` does not start: {error}"))?;
    if output.status.success() {
        String::from_utf8(output.stdout).map_err(|_| format!("`{program}` printed no text"))
    } else {
        Err(format!("`{program} {}` failed: {}", arguments.join(" "), output.status))
    }
}

/// Whether a program starts and succeeds; its output is dropped.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .env_remove("RUSTUP_TOOLCHAIN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Installs Debian packages, without questions. That needs root, and `apt-get` says so to others.
pub(crate) fn debian_packages(packages: &[&str]) -> Result<(), String> {
    if !succeeds("apt-get", &["--version"]) {
        return Err(format!("there is no apt-get to install {} with", packages.join(" ")));
    }
    run("apt-get", &["update", "--quiet", "--quiet"])?;
    let install = ["install", "--yes", "--quiet", "--quiet", "--no-install-recommends"];
    run_with("apt-get", &[&install[..], packages].concat(), &[("DEBIAN_FRONTEND", "noninteractive")])
}

/// Installs a subcommand of Cargo, at the version that is known to work, where there is none.
pub(crate) fn cargo_tool(name: &str, version: &str) -> Result<(), String> {
    if succeeds("cargo", &[name, "--version"]) {
        return Ok(());
    }
    cargo_install(&format!("cargo-{name}"), version, &[])
}

/// Builds and installs a program. It is not optimized, because building takes longer than anything that these programs do
/// here: `cargo-public-api` is there after 80 s in place of 200.
pub(crate) fn cargo_install(package: &str, version: &str, options: &[&str]) -> Result<(), String> {
    let install = ["install", "--locked", "--debug", package, "--version", version];
    run_with("cargo", &[&install[..], options].concat(), &[("CARGO_PROFILE_DEV_DEBUG", "0")])
}
