//! `cargo xtask package`: what would be published holds all that it needs.
//!
//! `contents` packs every crate and looks into the archives. Without it, the packages are also unpacked into a
//! workspace that has nothing else, where their tests run, and `cargo publish` is tried without publishing.

use std::path::{Path, PathBuf};

use crate::command::{emptied, output, root, run as command, run_with, target};

/// What every package holds beside its code.
const TEXTS: [&str; 4] = ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "Cargo.toml"];
/// Folders and files of packages that are allowed at all.
const PARTS: [&str; 10] = [
    "src",
    "tests",
    "examples",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "Cargo.toml",
    "Cargo.toml.orig",
    "Cargo.lock",
    ".cargo_vcs_info.json",
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => {}
        [only] if only == "contents" => return contents().map(drop),
        _ => return Err("cargo xtask package [contents]".into()),
    }
    let packages = contents()?;
    let workspace = unpacked(&packages)?;
    let manifest = workspace.join("Cargo.toml");
    let tests = ["test", "--manifest-path", &manifest.to_string_lossy(), "--workspace", "--all-features"];
    run_with("cargo", &tests, &[("CARGO_TARGET_DIR", &target().to_string_lossy())])?;
    command("cargo", &["publish", "--workspace", "--dry-run", "--allow-dirty"])?;
    println!("\n{} packages hold all that they need", packages.len());
    Ok(())
}

/// Packs every crate that is published, and refuses an archive that lacks a text or has what nobody expects.
fn contents() -> Result<Vec<PathBuf>, String> {
    let folder = target().join("package");
    emptied(&folder)?;
    let published = published()?;
    let mut pack = vec!["package", "--quiet", "--no-verify", "--allow-dirty"];
    published.iter().for_each(|name| pack.extend(["--package", name]));
    command("cargo", &pack)?;
    let mut packages = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "crate") {
            packages.push(path);
        }
    }
    packages.sort();
    let mut faults = Vec::new();
    for package in &packages {
        let list = output("tar", &["--list", "--gzip", "--file", &package.to_string_lossy()])?;
        let name = package.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let size = package.metadata().map_or(0, |metadata| metadata.len());
        println!("{name:28} {:4} files {:5} KB", list.lines().count(), size.div_ceil(1000));
        faults.extend(faults_of(&list).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    if packages.len() != published.len() {
        faults.push(format!("{} packages of {} crates", packages.len(), published.len()));
    }
    if faults.is_empty() { Ok(packages) } else { Err(faults.join("\n")) }
}

/// The crates of the workspace that have not said `publish = false`.
fn published() -> Result<Vec<String>, String> {
    let crates = root().join("crates");
    let failed = |error| format!("{}: {error}", crates.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&crates).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let text = std::fs::read_to_string(entry.path().join("Cargo.toml")).unwrap_or_default();
        // Workspaces of their own are not packed.
        let other = text.is_empty() || text.contains("publish = false") || text.contains("\n[workspace]\n");
        if !other {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What is wrong with an archive that holds these files.
fn faults_of(list: &str) -> Vec<String> {
    let inside = || list.lines().filter_map(|line| line.split_once('/').map(|(_, inside)| inside));
    let missing = TEXTS.iter().filter(|text| !inside().any(|file| file == **text));
    let missing = missing.map(|text| format!("{text} is missing"));
    let strange =
        inside().filter(|file| !PARTS.contains(&file.split_once('/').map_or(*file, |(part, _)| part)));
    missing.chain(strange.map(|file| format!("{file} does not belong there"))).collect()
}

/// Unpacks the archives into one workspace, in which they find each other and nothing of this one.
fn unpacked(packages: &[PathBuf]) -> Result<PathBuf, String> {
    let folder = target().join("unpacked");
    emptied(&folder)?;
    let (mut members, mut patches) = (Vec::new(), Vec::new());
    for package in packages {
        let archive = package.to_string_lossy();
        let into = folder.to_string_lossy();
        output("tar", &["--extract", "--gzip", "--file", &archive, "--directory", &into])?;
        let name = package.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let member = name.rsplit_once('-').map_or(name.as_str(), |(member, _)| member);
        patches.push(format!("{member} = {{ path = \"{name}\" }}"));
        members.push(format!("\"{name}\""));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\n{}\n\n{}\n",
        members.join(", "),
        patches.join("\n"),
        test_profile()?
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock: {error}"))?;
    Ok(folder)
}

/// The profile that the workspace's tests are built with: without it, some take minutes.
fn test_profile() -> Result<String, String> {
    const HEAD: &str = "[profile.test.package]";
    let manifest =
        std::fs::read_to_string(root().join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    let (_, after) = manifest.split_once(HEAD).ok_or(format!("Cargo.toml has no {HEAD}"))?;
    Ok(format!("{HEAD}{}", after.split("\n\n").next().unwrap_or_default()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_needs_its_texts_and_nothing_strange() {
        let good = "a-0.1.0/Cargo.toml\na-0.1.0/README.md\na-0.1.0/LICENSE-MIT\na-0.1.0/LICENSE-APACHE\na-0.1.0/src/lib.rs\n";
        assert_eq!(faults_of(good), Vec::<String>::new());
        assert_eq!(
            faults_of(&good.replace("README", "READYOU")),
            ["README.md is missing", "READYOU.md does not belong there"]
        );
    }
}
