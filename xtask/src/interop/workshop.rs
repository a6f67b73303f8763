//! Where things are, and the build of our own programs.

use std::path::PathBuf;

use super::process::Call;
use crate::command::root;

pub(crate) struct Workshop {
    /// The client programs' sources.
    pub(super) programs: PathBuf,
    /// Everything that this task writes.
    pub(super) out: PathBuf,
    /// Cargo's target folder.
    target: PathBuf,
}

impl Workshop {
    pub(crate) fn new() -> Result<Self, String> {
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root().join(folder),
            None => root().join("target"),
        };
        let workshop = Self { programs: root().join("xtask/interop"), out: target.join("interop"), target };
        for folder in ["bin", "java", "jobs", "bodies"] {
            workshop.folder(folder)?;
        }
        Ok(workshop)
    }

    /// A folder below the task's own, made where it is missing.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.out.join(name);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// One of our own programs, as cargo has built it.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// A folder in Cargo's target folder.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// Where cargo puts what it has optimised.
    pub(crate) fn release(&self) -> PathBuf {
        self.target.join("release")
    }

    /// The command, with its server, and the service that signs for a page.
    pub(crate) fn build_ours(&self) -> Result<(), String> {
        let command = ["--package", "oss-presign-cli", "--bin", "oss-presign"];
        let service = ["--package", "oss-presign-std", "--example", "upload_service"];
        let features = ["--features", "oss-presign-std/multipart"];
        cargo_build(&["build", "--quiet", "--locked"], &[&features[..], &service, &command].concat())
    }

    /// Replaces `{programs}`, `{out}` and `{debug}` in a command's words.
    pub(super) fn words(&self, words: &[&str]) -> Vec<String> {
        let replace = |word: &&str| {
            word.replace("{programs}", &self.programs.to_string_lossy())
                .replace("{out}", &self.out.to_string_lossy())
                .replace("{debug}", &self.target.join("debug").to_string_lossy())
        };
        words.iter().map(replace).collect()
    }
}

/// Runs cargo, with what it says shown.
pub(crate) fn cargo_build(verb: &[&str], what: &[&str]) -> Result<(), String> {
    eprintln!("building {}", what.last().unwrap_or(&""));
    Call::new("cargo", 1_800).args(verb).args(what).shown()
}
