//! Gives the linker the memory of the board that belongs to the target, and the firmware its vectors and its day key.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

const VECTORS: &str = "../oss-presign/tests/vectors/presign.jsonl";
const COUNT: usize = 50;
/// What `oss-presign day-key --date 2024-11-12` prints for the secret `fake-access-key-secret`.
const DAY_KEY: &str = "day-key.json";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    link(&env::var("TARGET")?, &out)?;
    println!("cargo:rerun-if-changed={VECTORS}");
    fs::write(out.join("vectors.rs"), vectors(&fs::read_to_string(VECTORS)?)?)?;
    println!("cargo:rerun-if-changed={DAY_KEY}");
    fs::write(out.join("day_key.rs"), day_key(&fs::read_to_string(DAY_KEY)?)?)?;
    println!("cargo:rerun-if-env-changed=FIRMWARE_ROOTS");
    fs::write(out.join("roots.rs"), roots(env::var_os("FIRMWARE_ROOTS"))?)?;
    Ok(())
}

/// The `.der` files of a folder, as Rust; none without a folder.
fn roots(folder: Option<OsString>) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    if let Some(folder) = folder {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "der") {
                println!("cargo:rerun-if-changed={}", path.display());
                files.push(path);
            }
        }
    }
    files.sort();
    let mut rust = "/// The certificates, in DER format.\npub static ROOTS: &[&[u8]] = &[\n".to_owned();
    for file in files {
        writeln!(rust, "    include_bytes!({file:?}),")?;
    }
    rust.push_str("];\n");
    Ok(rust)
}

fn link(target: &str, out: &Path) -> Result<(), Box<dyn Error>> {
    let board = match target {
        "thumbv7em-none-eabihf" => "mps2-an386",
        "thumbv6m-none-eabi" => "microbit",
        "riscv32imc-unknown-none-elf" => "virt",
        _ => return Err(format!("no board for target {target}").into()),
    };
    // How fast the counter of instructions runs.
    println!("cargo:rustc-check-cfg=cfg(board, values(\"mps2-an386\", \"microbit\", \"virt\"))");
    println!("cargo:rustc-cfg=board=\"{board}\"");
    let memory = format!("memory/{board}.x");
    println!("cargo:rerun-if-changed={memory}");
    fs::copy(&memory, out.join("memory.x"))?;
    // `cortex-m-rt` asks for the names of the interrupts; no program has a handler for one.
    fs::write(out.join("device.x"), "")?;
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}

/// The key, its scope and the id of its access key, as Rust.
fn day_key(json: &str) -> Result<String, Box<dyn Error>> {
    let key: Value = serde_json::from_str(json)?;
    let text = |field: &str| key[field].as_str().ok_or_else(|| format!("{DAY_KEY} has no `{field}`"));
    let hex = text("signing_key")?;
    let bytes: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect::<Result<_, Box<dyn Error>>>()?;
    Ok(format!(
        "const ACCESS_KEY_ID: &str = {:?};\nconst SCOPE: &str = {:?};\nstatic SIGNING_KEY: [u8; 32] = {bytes:?};\n",
        text("access_key_id")?,
        text("scope")?
    ))
}

/// Those that the SDKs agree upon and that fit, as Rust. Every fourth or so, so that all kinds are among them.
fn vectors(jsonl: &str) -> Result<String, Box<dyn Error>> {
    let mut fitting = Vec::new();
    for line in jsonl.lines() {
        let vector: Value = serde_json::from_str(line)?;
        let count = |field: &str| vector[field].as_array().map_or(0, Vec::len);
        let fits = vector["url"].as_str().is_some_and(|url| url.len() <= 700)
            && ["headers", "additional_headers", "query"].into_iter().all(|field| count(field) <= 8);
        if vector["disputed"].is_null() && fits {
            fitting.push(vector);
        }
    }
    let step = fitting.len() / COUNT;
    let mut rust = format!("/// The vectors.\npub static VECTORS: [Vector; {COUNT}] = [\n");
    for vector in fitting.iter().step_by(step.max(1)).take(COUNT) {
        rust.push_str("    Vector {\n");
        for field in [
            "id",
            "method",
            "endpoint",
            "style",
            "bucket",
            "region",
            "product",
            "access_key_id",
            "access_key_secret",
        ] {
            writeln!(rust, "        {field}: {:?},", vector[field].as_str().unwrap_or_default())?;
        }
        for field in ["key", "security_token"] {
            writeln!(rust, "        {field}: {:?},", vector[field].as_str())?;
        }
        for field in ["timestamp", "expires"] {
            writeln!(rust, "        {field}: {},", vector[field])?;
        }
        writeln!(rust, "        http: {},", vector["scheme"] == "http")?;
        let pairs = |field: &str| {
            vector[field]
                .as_array()
                .into_iter()
                .flatten()
                .map(|pair| (pair[0].as_str().unwrap_or_default(), pair[1].as_str()))
        };
        let headers: Vec<_> =
            pairs("headers").map(|(name, value)| (name, value.unwrap_or_default())).collect();
        let names: Vec<_> =
            vector["additional_headers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let query: Vec<_> = pairs("query").collect();
        writeln!(
            rust,
            "        headers: &{headers:?},\n        additional_headers: &{names:?},\n        query: &{query:?},\n    }},"
        )?;
    }
    rust.push_str("];\n");
    Ok(rust)
}
