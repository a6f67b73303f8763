//! The guide in `crates/guide`: its shell commands are run as a reader runs them, and it is rendered. Its examples in Rust are
//! tests of that crate.

mod book;
mod shell;

use std::path::PathBuf;

use crate::command::root;

/// The guide's chapters.
fn chapters() -> PathBuf {
    root().join("crates/guide/chapters")
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => shell::run(""),
        [only] if only == "book" => book::run(),
        [name] => shell::run(name),
        _ => Err("cargo xtask guide [book | NAME]".into()),
    }
}
