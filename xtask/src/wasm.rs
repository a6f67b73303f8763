//! `cargo xtask wasm`: the core for JavaScript: the modules, their sizes, the npm package, and the copies that the local
//! server's page uses.
//!
//! The copies are checked in, so that building the server needs no WebAssembly; `--check` compares them byte for byte with
//! what the sources make.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{copy_sources, emptied, output, root, run_with, succeeds};
use crate::interop::{Call, Workshop};

/// The compiler whose bytes are checked in: the oldest that the project builds with, because CI has it anyway.
const TOOLCHAIN: &str = "1.88.0";
const TARGET: &str = "wasm32-unknown-unknown";
/// A module, the features it is built with, and the most bytes it may have as a browser downloads it, compressed by gzip.
const MODULES: [(&str, &[&str], usize); 2] =
    [("presign.wasm", &[], 80 << 10), ("explain.wasm", &["--features", "explain"], 224 << 10)];
/// Scripts and types as they are written, in the crate's folder `js`.
const SCRIPTS: [&str; 8] = [
    "presign.js",
    "presign.d.ts",
    "node.js",
    "explain.js",
    "explain-node.js",
    "upload.d.ts",
    "package.json",
    "README.md",
];
/// The module that uploads, and the most bytes that it may have as it is published: without comments and indentation.
const UPLOAD: (&str, usize) = ("upload.js", 10 << 10);
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// What the page has of it, and under which name.
const PAGE: [(&str, &str); 3] =
    [("explain.wasm", "page.wasm"), ("presign.js", "presign.js"), ("upload.js", "upload.js")];

/// The compiler that the types are checked with.
const TYPESCRIPT: &str = "typescript@7.0.2";
/// As strict as a user's project may be.
const STRICT: [&str; 10] = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--noUncheckedIndexedAccess",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom,dom.iterable",
    "--module",
    "nodenext",
];

const USAGE: &str = "\
cargo xtask wasm [--check | --elsewhere]

  --check      write nothing into the sources; fail where the page's copies are others than the sources make
  --elsewhere  only build the modules, in two folders; fail where their bytes differ";
const SECONDS: u32 = 300;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let workshop = Workshop::new()?;
    let check = match arguments {
        [] => false,
        [option] if option == "--check" => true,
        [option] if option == "--elsewhere" => return elsewhere(&workshop),
        _ => return Err(USAGE.to_owned()),
    };
    let package = workshop.target("npm").join("oss-presign");
    emptied(&package)?;
    let sources = root().join("crates/oss-presign-wasm/js");
    for script in SCRIPTS {
        copy(&sources.join(script), &package.join(script))?;
    }
    strip(&sources.join(UPLOAD.0), &package.join(UPLOAD.0))?;
    for licence in LICENCES {
        copy(&root().join(licence), &package.join(licence))?;
    }
    for (module, features, _) in MODULES {
        build(&root(), &workshop.target("wasm"), features, &package.join(module))?;
    }
    sizes(&package)?;
    published(&package, &workshop.target("npm"))?;
    types(&workshop.target("npm"))?;
    PAGE.into_iter().try_for_each(|(source, name)| place(&package.join(source), name, check))
}

/// Builds each module from a copy of the sources and from another copy in another folder, and compares their bytes.
fn elsewhere(workshop: &Workshop) -> Result<(), String> {
    let folder = workshop.target("wasm-elsewhere");
    // Of different lengths, because a path that slips in shows by its length, too.
    let copies = [folder.join("a"), folder.join("another-folder")];
    copies.iter().try_for_each(|copy| copy_sources(copy))?;
    for (module, features, _) in MODULES {
        let made = copies.each_ref().map(|copy| copy.join(module));
        for (copy, module) in copies.iter().zip(&made) {
            build(copy, &copy.join("target"), features, module)?;
        }
        let sum = |path: &PathBuf| output("sha256sum", &["--tag", &path.to_string_lossy()]);
        let [one, other] = [sum(&made[0])?, sum(&made[1])?];
        println!("{}\n{}", one.trim(), other.trim());
        let of = |said: &str| said.rsplit(' ').next().map(str::to_owned);
        if of(&one) != of(&other) {
            return Err(format!("{module} differs between two folders"));
        }
    }
    println!("two builds in two folders are the same bytes");
    Ok(())
}

/// Builds a module whose bytes do not depend on where its sources are.
fn build(sources: &Path, target: &Path, features: &[&str], module: &Path) -> Result<(), String> {
    let toolchain = format!("+{TOOLCHAIN}");
    if !succeeds("rustc", &[&toolchain, "--version"]) {
        let install = ["toolchain", "install", TOOLCHAIN, "--profile", "minimal"];
        crate::command::run("rustup", &install)?;
    }
    crate::command::run("rustup", &["target", "add", TARGET, "--toolchain", TOOLCHAIN])?;
    let folder = target.to_string_lossy();
    let manifest = sources.join("Cargo.toml");
    let manifest = manifest.to_string_lossy();
    let build = [&toolchain, "rustc", "--quiet", "--locked", "--manifest-path", &manifest];
    let package = ["--package", "oss-presign-wasm", "--lib"];
    // Beside an `rlib` the whole program is not optimised as one.
    let how = ["--profile", "wasm", "--target", TARGET, "--target-dir", &folder, "--crate-type", "cdylib"];
    let flags = flags(sources)?.join("\x1f");
    let environment = [("CARGO_ENCODED_RUSTFLAGS", flags.as_str()), ("CARGO_INCREMENTAL", "0")];
    run_with("cargo", &[&build[..], &package, &how, features].concat(), &environment)?;
    copy(&target.join(TARGET).join("wasm/oss_presign_wasm.wasm"), module)
}

/// The small form of SHA-256, and no path of this machine in what a panic would say.
fn flags(sources: &Path) -> Result<Vec<String>, String> {
    let mut flags = vec!["--cfg".to_owned(), "sha2_backend_soft=\"compact\"".to_owned()];
    let mut remap =
        |from: &Path, to: &str| flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    remap(sources, "/oss-presign");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registries = home.ok_or("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    for registry in std::fs::read_dir(&registries).into_iter().flatten().flatten() {
        remap(&registry.path(), "/crates");
    }
    // Where the library's sources are installed, the compiler puts their path for the one that it was built with.
    let rustc = |argument: &[&str]| {
        Call::new("rustc", SECONDS).args([format!("+{TOOLCHAIN}")]).args(argument).captured()
    };
    let version = rustc(&["-vV"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let library = Path::new(rustc(&["--print", "sysroot"])?.trim()).join("lib/rustlib/src/rust");
    remap(&library, &format!("/rustc/{commit}"));
    Ok(flags)
}

/// Copies a script without comments and indentation. No text in it may hold ` // `.
fn strip(from: &Path, to: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(from).map_err(|error| format!("{}: {error}", from.display()))?;
    let is_code = |line: &&str| !(line.is_empty() || line.starts_with("//") || line.starts_with("/**"));
    let code = |line| str::split(line, " // ").next().unwrap_or_default().trim();
    let lines: Vec<_> = text.lines().map(code).filter(is_code).collect();
    let credit = "// Resumable uploads: upload.d.ts";
    std::fs::write(to, format!("{credit}\n{}\n", lines.join("\n")))
        .map_err(|error| format!("{}: {error}", to.display()))
}

/// Prints the sizes, and fails where one is above its limit.
fn sizes(package: &Path) -> Result<(), String> {
    let mut above = Vec::new();
    println!("\n{:14} {:>9} {:>9}", "", "raw", "gzip");
    let mut judge = |name: &'static str, limit: usize, of_raw: bool| {
        let path = package.join(name);
        let raw = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
        let (raw, compressed) = (usize::try_from(raw).unwrap_or(usize::MAX), gzipped(&path)?);
        let (judged, what) = if of_raw { (raw, "raw") } else { (compressed, "gzip") };
        println!("{name:14} {raw:>9} {compressed:>9}  at most {limit} {what}");
        if judged > limit {
            above.push(name);
        }
        Ok::<_, String>(())
    };
    MODULES.into_iter().try_for_each(|(module, _, limit)| judge(module, limit, false))?;
    judge(UPLOAD.0, UPLOAD.1, true)?;
    if above.is_empty() { Ok(()) } else { Err(format!("above its limit: {}", above.join(", "))) }
}

fn gzipped(path: &Path) -> Result<usize, String> {
    let output = Command::new("gzip").args(["-9", "-n", "-c"]).arg(path).output();
    match output {
        Ok(output) if output.status.success() => Ok(output.stdout.len()),
        Ok(output) => Err(format!("gzip: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("gzip: {error}")),
    }
}

/// Packs the package, installs it where nothing else is, and runs the vectors there.
fn published(package: &Path, out: &Path) -> Result<(), String> {
    let said = Call::new("npm", SECONDS)
        .args(["pack", "--silent", "--pack-destination"])
        .args([out, package])
        .captured()?;
    let archive = out.join(said.trim());
    let folder = out.join("installed");
    emptied(&folder)?;
    let here = folder.display().to_string();
    let install = ["install", "--silent", "--no-audit", "--no-fund", "--offline", "--prefix", &here];
    Call::new("npm", SECONDS).args(install).args([&archive]).captured()?;
    let vectors = folder.join("vectors.mjs");
    copy(&root().join("crates/oss-presign-wasm/tests/vectors.mjs"), &vectors)?;
    println!("\nin Node.js, through {}:", archive.display());
    Call::new("node", SECONDS).args([vectors, root().join("crates/oss-presign/tests/vectors")]).shown()
}

/// Compiles a program that uses everything that the installed package declares.
fn types(out: &Path) -> Result<(), String> {
    let compiler = out.join("typescript");
    let tsc = compiler.join("node_modules/.bin/tsc");
    let version = TYPESCRIPT.replace("typescript@", "Version ");
    if Call::new(&tsc, SECONDS).args(["--version"]).captured().ok().as_deref().map(str::trim)
        != Some(&version)
    {
        emptied(&compiler)?;
        let prefix = compiler.display().to_string();
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", &prefix, TYPESCRIPT];
        Call::new("npm", SECONDS).args(install).captured()?;
    }
    // Beside the package, as a program is that imports it.
    let program = out.join("installed/types.mts");
    copy(&root().join("crates/oss-presign-wasm/tests/types.ts"), &program)?;
    // The compiler complains on standard output.
    Call::new(tsc, SECONDS).args(STRICT).args([&program]).shown()?;
    println!("the types: {version}, strict, without a complaint");
    Ok(())
}

/// Puts a file among the page's sources, or compares it with the one that is there.
fn place(made: &Path, name: &str, check: bool) -> Result<(), String> {
    let path = root().join("crates/oss-local/src/page").join(name);
    if !check {
        return copy(made, &path);
    }
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    if read(made)? == read(&path)? {
        println!("{name}: as the sources make it");
        Ok(())
    } else {
        Err(format!("{} is another than its sources make: run `cargo xtask wasm`", path.display()))
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    // `fs::copy` would take over that the compiler makes a module executable.
    let copied = std::fs::read(from).and_then(|bytes| std::fs::write(to, bytes));
    copied.map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}
