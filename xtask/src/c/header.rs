//! The header that cbindgen makes, and whether the one that is checked in is the same.

use std::path::{Path, PathBuf};

use super::FOLDER;
use crate::command::{root, run as command};

fn checked_in() -> PathBuf {
    root().join(FOLDER).join("include/oss_presign.h")
}

/// Writes the header where it is checked in.
pub(super) fn write() -> Result<(), String> {
    make(&checked_in())
}

/// Fails when the header is not the one that the sources give, or is not C99 or C++11 without a warning.
pub(super) fn compare() -> Result<(), String> {
    let made = super::fresh("header")?.join("oss_presign.h");
    make(&made)?;
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    if read(&made)? != read(&checked_in())? {
        return Err("oss_presign.h is not what the sources give: run `cargo xtask c --header`".into());
    }
    let header = made.display().to_string();
    let warnings = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-x"];
    command("gcc", &[&["-std=c99"], &warnings[..], &["c", &header]].concat())?;
    command("g++", &[&["-std=c++11"], &warnings[..], &["c++", &header]].concat())
}

fn make(to: &Path) -> Result<(), String> {
    let config = format!("{FOLDER}/cbindgen.toml");
    command("cbindgen", &["--quiet", "--config", &config, "--output", &to.display().to_string(), FOLDER])
}
