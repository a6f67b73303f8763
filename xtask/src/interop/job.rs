//! The jobs that a client program is given; `xtask/interop/README.md` has the form of their files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::signer::Signed;

/// One request.
pub(super) struct Job {
    pub(super) method: &'static str,
    pub(super) signed: Signed,
    pub(super) body: Option<PathBuf>,
}

/// What became of it.
pub(super) struct Outcome {
    /// The status, or the client's own words where it saw none.
    pub(super) said: String,
    pub(super) answer: PathBuf,
}

impl Job {
    pub(super) fn put(signed: Signed, body: &Path) -> Self {
        Self { method: "PUT", signed, body: Some(body.to_path_buf()) }
    }

    pub(super) fn get(signed: Signed) -> Self {
        Self { method: "GET", signed, body: None }
    }

    /// Writes the job file; returns the answer's path.
    pub(super) fn write(&self, path: &Path) -> Result<PathBuf, String> {
        let answer = path.with_extension("answer");
        // An old answer must not be taken for this run's.
        let _ = std::fs::remove_file(&answer);
        let body = self.body.as_ref().map_or("-".into(), |body| body.display().to_string());
        let mut text = format!("{}\n{}\n{body}\n{}\n", self.method, self.signed.url, answer.display());
        for (name, value) in &self.signed.headers {
            let _ = writeln!(text, "{name}: {value}");
        }
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(answer)
    }
}

impl Outcome {
    /// The answer's body, where the status is this one.
    pub(super) fn expect(&self, status: &str) -> Result<Vec<u8>, String> {
        let answer = std::fs::read(&self.answer).unwrap_or_default();
        if self.said == status {
            return Ok(answer);
        }
        let code = String::from_utf8_lossy(&answer);
        let code = code.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map_or(String::new(), |(code, _)| format!(" {code}"));
        Err(format!("{status} expected, got {}{code}", self.said))
    }
}
