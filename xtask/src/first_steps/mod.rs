//! `cargo xtask first-steps`: README.md, the pages of docs/first-steps and the commands in the READMEs of crates, followed
//! to the letter in new projects.
//!
//! Three things differ from what a reader does: the command `oss-presign` is not installed but built, ports are free ones,
//! and a project starts with a copy of the workspace's lock file, so that many dependencies are built already.

mod follow;
mod install;
mod page;
mod server;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::command::{emptied, root};
use crate::interop::Workshop;
use page::Step;
use server::Server;

/// The ports that pages name.
const SERVER: &str = "127.0.0.1:9000";
const SERVICE: &str = "127.0.0.1:3000";

/// A page, and what is looked at beyond what it says.
struct Walk {
    page: &'static str,
    /// The lock file of its project.
    lock: &'static str,
    /// Commands that make what the page takes for granted.
    before: &'static str,
    /// Commands at the end of its session.
    afterwards: &'static str,
    /// Looks at the requests that the local server has seen.
    requests: fn(&[String]) -> Result<(), String>,
}

const WALKS: [Walk; 8] = [
    Walk { page: "README.md", lock: "Cargo.lock", before: "", afterwards: "", requests: anything },
    Walk {
        page: "docs/first-steps/server.md",
        lock: "Cargo.lock",
        before: "",
        afterwards: "seq 100000 > 'ü +1%.txt'
            node \"$FIRST_STEPS/page.cjs\" \"http://$SERVICE/\" 'ü +1%.txt'
            oss-presign download --quiet 'oss://examplebucket/uploads/ü +1%.txt' back
            cmp back 'ü +1%.txt'",
        requests: anything,
    },
    Walk {
        page: "docs/first-steps/worker.md",
        lock: "Cargo.lock",
        before: "",
        afterwards: "",
        requests: resumed,
    },
    Walk {
        page: "docs/first-steps/library.md",
        lock: "Cargo.lock",
        before: "",
        afterwards: "",
        requests: anything,
    },
    Walk {
        page: "docs/first-steps/firmware.md",
        lock: "crates/firmware/Cargo.lock",
        before: "",
        afterwards: "",
        requests: anything,
    },
    Walk {
        page: "docs/first-steps/shell.md",
        lock: "Cargo.lock",
        before: "",
        afterwards: "",
        requests: anything,
    },
    Walk {
        page: "crates/oss-presign-cli/README.md",
        lock: "Cargo.lock",
        before: "$EXPORTS
            echo '# Read me' > README.md && seq 100 > a.jpg && seq 5000000 > big.iso
            mkdir photos && seq 200 > photos/1.jpg && seq 300 > photos/2.jpg
            URL=\"$(oss-presign put oss://examplebucket/b --content-type image/jpeg --url)\"
            curl --silent --include --upload-file a.jpg \"$URL\" > answer.txt
            echo '{\"method\":\"GET\",\"bucket\":\"examplebucket\",\"key\":\"a.jpg\"}' > requests.jsonl",
        afterwards: "cmp big.iso copy.iso && grep --quiet x-oss-signature signed.jsonl",
        requests: anything,
    },
    Walk {
        page: "crates/oss-presign/README.md",
        lock: "Cargo.lock",
        before: "$EXPORTS",
        afterwards: "test \"$(stat --format=%a day-key.json)\" = 600",
        requests: anything,
    },
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let only = match arguments {
        [] => "",
        [part] => part.as_str(),
        _ => return Err("cargo xtask first-steps [PART OF A PAGE'S NAME]".into()),
    };
    install::install()?;
    let workshop = Workshop::new()?;
    workshop.build_ours()?;
    // Outside of the workspace, as a reader's projects are.
    let folder = std::env::temp_dir().join(format!("first-steps-{}", std::process::id()));
    emptied(&folder)?;
    let outcome = walks(&folder, &workshop, only);
    if outcome.is_ok() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    outcome
}

fn walks(folder: &Path, workshop: &Workshop, only: &str) -> Result<(), String> {
    let mut times = Vec::new();
    for walk in WALKS.iter().filter(|walk| walk.page.contains(only)) {
        println!("\n=== {}", walk.page);
        let start = Instant::now();
        walk.follow(folder, workshop).map_err(|error| format!("{}: {error}", walk.page))?;
        times.push((walk.page, start.elapsed()));
    }
    for (page, time) in times {
        println!("{page:32} {:4.0} s", time.as_secs_f64());
    }
    Ok(())
}

impl Walk {
    fn follow(&self, folder: &Path, workshop: &Workshop) -> Result<(), String> {
        let programs = workshop.target("debug");
        let mut steps = page::steps(&read(&root().join(self.page))?)?;
        let start = steps.iter().position(|step| is_command(step, "oss-presign serve"));
        let line = match start.map(|start| steps.remove(start)) {
            Some(Step::Shell(line)) => line,
            _ => String::new(),
        };
        let arguments: Vec<&str> = line.split_whitespace().skip(2).collect();
        let server = Server::start(&programs.join("oss-presign"), &arguments)?;
        // The command is built already, and tasks run in the workspace.
        steps.retain(|step| !is_command(step, "cargo install") && !is_command(step, "cargo xtask"));
        let service = free_address()?;
        for step in &mut steps {
            let (Step::File { text, .. } | Step::Shell(text) | Step::Printed(text)) = step;
            *text = text.replace(SERVER, &server.address).replace(SERVICE, &service);
            if let Step::File { name, text } = step
                && name.ends_with("Cargo.toml")
            {
                *text = with_paths(text);
            }
        }
        let shown =
            |line: &str| steps.iter().any(|step| matches!(step, Step::Shell(text) if text.contains(line)));
        if start.is_some()
            && let Some(line) = server.exports.iter().find(|line| !shown(line))
        {
            return Err(format!("the local server prints a line that the page does not have: {line}"));
        }

        let name = Path::new(self.page).file_stem().unwrap_or_default();
        let project = folder.join(name);
        emptied(&project)?;
        for file in lock_files(&steps) {
            let (from, to) = (root().join(self.lock), project.join(file));
            let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.and_then(|()| std::fs::copy(from, &to))
                .map_err(|error| format!("{}: {error}", to.display()))?;
        }
        steps.insert(0, Step::Shell(self.before.replace("$EXPORTS", &server.exports.join("\n"))));
        let afterwards = self.afterwards.replace("$SERVICE", &service);
        let tools = root().join("xtask/first-steps");
        let afterwards = afterwards.replace("$FIRST_STEPS", &tools.to_string_lossy());
        follow::follow(&steps, &project, &programs, &afterwards)?;
        (self.requests)(&server.stop())
    }
}

fn is_command(step: &Step, start: &str) -> bool {
    matches!(step, Step::Shell(commands) if commands.starts_with(start))
}

/// The manifest of a reader who does what README.md says as long as nothing is published.
fn with_paths(manifest: &str) -> String {
    let lines = manifest.lines().map(|line| match line.split_once(" = ") {
        Some((name, "\"0.1\"")) if name.starts_with("oss-") => {
            format!("{name} = {{ path = \"{}\" }}\n", root().join("crates").join(name).display())
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Beside each manifest.
fn lock_files(steps: &[Step]) -> Vec<PathBuf> {
    let manifests = steps.iter().filter_map(|step| match step {
        Step::File { name, .. } => {
            Path::new(name).file_name().filter(|file| *file == "Cargo.toml").map(|_| name)
        }
        _ => None,
    });
    manifests.map(|name| Path::new(name).with_extension("lock")).collect()
}

fn free_address() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    address.map(|address| address.to_string()).map_err(|error| format!("no free port: {error}"))
}

/// Takes away credentials and endpoints of whoever runs this.
fn without_account(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("OSS_") || name.starts_with("ALIBABA_CLOUD_") {
            command.env_remove(&*name);
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn anything(_: &[String]) -> Result<(), String> {
    Ok(())
}

/// The second run of the worker sent what was missing: far less than the first 19 of 38 parts were sent again.
fn resumed(requests: &[String]) -> Result<(), String> {
    let puts = requests.iter().filter(|line| line.starts_with("PUT ")).count();
    // One was refused, and the requests of the other three lanes may have been cut off then.
    if (39..=42).contains(&puts) { Ok(()) } else { Err(format!("38 parts took {puts} requests")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_crates_are_taken_from_the_workspace() {
        let manifest = with_paths("oss-presign = \"0.1\"\nserde = \"1\"\n");
        assert!(manifest.starts_with("oss-presign = { path = \"/"), "{manifest}");
        assert!(manifest.ends_with("/crates/oss-presign\" }\nserde = \"1\"\n"), "{manifest}");
    }

    #[test]
    fn a_worker_that_sends_everything_again_is_noticed() {
        let requests = |puts: usize| vec!["PUT /examplebucket/numbers.txt 200".to_owned(); puts];
        assert!(resumed(&requests(39)).is_ok());
        assert!(resumed(&requests(38 + 19)).is_err());
    }
}
