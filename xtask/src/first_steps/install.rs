//! What the pages ask for beside Rust.

use super::page::TARGET;
use crate::command::{debian_packages, run as command, succeeds};

/// A program, and the Debian package that has it. The browser is for the page of the upload service.
const PROGRAMS: [(&str, &str); 5] = [
    ("qemu-system-arm", "qemu-system-arm"),
    ("curl", "curl"),
    ("node", "nodejs"),
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
];

/// Installs what is missing.
pub(super) fn install() -> Result<(), String> {
    let missing = PROGRAMS.iter().filter(|(program, _)| !succeeds(program, &["--version"]));
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if !packages.is_empty() {
        debian_packages(&packages)?;
    }
    command("rustup", &["target", "add", TARGET])
}
