//! `cargo xtask minimal`: everything compiles with the oldest versions of its dependencies that the manifests allow.
//!
//! Who has an older lock file gets them. Versions that only dependencies ask for are the newest: theirs is not our promise.

use crate::command::{copy_sources, run as command, run_with, target};
use crate::nightly;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let toolchain = nightly::toolchain()?;
    // A copy, because the lock file of the workspace must stay as it is.
    let folder = target().join("minimal");
    copy_sources(&folder)?;
    let manifest = folder.join("Cargo.toml").to_string_lossy().into_owned();
    let plus = format!("+{toolchain}");
    let resolve = [&plus, "generate-lockfile", "-Z", "direct-minimal-versions", "--manifest-path", &manifest];
    command("cargo", &resolve)?;
    let check = ["check", "--locked", "--workspace", "--all-features", "--manifest-path", &manifest];
    run_with("cargo", &check, &[("CARGO_TARGET_DIR", &target().join("minimal-build").to_string_lossy())])
}
