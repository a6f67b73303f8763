//! `cargo xtask dist`: the command as it is shipped, and proof that the archive is all that it needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{root, run as command, succeeds};
use crate::interop::{Call, ID, REGION, SECRET, Server, Workshop};

/// Without a C library to look for: the program runs on any Linux.
const TARGETS: [(&str, &str); 2] =
    [("x86_64", "x86_64-unknown-linux-musl"), ("aarch64", "aarch64-unknown-linux-musl")];
const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];
const PROGRAM: &str = "oss-presign";
const TEXTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

const BUILD_SECONDS: u32 = 3_600;
const RUN_SECONDS: u32 = 60;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let target = here()?;
    let built = PathBuf::from(build(&root())?);

    let name = name(target);
    let out = Workshop::new()?.target("dist");
    let archive = out.join(format!("{name}.tar.gz"));
    let folder = emptied(&out.join(&name))?;
    fill(&folder, &built)?;
    pack(&out, &name, &archive)?;
    works_alone(&archive, &name, &emptied(&out.join("alone"))?)?;

    println!("{} bytes  {}", size(&folder.join(PROGRAM))?, folder.join(PROGRAM).display());
    println!("{} bytes  {}", size(&archive)?, archive.display());
    println!("sha256 {}", Call::new("sha256sum", RUN_SECONDS).args([&archive]).captured()?.trim());
    Ok(())
}

fn name(target: &str) -> String {
    format!("{PROGRAM}-{}-{target}", env!("CARGO_PKG_VERSION"))
}

/// Where the files are that the archive holds.
pub(crate) fn folder() -> Result<PathBuf, String> {
    Ok(Workshop::new()?.target("dist").join(name(here()?)))
}

/// The target of this machine.
fn here() -> Result<&'static str, String> {
    let arch = std::env::consts::ARCH;
    let found = TARGETS.iter().find(|(name, _)| *name == arch);
    Ok(found.ok_or(format!("there is no target for {arch}"))?.1)
}

/// Builds the program from the sources in a folder, and returns its path.
///
/// No path of the machine that builds is in it: sources are named as if they stood in `/oss-presign` and `/cargo`.
pub(crate) fn build(sources: &Path) -> Result<String, String> {
    let target = here()?;
    if !succeeds("musl-gcc", &["--version"]) {
        return Err("ring compiles C: install musl-gcc, which Debian has in `musl-tools`".into());
    }
    command("rustup", &["target", "add", target])?;
    let manifest = sources.join("Cargo.toml");
    let mut folders = vec![(sources.to_string_lossy().into_owned(), "/oss-presign")];
    if let Some(cargo) = cargo_home() {
        folders.push((cargo, "/cargo"));
    }
    let renamed = |prefix: &'static str| {
        let folders = folders.clone();
        folders.into_iter().map(move |(from, to)| format!("{prefix}{from}={to}"))
    };
    let flags: Vec<_> = renamed("--remap-path-prefix=").collect();
    let c_flags: Vec<_> = renamed("-ffile-prefix-map=").collect();
    let build = ["build", "--locked", "--release", "--package", "oss-presign-cli", "--bin", PROGRAM];
    // A folder of its own: what it is built with is not what everything else is built with.
    let out = match sources == root() {
        true => Workshop::new()?.target("static"),
        false => sources.join("target"),
    };
    Call::new("cargo", BUILD_SECONDS)
        .args(build)
        .args(["--target", target, "--config", "profile.release.strip=\"symbols\"", "--manifest-path"])
        .args([&manifest])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CFLAGS", c_flags.join(" "))
        .env("CARGO_TARGET_DIR", &out)
        .shown()?;
    Ok(out.join(target).join("release").join(PROGRAM).to_string_lossy().into_owned())
}

/// Where cargo keeps the sources of dependencies.
fn cargo_home() -> Option<String> {
    std::env::var("CARGO_HOME")
        .ok()
        .or_else(|| std::env::var("HOME").ok().map(|home| format!("{home}/.cargo")))
}

fn size(path: &Path) -> Result<u64, String> {
    path.metadata().map(|metadata| metadata.len()).map_err(|error| format!("{}: {error}", path.display()))
}

/// A folder with nothing in it.
fn emptied(folder: &Path) -> Result<PathBuf, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    Ok(folder.to_owned())
}

/// Puts everything that is shipped into the folder.
fn fill(folder: &Path, built: &Path) -> Result<(), String> {
    let copy = |from: &Path, name: &str| {
        std::fs::copy(from, folder.join(name))
            .map(drop)
            .map_err(|error| format!("{}: {error}", from.display()))
    };
    copy(built, PROGRAM)?;
    for text in TEXTS {
        copy(&root().join(text), text)?;
    }
    let manual = folder.join("man/man1");
    Call::new(built, RUN_SECONDS).args(["man", "--directory"]).args([&manual]).shown()?;
    let completions = emptied(&folder.join("completions"))?;
    for shell in SHELLS {
        let script = Call::new(built, RUN_SECONDS).args(["completions", shell]).captured()?;
        let path = completions.join(format!("{PROGRAM}.{shell}"));
        std::fs::write(&path, script).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The same bytes from the same files, whoever packs them and when.
fn pack(out: &Path, name: &str, archive: &Path) -> Result<(), String> {
    let date = Call::new("git", RUN_SECONDS).args(["log", "-1", "--format=@%ct"]).captured()?;
    let plain = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
    Call::new("tar", RUN_SECONDS)
        .args(plain)
        .args([format!("--mtime={}", date.trim()), "--use-compress-program=gzip -9n".to_owned()])
        .args([Path::new("--directory"), out, Path::new("--create"), Path::new("--file"), archive])
        .args([name])
        .shown()
}

/// Unpacks the archive where nothing else is, makes that the root of the file system, and serves, signs, uploads and
/// downloads there.
fn works_alone(archive: &Path, name: &str, folder: &Path) -> Result<(), String> {
    let tar = Call::new("tar", RUN_SECONDS).args([Path::new("--extract"), Path::new("--file"), archive]);
    tar.args([Path::new("--directory"), folder]).shown()?;
    let program = format!("/{name}/{PROGRAM}");
    // A user namespace lets anybody change the root.
    let enter = ["--map-root-user".to_owned(), format!("--root={}", folder.display()), program];
    let mut serve = Command::new("unshare");
    serve.args(&enter).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let server = Server::spawn(serve, &[])?;
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    let ours = |arguments: &[&str]| {
        let call = Call::new("unshare", RUN_SECONDS).args(&enter).args(arguments);
        call.env("OSS_ACCESS_KEY_ID", ID)
            .env("OSS_ACCESS_KEY_SECRET", SECRET)
            .env("OSS_REGION", REGION)
            .env("OSS_ENDPOINT", &endpoint)
            .captured()
    };
    let object = "oss://examplebucket/ü +1.txt";
    let put = ours(&["put", object, "--content-type", "text/plain", "--json"])?;
    let readme = format!("/{name}/README.md");
    ours(&["upload", &readme, put.trim()])?;
    let get = ours(&["get", object])?;
    ours(&["download", get.trim(), "/copy"])?;
    let read = |path: PathBuf| std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()));
    if read(folder.join("copy"))? != read(folder.join(name).join("README.md"))? {
        return Err("what was downloaded is not what was uploaded".into());
    }
    ours(&["upload", &format!("/{name}/{PROGRAM}"), "oss://examplebucket/parts", "--multipart-above", "1M"])?;
    println!("unpacked in an empty root, it served, signed, uploaded (whole and in parts) and downloaded");
    server.stop()
}
