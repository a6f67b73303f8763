//! `crates/firmware` on three emulated boards: installs what it needs, builds, runs, measures, compares.

mod board;
mod certificates;
mod counterpart;
mod day_key;
mod elf;
pub(crate) mod limits;
mod tls;
mod tls_impostor;
mod uploads;

use std::process::Command;

use board::{BOARDS, Board};
use uploads::Program;

const FOLDER: &str = "crates/firmware";

/// How the firmware is built.
#[derive(Clone, Copy)]
pub(crate) enum Settings {
    /// The two flags that the README asks a user for: what counts, and what has limits.
    Plain,
    /// The firmware's own `memcpy`, `memmove` and `memset` besides.
    Special,
}

impl Settings {
    /// Below the firmware's folder.
    fn target_folder(self) -> &'static str {
        match self {
            Self::Plain => "target/plain",
            Self::Special => "target",
        }
    }

    fn apply(self, command: &mut Command) {
        // These would replace the flags of the firmware's own configuration.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        command.args(["--target-dir", self.target_folder()]);
        if let Self::Plain = self {
            command.arg("--no-default-features");
            command.env("RUSTFLAGS", "--cfg sha2_backend_soft=\"compact\" -C link-arg=--icf=all");
        }
    }
}
/// Uploads that must be verified, one after the other.
const UPLOADS: u32 = 20;
/// Bytes of the object that is uploaded: more than any buffer of the board.
const OBJECT: u32 = 50_000;

/// The programs that must link without any panic, and the one that must not.
const WITHOUT_PANICS: [&str; 5] =
    ["no_panics_url", "no_panics_header", "no_panics_policy", "no_panics_verify", "no_panics_upload"];
const CONTROL: &str = "no_panics_control";

/// What a board's programs cost.
struct Row {
    /// Its name; `mps2-an386/day_key` is a signature without the secret, `mps2-an386/upload` the upload program.
    board: String,
    target: &'static str,
    /// Signature: over the empty program. Upload: all of it.
    flash_bytes: u64,
    /// Deepest stack, without the buffer of the URL for a signature, with every buffer for an upload.
    stack_bytes: u64,
    /// Static data and stack.
    ram_bytes: u64,
    /// What a program with an allocator allocates of its static data.
    heap_bytes: Option<u64>,
    /// Of one signature, the key's derivation from the secret included; of an upload, without waiting for its peers.
    instructions: u64,
    /// Programs in which a panic is reachable.
    panics: u64,
}

impl Row {
    /// Those that it has.
    fn figures(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("flash_bytes", Some(self.flash_bytes)),
            ("stack_bytes", Some(self.stack_bytes)),
            ("ram_bytes", Some(self.ram_bytes)),
            ("heap_bytes", self.heap_bytes),
            ("instructions", Some(self.instructions)),
            ("panics", Some(self.panics)),
        ];
        all.into_iter().filter_map(|(name, figure)| Some((name, figure?))).collect()
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (json, only) = match arguments {
        [] => (false, None),
        [only] if only == "--json" => (true, None),
        [only] if only == "tls" => (false, Some(tls::upload as fn(&Board) -> Result<Vec<Row>, String>)),
        [only] if only == "async" => (false, Some(upload_async as _)),
        _ => return Err("cargo xtask firmware [--json | tls | async]".into()),
    };
    install()?;
    counterpart::build()?;
    if let Some(program) = only {
        let [networked, ..] = &BOARDS;
        let rows = program(networked)?;
        print(&rows);
        return limits::check(&rows);
    }
    let (mut rows, mut special) = (Vec::new(), Vec::new());
    let mut urls = Vec::new();
    for board in &BOARDS {
        for (settings, rows) in [(Settings::Plain, &mut rows), (Settings::Special, &mut special)] {
            let (row, url) = sign(board, settings)?;
            rows.push(row);
            urls.push(url);
        }
        vectors(board)?;
    }
    if urls.iter().any(|url| Some(url) != urls.first()) {
        return Err(format!("the boards sign differently: {urls:#?}"));
    }
    let [networked, ..] = &BOARDS;
    let [url, ..] = &urls[..] else { return Err("no board signed anything".into()) };
    rows.push(day_key::run(networked, Settings::Plain, url)?);
    rows.push(uploads::run(networked, &Program::BLOCKING)?);
    rows.extend(upload_async(networked)?);
    rows.extend(tls::upload(networked)?);
    let outcome = limits::check(&rows).and_then(|()| without_panics(&special));
    if json {
        println!("{}", to_json(&rows)?);
    } else {
        print(&rows);
        println!(
            "\nWith the firmware's own `memcpy`, `memmove` and `memset`, which have no limits but for panics:\n"
        );
        print(&special);
    }
    outcome
}

fn without_panics(rows: &[Row]) -> Result<(), String> {
    match rows.iter().find(|row| row.panics > 0) {
        Some(row) => Err(format!(
            "{}: {} panics are reachable with the firmware's own settings",
            row.board, row.panics
        )),
        None => Ok(()),
    }
}

/// QEMU, what builds Mbed TLS, and the targets, as a fresh machine needs them.
fn install() -> Result<(), String> {
    let installed = |program: &&str| crate::command::succeeds(program, &["--version"]);
    // Whoever has clang need not have the library that reads C for Rust.
    let needs: [(&[&str], &[&str]); 2] = [
        (&["qemu-system-arm", "qemu-system-riscv32"], &["qemu-system-arm", "qemu-system-misc"]),
        (&["clang", "cmake", "ninja"], &["clang", "libclang-dev", "cmake", "ninja-build"]),
    ];
    for (programs, packages) in needs {
        if programs.iter().all(installed) {
            continue;
        }
        let packages_line = packages.join(" ");
        let root = quietly(Command::new("id").arg("-u"))?.trim() == "0";
        if !root || !installed(&"apt-get") {
            let programs = programs.join(", ");
            return Err(format!(
                "of {programs} something is missing: apt-get install --no-install-recommends {packages_line}"
            ));
        }
        progress(&format!("installing {packages_line}"));
        quietly(Command::new("apt-get").arg("update"))?;
        let install = ["install", "-y", "--no-install-recommends"];
        quietly(Command::new("apt-get").args(install).args(packages))?;
    }
    let targets = BOARDS.iter().map(|board| board.target);
    quietly(without_toolchain(&mut Command::new("rustup")).args(["target", "add"]).args(targets))?;
    Ok(())
}

/// One signature: the same text as on the other boards, and what it costs. Nothing may panic.
fn sign(board: &Board, settings: Settings) -> Result<(Row, String), String> {
    progress(&format!("{}: one signature", board.name));
    for program in ["empty", "presign"] {
        build(board, settings, program, "z", &[])?;
    }
    let flash = |program: &str| {
        let path = format!("{FOLDER}/{}/{}/release/{program}", settings.target_folder(), board.target);
        elf::flash_bytes(&crate::command::root().join(path))
    };
    let flash_bytes = flash("presign")?.saturating_sub(flash("empty")?);
    let outcome = board.run_counting(settings, "presign")?;
    let url = match (outcome.code, outcome.value("url")) {
        (Some(0), Some(_)) => {
            outcome.text.lines().find(|line| line.starts_with("url=")).unwrap_or_default().to_owned()
        }
        _ => return Err(format!("{}: {:?}\n{}", board.name, outcome.code, outcome.text)),
    };
    let stack_bytes = outcome.number("stack")?;
    let row = Row {
        board: board.name.to_owned(),
        target: board.target,
        flash_bytes,
        stack_bytes,
        ram_bytes: stack_bytes + outcome.number("static")?,
        heap_bytes: None,
        instructions: outcome.number("instructions")?,
        panics: panics(board, settings)?,
    };
    Ok((row, url))
}

/// Links every subject at every level; a panic that is reachable is an undefined symbol.
fn panics(board: &Board, settings: Settings) -> Result<u64, String> {
    let mut panics = 0;
    for level in ["z", "s", "3"] {
        progress(&format!("{}: panics at opt-level {level}", board.name));
        for program in WITHOUT_PANICS {
            if !links_without_panics(board, settings, program, level)? {
                progress(&format!("{program}: a panic is reachable"));
                panics += 1;
            }
        }
        if links_without_panics(board, settings, CONTROL, level)? {
            return Err(format!(
                "{CONTROL} links at {level} although it can panic: the proof proves nothing"
            ));
        }
    }
    Ok(panics)
}

fn links_without_panics(
    board: &Board,
    settings: Settings,
    program: &str,
    level: &str,
) -> Result<bool, String> {
    match build(board, settings, program, level, &["--features", "no-panics"]) {
        Ok(()) => Ok(true),
        Err(message) if message.contains("undefined symbol: a_panic_is_reachable") => Ok(false),
        Err(message) => Err(message),
    }
}

/// 50 vectors: the board's URLs are the host's, and their signatures those of the official SDKs.
fn vectors(board: &Board) -> Result<(), String> {
    progress(&format!("{}: 50 vectors", board.name));
    let expected = counterpart::urls()?;
    build(board, Settings::Special, "vectors", "z", &[])?;
    let outcome = board.run_counting(Settings::Special, "vectors")?;
    let mut compared = 0;
    for line in outcome.text.lines().filter(|line| line.starts_with("presign-")) {
        let (id, url) = line.split_once('=').unwrap_or((line, ""));
        let vector = expected.iter().find(|(expected, ..)| expected == id);
        let (_, host, signature) = vector.ok_or_else(|| format!("{}: no vector {id}", board.name))?;
        if url != host || !url.ends_with(signature.as_str()) {
            return Err(format!("{}: {id}\n  board {url}\n  host  {host}\n  SDKs  {signature}", board.name));
        }
        compared += 1;
    }
    if outcome.code == Some(0) && compared == 50 {
        Ok(())
    } else {
        Err(format!("{}: {compared} vectors, then {:?}\n{}", board.name, outcome.code, outcome.text))
    }
}

fn upload_async(board: &Board) -> Result<Vec<Row>, String> {
    Ok(vec![uploads::run(board, &Program::ASYNCHRONOUS)?])
}

/// A whole program, with its stack and its static memory.
fn upload_row(board: &Board, program: &str, stack_bytes: u64, static_bytes: u64) -> Result<Row, String> {
    let path = format!("{FOLDER}/target/{}/release/{program}", board.target);
    Ok(Row {
        board: format!("{}/{program}", board.name),
        target: board.target,
        flash_bytes: elf::flash_bytes(&crate::command::root().join(path))?,
        stack_bytes,
        ram_bytes: stack_bytes + static_bytes,
        heap_bytes: None,
        instructions: 0,
        panics: 0,
    })
}

fn build(
    board: &Board,
    settings: Settings,
    program: &str,
    level: &str,
    options: &[&str],
) -> Result<(), String> {
    let mut command = cargo();
    command
        .args(["build", "--quiet", "--locked", "--release", "--target", board.target, "--bin", program])
        .args(options)
        .current_dir(crate::command::root().join(FOLDER))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    settings.apply(&mut command);
    quietly(&mut command).map(drop)
}

fn cargo() -> Command {
    let mut command = Command::new("cargo");
    without_toolchain(&mut command).current_dir(crate::command::root());
    command
}

/// The toolchain that runs this task must not decide which one the command uses.
fn without_toolchain(command: &mut Command) -> &mut Command {
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO")
}

/// Runs a command, gives what it prints, and shows nothing unless it fails.
fn quietly(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?} does not start: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{command:?}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
    }
}

/// Beside the result, which may be JSON.
fn progress(what: &str) {
    eprintln!("firmware: {what}");
}

fn print(rows: &[Row]) {
    println!("| board | target | flash B | stack B | RAM B | of it heap B | instructions | panics |");
    println!("|---|---|---|---|---|---|---|---|");
    for row in rows {
        let Row { board, target, flash_bytes, stack_bytes, ram_bytes, heap_bytes, instructions, panics } =
            row;
        let heap = heap_bytes.unwrap_or(0);
        println!(
            "| {board} | {target} | {flash_bytes} | {stack_bytes} | {ram_bytes} | {heap} | {instructions} | {panics} |"
        );
    }
}

fn to_json(rows: &[Row]) -> Result<String, String> {
    let rows: Result<Vec<String>, String> = rows
        .iter()
        .map(|row| {
            let ok = limits::excess_of(row)?.is_empty();
            let figures: String =
                row.figures().iter().map(|(name, value)| format!("\"{name}\":{value},")).collect();
            Ok(format!("{{\"board\":\"{}\",\"target\":\"{}\",{figures}\"ok\":{ok}}}", row.board, row.target))
        })
        .collect();
    Ok(format!("{{\"boards\":[{}]}}", rows?.join(",")))
}
