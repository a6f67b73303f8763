//! Doing what a page says, in one session of a shell.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::page::Step;
use crate::command::target;

/// How long a page may take, in seconds.
const LIMIT: &str = "1200";

/// Writes the files into the folder, runs the commands, and compares what they print.
///
/// `afterwards` runs at the end of the same session, in which programs that a page leaves running still run.
pub(super) fn follow(steps: &[Step], folder: &Path, programs: &Path, afterwards: &str) -> Result<(), String> {
    let logs = folder.with_extension("logs");
    crate::command::emptied(&logs)?;
    for step in steps {
        if let Step::File { name, text } = step {
            write(&folder.join(name), text)?;
        }
    }
    let script = script(steps, &logs, afterwards);
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", LIMIT, "bash", "-c", &script]).current_dir(folder).stdin(Stdio::null());
    super::without_account(&mut command);
    let status = command
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("CARGO_TARGET_DIR", target())
        .env("PAGE", folder)
        // The toolchain that runs this task must not decide which one the reader has.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .status()
        .map_err(|error| format!("bash does not start: {error}"))?;
    let mut printed = String::new();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::File { .. } => {}
            Step::Shell(commands) => {
                printed = std::fs::read_to_string(logs.join(at.to_string())).unwrap_or_default();
                println!("{commands}{printed}");
            }
            Step::Printed(expected) if printed.ends_with(expected) => {}
            // The commands have failed before; the status says so.
            Step::Printed(_) if !status.success() => {}
            Step::Printed(expected) => {
                return Err(format!("the page says\n{expected}\nand its commands print\n{printed}"));
            }
        }
    }
    if status.success() {
        Ok(())
    } else {
        let said = std::fs::read_to_string(logs.join("afterwards")).unwrap_or_default();
        Err(format!("the commands fail: {status}\n{said}"))
    }
}

/// One script for all commands; what each step prints goes to a file with its number.
fn script(steps: &[Step], logs: &Path, afterwards: &str) -> String {
    // What the page leaves running ends with the session.
    let mut script = "set -euo pipefail\ntrap 'jobs -p | xargs --no-run-if-empty kill' EXIT\n".to_owned();
    let afterwards = (afterwards, "afterwards".to_owned());
    let shells = steps.iter().enumerate().filter_map(|(at, step)| match step {
        Step::Shell(commands) => Some((commands.as_str(), at.to_string())),
        _ => None,
    });
    for (commands, name) in shells.chain([afterwards]) {
        let log = logs.join(name);
        let log = log.display();
        let _ = writeln!(script, "{{\n:\n{commands}\n}} > '{log}' 2>&1");
        if commands.trim_end().ends_with('&') {
            // A service is ready when it has printed its address.
            let _ = writeln!(script, "until grep --quiet http:// '{log}'; do kill -0 $!; sleep 0.1; done");
        }
    }
    script
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(steps: &[Step], afterwards: &str) -> Result<(), String> {
        let folder = target().join("first-steps-test").join(format!("{:?}", std::thread::current().id()));
        crate::command::emptied(&folder).unwrap();
        follow(steps, &folder, Path::new("/"), afterwards)
    }

    #[test]
    fn a_page_that_does_not_come_out_as_it_says_fails() {
        let file = || Step::File { name: "a/b".into(), text: "one\n".into() };
        let shell = |commands: &str| Step::Shell(commands.into());
        let printed = || Step::Printed("one\n".into());
        assert_eq!(followed(&[file(), shell("x=a\n"), shell("cat $x/b\n"), printed()], ""), Ok(()));
        assert!(followed(&[file(), shell("echo two\n"), printed()], "").is_err());
        assert!(followed(&[shell("false\n"), shell("true\n")], "").is_err());
        assert!(followed(&[shell("true\n")], "false").is_err());
        // A service that ends before it is ready.
        assert!(followed(&[shell("false &\n")], "").is_err());
        assert_eq!(followed(&[shell("{ echo http://a; sleep 60; } &\n")], ""), Ok(()));
    }
}
