//! `cargo xtask throughput`: both adapters beside the bare HTTP clients and curl, against the local server on the
//! loopback address, and their memory. The measuring is done by an example of each adapter.

use std::path::{Path, PathBuf};

use crate::interop::{Call, Workshop, cargo_build};

const USAGE: &str = "\
cargo xtask throughput [options]

  --mib N           size of the large object (1024)
  --rounds N        how often each one runs, in turns (7); 0 measures memory alone
  --objects N       how many objects of 4 KiB, 32 in flight (10000)
  --memory N,N      MiB up and down, for each of which the memory is measured (256,4096)
  --folder PATH     where the files are, and the server's unless it keeps its objects in memory (/dev/shm where there
                    is one, which takes the disk out of the figures); memory is measured in the system's
                    temporary directory";

/// What must be reached, as the ratio of what may be taken, the bare client's time and the checksum's own, to what was.
const GOAL: f64 = 0.95;
/// The most MiB that memory may grow over that of the idle process.
const MEMORY_GOALS: [(&str, f64); 2] = [("reqwest", 9.0), ("ureq", 4.0)];

struct Options {
    mib: u64,
    rounds: u64,
    objects: u64,
    memory: Vec<u64>,
    folder: Option<PathBuf>,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = parse(arguments)?;
    // In one go: apart, each would be built with features of its own, and everything below it twice.
    let both = ["--package", "oss-upload-reqwest", "--package", "oss-upload-ureq", "--examples"];
    cargo_build(&["build", "--quiet", "--locked", "--release"], &both)?;
    let examples = Workshop::new()?.release().join("examples");
    let adapters = ["reqwest", "ureq"].map(|name| (name, examples.join(format!("throughput_{name}"))));

    if options.rounds > 0 {
        times(&options, &adapters)?;
    }
    memory(&options, &adapters)
}

fn times(options: &Options, adapters: &[(&str, PathBuf)]) -> Result<(), String> {
    // Of every byte, on this machine: the part of the figures that no adapter can do anything about.
    let [_, rate, milliseconds] = measure(&adapters[0].1, &["checksum", "1024", "5"], None)?;
    println!("The checksum alone: {rate} MiB/s, {milliseconds} ms for 1 GiB\n");

    println!(
        "Milliseconds, medians of {} rounds, the disk's own (a file is synced before it is renamed, the bare client's as \
         well) apart; ratios round by round, of what may be taken, bare + checksum, to what was\n",
        options.rounds
    );
    println!(
        "| client | what | server's objects | checksum | bare | its disk | ours | its disk | curl | quartile | median | quartile | goal | met | bare/ours | curl/ours | MiB/s, objects/s | processor time |"
    );
    println!("|{}", "---|".repeat(18));
    for (name, program) in adapters {
        for (what, storage, amount, counts) in [
            ("put", "memory", options.mib, true),
            ("get", "memory", options.mib, true),
            ("get-file", "memory", options.mib, true),
            ("small", "files", options.objects, true),
            ("put", "files", options.mib, false),
            ("get", "files", options.mib, false),
            ("get-ranges", "memory", options.mib, false),
        ] {
            let (amount, rounds) = (amount.to_string(), options.rounds.to_string());
            let fields = measure(program, &[what, &amount, &rounds, storage], options.folder.as_deref())?;
            let [
                _,
                checksum,
                bare,
                disk,
                ours,
                our_disk,
                curl,
                low,
                median,
                high,
                to_bare,
                to_curl,
                rate,
                processor,
            ] = fields;
            let met = median.parse().is_ok_and(|median: f64| median >= GOAL);
            let (goal, met) = if counts { (GOAL.to_string(), yes(met)) } else { (String::new(), "") };
            println!(
                "| {name} | {what} | {storage} | {checksum} | {bare} | {disk} | {ours} | {our_disk} | {curl} | {low} | {median} | {high} | {goal} | {met} | {to_bare} | {to_curl} | {rate} | {processor} |"
            );
        }
    }

    Ok(())
}

fn memory(options: &Options, adapters: &[(&str, PathBuf)]) -> Result<(), String> {
    println!(
        "\n| client | MiB up and down | MiB idle | more after the upload | more after the download | goal | met |"
    );
    println!("|{}", "---|".repeat(7));
    for (name, program) in adapters {
        let goal = MEMORY_GOALS.iter().find(|(client, _)| client == name).map_or(0.0, |(_, goal)| *goal);
        for &mib in &options.memory {
            let fields: [String; 5] = measure(program, &["rss", &mib.to_string(), "1"], None)?;
            let [idle, up, down] = [2, 3, 4].map(|at| fields[at].parse().unwrap_or(f64::NAN) / 1024.0);
            let met = yes(up.max(down) <= goal);
            println!("| {name} | {mib} | {idle:.1} | {up:.1} | {down:.1} | {goal} | {met} |");
        }
    }
    Ok(())
}

fn yes(met: bool) -> &'static str {
    if met { "yes" } else { "**no**" }
}

/// Runs one measurement and takes its line apart.
fn measure<const N: usize>(
    program: &Path,
    arguments: &[&str],
    folder: Option<&Path>,
) -> Result<[String; N], String> {
    let call = Call::new(program, 3_600).args(arguments);
    let call = match folder {
        Some(folder) => call.env("TMPDIR", folder),
        None => call,
    };
    let said = call.captured()?;
    let fields: Vec<_> = said.trim().split('\t').map(str::to_owned).collect();
    fields.try_into().map_err(|_| format!("`{}` said: {said}", arguments.join(" ")))
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let shared = PathBuf::from("/dev/shm");
    let mut options = Options {
        mib: 1024,
        rounds: 7,
        objects: 10_000,
        memory: vec![256, 4096],
        folder: shared.is_dir().then_some(shared),
    };
    let mut arguments = arguments.iter();
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{option} needs a value\n\n{USAGE}"));
        match option.as_str() {
            "--mib" => options.mib = number(value()?)?,
            "--rounds" => {
                let rounds = value()?;
                options.rounds = if rounds == "0" { 0 } else { number(rounds)? };
            }
            "--objects" => options.objects = number(value()?)?,
            "--memory" => options.memory = value()?.split(',').map(number).collect::<Result<_, _>>()?,
            "--folder" => options.folder = Some(value()?.into()),
            other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
        }
    }
    Ok(options)
}

fn number(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| format!("`{text}` is no number from 1 to 1000000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_defaults_and_limits() {
        let parsed = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let options = parsed("--memory 1,2 --rounds 3").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((options.mib, options.rounds, options.memory), (1024, 3, vec![1, 2]));
        assert!(parsed("--rounds 0").is_ok_and(|options| options.rounds == 0));
        for line in ["--mib 0", "--mib", "--memory 1,x", "--fast"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
