//! Which files are meant: by name, by folder, by pattern.

use std::path::{Component, Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use walkdir::WalkDir;

use crate::checkpoint;
use crate::failure::{Class, Failure};
use crate::output;

/// A file, and how it is called in keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// The path below its folder, or below the fixed part of its pattern, with slashes; of a file given by name
    /// the name.
    pub(crate) relative: String,
}

/// What is below folders and patterns.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) files: Vec<Found>,
    /// Files and folders that cannot be taken, and why. The others are.
    pub(crate) unusable: Vec<(PathBuf, String)>,
}

/// What is taken of folders and patterns.
pub(crate) struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Result<Self, Failure> {
        let set = |flag: &str, patterns: &[String]| {
            let mut set = GlobSetBuilder::new();
            for pattern in patterns {
                set.add(glob(pattern).map_err(|error| Failure::unusable(format!("{flag}: {error}")))?);
            }
            set.build().map_err(|error| Failure::unusable(format!("{flag}: {error}")))
        };
        let include = if include.is_empty() { None } else { Some(set("--include", include)?) };
        Ok(Self { include, exclude: set("--exclude", exclude)? })
    }

    pub(crate) fn takes(&self, relative: &str) -> bool {
        let name = relative.rsplit('/').next().unwrap_or_default();
        let fits = |set: &GlobSet| set.is_match(relative) || set.is_match(name);
        self.include.as_ref().is_none_or(fits) && !fits(&self.exclude)
    }
}

/// Finds all files, folders and patterns in their order, and within each by name.
pub(crate) fn find(arguments: &[PathBuf], recursive: bool, filter: &Filter) -> Result<Findings, Failure> {
    let mut found = Findings::default();
    for argument in arguments {
        match std::fs::metadata(argument) {
            Ok(metadata) if metadata.is_dir() && recursive => walk(argument, None, filter, &mut found),
            Ok(metadata) if metadata.is_dir() => {
                return Err(Failure::unusable(format!(
                    "`{}` is a folder: give -r to upload what is in it",
                    argument.display()
                )));
            }
            Ok(_) => {
                let relative = name(argument).map_err(|reason| {
                    Failure::new(Class::LocalFile, format!("{}: {reason}", argument.display()))
                })?;
                found.files.push(Found { path: argument.clone(), relative });
            }
            Err(error) => match argument.to_str().filter(|text| is_pattern(text)) {
                Some(pattern) => by_pattern(pattern, filter, &mut found)?,
                None => return Err(local(argument, &error)),
            },
        }
    }
    Ok(found)
}

/// A pattern in which `*` and `?` stop at slashes.
fn glob(pattern: &str) -> Result<Glob, String> {
    GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| {
        let shown = pattern.escape_debug();
        format!(
            "`{shown}` is not a pattern: {}; write \\ before a character that stands for itself",
            error.kind()
        )
    })
}

/// Whether a text has characters that only a pattern would have.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

fn by_pattern(pattern: &str, filter: &Filter, found: &mut Findings) -> Result<(), Failure> {
    let matcher = glob(pattern).map_err(Failure::unusable)?;
    let fixed: PathBuf = Path::new(pattern)
        .components()
        .take_while(|component| component.as_os_str().to_str().is_some_and(|text| !is_pattern(text)))
        .collect();
    let before = found.files.len() + found.unusable.len();
    walk(&fixed, Some(&matcher.compile_matcher()), filter, found);
    if found.files.len() + found.unusable.len() == before {
        return Err(Failure::new(Class::LocalFile, format!("no file fits `{}`", pattern.escape_debug())));
    }
    Ok(())
}

/// Links are followed; one that leads back to where it is cannot be.
fn walk(folder: &Path, pattern: Option<&GlobMatcher>, filter: &Filter, found: &mut Findings) {
    let here = folder.as_os_str().is_empty();
    let start = if here { Path::new(".") } else { folder };
    for entry in WalkDir::new(start).follow_links(true).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(start).to_owned();
                let shown = path.display().to_string();
                if leads_nowhere(&path) {
                    output::note(format_args!(
                        "left out {}: the link leads nowhere",
                        output::escaped(&shown)
                    ));
                } else {
                    found.unusable.push((path, reason(&error)));
                }
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let relative_path = entry.path().strip_prefix(start).unwrap_or(entry.path());
        // What lies here is matched as it would be written: without `./`.
        let written = if here { relative_path } else { entry.path() };
        if pattern.is_some_and(|pattern| !pattern.is_match(written)) {
            continue;
        }
        let relative = match slashed(relative_path) {
            Ok(relative) => relative,
            Err(reason) => {
                found.unusable.push((written.to_owned(), reason));
                continue;
            }
        };
        let is_checkpoint = checkpoint::is_named_as_one(relative.rsplit('/').next().unwrap_or_default());
        if filter.takes(&relative) && !is_checkpoint {
            found.files.push(Found { path: written.to_owned(), relative });
        }
    }
}

/// Why a file or a folder cannot be looked at, without its name.
fn reason(error: &walkdir::Error) -> String {
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("the link leads back to {}", ancestor.display()),
        (None, Some(error)) => error.to_string(),
        (None, None) => error.to_string(),
    }
}

fn leads_nowhere(path: &Path) -> bool {
    path.is_symlink() && matches!(path.try_exists(), Ok(false))
}

fn name(path: &Path) -> Result<String, String> {
    slashed(Path::new(path.file_name().unwrap_or(path.as_os_str())))
}

/// A path as part of a key.
fn slashed(path: &Path) -> Result<String, String> {
    let names = path.components().map(|component| match component {
        Component::Normal(name) => name.to_str(),
        other => other.as_os_str().to_str(),
    });
    let names: Option<Vec<&str>> = names.collect();
    let key = names.map(|names| names.join("/"));
    key.ok_or_else(|| "the name is not UTF-8, as keys are: rename it".to_owned())
}

fn local(path: &Path, error: &std::io::Error) -> Failure {
    Failure::file(path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in ["a.txt", "sub/b.txt", "sub/c.map", "sub/deep/d.txt", ".hidden"] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        folder
    }

    fn relatives(arguments: &[PathBuf], include: &[&str], exclude: &[&str]) -> Vec<String> {
        let owned =
            |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>();
        let filter = Filter::new(&owned(include), &owned(exclude)).unwrap();
        find(arguments, true, &filter).unwrap().files.into_iter().map(|found| found.relative).collect()
    }

    #[test]
    fn folders() {
        let folder = folder();
        let all = [".hidden", "a.txt", "sub/b.txt", "sub/c.map", "sub/deep/d.txt"];
        assert_eq!(relatives(&[folder.path().to_owned()], &[], &[]), all);
        assert_eq!(
            relatives(&[folder.path().to_owned()], &["*.txt"], &["sub/deep/**"]),
            ["a.txt", "sub/b.txt"]
        );
        let none = Filter::new(&[], &[]).unwrap();
        assert_eq!(find(&[folder.path().to_owned()], false, &none).unwrap_err().class, Class::Unusable);
    }

    #[test]
    fn patterns() {
        let folder = folder();
        let pattern = |text: &str| folder.path().join(text);
        assert_eq!(relatives(&[pattern("*.txt")], &[], &[]), ["a.txt"]);
        assert_eq!(relatives(&[pattern("**/*.txt")], &[], &[]), ["a.txt", "sub/b.txt", "sub/deep/d.txt"]);
        assert_eq!(relatives(&[pattern("sub/?.{txt,map}")], &[], &[]), ["b.txt", "c.map"]);
        let none = Filter::new(&[], &[]).unwrap();
        assert_eq!(find(&[pattern("*.jpg")], false, &none).unwrap_err().class, Class::LocalFile);
    }

    #[test]
    fn a_name_that_exists_is_no_pattern() {
        let folder = folder();
        let odd = folder.path().join("odd[1].txt");
        std::fs::write(&odd, "").unwrap();
        assert_eq!(relatives(&[odd], &[], &[]), ["odd[1].txt"]);
        let none = Filter::new(&[], &[]).unwrap();
        assert_eq!(find(&[folder.path().join("none")], false, &none).unwrap_err().class, Class::LocalFile);
    }
}
