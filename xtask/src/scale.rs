//! `cargo xtask scale`: `batch` as a filter of lines under GNU parallel or Spark signs the same set of lines as one process
//! does.
//!
//! Signing shares nothing between processes but the credential, so whatever cuts a text into blocks of lines and pipes
//! each through a process (`parallel --pipe`, Spark's `pipe`, Hadoop streaming) spreads it over cores and machines.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::command::{root, run as run_command, succeeds};
use crate::interop::{ID, REGION, SECRET, Workshop, cargo_build};

const USAGE: &str = "\
cargo xtask scale [options]

  --lines N       how many lines are signed (10000000)
  --under NAME    `parallel` (the default), or `spark`, which needs Java 17 and fetches pyspark (456 MB) from PyPI
  --jobs N        how many processes run at once (2)
  --block SIZE    what `parallel` gives to one process (4M)
  --program PATH  the command to try, such as one from an archive; built here without it";

/// Signatures of one second, so that two runs can be compared.
const SIGNED_AT: u64 = 1_731_400_358;
/// The version from PyPI.
const PYSPARK: &str = "4.3.0";

/// What cuts the lines into blocks and starts the processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Parallel,
    Spark,
}

struct Options {
    lines: u64,
    engine: Engine,
    jobs: u64,
    block: String,
    program: Option<PathBuf>,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = parse(arguments)?;
    let program = match options.program {
        Some(program) => program,
        None => {
            let build = ["build", "--quiet", "--locked", "--release"];
            cargo_build(&build, &["--package", "oss-presign-cli", "--bin", "oss-presign"])?;
            Workshop::new()?.release().join("oss-presign")
        }
    };
    let jobs = options.jobs.to_string();
    let many = match options.engine {
        Engine::Parallel => signed(parallel(&program, &jobs, &options.block)?, options.lines, "parallel")?,
        Engine::Spark => signed(spark(&program, &jobs)?, options.lines, "spark")?,
    };
    let mut one = Command::new(&program);
    one.arg("batch");
    let one = signed(one, options.lines, "one process")?;
    if many != one {
        return Err("the two sets of lines differ".into());
    }
    println!("the same {} lines", one.lines);
    Ok(())
}

/// The command under GNU parallel.
fn parallel(program: &Path, jobs: &str, block: &str) -> Result<Command, String> {
    if !succeeds("parallel", &["--version"]) {
        return Err("install GNU parallel, which Debian has in `parallel`".into());
    }
    let mut parallel = Command::new("parallel");
    parallel.args(["--will-cite", "--pipe", "--jobs", jobs, "--block", block, "--halt", "now,fail=1"]);
    parallel.arg(program).arg("batch");
    Ok(parallel)
}

/// The command under Spark's `pipe`, as `xtask/scale/spark_pipe.py` calls it.
fn spark(program: &Path, jobs: &str) -> Result<Command, String> {
    if !succeeds("java", &["-version"]) {
        return Err("install Java 17 or newer, which Debian has in `openjdk-17-jre-headless`".into());
    }
    let folder = Workshop::new()?.target("scale");
    let venv = folder.join("venv").to_string_lossy().into_owned();
    let python = format!("{venv}/bin/python");
    if !succeeds(&python, &["-c", "import pyspark"]) {
        run_command("python3", &["-m", "venv", "--clear", &venv])?;
        run_command(&python, &["-m", "pip", "install", "--quiet", &format!("pyspark=={PYSPARK}")])?;
    }
    let mut spark = Command::new(python);
    spark.arg(root().join("xtask/scale/spark_pipe.py")).arg(folder.join("lines")).arg(jobs);
    spark.arg(program).arg("batch");
    Ok(spark)
}

/// A set of lines, whatever their order: how many, and the sum of two hashes of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    lines: u64,
    sums: [u64; 2],
}

impl Lines {
    fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        for (salt, sum) in self.sums.iter_mut().enumerate() {
            let mut hasher = DefaultHasher::new();
            (salt, line).hash(&mut hasher);
            *sum = sum.wrapping_add(hasher.finish());
        }
    }
}

/// Pipes the lines through a command, and says how long that took.
fn signed(mut command: Command, lines: u64, name: &str) -> Result<Lines, String> {
    let failed = |error: io::Error| format!("{name}: {error}");
    command.env("OSS_ACCESS_KEY_ID", ID).env("OSS_ACCESS_KEY_SECRET", SECRET).env("OSS_REGION", REGION);
    command.env_remove("OSS_ENDPOINT").env_remove("OSS_SESSION_TOKEN");
    let start = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{name} has no pipes"));
    };
    let (written, read) = std::thread::scope(|scope| {
        let writer = scope.spawn(move || write_requests(lines, input));
        let read = read(output);
        (writer.join(), read)
    });
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(format!("{name}: {status}"));
    }
    written.map_err(|_| format!("{name}: the writer ended early"))?.map_err(failed)?;
    let read = read.map_err(failed)?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {} lines in {seconds:.0} s", read.lines);
    if read.lines != lines { Err(format!("{name}: {lines} lines in, {} out", read.lines)) } else { Ok(read) }
}

/// Requests of three kinds, with keys that must be encoded.
pub(crate) fn write_requests(lines: u64, input: impl Write) -> io::Result<()> {
    let mut input = BufWriter::with_capacity(1 << 20, input);
    for id in 0..lines {
        let common = format!(
            r#""id":{id},"bucket":"examplebucket","key":"year=2027/ü +{id}.parquet","timestamp":{SIGNED_AT}"#
        );
        match id % 3 {
            0 => writeln!(input, r#"{{{common},"method":"GET"}}"#)?,
            1 => writeln!(
                input,
                r#"{{{common},"method":"PUT","headers":[["content-type","text/csv"]],"expires":600}}"#
            )?,
            _ => writeln!(input, r#"{{{common},"method":"DELETE","kind":"header"}}"#)?,
        }
    }
    input.flush()
}

fn read(output: impl io::Read) -> io::Result<Lines> {
    let mut output = BufReader::with_capacity(1 << 20, output);
    let (mut lines, mut line) = (Lines::default(), Vec::new());
    while output.read_until(b'\n', &mut line)? > 0 {
        if line.windows(9).any(|window| window == b"\"error\":{") {
            return Err(io::Error::other(String::from_utf8_lossy(&line)));
        }
        lines.add(&line);
        line.clear();
    }
    Ok(lines)
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let block = "4M".to_owned();
    let mut options = Options { lines: 10_000_000, engine: Engine::Parallel, jobs: 2, block, program: None };
    let mut arguments = arguments.iter();
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or(format!("{option} needs a value\n\n{USAGE}"))?;
        match option.as_str() {
            "--lines" => options.lines = number(value)?,
            "--jobs" => options.jobs = number(value)?,
            "--under" => options.engine = engine(value)?,
            "--block" => options.block.clone_from(value),
            "--program" => {
                options.program =
                    Some(Path::new(value).canonicalize().map_err(|error| format!("{value}: {error}"))?);
            }
            other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
        }
    }
    Ok(options)
}

fn engine(name: &str) -> Result<Engine, String> {
    match name {
        "parallel" => Ok(Engine::Parallel),
        "spark" => Ok(Engine::Spark),
        _ => Err(format!("`{name}` is neither `parallel` nor `spark`")),
    }
}

pub(crate) fn number(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000_000).contains(number));
    number.ok_or_else(|| format!("`{text}` is no number from 1 to 1000000000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Lines {
        let mut lines = Lines::default();
        texts.iter().for_each(|text| lines.add(text.as_bytes()));
        lines
    }

    #[test]
    fn sets_of_lines_are_compared_without_their_order() {
        assert_eq!(lines(&["a", "b", "b"]), lines(&["b", "a", "b"]));
        for other in [&["a", "b"][..], &["a", "b", "c"], &["a", "a", "b"], &["ab", "b", ""]] {
            assert_ne!(lines(&["a", "b", "b"]), lines(other));
        }
        assert!(read(&b"{\"id\":1,\"error\":{\"code\":\"x\"}}\n"[..]).is_err());
        assert_eq!(read(&b"a\nb\n"[..]).map(|lines| lines.lines).ok(), Some(2));
    }

    #[test]
    fn options_have_defaults_and_limits() {
        let parsed = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let options = parsed("--lines 5 --block 1M").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((options.lines, options.jobs, options.block.as_str()), (5, 2, "1M"));
        assert_eq!(options.engine, Engine::Parallel);
        assert_eq!(parsed("--under spark").ok().map(|options| options.engine), Some(Engine::Spark));
        for line in ["--lines 0", "--under hadoop", "--lines", "--program none", "--fast 1"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
