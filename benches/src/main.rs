//! `cargo xtask bench`: every row beside the floor, in one process.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use oss_presign_benches::cases::Case;
use oss_presign_benches::limits::{LEADS, LIMITS, Lead, PASSES, TWO_THREADS, margin};
use oss_presign_benches::ours::{Prepared, crc64_gigabytes_per_second};
use oss_presign_benches::plot;
use oss_presign_benches::rounds::{Cost, Costs, Row, measure};
use oss_presign_benches::scaling::{self, TwoThreads};
use serde_json::{Map, Value, json};

const USAGE: &str = "\
cargo xtask bench [--peers] [--gate] [--json] [--plots] [--rounds N]

  --peers    other crates beside ours
  --gate     fail above the limits of benches/src/limits.rs
  --json     one line for programs, nothing else
  --plots    growth and threads too; writes benches/plots/*.svg
  --rounds   rounds per case, 400 if not given
";

#[derive(Default)]
struct Options {
    gate: bool,
    json: bool,
    plots: Option<PathBuf>,
    rounds: usize,
    /// The command line tool, to time `batch` with.
    batch: Option<PathBuf>,
    /// `case/row`: nothing but that, a thousand times a round, for a profiler.
    only: Option<String>,
}

/// What a case costs, and how often it allocates: row, count.
struct Report {
    case: Case,
    costs: Costs,
    allocations: Vec<(String, u64)>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let options = options(std::env::args().skip(1))?;
    if let Some(only) = &options.only {
        return profile(only, options.rounds);
    }
    let counts = allocations()?;
    let pass = || Case::both().map(|case| report(case, &counts, options.rounds));
    let mut reports = pass();
    let threads = || scaling::two_threads(&Case::simple(), 9);
    let mut two_threads = (options.plots.is_some() || options.gate).then(threads);
    for _ in 1..PASSES {
        if !options.gate || gate(&reports, two_threads).is_ok() {
            break;
        }
        for (report, again) in reports.iter_mut().zip(pass()) {
            report.costs.keep_calmer(again.costs);
        }
        two_threads = two_threads.map(|before| before.or_better(threads()));
    }
    let batch = options.batch.as_deref().map(lines_per_second).transpose()?;
    if options.json {
        println!("{}", as_json(&reports, two_threads, batch));
    } else {
        print_table(&reports);
        println!("crc-64              {:.1} GB/s", crc64_gigabytes_per_second());
        if let Some(lines) = batch {
            println!("batch, end to end   {:.0} lines a second on one core", lines);
        }
        if let Some(two_threads) = two_threads {
            let TwoThreads { by_clock, by_running_time } = two_threads;
            println!(
                "two threads         {by_clock:.2} × one by the clock, {by_running_time:.2} × by running time"
            );
        }
    }
    if let Some(folder) = &options.plots {
        write_plots(folder, &reports, two_threads, options.rounds)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    if options.gate { gate(&reports, two_threads) } else { Ok(()) }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { rounds: 400, ..Options::default() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"));
        match argument.as_str() {
            "--gate" => options.gate = true,
            "--json" => options.json = true,
            "--plots" => options.plots = Some(value()?.into()),
            "--rounds" => options.rounds = value()?.parse().map_err(|_| USAGE.to_owned())?,
            "--batch" => options.batch = Some(value()?.into()),
            "--only" => options.only = Some(value()?),
            other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
        }
    }
    options.rounds = options.rounds.max(1);
    Ok(options)
}

fn report(case: Case, counts: &[(String, String, u64)], rounds: usize) -> Report {
    let mut costs = {
        let prepared = Prepared::new(&case);
        let (at, mut template) = (prepared.at(), vec![0; 4096]);
        let many = prepared.many_keys(&at, &mut template);
        measure(case.compressions, &mut prepared.rows(&at, &many), rounds)
    };
    #[cfg(feature = "peers")]
    oss_presign_benches::peers::with_rows(&case, |mut rows| {
        costs.rows.extend(measure(case.compressions, &mut rows, rounds).rows);
    });
    costs.rows.shrink_to_fit();
    let of_case = counts.iter().filter(|(name, ..)| name == case.name);
    let allocations = of_case.map(|(_, row, count)| (row.clone(), *count)).collect();
    Report { case, costs, allocations }
}

/// Case, row, count: from the program beside this one.
fn allocations() -> Result<Vec<(String, String, u64)>, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.with_file_name(format!("allocations{}", std::env::consts::EXE_SUFFIX));
    let output =
        Command::new(&program).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |line: &str| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.to_owned(), words.next()?.parse().ok()?))
    };
    Ok(text.lines().filter_map(line).collect())
}

impl Report {
    fn allocations(&self, row: &str) -> Option<u64> {
        self.allocations.iter().find(|(name, _)| name == row).map(|(_, count)| *count)
    }

    /// How many times as fast as the peer the row is.
    fn times(&self, lead: &Lead) -> Option<f64> {
        Some(self.costs.of(lead.peer)?.alone / self.costs.of(lead.row)?.alone)
    }
}

fn print_table(reports: &[Report]) {
    for report in reports {
        let case = &report.case;
        let Costs { floor_ns, contention, .. } = report.costs;
        println!("{}: floor {floor_ns:.0} ns, {} compressions", case.name, case.compressions);
        if contention > 1.1 {
            println!(
                "  a neighbour shares the core: all but the floor is {contention:.2} × slower than alone"
            );
        }
        println!(
            "  {:20} {:>8} {:>9} {:>8} {:>12} {:>6}",
            "row", "× floor", "quartiles", "alone", "allocations", "goal"
        );
        for row in &report.costs.rows {
            let allocations =
                report.allocations(&row.name).map_or_else(|| "-".to_owned(), |count| count.to_string());
            let goal = LIMITS.iter().find(|limit| limit.row == row.name);
            let goal = goal.map_or(String::new(), |limit| format!("{:.2}", limit.goal.of(case.name)));
            let spread = row.spread * 100.0;
            let Cost { name, ratio, alone, .. } = row;
            println!("  {name:20} {ratio:8.2} {spread:>8.1}% {alone:8.2} {allocations:>12} {goal:>6}");
        }
        for lead in LEADS {
            if let Some(times) = report.times(lead) {
                let goal = lead.goal.of(case.name);
                println!("  {} is {times:.1} times as fast as {} (goal {goal})", lead.row, lead.peer);
            }
        }
        #[cfg(feature = "peers")]
        for (peer, finding) in oss_presign_benches::peers::findings(case) {
            println!("  {peer}: {finding}");
        }
        println!();
    }
}

fn as_json(reports: &[Report], two_threads: Option<TwoThreads>, batch: Option<f64>) -> Value {
    let rounded = |number: f64| json!((number * 1000.0).round() / 1000.0);
    let mut line = Map::new();
    for report in reports {
        let (mut rows, mut peers) = (Map::new(), Map::new());
        rows.insert("floor_ns".into(), rounded(report.costs.floor_ns));
        rows.insert("contention".into(), rounded(report.costs.contention));
        for row in &report.costs.rows {
            // Names of ours have no hyphen; those of crates have, or are this one.
            let peer = row.name.contains('-') || row.name == "ossify";
            if peer { &mut peers } else { &mut rows }.insert(row.name.clone(), rounded(row.ratio));
        }
        let allocations = report.allocations.iter().map(|(row, count)| (row.clone(), json!(count)));
        rows.insert("allocations".into(), Value::Object(allocations.collect()));
        rows.insert("peers".into(), Value::Object(peers));
        line.insert(report.case.name.into(), Value::Object(rows));
    }
    if let Some(TwoThreads { by_clock, by_running_time }) = two_threads {
        line.insert("two_threads".into(), json!([rounded(by_clock), rounded(by_running_time)]));
    }
    line.extend(batch.map(|lines| ("batch_lines_per_second".to_owned(), json!(lines.round()))));
    Value::Object(line)
}

/// Says everything that is above its limit.
fn gate(reports: &[Report], two_threads: Option<TwoThreads>) -> Result<(), String> {
    let mut above = String::new();
    let mut refuse = |text: String| writeln!(above, "  {text}").unwrap_or_default();
    for report in reports {
        let name = report.case.name;
        for limit in LIMITS {
            let most = |contention| limit.limit.of(name) * (1.0 + margin(contention));
            match report.costs.of(limit.row) {
                Some(row) if row.alone <= most(row.contention) => {}
                Some(Cost { alone, contention, .. }) => refuse(format!(
                    "{name} {}: {alone:.3} × floor, limit {:.3}",
                    limit.row,
                    most(*contention)
                )),
                None => refuse(format!("{name} {}: not measured", limit.row)),
            }
            if report.allocations(limit.row) != Some(limit.allocations) {
                refuse(format!("{name} {}: not {} allocations", limit.row, limit.allocations));
            }
        }
        for lead in LEADS {
            let least = lead.limit.of(name) * (1.0 - margin(report.costs.contention));
            if let Some(times) = report.times(lead)
                && times < least
            {
                let Lead { row, peer, .. } = lead;
                refuse(format!("{name} {row}: only {times:.1} times as fast as {peer}, limit {least:.1}"));
            }
        }
    }
    if let Some(TwoThreads { by_running_time, .. }) = two_threads
        && by_running_time > 0.0
        && by_running_time < TWO_THREADS * (1.0 - margin(1.0))
    {
        refuse(format!("two threads: {by_running_time:.2} × one by running time, goal {TWO_THREADS}"));
    }
    if above.is_empty() {
        Ok(())
    } else {
        Err(format!("above the limits of benches/src/limits.rs:\n{above}"))
    }
}

fn write_plots(
    folder: &Path,
    reports: &[Report],
    two_threads: Option<TwoThreads>,
    rounds: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    for report in reports {
        // Work other than signing one URL stays in the table.
        let beside = ["percent_encoding", "verify", "header", "post_policy"];
        let mut rows: Vec<_> = report
            .costs
            .rows
            .iter()
            .filter(|row| !beside.contains(&row.name.as_str()))
            .map(|row| (row.name.clone(), row.ratio))
            .collect();
        rows.insert(0, ("floor".to_owned(), 1.0));
        let title = format!("One presigned URL, {} case, in multiples of its SHA-256", report.case.name);
        std::fs::write(folder.join(format!("{}.svg", report.case.name)), plot::bars(&title, &rows)?)?;
    }
    if let Some(TwoThreads { by_clock, .. }) = two_threads {
        let rows = [("1 thread".to_owned(), 1.0), ("2 threads".to_owned(), by_clock)];
        let title = "Signatures a second over one presigner, in multiples of one thread's";
        std::fs::write(folder.join("threads.svg"), plot::bars(title, &rows)?)?;
    }
    for plot in scaling::growth(rounds / 4 + 1) {
        std::fs::write(folder.join(format!("{}.svg", plot.name)), plot.svg()?)?;
    }
    Ok(())
}

/// Lines a second of `oss-presign batch` on 200 000 simple requests, from start to end of the process.
fn lines_per_second(program: &Path) -> Result<f64, String> {
    use std::io::Write as _;
    const LINES: u32 = 200_000;
    let explain = |error: std::io::Error| format!("{}: {error}", program.display());
    let line = |number: u32| {
        json!({
            "id": number.to_string(), "kind": "presign", "method": "PUT", "bucket": "examplebucket",
            "key": format!("exampleobject-{number}.txt"), "region": "cn-hangzhou",
            "access_key_id": "fake-access-key-id", "access_key_secret": "fake-access-key-secret",
            "timestamp": 1_731_400_358, "expires": 3600, "headers": [["content-type", "text/plain"]]
        })
        .to_string()
    };
    let input: String = (0..LINES).flat_map(|number| [line(number), "\n".to_owned()]).collect();
    let file = std::env::temp_dir().join(format!("oss-presign-batch-{}.jsonl", std::process::id()));
    std::fs::File::create(&file).and_then(|mut out| out.write_all(input.as_bytes())).map_err(explain)?;
    let start = std::time::Instant::now();
    let stdin = std::fs::File::open(&file).map_err(explain)?;
    let output = Command::new(program).arg("batch").stdin(stdin).output().map_err(explain)?;
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_file(&file).map_err(explain)?;
    let lines = output.stdout.iter().filter(|&&byte| byte == b'\n').count();
    if !output.status.success() || lines != LINES as usize {
        return Err(format!("batch: {} lines, {}", lines, output.status));
    }
    Ok(f64::from(LINES) / seconds)
}

fn profile(only: &str, rounds: usize) -> Result<(), String> {
    let (name, row) = only.split_once('/').ok_or("--only wants case/row")?;
    let case = Case::both().into_iter().find(|case| case.name == name).ok_or("no such case")?;
    let prepared = Prepared::new(&case);
    let (at, mut template) = (prepared.at(), vec![0; 4096]);
    let many = prepared.many_keys(&at, &mut template);
    let mut rows: Vec<Row<'_>> = prepared.rows(&at, &many);
    let row = rows.iter_mut().find(|candidate| candidate.name == row).ok_or("no such row")?;
    (row.run)(u32::try_from(rounds).unwrap_or(u32::MAX) * 1000 / row.per_run);
    Ok(())
}
