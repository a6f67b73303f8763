//! Presigned URLs, made by our command.

use std::path::Path;

use super::process::Call;
use super::server::Server;
use super::workshop::Workshop;

pub(super) const BUCKET: &str = "interop";
/// Versioning is on in this one.
pub(super) const VERSIONED: &str = "interop-versioned";
pub(crate) const REGION: &str = "cn-hangzhou";
pub(crate) const ID: &str = "fake-access-key-id";
pub(crate) const SECRET: &str = "fake-access-key-secret";

/// A URL, and the headers to send with it.
pub(super) struct Signed {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    /// The command's whole answer.
    pub(super) json: String,
}

/// Signs for one server.
#[derive(Clone)]
pub(super) struct Signer {
    program: std::path::PathBuf,
    port: u16,
}

impl Signer {
    pub(super) fn new(workshop: &Workshop, server: &Server) -> Self {
        Self { program: workshop.program("oss-presign"), port: server.port }
    }

    /// `http://127.0.0.1:port/bucket/key`; further arguments as the command takes them.
    pub(super) fn sign(&self, method: &str, key: &str, more: &[&str]) -> Result<Signed, String> {
        self.path_style(method, BUCKET, key, more)
    }

    pub(super) fn path_style(
        &self,
        method: &str,
        bucket: &str,
        key: &str,
        more: &[&str],
    ) -> Result<Signed, String> {
        let host = format!("http://127.0.0.1:{}", self.port);
        self.run(&[&[method, "--json", "--style", "path", "--endpoint", &host], more, &["--", bucket, key]])
    }

    /// `http://bucket.localhost:port/key`
    pub(super) fn virtual_hosted(&self, method: &str, key: &str) -> Result<Signed, String> {
        let host = format!("http://localhost:{}", self.port);
        self.run(&[&[method, "--json", "--endpoint", &host, "--", BUCKET, key]])
    }

    /// The curl command that the CLI prints for an upload.
    pub(super) fn curl_command(&self, key: &str, file: &str) -> Result<String, String> {
        let host = format!("http://127.0.0.1:{}", self.port);
        let words =
            ["put", "--curl", "--file", file, "--style", "path", "--endpoint", &host, "--", BUCKET, key];
        self.call(&[&words])
    }

    /// What the command says about a refusal: from the answer that a client saw, what was signed, and what it sent.
    pub(super) fn explain(&self, answer: &Path, signed: &str, sent: &str) -> Result<String, String> {
        let header = format!("content-type: {sent}");
        self.call(&[&["explain", "--header", &header, "--", &answer.to_string_lossy(), signed]])
    }

    fn run(&self, words: &[&[&str]]) -> Result<Signed, String> {
        parse(&self.call(words)?)
    }

    fn call(&self, words: &[&[&str]]) -> Result<String, String> {
        with_credentials(Call::new(&self.program, 60).args(words.concat())).captured()
    }
}

/// What our command and the SDKs' scripts read.
pub(super) fn with_credentials(call: Call) -> Call {
    call.env("OSS_ACCESS_KEY_ID", ID).env("OSS_ACCESS_KEY_SECRET", SECRET).env("OSS_REGION", REGION)
}

/// Reads `{"method":…,"url":"…","headers":[["name","value"],…],…}`, of which only strings are of interest.
fn parse(json: &str) -> Result<Signed, String> {
    let bad = || format!("no answer of the command: {json}");
    let (_, rest) = json.split_once(r#""url":"#).ok_or_else(bad)?;
    let (url, rest) = string(rest).ok_or_else(bad)?;
    let (_, rest) = rest.split_once(r#""headers":["#).ok_or_else(bad)?;
    let mut headers = Vec::new();
    let mut rest = rest;
    while let Some(pair) = rest.trim_start_matches(',').strip_prefix('[') {
        let (name, after) = string(pair).ok_or_else(bad)?;
        let (value, after) = string(after.trim_start_matches(',')).ok_or_else(bad)?;
        headers.push((name, value));
        rest = after.strip_prefix(']').ok_or_else(bad)?;
    }
    Ok(Signed { url, headers, json: json.trim().to_owned() })
}

/// A JSON string at the beginning, and what follows it.
fn string(json: &str) -> Option<(String, &str)> {
    let mut characters = json.strip_prefix('"')?.char_indices();
    let mut text = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((text, &json[at + 2..])),
            '\\' => match characters.next()?.1 {
                character @ ('"' | '\\' | '/') => text.push(character),
                // No URL and no header of the cases has another one.
                _ => return None,
            },
            character => text.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_answer_is_read() {
        let signed = parse(
            r#"{"method":"PUT","url":"http://h/b/k?a=%2F","headers":[["a","\"x\\y\", z"],["b",""]],"expires_at":1}"#,
        );
        let Ok(Signed { url, headers, .. }) = signed else { panic!("not read") };
        assert_eq!(url, "http://h/b/k?a=%2F");
        assert_eq!(headers, [("a".into(), r#""x\y", z"#.into()), ("b".into(), String::new())]);
        assert!(parse(r#"{"error":{"code":"x"}}"#).is_err());
        assert!(parse(r#"{"url":"http://h"#).is_err());
    }
}
