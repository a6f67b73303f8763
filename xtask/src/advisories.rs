//! `cargo xtask advisories`: what the RustSec database says of the versions in the lock files that are shipped.

use std::process::Command;

use crate::command::{cargo_tool, root};

/// The libraries and the command; the firmware that others begin with.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "crates/firmware/Cargo.toml"];

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    install()?;
    for manifest in MANIFESTS {
        let check = ["deny", "--locked", "--manifest-path", manifest, "check", "--config"];
        let config = root().join("deny.toml");
        let output = Command::new("cargo")
            .args(check)
            .arg(&config)
            .arg("advisories")
            .env_remove("RUSTUP_TOOLCHAIN")
            .current_dir(root())
            .output()
            .map_err(|error| format!("`cargo deny` does not start: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("failed to fetch advisory database") {
            return Err(
                "The RustSec database could not be downloaded, so nothing was looked up: run this where \
                        github.com can be reached."
                    .into(),
            );
        }
        println!("{manifest}\n{said}");
        if !output.status.success() {
            return Err(format!("{manifest}: an advisory applies, or a version was yanked"));
        }
    }
    Ok(())
}

/// Installs cargo-deny where it is missing.
pub(crate) fn install() -> Result<(), String> {
    cargo_tool("deny", "0.20.2")
}
