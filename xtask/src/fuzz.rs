//! `cargo xtask fuzz [--seconds N] [TARGET…]`: arbitrary input for everything that reads what others wrote.
//!
//! What a run finds of new paths is kept in `fuzz/corpus`, and the next run begins with it; `fuzz/seeds` holds the few
//! inputs that every run begins with.

use std::fs;
use std::time::Instant;

use crate::command::{cargo_tool, root, run as command};
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
    wanted.iter().try_for_each(|target| run_target(&toolchain, target, seconds))?;
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

fn run_target(toolchain: &str, target: &str, seconds: u32) -> Result<(), String> {
    let corpus = format!("fuzz/corpus/{target}");
    let folder = root().join(&corpus);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut run = vec![toolchain, "fuzz", "run"];
    run.extend(PLAIN);
    run.extend([target, &corpus]);
    let seeds = format!("fuzz/seeds/{target}");
    if root().join(&seeds).is_dir() {
        run.push(&seeds);
    }
    let (total, timeout) = (format!("-max_total_time={seconds}"), format!("-timeout={LONGEST}"));
    run.extend(["--", &total, &timeout, "-dict=fuzz/oss.dict", "-print_final_stats=1", "-verbosity=0"]);
    command("cargo", &run)
}
