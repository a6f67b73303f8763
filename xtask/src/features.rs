//! `cargo xtask features`: the libraries compile with each of their features, with none, and with all; `pairs`: with
//! any two.

use crate::command::{cargo_tool, run as command};

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

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let sets: &[&str] = match arguments {
        [] => &["--each-feature"],
        // Features that imply each other make most of the larger sets the same as one of two.
        [only] if only == "pairs" => &["--feature-powerset", "--depth", "2"],
        _ => return Err("cargo xtask features [pairs]".into()),
    };
    cargo_tool("hack", "0.6.46")?;
    let mut check = vec!["hack", "check", "--quiet", "--locked"];
    check.extend(sets);
    LIBRARIES.iter().for_each(|library| check.extend(["--package", library]));
    command("cargo", &check)
}
