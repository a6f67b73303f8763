//! That no panic is reachable through any function of the interface: with the feature `no-panics`, one would be an undefined
//! symbol.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools::RUST_TARGET;
use super::{FOLDER, MANIFEST, board};
use crate::command::{root, run_with};

/// In the library only with the feature; it can panic.
const CONTROL: &str = "oss_presign_control";

/// The functions of a library for URLs only, among others that do no more than make an endpoint or give a text.
const OF_URLS_ONLY: [&str; 4] = [
    "oss_presign_derive_day_key",
    "oss_presign_sign_url",
    "oss_presign_signer_init",
    "oss_presign_signer_init_day_key",
];

pub(super) fn run() -> Result<(), String> {
    let functions = functions()?;
    let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
    for level in ["z", "s", "3"] {
        for (target, features, functions) in [
            (Some(RUST_TARGET), "complete,no-panics", &functions[..]),
            (Some(RUST_TARGET), "no-panics", &OF_URLS_ONLY),
            (None, "complete,no-panics", &functions),
        ] {
            let library = build(target, features, level)?;
            let place = target.unwrap_or("this machine");
            for function in functions {
                link(&library, target, function)
                    .map_err(|message| format!("{function} at level {level} for {place}: {message}"))?;
            }
            match link(&library, target, CONTROL) {
                Err(message) if message.contains("a_panic_is_reachable") => {}
                Err(message) => return Err(message),
                Ok(()) => return Err(format!("{CONTROL} links at {level}: the proof proves nothing")),
            }
            println!(
                "no panic is reachable at opt-level {level} for {place} ({features}): {} functions",
                functions.len()
            );
        }
    }
    Ok(())
}

/// The functions that the header declares.
fn functions() -> Result<Vec<String>, String> {
    let path = root().join(FOLDER).join("include/oss_presign.h");
    let header = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (_, declarations) = header.split_once("extern \"C\" {").ok_or("the header declares nothing")?;
    let (declarations, _) =
        declarations.split_once("}  // extern \"C\"").ok_or("the declarations do not end")?;
    let lines = declarations.lines().filter(|line| line.contains('(') && !line.starts_with(' '));
    let names = lines.filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next());
    let functions: Vec<String> =
        names.filter(|name| name.starts_with("oss_presign_")).map(str::to_owned).collect();
    if functions.len() < 10 { Err(format!("only {functions:?} in the header")) } else { Ok(functions) }
}

fn build(target: Option<&str>, features: &str, level: &str) -> Result<PathBuf, String> {
    let folder = super::target().join("panics");
    let shown = folder.display().to_string();
    let mut arguments =
        vec!["rustc", "--quiet", "--manifest-path", MANIFEST, "--locked", "--release", "--lib"];
    arguments.extend(["--crate-type", "staticlib", "--target-dir", &shown]);
    arguments.extend(["--no-default-features", "--features", features]);
    arguments.extend(target.iter().flat_map(|target| ["--target", target]));
    // As `.cargo/config.toml` of the crate says for boards.
    let flags = if target.is_some() { "--cfg sha2_backend_soft=\"compact\"" } else { "" };
    run_with("cargo", &arguments, &[("CARGO_PROFILE_RELEASE_OPT_LEVEL", level), ("RUSTFLAGS", flags)])?;
    let built = target.map_or(folder.clone(), |target| folder.join(target));
    Ok(built.join("release/liboss_presign_c.a"))
}

/// Links a program that is nothing but this function and what it reaches.
fn link(library: &Path, target: Option<&str>, function: &str) -> Result<(), String> {
    let source = super::target().join("panics/nothing.c");
    std::fs::write(&source, "int main(void) { return 0; }\n").map_err(|error| error.to_string())?;
    let wanted = format!("-Wl,--require-defined={function}");
    let mut command = match target {
        Some(_) => {
            let mut command = Command::new("arm-none-eabi-gcc");
            let script = root().join(FOLDER).join("board/mps2-an386.ld");
            command.args(board::PROCESSOR).args(["-nostdlib", "-Wl,--entry=main,-z,noexecstack"]);
            command.arg(format!("-T{}", script.display()));
            command
        }
        None => Command::new("gcc"),
    };
    let output = command
        .args(["-Wl,--gc-sections", &wanted])
        .arg(&source)
        .arg(library)
        .args(["-lgcc", "-o", "/dev/null"])
        .output()
        .map_err(|error| format!("no linker: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
