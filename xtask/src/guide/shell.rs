//! The guide's commands, chapter by chapter, in an empty folder with a local server beside it.
//!
//! A block of `sh` is run. The block of `text` after it is what the commands print, where `…` stands for anything. The
//! commands of `sh,exit-4` end with that status. A block of `sh,not-run` is not run, and a comment before it says why.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::chapters;
use crate::command::{emptied, run as command, target};
use crate::interop::{ID, REGION, SECRET, Server};

/// Where the server of the chapters listens; the one that the commands meet has another port.
const ADDRESS: &str = "127.0.0.1:9000";
/// Stands between the output of a block and its status.
const END: char = '\u{1e}';

/// A block of commands.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    commands: String,
    status: i32,
    printed: Option<String>,
}

/// Runs the commands of every chapter whose file's name contains `name`.
pub(super) fn run(name: &str) -> Result<(), String> {
    command("cargo", &["build", "--quiet", "--locked", "--package", "oss-presign-cli"])?;
    let folder = chapters();
    let failed = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file.ends_with(".md") && file.contains(name) {
            files.push(path);
        }
    }
    files.sort();
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let blocks = blocks(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        if !blocks.is_empty() {
            println!("{}: {} blocks", file.display(), blocks.len());
            follow(&blocks).map_err(|error| format!("{}: {error}", file.display()))?;
            count += blocks.len();
        }
    }
    if count == 0 { Err(format!("no chapter `{name}` has commands")) } else { Ok(()) }
}

/// Runs the blocks of one chapter in one shell, so that a variable of one is known in the next.
fn follow(blocks: &[Block]) -> Result<(), String> {
    let programs = target().join("debug");
    let server = Server::start(&programs.join("oss-presign"), &[])?;
    let address = format!("127.0.0.1:{}", server.port);
    let mut script = String::from("exec 2>&1\n");
    for block in blocks {
        let commands = block.commands.replace(ADDRESS, &address);
        script.push_str(&format!("set -euo pipefail\n{}", guarded(&commands, block.status)));
    }
    let folder = target().join("guide-commands");
    emptied(&folder)?;
    let output = shell(&script, &folder, &programs, &address)?;
    server.stop()?;
    let mut rest = output.as_str();
    for block in blocks {
        let Some((printed, after)) = rest.split_once(END) else {
            return Err(format!("these commands failed\n{}{rest}", block.commands));
        };
        rest = after;
        let expected = block.printed.as_ref().map(|text| text.replace(ADDRESS, &address));
        if expected.is_some_and(|expected| !matches(printed, &expected)) {
            return Err(format!("{}printed\n{printed}\nand not what the chapter says", block.commands));
        }
    }
    Ok(())
}

/// The commands, and the mark of their end if they end with this status.
fn guarded(commands: &str, status: i32) -> String {
    let end = format!("printf '%s' '{END}'\n");
    if status == 0 {
        format!("{commands}{end}")
    } else {
        format!("if {{\n{commands}}}; then exit 1; elif [ $? -ne {status} ]; then exit 1; fi\n{end}")
    }
}

/// What a script prints in a folder, as a user whose variables are those that the server printed.
fn shell(script: &str, folder: &Path, programs: &Path, address: &str) -> Result<String, String> {
    let mut path = vec![PathBuf::from(programs)];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path).map_err(|error| error.to_string())?;
    // Nothing of a chapter takes this long, and a command that waits for ever must not hold up a build machine.
    let output = Command::new("timeout")
        .args(["180", "bash", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .env("OSS_ACCESS_KEY_ID", ID)
        .env("OSS_ACCESS_KEY_SECRET", SECRET)
        .env("OSS_REGION", REGION)
        .env("OSS_ENDPOINT", format!("http://{address}"))
        .env_remove("OSS_SESSION_TOKEN")
        .output()
        .map_err(|error| format!("timeout does not start: {error}"))?;
    String::from_utf8(output.stdout).map_err(|_| "the commands printed no text".into())
}

/// Whether a text is the expected one, where `…` stands for anything.
fn matches(text: &str, expected: &str) -> bool {
    let mut pieces = expected.trim_end().split('…');
    let Some(mut rest) = pieces.next().and_then(|first| text.trim_end().strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// The blocks that are to be run.
fn blocks(chapter: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = chapter.lines();
    let mut before = "";
    // A text after commands is what they print; one after something else is not.
    let mut printed_next = false;
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            before = if line.is_empty() { before } else { line };
            continue;
        };
        let mut text = String::new();
        loop {
            match lines.next().ok_or("a block does not end")? {
                "```" => break,
                line => text.extend([line, "\n"]),
            }
        }
        let status = match language.strip_prefix("sh,exit-") {
            Some(status) => Some(status.parse().map_err(|_| format!("`{language}` is no status"))?),
            None => (language == "sh").then_some(0),
        };
        if let Some(status) = status {
            blocks.push(Block { commands: text, status, printed: None });
        } else if language == "text" && printed_next {
            blocks.iter_mut().last().ok_or("no commands print that")?.printed = Some(text);
        } else if language == "sh,not-run" && !before.starts_with("<!-- not run: ") {
            return Err(format!("no comment says why this is not run\n{text}"));
        } else if language.starts_with("sh") && language != "sh,not-run" {
            return Err(format!("`{language}` is no language of the guide"));
        }
        printed_next = status.is_some();
        before = "";
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_what_they_print() {
        let chapter = "# T\n\n```sh\nmake\n```\n\nIt says:\n\n```text\nok\n```\n\n```rust\nb\n```\n\n```text\nno\n```\n\n```sh,exit-4\nfail\n```\n\n\
                       <!-- not run: it needs a cluster -->\n```sh,not-run\nspark\n```\n";
        let expected = [
            Block { commands: "make\n".into(), status: 0, printed: Some("ok\n".into()) },
            Block { commands: "fail\n".into(), status: 4, printed: None },
        ];
        assert_eq!(blocks(chapter).as_deref(), Ok(&expected[..]));
    }

    #[test]
    fn what_is_not_run_says_why() {
        assert!(blocks("```sh,not-run\nspark\n```\n").is_err());
        assert!(blocks("```sh\nmake\n").is_err());
        assert!(blocks("```shell\nmake\n```\n").is_err());
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        for (text, expected) in
            [("a b c\n", "a b c"), ("a b c\n", "a … c\n"), ("a\nb\nc\n", "a\n…\nc"), ("ab", "…b")]
        {
            assert!(matches(text, expected), "{expected}");
        }
        for (text, expected) in
            [("a b c", "a b"), ("a b c", "a … d"), ("a b c", "b…"), ("a", "a…a"), ("", "a")]
        {
            assert!(!matches(text, expected), "{expected}");
        }
    }
}
