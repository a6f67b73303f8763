//! `cargo xtask container`: what the Containerfile describes, without a container: its files alone in a folder that
//! becomes the root of the file system, its user, and its command. `cargo xtask dist` makes the files.

use std::path::Path;
use std::process::Command;

use crate::command::{emptied, root, target};
use crate::dist;
use crate::interop::{Call, ID, REGION, SECRET, Server};

const SECONDS: u32 = 60;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let text = std::fs::read_to_string(root().join("Containerfile"))
        .map_err(|error| format!("Containerfile: {error}"))?;
    let image = Image::parse(&text)?;
    let folder = target().join("container");
    emptied(&folder)?;
    let files = dist::folder()?;
    for file in &image.files {
        std::fs::copy(files.join(file), folder.join(file)).map_err(|error| {
            format!("{}: {error}; run `cargo xtask dist` first", files.join(file).display())
        })?;
    }
    let server = Server::listening(image.command(&folder))?;
    round_trip(&files.join("oss-presign"), server.port)?;
    server.stop()?;
    println!("as user {} beside {:?} only, it served, stored and answered", image.user, image.files);
    Ok(())
}

/// What the Containerfile says.
#[derive(Debug, PartialEq, Eq)]
struct Image {
    files: Vec<String>,
    user: String,
    group: String,
    program: Vec<String>,
}

impl Image {
    /// Reads the few instructions that ours has, and refuses every other.
    fn parse(text: &str) -> Result<Self, String> {
        let mut image =
            Self { files: Vec::new(), user: String::new(), group: String::new(), program: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (instruction, rest) = line.split_once(' ').unwrap_or((line, ""));
            match instruction {
                "FROM" if rest == "scratch" => {}
                "EXPOSE" => {}
                "COPY" => {
                    let files = rest.strip_suffix(" /").ok_or("COPY goes to the root")?;
                    image.files.extend(files.split(' ').map(str::to_owned));
                }
                "USER" => {
                    let (user, group) = rest.split_once(':').ok_or("USER needs a group")?;
                    (image.user, image.group) = (user.to_owned(), group.to_owned());
                }
                "ENTRYPOINT" | "CMD" => {
                    let words = rest.split('"').skip(1).step_by(2).map(str::to_owned);
                    image.program.extend(words);
                }
                other => return Err(format!("Containerfile: {other} is not understood here")),
            }
        }
        if image.files.is_empty() || image.user.is_empty() || image.program.len() < 2 {
            return Err(format!("Containerfile: {image:?} is no image"));
        }
        Ok(image)
    }

    /// The same command in the folder as its root, on a free port.
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new("unshare");
        // A user namespace lets anybody change the root and the user.
        command.arg("--user").arg(format!("--map-user={}", self.user));
        command.arg(format!("--map-group={}", self.group)).arg(format!("--root={}", folder.display()));
        command.args(self.program.iter().map(|word| word.replace(":9000", ":0")));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }
}

/// Stores an object by a signed URL and fetches it.
fn round_trip(program: &Path, port: u16) -> Result<(), String> {
    let ours = |arguments: &[&str]| {
        Call::new(program, SECONDS)
            .args(arguments)
            .env("OSS_ACCESS_KEY_ID", ID)
            .env("OSS_ACCESS_KEY_SECRET", SECRET)
            .env("OSS_REGION", REGION)
            .env("OSS_ENDPOINT", format!("http://127.0.0.1:{port}"))
            .captured()
    };
    let readme = root().join("README.md").to_string_lossy().into_owned();
    ours(&["upload", &readme, "oss://examplebucket/readme"])?;
    let fetched = ours(&["download", "oss://examplebucket/readme", "-"])?;
    let stored = std::fs::read_to_string(&readme).map_err(|error| format!("{readme}: {error}"))?;
    if fetched == stored { Ok(()) } else { Err("what was fetched is not what was stored".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_read_and_others_refused() {
        let text =
            "# a\nFROM scratch\nCOPY a b /\nUSER 1:2\nEXPOSE 9000\nENTRYPOINT [\"/a\"]\nCMD [\"serve\"]\n";
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let expected = Image {
            files: words(&["a", "b"]),
            user: "1".into(),
            group: "2".into(),
            program: words(&["/a", "serve"]),
        };
        assert_eq!(Image::parse(text), Ok(expected));
        assert!(Image::parse(&text.replace("scratch", "debian")).is_err());
        assert!(Image::parse(&format!("{text}RUN a\n")).is_err());
        assert!(Image::parse("FROM scratch\n").is_err());
    }
}
