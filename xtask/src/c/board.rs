//! C programs on the emulated Cortex-M4: what they sign, and what that costs beside the same in Rust.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::tools::RUST_TARGET;
use super::{FOLDER, Row, vectors};
use crate::command::{root, run as command, run_with};

/// What one signature costs.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Over the program that does nothing.
    pub(super) flash: u64,
    /// Static data and stack.
    pub(super) ram: u64,
    pub(super) stack: u64,
}

/// Flash that the interface may cost beside Rust, in bytes.
const FLASH_OVER_RUST: u64 = 1024;
/// Stack that a signature may take, with the signer, the result and the request of the program, in bytes.
const STACK: u64 = 2560;

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

pub(super) fn run(chosen: &[Value]) -> Result<Row, String> {
    let prefix = super::package("board", Some(RUST_TARGET))?;
    let data = prefix.join("vector_data.h");
    std::fs::write(&data, vectors::data(chosen)?).map_err(|error| format!("{}: {error}", data.display()))?;
    let library = prefix.join("lib/liboss_presign_c.a");
    let compiled = ["board/empty.c", "board/presign.c", "tests/vectors.c"]
        .map(|source| compile(&prefix, source, &library, &[]));
    let [empty, presign, signing] = compiled;
    let (empty, presign, signing) = (empty?, presign?, signing?);

    let passed = vectors::compare(chosen, &emulate(&signing)?)?;
    let output = emulate(&presign)?;
    let number = |name: &str| {
        let value = output.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        let value = value.and_then(|value| value.trim().parse::<u64>().ok());
        value.ok_or_else(|| format!("the program did not say `{name}`, but:\n{output}"))
    };
    let (stack, fixed) = (number("stack")?, number("static")?);
    let flash = flash(&presign)?.saturating_sub(self::flash(&empty)?);
    let rust = flash_in_rust()?;
    println!("\nOne signature on the board takes {flash} bytes of flash in C, {rust} in Rust.");
    if flash > rust + FLASH_OVER_RUST {
        return Err(format!("more than {FLASH_OVER_RUST} bytes over Rust"));
    }
    if stack > STACK {
        return Err(format!("{stack} bytes of stack, the limit is {STACK}"));
    }
    Ok(Row {
        place: "Cortex-M4 (mps2-an386, QEMU), arm-none-eabi-gcc",
        vectors: passed,
        cost: Some(Cost { flash, ram: stack + fixed, stack }),
        missing: "no shared library",
    })
}

/// Compiles a program for the board.
pub(super) fn compile(
    prefix: &Path,
    source: &str,
    library: &Path,
    options: &[&str],
) -> Result<PathBuf, String> {
    let folder = root().join(FOLDER);
    let program = prefix.join(Path::new(source).file_stem().unwrap_or_default()).with_extension("elf");
    let shown = |path: PathBuf| path.display().to_string();
    let include = [prefix.join("include"), prefix.to_owned(), folder.join("tests"), folder.join("board")]
        .map(|folder| format!("-I{}", folder.display()));
    let script = format!("-T{}", folder.join("board/mps2-an386.ld").display());
    let [source, start, library, output] =
        [folder.join(source), folder.join("board/board.c"), library.to_owned(), program.clone()].map(shown);
    let include = include.each_ref().map(String::as_str);
    let files = [&*source, &start, &library, "-lgcc", &script, "-o", &output];
    command("arm-none-eabi-gcc", &[&PROCESSOR[..], &OPTIONS, &include, &LINK, options, &files].concat())?;
    Ok(program)
}

/// Runs a program until it ends, and gives what it says.
pub(super) fn emulate(program: &Path) -> Result<String, String> {
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
fn flash(program: &Path) -> Result<u64, String> {
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

/// Flash of the program in Rust that signs what it learns at run time, as a library of C must: `no_panics_url`.
///
/// The program `presign` takes less because the compiler knows its texts and checks them itself.
fn flash_in_rust() -> Result<u64, String> {
    const FIRMWARE: &str = "crates/firmware/Cargo.toml";
    let target = super::target().join("firmware");
    let shown = target.display().to_string();
    // With the flags of `cargo xtask firmware`.
    let flags = [("RUSTFLAGS", "--cfg sha2_backend_soft=\"compact\" -C link-arg=--icf=all")];
    for (program, options) in [("empty", &[][..]), ("no_panics_url", &["--features", "no-panics"])] {
        let build = ["build", "--manifest-path", FIRMWARE, "--locked", "--release", "--target", RUST_TARGET];
        let build =
            [&build[..], &["--no-default-features", "--target-dir", &shown, "--bin", program], options];
        run_with("cargo", &build.concat(), &flags)?;
    }
    let built = |program: &str| flash(&target.join(RUST_TARGET).join("release").join(program));
    Ok(built("no_panics_url")?.saturating_sub(built("empty")?))
}
