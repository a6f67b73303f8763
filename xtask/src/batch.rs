//! `cargo xtask batch`: what `oss-presign batch` does with ten million lines on one core and on all: the same output, in the
//! order of the input, in memory that does not grow with their number; and a pipe is answered line by line.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{emptied, succeeds};
use crate::interop::{ID, REGION, SECRET, Workshop, cargo_build};
use crate::scale::write_requests;

const USAGE: &str = "\
cargo xtask batch [--lines N] [--program PATH]

  --lines N       how many lines are signed (10000000), after a tenth of them
  --program PATH  the command to measure, such as one from an archive; built here without it";

/// How much more memory ten times the lines may take: what an allocator keeps differs from run to run.
const MEMORY_LIMIT_KIB: u64 = 8 << 10;
/// Lines that are each answered before the next is written.
const CONVERSATION: u64 = 1_000;

/// One run of the command.
struct Run {
    lines: u64,
    /// A hash of the whole output.
    output: u64,
    peak_kib: u64,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (lines, program) = parse(arguments)?;
    for (program, package) in [("taskset", "util-linux"), ("/usr/bin/time", "time")] {
        if !succeeds(program, &["--version"]) {
            return Err(format!("install {program}, which Debian has in `{package}`"));
        }
    }
    let program = match program {
        Some(program) => program,
        None => {
            let build = ["build", "--quiet", "--locked", "--release"];
            cargo_build(&build, &["--package", "oss-presign-cli", "--bin", "oss-presign"])?;
            Workshop::new()?.release().join("oss-presign")
        }
    };
    let folder = Workshop::new()?.target("batch");
    emptied(&folder)?;
    println!("{:5} {:>10} {:>9} {:>11} {:>10}", "cores", "lines", "s", "lines/s", "peak MiB");
    let mut outputs = Vec::new();
    for cores in ["0", "all"] {
        let few = measured(&program, &folder, cores, lines.div_ceil(10))?;
        let many = measured(&program, &folder, cores, lines)?;
        if many.peak_kib > few.peak_kib + MEMORY_LIMIT_KIB {
            return Err(format!(
                "{} lines take {} KiB, {} lines {} KiB",
                few.lines, few.peak_kib, many.lines, many.peak_kib
            ));
        }
        outputs.push(many.output);
    }
    if outputs.windows(2).any(|two| two[0] != two[1]) {
        return Err("one core and all cores do not give the same output".into());
    }
    println!("the same output, in the order of the input");
    converse(&program).map_err(|error| format!("line by line: {error}"))?;
    println!("{CONVERSATION} lines through a pipe, each answered before the next is written");
    emptied(&folder)
}

/// Signs so many lines from a file to a file, so that nothing else works meanwhile, and checks what came out.
fn measured(program: &Path, folder: &Path, cores: &str, lines: u64) -> Result<Run, String> {
    let (input, output) = (folder.join(format!("{lines}.jsonl")), folder.join("output.jsonl"));
    let figures = folder.join("figures");
    let failed = |error: io::Error| format!("{lines} lines on cores {cores}: {error}");
    if !input.exists() {
        write_requests(lines, File::create(&input).map_err(failed)?).map_err(failed)?;
    }
    let mut command = Command::new("/usr/bin/time");
    command.arg("--format=%e %M").arg("--output").arg(&figures);
    if cores != "all" {
        command.args(["taskset", "--cpu-list", cores]);
    }
    with_account(command.arg(program).arg("batch"));
    command.stdin(File::open(&input).map_err(failed)?).stdout(File::create(&output).map_err(failed)?);
    let status = command.status().map_err(failed)?;
    if !status.success() {
        return Err(format!("{lines} lines on cores {cores}: {status}"));
    }
    let figures = std::fs::read_to_string(&figures).map_err(failed)?;
    let mut figures = figures.split_whitespace().map(str::parse::<f64>);
    let (Some(Ok(seconds)), Some(Ok(peak))) = (figures.next(), figures.next()) else {
        return Err("/usr/bin/time prints no figures".into());
    };
    let hash = check(BufReader::with_capacity(1 << 20, File::open(&output).map_err(failed)?), lines)?;
    let rate = lines as f64 / seconds;
    println!("{cores:5} {lines:10} {seconds:9.2} {rate:11.0} {:10.1}", peak / 1024.0);
    Ok(Run { lines, output: hash, peak_kib: peak as u64 })
}

/// Returns a hash of the output, which must have an answer without an error for each line, in order.
fn check(mut output: impl io::BufRead, lines: u64) -> Result<u64, String> {
    let (mut hasher, mut line) = (DefaultHasher::new(), Vec::new());
    for id in 0..lines {
        line.clear();
        output.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if !is_answer(&line, id) {
            return Err(format!("line {id} is answered by {:?}", String::from_utf8_lossy(&line)));
        }
        hasher.write(&line);
    }
    line.clear();
    output.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    if line.is_empty() { Ok(hasher.finish()) } else { Err(format!("there are more than {lines} answers")) }
}

/// Whether a line is the answer to the request with this id.
fn is_answer(line: &[u8], id: u64) -> bool {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let has_id = text.contains(&format!("\"id\":{id},")) || text.contains(&format!("\"id\":{id}}}"));
    text.ends_with("}\n") && has_id && !text.contains("\"error\":{")
}

/// Writes a line only after the one before it was answered.
fn converse(program: &Path) -> Result<(), String> {
    let failed = |error: io::Error| error.to_string();
    let mut requests = Vec::new();
    write_requests(CONVERSATION, &mut requests).map_err(failed)?;
    let mut command = Command::new(program);
    with_account(command.arg("batch")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("no pipes".into());
    };
    let (mut output, mut answer) = (BufReader::new(output), Vec::new());
    for (id, request) in (0..).zip(requests.split_inclusive(|&byte| byte == b'\n')) {
        input.write_all(request).map_err(failed)?;
        answer.clear();
        output.read_until(b'\n', &mut answer).map_err(failed)?;
        if !is_answer(&answer, id) {
            return Err(format!("line {id} is answered by {:?}", String::from_utf8_lossy(&answer)));
        }
    }
    drop(input);
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(status.to_string()) }
}

fn with_account(command: &mut Command) -> &mut Command {
    command.env("OSS_ACCESS_KEY_ID", ID).env("OSS_ACCESS_KEY_SECRET", SECRET).env("OSS_REGION", REGION);
    command.env_remove("OSS_ENDPOINT").env_remove("OSS_SESSION_TOKEN")
}

fn parse(arguments: &[String]) -> Result<(u64, Option<PathBuf>), String> {
    let (mut lines, mut program) = (10_000_000, None);
    let mut arguments = arguments.iter();
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or(format!("{option} needs a value\n\n{USAGE}"))?;
        match option.as_str() {
            "--lines" => lines = crate::scale::number(value)?,
            "--program" => {
                let path = Path::new(value).canonicalize().map_err(|error| format!("{value}: {error}"))?;
                program = Some(path);
            }
            other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
        }
    }
    Ok((lines, program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_out_of_order_with_errors_or_too_many_are_found() {
        let ok = "{\"id\":0,\"url\":\"a\"}\n{\"url\":\"b\",\"id\":1}\n";
        assert!(check(ok.as_bytes(), 2).is_ok());
        let swapped = "{\"url\":\"b\",\"id\":1}\n{\"id\":0,\"url\":\"a\"}\n";
        let refused = "{\"id\":0,\"url\":\"a\"}\n{\"id\":1,\"error\":{\"code\":\"x\"}}\n";
        for (output, lines) in [(ok, 1), (ok, 3), (swapped, 2), (refused, 2), (ok.trim_end(), 2)] {
            assert!(check(output.as_bytes(), lines).is_err(), "{output} {lines}");
        }
        let other = "{\"id\":0,\"url\":\"b\"}\n{\"url\":\"b\",\"id\":1}\n";
        assert_ne!(check(ok.as_bytes(), 2), check(other.as_bytes(), 2));
    }
}
