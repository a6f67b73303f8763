//! `crates/oss-presign-c`: its header, its tests in Rust and in C, on this machine and on an emulated board.

mod board;
mod header;
mod host;
mod in_rust;
mod install;
mod panics;
mod readme;
mod tools;
mod vectors;

pub(crate) use install::install;

use std::path::PathBuf;

use crate::command::{root, run as command, run_with};

const FOLDER: &str = "crates/oss-presign-c";
const MANIFEST: &str = "crates/oss-presign-c/Cargo.toml";

/// One line of the table: a place where C programs use the library.
struct Row {
    place: &'static str,
    vectors: usize,
    /// Flash, RAM and stack of one signature in bytes, where there is no operating system.
    cost: Option<board::Cost>,
    missing: &'static str,
}

/// The parts, in the order in which they run. Naming one runs it alone.
const PARTS: [&str; 6] = ["header", "rust", "host", "board", "panics", "readme"];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let only = match arguments {
        [] => None,
        [write] if write == "--header" => return header::write(),
        [part] if PARTS.contains(&part.as_str()) => Some(part.as_str()),
        _ => return Err(format!("cargo xtask c [--header | {}]", PARTS.join(" | "))),
    };
    tools::check()?;
    let vectors = vectors::choose()?;
    let mut rows = Vec::new();
    for part in PARTS.into_iter().filter(|part| only.is_none_or(|only| only == *part)) {
        match part {
            "header" => header::compare()?,
            "rust" => rust()?,
            "host" => rows.extend(host::run(&vectors)?),
            "board" => rows.extend(board::run(&vectors)?),
            "panics" => panics::run()?,
            _ => readme::follow()?,
        }
    }
    print(&rows);
    Ok(())
}

/// Lints and tests of the crate itself, the tests also under Miri: it sees what the processor lets pass.
fn rust() -> Result<(), String> {
    let clippy = ["clippy", "--manifest-path", MANIFEST, "--locked", "--all-targets", "--", "-D", "warnings"];
    let target = target().join("rust").display().to_string();
    let target = [("CARGO_TARGET_DIR", target.as_str())];
    run_with("cargo", &clippy, &target)?;
    run_with("cargo", &["test", "--manifest-path", MANIFEST, "--locked"], &target)?;
    run_with("cargo", &["+nightly", "miri", "test", "--manifest-path", MANIFEST, "--locked"], &target)
}

/// Where everything is built.
fn target() -> PathBuf {
    root().join("target/c")
}

/// Empties a folder below [`target`], so that nothing in it is left from before.
fn fresh(name: &str) -> Result<PathBuf, String> {
    let folder = target().join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Builds and installs the CMake package, as the README says, into a prefix below [`target`]. The options are CMake's.
fn package(name: &str, prefix: &str, options: &[&str]) -> Result<PathBuf, String> {
    let prefix = fresh(&format!("{name}/{prefix}"))?;
    let build = target().join(name).join("build").display().to_string();
    let install = format!("-DCMAKE_INSTALL_PREFIX={}", prefix.display());
    command("cmake", &[&["-S", FOLDER, "-B", &build, &install], options].concat())?;
    command("cmake", &["--build", &build])?;
    command("cmake", &["--install", &build])?;
    Ok(prefix)
}

fn print(rows: &[Row]) {
    println!("\n| place | vectors passed | flash B | RAM B | stack B | what does not work there |");
    println!("|---|---|---|---|---|---|");
    for Row { place, vectors, cost, missing } in rows {
        let [flash, ram, stack] = match cost {
            Some(cost) => [cost.flash, cost.ram, cost.stack].map(|bytes| bytes.to_string()),
            None => ["", "", ""].map(str::to_owned),
        };
        println!("| {place} | {vectors} | {flash} | {ram} | {stack} | {missing} |");
    }
}
