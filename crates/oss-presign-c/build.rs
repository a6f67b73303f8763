//! Makes the texts of the statuses from their documentation, and names the shared library for the loader.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

const STATUSES: &str = "src/status.rs";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={STATUSES}");
    let texts = texts(&fs::read_to_string(STATUSES)?)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("status_texts.rs"), texts)?;
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        // Before 1.0 each minor version may break what the last one promised.
        let (major, minor) = (env::var("CARGO_PKG_VERSION_MAJOR")?, env::var("CARGO_PKG_VERSION_MINOR")?);
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liboss_presign_c.so.{major}.{minor}");
    }
    Ok(())
}

/// A function from the number of a status to its text: each value `Name = number,` of the enum takes the documentation above.
fn texts(source: &str) -> Result<String, Box<dyn Error>> {
    let (_, values) = source.split_once("pub enum Status {").ok_or("no enum")?;
    let (values, _) = values.split_once("\n}").ok_or("the enum does not end")?;
    let mut function = String::from("fn text(status: i32) -> &'static CStr {\n    match status {\n");
    let mut text = Vec::new();
    for line in values.lines().map(str::trim) {
        if let Some(documentation) = line.strip_prefix("/// ") {
            text.push(documentation);
        } else if let Some((_, number)) = line.trim_end_matches(',').split_once(" = ") {
            let number: i32 = number.parse()?;
            writeln!(function, "        {number} => c{:?},", text.join(" "))?;
            text.clear();
        }
    }
    function.push_str("        _ => c\"this number is no status of oss_presign\",\n    }\n}\n");
    Ok(function)
}
