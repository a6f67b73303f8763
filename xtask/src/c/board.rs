//! C programs on the emulated Cortex-M4: what they sign, and what that costs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::tools::RUST_TARGET;
use super::{FOLDER, Row, in_rust, vectors};
use crate::command::{output, root, run as command};
use crate::firmware::limits;

/// What one signature costs.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Over the program that does nothing.
    pub(super) flash: u64,
    /// Static data and stack.
    pub(super) ram: u64,
    pub(super) stack: u64,
}

pub(super) const PROCESSOR: [&str; 4] =
    ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"];
const OPTIONS: [&str; 10] = [
    "-std=c11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-Os",
    "-ffreestanding",
    "-ffunction-sections",
    "-fdata-sections",
    "-DBOARD",
];
/// Objects written in assembler, as some of Rust's own are, do not say that their stack needs no execution.
const LINK: [&str; 3] = ["-nostdlib", "-nostartfiles", "-Wl,--gc-sections,--fatal-warnings,-z,noexecstack"];

/// One build of the library, installed.
struct Library {
    prefix: PathBuf,
    /// The program that does nothing.
    empty: u64,
}

/// The vectors, and what one signature costs, by a key that is derived from the secret and by a day key; with the complete
/// library, and with the one that only signs URLs.
pub(super) fn run(chosen: &[Value]) -> Result<Vec<Row>, String> {
    let complete = Library::install("prefix", "OFF")?;
    let sources = ["tests/vectors.c", "tests/hmac_sha256.c"];
    let all = complete.vectors(chosen, &sources, &[], &vectors::WAYS)?;
    let (secret, url) = complete.cost("presign", &[])?;
    let (day_key, same_url) = complete.cost("presign_day_key", &["-DDAY_KEY"])?;
    let urls_only = Library::install("prefix-urls-only", "ON")?;
    let by_two = urls_only.vectors(chosen, &sources[..1], &["-DURLS_ONLY"], vectors::WAYS_OF_URLS_ONLY)?;
    let (small, another_url) = urls_only.cost("presign", &[])?;
    if [&same_url, &another_url].into_iter().any(|same| *same != url) {
        return Err(format!("by the secret {url}\nby the day key {same_url}\nURLs only {another_url}"));
    }
    compare(&complete, &urls_only, &url)?;
    for library in [&complete, &urls_only] {
        library.leaves_no_key()?;
    }
    limits::check_named("mps2-an386/c", &[("flash_bytes", secret.flash), ("stack_bytes", secret.stack)])?;
    limits::check_named(
        "mps2-an386/c_urls_only",
        &[("flash_bytes", small.flash), ("stack_bytes", small.stack)],
    )?;
    let row = |place, vectors, cost, missing| Row { place, vectors, cost: Some(cost), missing };
    let (no_shared, urls) = ("no shared library", "no shared library, headers, forms, verification");
    Ok(vec![
        row("Cortex-M4 (mps2-an386, QEMU), arm-none-eabi-gcc", all, secret, no_shared),
        row("the same, by a day key", all, day_key, no_shared),
        row("the same, by the secret, library for URLs only", by_two, small, urls),
    ])
}

/// Compares the flash of a program whose configuration may have an endpoint with the same program in Rust.
fn compare(complete: &Library, urls_only: &Library, url: &str) -> Result<(), String> {
    let [all, small] = [complete, urls_only].map(|library| library.cost("presign_endpoint", &["-DENDPOINT"]));
    let lld = format!("-B{}", lld()?.display());
    let folded = ["-DENDPOINT", &lld, "-fuse-ld=lld", "-Wl,--icf=all"];
    let [(all, _), (small, _), (folded, _)] = [all?, small?, urls_only.cost("presign_lld", &folded)?];
    let (rust, url_in_rust) = in_rust::cost_of_described()?;
    if url_in_rust != url {
        return Err(format!("in C {url}\nin Rust {url_in_rust}"));
    }
    println!("\nFlash of one signature over texts and an endpoint that are known at run time, in bytes:");
    for (program, flash) in [
        ("Rust, identical functions folded", rust.flash),
        ("C, library for URLs only", small.flash),
        ("C, library for URLs only, linked by lld with identical functions folded", folded.flash),
        ("C, complete library", all.flash),
    ] {
        println!("  {flash:6} {:+6} {program}", flash.cast_signed() - rust.flash.cast_signed());
    }
    let over_rust = small.flash.saturating_sub(rust.flash);
    limits::check_named("mps2-an386/c_urls_only", &[("flash_bytes_over_rust", over_rust)])
}

/// The folder with the `ld.lld` that comes with Rust.
fn lld() -> Result<PathBuf, String> {
    let libraries = output("rustc", &["--print", "target-libdir"])?;
    let folder = Path::new(libraries.trim()).with_file_name("bin").join("gcc-ld");
    if folder.join("ld.lld").exists() {
        Ok(folder)
    } else {
        Err(format!("no ld.lld in {}", folder.display()))
    }
}

impl Library {
    fn install(prefix: &str, urls_only: &str) -> Result<Self, String> {
        let target = format!("-DOSS_PRESIGN_RUST_TARGET={RUST_TARGET}");
        let urls_only = format!("-DOSS_PRESIGN_URLS_ONLY={urls_only}");
        let prefix = super::package("board", prefix, &[&target, &urls_only])?;
        let empty = flash(&compile(&prefix, "empty", &["board/empty.c"], &[])?)?;
        Ok(Self { prefix, empty })
    }

    /// Signs the vectors, and returns how many were right.
    fn vectors(
        &self,
        chosen: &[Value],
        sources: &[&str],
        options: &[&str],
        ways: &[&str],
    ) -> Result<usize, String> {
        let data = self.prefix.join("vector_data.h");
        std::fs::write(&data, vectors::data(chosen)?)
            .map_err(|error| format!("{}: {error}", data.display()))?;
        let program = compile(&self.prefix, "vectors", sources, options)?;
        vectors::compare(chosen, ways, &emulate(&program)?)
    }

    /// Fails when a copy of a key is on the stack after its signer has been cleared.
    fn leaves_no_key(&self) -> Result<(), String> {
        for (options, may_be_there) in
            [(&[][..], false), (&["-DDAY_KEY"][..], false), (&["-DCONTROL"][..], true)]
        {
            let program = compile(&self.prefix, "leftovers", &["board/leftovers.c"], options)?;
            let copies = value(&emulate(&program)?, "copies")?.parse::<u32>();
            let copies = copies.map_err(|error| format!("copies: {error}"))?;
            if (copies > 0) != may_be_there {
                return Err(format!("{copies} copies of the key on the stack (leftovers.c {options:?})"));
            }
        }
        Ok(())
    }

    /// What `board/presign.c` costs, and its URL.
    fn cost(&self, program: &str, options: &[&str]) -> Result<(Cost, String), String> {
        cost(&compile(&self.prefix, program, &["board/presign.c"], options)?, self.empty)
    }
}

/// What a program in C or in Rust says that one signature costs, and its URL.
pub(super) fn cost(program: &Path, empty: u64) -> Result<(Cost, String), String> {
    let output = emulate(program)?;
    let number =
        |name: &str| value(&output, name)?.parse::<u64>().map_err(|error| format!("{name}: {error}"));
    let stack = number("stack")?;
    let flash = flash(program)?.saturating_sub(empty);
    Ok((Cost { flash, ram: stack + number("static")?, stack }, value(&output, "url")?.to_owned()))
}

fn value<'o>(output: &'o str, name: &str) -> Result<&'o str, String> {
    let value = output.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    value.ok_or_else(|| format!("the program did not say `{name}`, but:\n{output}"))
}

/// Compiles a program for the board.
fn compile(prefix: &Path, program: &str, sources: &[&str], options: &[&str]) -> Result<PathBuf, String> {
    let folder = root().join(FOLDER);
    let program = prefix.join(program).with_extension("elf");
    let include = [prefix.join("include"), prefix.to_owned(), folder.join("tests"), folder.join("board")];
    let mut arguments: Vec<String> = Vec::new();
    arguments.extend([&PROCESSOR[..], &OPTIONS, &LINK, options].concat().into_iter().map(str::to_owned));
    arguments.extend(include.map(|folder| format!("-I{}", folder.display())));
    for source in sources.iter().chain(&["board/board.c"]) {
        arguments.push(folder.join(source).display().to_string());
    }
    arguments.push(prefix.join("lib/liboss_presign_c.a").display().to_string());
    arguments.push("-lgcc".to_owned());
    arguments.push(format!("-T{}", folder.join("board/mps2-an386.ld").display()));
    arguments.extend(["-o".to_owned(), program.display().to_string()]);
    command("arm-none-eabi-gcc", &arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(program)
}

/// Runs a program until it ends, and gives what it says.
fn emulate(program: &Path) -> Result<String, String> {
    let output = Command::new("timeout")
        .args(["60", "qemu-system-arm", "-M", "mps2-an386", "-cpu", "cortex-m4"])
        .args(["-nographic", "-monitor", "none", "-serial", "null"])
        .args(["-semihosting-config", "enable=on,target=native", "-icount", "shift=0", "-kernel"])
        .arg(program)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`timeout` or `qemu-system-arm` does not start: {error}"))?;
    // Semihosting writes to the standard error stream.
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{}: {}\n{text}", program.display(), output.status))
    }
}

/// Flash of a program: code, constants, and the initial values of data.
pub(super) fn flash(program: &Path) -> Result<u64, String> {
    let output = Command::new("arm-none-eabi-size")
        .arg(program)
        .output()
        .map_err(|error| format!("arm-none-eabi-size does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers = text.lines().nth(1).unwrap_or_default().split_whitespace();
    let sizes: Vec<u64> = numbers.take(2).filter_map(|number| number.parse().ok()).collect();
    if sizes.len() == 2 {
        Ok(sizes.iter().sum())
    } else {
        Err(format!("{}: no size: {text}", program.display()))
    }
}
