//! `cargo xtask fuzz [--seconds N] [TARGET…]`: arbitrary input for everything that reads what others wrote.
//!
//! What a run finds of new paths is kept in `fuzz/corpus`, and the next run begins with it; `fuzz/seeds` holds the few
//! inputs that every run begins with. What libFuzzer prints goes to `target/fuzz/TARGET.log`.

use std::fs::{self, File};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::command::{cargo_tool, root, run as command, target};
use crate::nightly;

/// How long each target runs when nothing else is asked for: four hours.
const SECONDS: u32 = 14_400;
/// One input that takes longer is reported, in seconds.
const LONGEST: u32 = 25;
/// No address sanitizer: no code of the project is `unsafe`, and without it there are twice as many executions.
const PLAIN: [&str; 2] = ["--sanitizer", "none"];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut seconds = SECONDS;
    let mut wanted = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--seconds" => {
                let number = rest.next().and_then(|number| number.parse().ok());
                seconds = number.ok_or("--seconds wants a number")?;
            }
            target => wanted.push(target.to_owned()),
        }
    }
    let known = targets()?;
    if let Some(unknown) = wanted.iter().find(|target| !known.contains(target)) {
        return Err(format!("there is no fuzz target `{unknown}`; there are {}", known.join(", ")));
    }
    if wanted.is_empty() {
        wanted = known;
    }
    let toolchain = format!("+{}", nightly::toolchain()?);
    cargo_tool("fuzz", "0.13.2")?;
    command("cargo", &[&[&toolchain, "fuzz", "build"], &PLAIN[..]].concat())?;
    let start = Instant::now();
    println!("\n{:20} {:>12} {:>10}", "target", "executions", "coverage");
    // A target uses one core.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    for names in wanted.chunks(cores) {
        let logs: Vec<Result<String, String>> = std::thread::scope(|scope| {
            let toolchain = &toolchain;
            let begin = |name| scope.spawn(move || run_target(toolchain, name, seconds));
            let threads: Vec<_> = names.iter().map(String::as_str).map(begin).collect();
            threads.into_iter().map(|thread| thread.join().expect("it returns its errors")).collect()
        });
        for (name, log) in names.iter().zip(logs) {
            let log = log?;
            let Reached { executions, coverage } = Reached::read(&log)?;
            println!("{name:20} {executions:>12} {coverage:>10}");
        }
    }
    println!(
        "\nfuzz: {} targets, {} s each, nothing found ({:.0} s)",
        wanted.len(),
        seconds,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The names of the files in `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

/// Runs one target, and returns what libFuzzer printed.
fn run_target(toolchain: &str, name: &str, seconds: u32) -> Result<String, String> {
    let corpus = format!("fuzz/corpus/{name}");
    let (folder, logs) = (root().join(&corpus), target().join("fuzz"));
    for folder in [&folder, &logs] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut run = vec![toolchain, "fuzz", "run"];
    run.extend(PLAIN);
    run.extend([name, &corpus]);
    let seeds = format!("fuzz/seeds/{name}");
    if root().join(&seeds).is_dir() {
        run.push(&seeds);
    }
    let (total, timeout) = (format!("-max_total_time={seconds}"), format!("-timeout={LONGEST}"));
    run.extend(["--", &total, &timeout, "-dict=fuzz/oss.dict"]);
    logged(&run, &logs.join(format!("{name}.log")))
}

/// Runs Cargo with its output in a file; the end of the output is in the error.
fn logged(arguments: &[&str], path: &Path) -> Result<String, String> {
    const END: usize = 40;
    let failed = |error| format!("{}: {error}", path.display());
    let log = File::create(path).map_err(failed)?;
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").current_dir(root());
    let status = cargo.stdout(log.try_clone().map_err(failed)?).stderr(log).status().map_err(failed)?;
    // What an input made a target print need not be text.
    let text = String::from_utf8_lossy(&fs::read(path).map_err(failed)?).into_owned();
    if status.success() {
        return Ok(text);
    }
    let lines: Vec<_> = text.lines().collect();
    let end = lines[lines.len().saturating_sub(END)..].join("\n");
    Err(format!("{end}\n`cargo {}` failed; all of its output is in {}", arguments.join(" "), path.display()))
}

/// How far a run came.
#[derive(Debug, PartialEq, Eq)]
struct Reached<'a> {
    executions: &'a str,
    /// Branches of the code that some input took.
    coverage: &'a str,
}

impl<'a> Reached<'a> {
    /// Reads the last line of libFuzzer: `#EXECUTIONS DONE cov: COVERAGE ft: …`.
    fn read(log: &'a str) -> Result<Self, String> {
        let found = log.lines().rev().find_map(|line| {
            let (executions, rest) = line.strip_prefix('#')?.split_once(char::is_whitespace)?;
            let coverage =
                rest.trim().strip_prefix("DONE")?.trim().strip_prefix("cov: ")?.split(' ').next()?;
            Some(Self { executions, coverage })
        });
        found.ok_or_else(|| "libFuzzer did not say how far it came".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_line_of_libfuzzer() {
        let log = "#2\tINITED cov: 7 ft: 8 corp: 1/1b\n#8192\tpulse  cov: 9 ft: 9\n#145627\tDONE   cov: 2160 ft: 9183 corp: 5/12Kb\nDone 145627 runs in 5 second(s)\n";
        assert_eq!(Reached::read(log), Ok(Reached { executions: "145627", coverage: "2160" }));
        assert!(Reached::read("#2\tINITED cov: 7 ft: 8\n").is_err());
    }
}
