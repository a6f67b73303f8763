//! `cargo xtask features`: the libraries compile with any two of their features, with none, and with all.

use crate::command::{run as command, succeeds};

/// The libraries that have features to combine.
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
    if !succeeds("cargo", &["hack", "--version"]) {
        command("cargo", &["install", "--locked", "cargo-hack", "--version", "0.6.46"])?;
    }
    // Features that imply each other make most of the larger sets the same as one of two.
    let mut check = vec!["hack", "check", "--quiet", "--locked", "--feature-powerset", "--depth", "2"];
    LIBRARIES.iter().for_each(|library| check.extend(["--package", library]));
    command("cargo", &check)
}
