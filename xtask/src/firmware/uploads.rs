//! Whole uploads over plain HTTP, and every way to fail.

use super::board::{Board, Outcome};
use super::counterpart::Counterpart;
use super::{OBJECT, Row, Settings, UPLOADS, build, progress, upload_row};

/// A program that uploads.
pub(super) struct Program {
    name: &'static str,
    /// The firmware's feature that it needs.
    feature: &'static str,
    /// Whether it asks for its address, and does something else while it waits.
    asynchronous: bool,
}

impl Program {
    pub(super) const BLOCKING: Self = Self { name: "upload", feature: "network", asynchronous: false };
    pub(super) const ASYNCHRONOUS: Self = Self { name: "upload_async", feature: "async", asynchronous: true };
}

/// What a run took at most.
#[derive(Default)]
struct Costs {
    stack: u64,
    fixed: u64,
}

impl Costs {
    fn add(&mut self, outcome: &Outcome) -> Result<(), String> {
        self.stack = self.stack.max(outcome.number("stack")?);
        self.fixed = outcome.number("static")?;
        Ok(())
    }
}

/// Runs a program against all peers, and gives its costs.
pub(super) fn run(board: &Board, program: &Program) -> Result<Row, String> {
    let Program { name, feature, .. } = program;
    progress(&format!("{}: {name}", board.name));
    build(board, Settings::Special, name, "z", &["--features", feature])?;
    let mut counterpart = Counterpart::start()?;
    let mut costs = Costs::default();
    for index in 0..UPLOADS {
        let key = format!("firmware/{index}");
        let settings = settings(&counterpart, "oss", &[&format!("key={key}")])?;
        costs.add(&expect(board.run_networked(name, &settings)?, &format!("{name} {index}"), "verified")?)?;
        counterpart.check(&key, OBJECT)?;
    }
    let no_time = format!("sntp={}", counterpart.port("closed")?);
    for (what, peer, setting, result) in [
        ("wrong secret (403)", "oss", "secret=wrong", "service"),
        ("nobody listens", "closed", "", "refused"),
        ("answer cut short", "cut", "", "cut"),
        ("wrong CRC-64", "checksum", "", "checksum"),
        ("short buffer for the URL", "oss", "url_buffer=100", "url-buffer"),
        ("short buffer for the answer's head", "oss", "head_buffer=100", "head-buffer"),
        ("object larger than its limit", "oss", "limit=100", "body-limit"),
        ("silence", "silent", "", "timeout"),
        ("time from OSS instead of SNTP", "oss", &no_time, "verified"),
        ("no time from anybody", "closed", &no_time, "clock"),
    ] {
        let settings = settings(&counterpart, peer, &[setting])?;
        let outcome = expect(board.run_networked(name, &settings)?, &format!("{name}: {what}"), result)?;
        costs.add(&outcome)?;
        // The peer is silent for five seconds, and the other task has something to do every ten milliseconds.
        if program.asynchronous && result == "timeout" && outcome.number("beats")? < 400 {
            return Err(format!("{name}: {what}: the other task stood still\n{}", outcome.text));
        }
    }
    if program.asynchronous {
        let settings = settings(&counterpart, "oss", &["address_seconds=1"])?;
        let outcome = board.run_alone(name, &settings)?;
        costs.add(&expect(outcome, &format!("{name}: no address from anybody"), "no-address")?)?;
    }
    let row = upload_row(board, name, costs.stack, costs.fixed)?;
    Ok(Row { instructions: instructions(board, program, &counterpart)?, ..row })
}

/// Of an upload, by the same program with a counter in it.
fn instructions(board: &Board, program: &Program, counterpart: &Counterpart) -> Result<u64, String> {
    let Program { name, feature, .. } = program;
    build(board, Settings::Special, name, "z", &["--features", &format!("{feature},instructions")])?;
    let outcome = board.run_networked_counting(name, &settings(counterpart, "oss", &[])?)?;
    expect(outcome, &format!("{name}, counted"), "verified")?.number("instructions")
}

/// An outcome that is not this result is an error. A program ends with 0 after an upload that is verified, and only then.
fn expect(outcome: Outcome, what: &str, result: &str) -> Result<Outcome, String> {
    if outcome.value("result") == Some(result) && (outcome.code == Some(0)) == (result == "verified") {
        Ok(outcome)
    } else {
        Err(format!("{what}: not `{result}` but {:?}\n{}", outcome.code, outcome.text))
    }
}

fn settings(counterpart: &Counterpart, peer: &str, more: &[&str]) -> Result<Vec<String>, String> {
    let (port, sntp) = (counterpart.port(peer)?, counterpart.port("sntp")?);
    let mut settings: Vec<String> =
        more.iter().filter(|setting| !setting.is_empty()).map(ToString::to_string).collect();
    // The first of a name counts.
    settings.extend([
        format!("oss={port}"),
        format!("host=10.0.2.2:{port}"),
        format!("sntp={sntp}"),
        format!("size={OBJECT}"),
    ]);
    Ok(settings)
}
