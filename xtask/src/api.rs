//! `cargo xtask api`: the public API of each library is the one that was written down, for every set of features that
//! somebody has reason to choose. `cargo xtask api write` writes it down.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::command::{cargo_tool, output_with, root};
use crate::nightly;

/// A set of features by its name, and how cargo is told.
type Features = (&'static str, &'static [&'static str]);

const NONE: Features = ("none", &["--no-default-features"]);
const ALLOC: Features = ("alloc", &["--no-default-features", "--features", "alloc"]);
const STD: Features = ("std", &["--no-default-features", "--features", "std"]);
const DEFAULT: Features = ("default", &[]);
const ALL: Features = ("all", &["--all-features"]);

const LIBRARIES: [(&str, &[Features]); 7] = [
    ("oss-presign", &[NONE, ALLOC, ALL]),
    ("oss-presign-std", &[NONE, DEFAULT, ALL]),
    ("oss-upload", &[NONE, ALLOC, STD, ALL]),
    ("oss-upload-embedded", &[DEFAULT, ALL]),
    ("oss-upload-reqwest", &[ALL]),
    ("oss-upload-ureq", &[ALL]),
    ("oss-local", &[NONE, ALL]),
];

/// Crates whose names may stand in the core's API: an update of any other would break its users.
const OF_THE_CORE: [&str; 4] = ["oss_presign", "core", "alloc", "std"];
/// Types that belong to the language.
const PRIMITIVES: [&str; 9] = ["bool", "char", "str", "u8", "u16", "u32", "u64", "usize", "i64"];
/// The traits of the feature `serde`.
const OF_SERDE: [&str; 2] = ["serde", "serde_core"];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let write = match arguments {
        [] => false,
        [only] if only == "write" => true,
        _ => return Err("cargo xtask api [write]".into()),
    };
    // 0.52 reads the JSON of the pinned nightly.
    cargo_tool("public-api", "0.52.0")?;
    let toolchain = nightly::toolchain()?;
    let mut faults = Vec::new();
    let mut expected = BTreeSet::new();
    for (library, sets) in LIBRARIES {
        for (set, features) in sets {
            let api = list(library, features, toolchain)?;
            if library == "oss-presign" {
                faults.extend(external_types(&api, *set == "all"));
            }
            let path = snapshot(library, set);
            let failed = |error| format!("{}: {error}", path.display());
            if write {
                std::fs::write(&path, &api).map_err(failed)?;
            } else {
                let known = std::fs::read_to_string(&path).map_err(failed)?;
                faults.extend(differences(&known, &api).map(|line| format!("{library} ({set}): {line}")));
            }
            println!("{library} ({set}): {} items", api.lines().count());
            expected.insert(path);
        }
    }
    faults.extend(leftovers(&expected)?);
    match faults.as_slice() {
        [] => Ok(()),
        faults => Err(format!(
            "{}\n\nIf this is meant, run `cargo xtask api write`, and tell users in CHANGELOG.md.",
            faults.join("\n")
        )),
    }
}

fn folder() -> PathBuf {
    root().join("xtask/api")
}

fn snapshot(library: &str, set: &str) -> PathBuf {
    folder().join(format!("{library}.{set}.txt"))
}

/// The public items, a line each, without the implementations that the compiler derives.
fn list(library: &str, features: &[&str], toolchain: &str) -> Result<String, String> {
    let list = ["public-api", "--package", library, "-sss", "--color", "never"];
    let environment = [("RUSTUP_TOOLCHAIN", toolchain), ("CARGO_TARGET_DIR", nightly::TARGET)];
    output_with("cargo", &[&list[..], features].concat(), &environment)
}

fn differences(known: &str, found: &str) -> impl Iterator<Item = String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (known, found) = (lines(known), lines(found));
    let gone: Vec<_> = known.difference(&found).map(|line| format!("- {line}")).collect();
    let new: Vec<_> = found.difference(&known).map(|line| format!("+ {line}")).collect();
    gone.into_iter().chain(new)
}

/// Lines of the core's API that name a type or a trait of another crate.
fn external_types(api: &str, with_serde: bool) -> Vec<String> {
    let allowed = |name: &str, line: &str| {
        OF_THE_CORE.contains(&name)
            || PRIMITIVES.contains(&name)
            || with_serde
                && OF_SERDE.contains(&name)
                && (line.starts_with("impl") || line.contains("serialize"))
    };
    let foreign = api.lines().filter(|line| path_roots(line).any(|name| !allowed(name, line)));
    foreign.map(|line| format!("oss-presign names another crate: {line}")).collect()
}

/// The first names of all paths in a line: `core` of `core::fmt::Result`.
fn path_roots(line: &str) -> impl Iterator<Item = &str> {
    let in_path = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let paths = line.split(move |c: char| !in_path(c)).filter(|path| !path.starts_with(':'));
    let roots = paths.filter_map(|path| path.split_once("::").map(|(first, _)| first));
    // `Self::Error` is of the line's own.
    roots.filter(|first| first.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Snapshots of sets that are listed no more.
fn leftovers(expected: &BTreeSet<PathBuf>) -> Result<Vec<String>, String> {
    let failed = |error| format!("{}: {error}", folder().display());
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(folder()).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !expected.contains(&path) {
            faults.push(format!("{} is of no library and no set", path.display()));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_another_crate_is_found() {
        let api = "pub fn u64::from(oss_presign::D) -> Self\n\
                   pub fn oss_presign::a(&core::fmt::Formatter<'_>) -> <Self as core::ops::Deref>::Target\n\
                   pub fn oss_presign::b(heapless::Vec<u8>)\n\
                   impl serde_core::ser::Serialize for oss_presign::C\n\
                   pub type oss_presign::C::Error = T::Error";
        assert_eq!(
            external_types(api, true),
            ["oss-presign names another crate: pub fn oss_presign::b(heapless::Vec<u8>)"]
        );
        assert_eq!(external_types(api, false).len(), 2);
    }

    #[test]
    fn what_went_and_what_came_are_told() {
        let lines: Vec<_> = differences("a\nb", "b\nc").collect();
        assert_eq!(lines, ["- a", "+ c"]);
        assert_eq!(differences("a\nb", "a\nb").count(), 0);
    }
}
