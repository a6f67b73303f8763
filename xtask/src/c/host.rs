//! C programs on this machine: built by gcc against the installed package, statically and dynamically, run under valgrind.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{FOLDER, Row, vectors};
use crate::command::{root, run as command};

const WARNINGS: [&str; 6] = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-g"];

pub(super) fn run(chosen: &[Value]) -> Result<Vec<Row>, String> {
    let prefix = super::package("host", "prefix", &[])?;
    let data = prefix.join("vector_data.h");
    std::fs::write(&data, vectors::data(chosen)?).map_err(|error| format!("{}: {error}", data.display()))?;
    let mut rows = Vec::new();
    for (place, library) in [
        ("x86_64 Linux, gcc, static library", "lib/liboss_presign_c.a"),
        ("x86_64 Linux, gcc, shared library", "lib/liboss_presign_c.so"),
    ] {
        compile(&prefix, library, &["interface"])?;
        valgrind(&prefix, "interface")?;
        compile(&prefix, library, &["vectors", "hmac_sha256"])?;
        let output = valgrind(&prefix, "vectors")?;
        let passed = vectors::compare(chosen, &vectors::WAYS, &output)?;
        rows.push(Row { place, vectors: passed, cost: None, missing: "" });
    }
    Ok(rows)
}

/// Compiles a program, which has the name of its first source.
fn compile(prefix: &Path, library: &str, sources: &[&str]) -> Result<(), String> {
    let tests = root().join(FOLDER).join("tests");
    let program = sources.first().copied().unwrap_or_default();
    let include = [&prefix.join("include"), prefix, &tests].map(|folder| format!("-I{}", folder.display()));
    let mut arguments: Vec<String> = WARNINGS.map(str::to_owned).into();
    arguments.extend(include);
    arguments
        .extend(sources.iter().map(|source| tests.join(source).with_extension("c").display().to_string()));
    arguments.push(prefix.join(library).display().to_string());
    arguments.push(format!("-Wl,-rpath,{}", prefix.join("lib").display()));
    arguments.extend(["-o".to_owned(), prefix.join(program).display().to_string()]);
    command("gcc", &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Runs a program under valgrind, which fails at the first byte read or written that is nobody's, and gives what it prints.
fn valgrind(prefix: &Path, program: &str) -> Result<String, String> {
    let options = ["--quiet", "--error-exitcode=99", "--leak-check=full", "--track-origins=yes"];
    let output = Command::new("valgrind")
        .args(options)
        .arg(prefix.join(program))
        .output()
        .map_err(|error| format!("valgrind does not start: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        let (said, wrong) = (text(&output.stdout), text(&output.stderr));
        Err(format!("{program} under valgrind: {}\n{said}{wrong}", output.status))
    }
}
