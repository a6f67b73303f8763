//! `cargo xtask throughput`: both adapters beside the bare HTTP clients and curl, against the local server on the
//! loopback address, and their memory. The measuring is done by an example of each adapter.

use std::path::{Path, PathBuf};

use crate::interop::{Call, Workshop, cargo_build};

const USAGE: &str = "\
cargo xtask throughput [options]

  --mib N           size of the large object (1024)
  --rounds N        how often each one runs, in turns (7)
  --objects N       how many objects of 4 KiB, 32 in flight (10000)
  --memory N,N      MiB up and down, for each of which the memory is measured (256,4096)
  --folder PATH     where the files are, and the server's unless it keeps its objects in memory (/dev/shm where there
                    is one, which takes the disk out of the figures); memory is measured in the system's
                    temporary directory";

/// What must be reached, as the ratio to the bare client: of large objects, and of small ones.
const GOALS: (&str, &str) = ("0.95", "0.90");
/// The most that memory may grow over that of the idle process.
const MEMORY_GOAL: &str = "48 MiB";

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

    // Of every byte, on this machine: the part of the figures that no adapter can do anything about.
    let [_, rate, milliseconds] = measure(&adapters[0].1, &["checksum", "1024", "5"], None)?;
    println!("The checksum alone: {rate} MiB/s, {milliseconds} ms for 1 GiB\n");

    println!(
        "MiB/s (objects/s), medians of {} rounds; ratios of ours to the bare client, round by round, and of the \
         fastest rounds\n",
        options.rounds
    );
    println!(
        "| client | what | server's objects | bare | ours | curl | quartile | median | quartile | fastest | goal | median to curl | processor time |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, program) in &adapters {
        for (what, storage, amount, goal) in [
            ("put", "memory", options.mib, GOALS.0),
            ("put", "files", options.mib, GOALS.0),
            ("get", "memory", options.mib, GOALS.0),
            ("get", "files", options.mib, GOALS.0),
            ("get-file", "memory", options.mib, GOALS.0),
            ("get-ranges", "memory", options.mib, ""),
            ("small", "files", options.objects, GOALS.1),
        ] {
            let (amount, rounds) = (amount.to_string(), options.rounds.to_string());
            let fields = measure(program, &[what, &amount, &rounds, storage], options.folder.as_deref())?;
            let [_, bare, ours, curl, low, median, high, fastest, to_curl, processor] = fields;
            println!(
                "| {name} | {what} | {storage} | {bare} | {ours} | {curl} | {low} | {median} | {high} | {fastest} | {goal} | {to_curl} | {processor} |"
            );
        }
    }

    println!(
        "\n| client | MiB up and down | idle | more after the upload | more after the download | goal |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, program) in &adapters {
        for &mib in &options.memory {
            let [_, _, idle, up, down] = measure(program, &["rss", &mib.to_string(), "1"], None)?;
            let [idle, up, down] = [idle, up, down].map(|kib| mebibytes(&kib));
            println!("| {name} | {mib} | {idle} | {up} | {down} | {MEMORY_GOAL} |");
        }
    }
    Ok(())
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

fn mebibytes(kib: &str) -> String {
    kib.parse::<f64>().map_or_else(|_| kib.to_owned(), |kib| format!("{:.1} MiB", kib / 1024.0))
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
            "--rounds" => options.rounds = number(value()?)?,
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
        for line in ["--mib 0", "--mib", "--memory 1,x", "--fast"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
