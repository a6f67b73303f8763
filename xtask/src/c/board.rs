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

/// Flash that a signature may take over the program that does nothing, in bytes. The same in Rust takes about 3 KB less: there
/// functions of one caller are part of it, and identical ones are stored once.
const FLASH: u64 = 16_896;
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

/// What one signature costs, by a key that is derived from the secret and by a day key; the vectors by both and by an external
/// signer.
pub(super) fn run(chosen: &[Value]) -> Result<[Row; 2], String> {
    let prefix = super::package("board", Some(RUST_TARGET))?;
    let data = prefix.join("vector_data.h");
    std::fs::write(&data, vectors::data(chosen)?).map_err(|error| format!("{}: {error}", data.display()))?;
    let signing = compile(&prefix, "vectors", &["tests/vectors.c", "tests/hmac_sha256.c"], &[])?;
    let passed = vectors::compare(chosen, &emulate(&signing)?)?;
    let empty = flash(&compile(&prefix, "empty", &["board/empty.c"], &[])?)?;
    let by_secret = compile(&prefix, "presign", &["board/presign.c"], &[])?;
    let by_day_key = compile(&prefix, "presign_day_key", &["board/presign.c"], &["-DDAY_KEY"])?;
    let (secret, url) = cost(&by_secret, empty)?;
    let (day_key, same_url) = cost(&by_day_key, empty)?;
    if url != same_url {
        return Err(format!("by the secret {url}\nby the day key {same_url}"));
    }
    let rust = flash_in_rust()?;
    println!("\nOne signature on the board takes {} bytes of flash in C, {rust} in Rust.", secret.flash);
    if secret.flash > FLASH {
        return Err(format!("the limit is {FLASH}"));
    }
    if secret.stack > STACK {
        return Err(format!("{} bytes of stack, the limit is {STACK}", secret.stack));
    }
    let row = |place, cost| Row { place, vectors: passed, cost: Some(cost), missing: "no shared library" };
    Ok([
        row("Cortex-M4 (mps2-an386, QEMU), arm-none-eabi-gcc", secret),
        row("the same, by a day key", day_key),
    ])
}

/// What a program says that one signature costs, and its URL.
fn cost(program: &Path, empty: u64) -> Result<(Cost, String), String> {
    let output = emulate(program)?;
    let value = |name: &str| {
        let value = output.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        value.ok_or_else(|| format!("the program did not say `{name}`, but:\n{output}"))
    };
    let number = |name: &str| value(name)?.parse::<u64>().map_err(|error| format!("{name}: {error}"));
    let stack = number("stack")?;
    let flash = flash(program)?.saturating_sub(empty);
    Ok((Cost { flash, ram: stack + number("static")?, stack }, value("url")?.to_owned()))
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

/// Flash of the program in Rust that signs what it learns at run time, as a library of C must.
fn flash_in_rust() -> Result<u64, String> {
    const FIRMWARE: &str = "crates/firmware/Cargo.toml";
    let target = super::target().join("firmware");
    let shown = target.display().to_string();
    // With the flags of `cargo xtask firmware`.
    let flags = [("RUSTFLAGS", "--cfg sha2_backend_soft=\"compact\" -C link-arg=--icf=all")];
    for program in ["empty", "described"] {
        let build = ["build", "--manifest-path", FIRMWARE, "--locked", "--release", "--target", RUST_TARGET];
        let build = [&build[..], &["--no-default-features", "--target-dir", &shown, "--bin", program]];
        run_with("cargo", &build.concat(), &flags)?;
    }
    let built = |program: &str| flash(&target.join(RUST_TARGET).join("release").join(program));
    Ok(built("described")?.saturating_sub(built("empty")?))
}
