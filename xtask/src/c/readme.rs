//! The README, followed to the letter in an empty folder.

use std::path::Path;
use std::process::Command;

use super::FOLDER;
use crate::command::root;

/// What the README asks its reader to do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Write a file.
    File { name: String, text: String },
    /// Run commands.
    Shell(String),
    /// See this as what the commands before printed.
    Printed(String),
}

/// Does what the README says, and fails when it does not come out as the README says.
pub(super) fn follow() -> Result<(), String> {
    let path = root().join(FOLDER).join("README.md");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let folder = super::fresh("readme")?;
    // The sources, where the README has them.
    std::os::unix::fs::symlink(root(), folder.join("oss-presign")).map_err(|error| error.to_string())?;
    let steps = steps(&text)?;
    if !steps.iter().any(|step| matches!(step, Step::Printed(_))) {
        return Err("the README shows no output".into());
    }
    let mut printed = String::new();
    for step in steps {
        match step {
            Step::File { name, text } => {
                let path = folder.join(&name);
                std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
            }
            Step::Shell(commands) => printed = shell(&folder, &commands)?,
            Step::Printed(expected) if printed.ends_with(&expected) => {}
            Step::Printed(expected) => {
                return Err(format!("the README says\n{expected}\nand its commands print\n{printed}"));
            }
        }
    }
    Ok(())
}

fn shell(folder: &Path, commands: &str) -> Result<String, String> {
    println!("\n{commands}");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &format!("exec 2>&1\n{commands}")])
        .current_dir(folder)
        // The toolchain that runs this task must not decide which one the reader has.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .output()
        .map_err(|error| format!("bash does not start: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("the README's commands fail: {}\n{commands}\n{printed}", output.status))
    }
}

/// A fenced block of `sh` is commands, one of `text` is what they print, and one below a line that has only a name in
/// backquotes and a colon is a file.
fn steps(readme: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut lines = readme.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let mut text = String::new();
        loop {
            match lines.next().ok_or("a block of the README does not end")? {
                "```" => break,
                line => {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        let name = before.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
        match (name, language) {
            (Some(name), _) => steps.push(Step::File { name: name.to_owned(), text }),
            (None, "sh") => steps.push(Step::Shell(text)),
            (None, "text") => steps.push(Step::Printed(text)),
            // Shown, not asked for.
            _ => {}
        }
        before = "";
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_commands_and_output() {
        let readme = "# T\n\n`a.c`:\n\n```c\nint a;\n```\n\nRun `make`:\n```sh\nmake\n```\nIt says:\n```text\nok\n```\n```c\nb\n```\n";
        let expected = [
            Step::File { name: "a.c".into(), text: "int a;\n".into() },
            Step::Shell("make\n".into()),
            Step::Printed("ok\n".into()),
        ];
        assert_eq!(steps(readme).as_deref(), Ok(&expected[..]));
        assert!(steps("```sh\nmake\n").is_err());
    }
}
