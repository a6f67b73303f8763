//! `cargo xtask coverage [--lines]`: how many lines of core, std and upload the tests run; fails below the limit.
//!
//! Unit tests at the end of a file do not count as lines of it. A process that a test starts counts, if the test leaves it the
//! variable `LLVM_PROFILE_FILE`. Pages that show each line are written to `target/llvm-cov/html`.
//!
//! Some lines cannot run in a test, and are the reason why the limit is not 100 %:
//!
//! - what the compiler evaluates: the functions that make the tables of `encode` and `verify/canonical_query`;
//! - arms that a `match` must have although nothing leads there: what is right (`Strict`, `EncodedNames`, `Layout::Right`,
//!   `Digest::Hex`) among the mistakes of `explain`, and errors that another check has already excluded;
//! - what depends on the machine: the metadata service of ECS at its fixed address, a user without a home directory, a name
//!   server, a full disk, a system call that is interrupted;
//! - what only a build without some feature does, such as refusing `https` without TLS.

use std::collections::BTreeMap;
use std::fs;

use crate::command::{cargo_tool, root, run as command, target};

/// The least share of lines that tests must run, in per cent.
const LEAST: f64 = 97.0;
/// The crates that are measured.
const MEASURED: [&str; 3] = ["oss-presign", "oss-presign-std", "oss-upload"];
/// Crates whose tests run: the transfers of oss-upload are tested by the scenarios that an adapter drives.
const TESTED: [&str; 4] = ["oss-presign", "oss-presign-std", "oss-upload", "oss-upload-ureq"];

/// How often each line of a file ran.
type Lines = BTreeMap<usize, u64>;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    command("rustup", &["component", "add", "llvm-tools"])?;
    cargo_tool("llvm-cov", "0.9.1")?;
    // What an earlier run has counted stays in the folder otherwise, also of tests that are no more.
    command("cargo", &["llvm-cov", "clean", "--profraw-only"])?;
    let report = target().join("coverage.lcov");
    let report = report.to_string_lossy();
    let mut test = vec!["llvm-cov", "--locked", "--all-features", "--no-report"];
    TESTED.iter().for_each(|package| test.extend(["--package", package]));
    command("cargo", &test)?;
    command("cargo", &["llvm-cov", "report", "--lcov", "--output-path", &report])?;
    command("cargo", &["llvm-cov", "report", "--html"])?;
    let text = fs::read_to_string(report.as_ref()).map_err(|error| format!("{report}: {error}"))?;
    summarize(&lines_by_file(&text)?, arguments.iter().any(|argument| argument == "--lines"))
}

/// Reads the report: `SF:FILE`, then `DA:LINE,COUNT` for each line with code.
fn lines_by_file(report: &str) -> Result<BTreeMap<String, Lines>, String> {
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    let (mut file, mut end) = (None, usize::MAX);
    for line in report.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            file = measured(path);
            end = match &file {
                Some(_) => first_line_of_tests(path)?,
                None => usize::MAX,
            };
        } else if let (Some(file), Some(entry)) = (&file, line.strip_prefix("DA:")) {
            let (number, count) = entry.split_once(',').ok_or("a line of the report without a count")?;
            let number: usize = number.parse().map_err(|_| format!("`{entry}` has no line number"))?;
            let count: u64 = count.parse().map_err(|_| format!("`{entry}` has no count"))?;
            if number < end {
                *files.entry(file.clone()).or_default().entry(number).or_default() += count;
            }
        }
    }
    Ok(files)
}

/// The name of a source file of a measured crate, as `crate/file`.
fn measured(path: &str) -> Option<String> {
    let crates = root().join("crates");
    let name = path.strip_prefix(&*crates.to_string_lossy())?.trim_start_matches('/');
    let (package, file) = name.split_once("/src/")?;
    // A whole file of unit tests, as `plan/tests.rs`.
    let is_test = file.ends_with("tests.rs") || file.contains("/tests/");
    (MEASURED.contains(&package) && !is_test).then(|| format!("{package}/{file}"))
}

/// Unit tests stand at the end of the file that they test.
fn first_line_of_tests(path: &str) -> Result<usize, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let lines: Vec<&str> = text.lines().collect();
    let is_start = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ");
    Ok(lines.windows(2).position(is_start).map_or(usize::MAX, |index| index + 1))
}

fn summarize(files: &BTreeMap<String, Lines>, name_lines: bool) -> Result<(), String> {
    let share = |ran: usize, all: usize| 100.0 * ran as f64 / all as f64;
    let count = |lines: &Lines| lines.values().filter(|&&count| count > 0).count();
    println!();
    for (file, lines) in files.iter().filter(|(_, lines)| count(lines) < lines.len()) {
        let missing: Vec<_> = lines.iter().filter(|(_, count)| **count == 0).map(|(line, _)| *line).collect();
        println!("{:5.1} %  {:3} missing  {file}", share(count(lines), lines.len()), missing.len());
        if name_lines {
            println!("         {missing:?}");
        }
    }
    let mut below = Vec::new();
    for package in MEASURED {
        let of_package = || files.iter().filter(|(file, _)| file.starts_with(&format!("{package}/")));
        let all: usize = of_package().map(|(_, lines)| lines.len()).sum();
        let ran: usize = of_package().map(|(_, lines)| count(lines)).sum();
        if all == 0 {
            return Err(format!("the report has no line of {package}"));
        }
        println!("{package}: {ran} of {all} lines run, {:.2} %", share(ran, all));
        if share(ran, all) < LEAST {
            below.push(package);
        }
    }
    if below.is_empty() { Ok(()) } else { Err(format!("below {LEAST} %: {}", below.join(", "))) }
}
