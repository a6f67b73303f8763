//! A page of instructions, cut into what it asks its reader to do.

/// Something that a page asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Write a file.
    File { name: String, text: String },
    /// Run commands.
    Shell(String),
    /// See this at the end of what the commands before printed.
    Printed(String),
}

/// The target of programs that have no `main`.
pub(super) const TARGET: &str = "thumbv7em-none-eabihf";

/// Reads a page.
///
/// A fenced block below a line that has only a name in backquotes and a colon is a file; a block of `sh` is commands; a
/// block of `text` is what they print. A block of `rust` below a line that starts with `Dependencies:` is the source of a
/// project of its own, which has the name of its section, and the commands below it run there. Other blocks are shown
/// and not asked for.
pub(super) fn steps(page: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    let (mut before, mut section, mut dependencies, mut project) = ("", "", "", String::new());
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if let Some(title) = line.strip_prefix("### ").or(line.strip_prefix("## ")) {
                (section, dependencies) = (title, "");
                project.clear();
            }
            dependencies = line.strip_prefix("Dependencies: ").unwrap_or(dependencies);
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let text = block(&mut lines)?;
        let name = before.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
        match (name, language) {
            (Some(name), _) => steps.push(Step::File { name: name.to_owned(), text }),
            (None, "rust") if !dependencies.is_empty() => {
                project = section.to_lowercase().replace(' ', "-");
                steps.extend(program(&project, dependencies, text));
            }
            (None, "sh") if !project.is_empty() => steps.push(Step::Shell(inside(&project, &text))),
            (None, "sh") => steps.push(Step::Shell(text)),
            (None, "text") => steps.push(Step::Printed(text)),
            _ => {}
        }
        before = "";
    }
    Ok(steps)
}

/// The lines up to the end of a fenced block.
fn block<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match lines.next().ok_or("a block does not end")? {
            "```" => return Ok(text),
            line => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
}

/// A project with these dependencies, which stand between backquotes.
fn program(project: &str, dependencies: &str, source: String) -> Vec<Step> {
    let mut manifest = format!("[package]\nname = \"{project}\"\nedition = \"2024\"\n\n[dependencies]\n");
    for dependency in dependencies.split('`').skip(1).step_by(2).take_while(|text| text.contains(" = ")) {
        manifest.push_str(dependency);
        manifest.push('\n');
    }
    let is_library = source.contains("#![no_std]");
    let file = if is_library { "lib" } else { "main" };
    let mut steps = vec![
        Step::File { name: format!("{project}/Cargo.toml"), text: manifest },
        Step::File { name: format!("{project}/src/{file}.rs"), text: source },
    ];
    if is_library {
        steps.push(Step::Shell(inside(project, &format!("cargo build --target {TARGET}\n"))));
    }
    steps
}

/// Commands that run in the folder of a project.
fn inside(project: &str, commands: &str) -> String {
    format!("cd \"$PAGE/{project}\"\n{commands}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_commands_and_output() {
        let page = "# T\n\n`a.c`:\n\n```c\nint a;\n```\n\nRun `make`:\n```sh\nmake\n```\nIt says:\n```text\nok\n```\n```c\nb\n```\n";
        let expected = [
            Step::File { name: "a.c".into(), text: "int a;\n".into() },
            Step::Shell("make\n".into()),
            Step::Printed("ok\n".into()),
        ];
        assert_eq!(steps(page).as_deref(), Ok(&expected[..]));
        assert!(steps("```sh\nmake\n").is_err());
    }

    #[test]
    fn a_program_is_a_project_of_its_own() {
        let page = "### A worker\nDependencies: `a = \"1\"`, `b = { version = \"2\" }`. See `c`.\n```rust\nfn main() {}\n```\n```sh\ncargo run\n```\n### Else\n```sh\nls\n```\n";
        let manifest = "[package]\nname = \"a-worker\"\nedition = \"2024\"\n\n[dependencies]\na = \"1\"\nb = { version = \"2\" }\n";
        let expected = [
            Step::File { name: "a-worker/Cargo.toml".into(), text: manifest.into() },
            Step::File { name: "a-worker/src/main.rs".into(), text: "fn main() {}\n".into() },
            Step::Shell("cd \"$PAGE/a-worker\"\ncargo run\n".into()),
            Step::Shell("ls\n".into()),
        ];
        assert_eq!(steps(page).as_deref(), Ok(&expected[..]));
    }
}
