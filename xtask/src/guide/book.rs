//! The guide as pages, and its front page in a browser.

use crate::command::{emptied, root, run as command, run_with, succeeds, target};

/// The version that is known to work.
const MDBOOK: &str = "0.5.4";

pub(super) fn run() -> Result<(), String> {
    if !succeeds("mdbook", &["--version"]) {
        let features = ["--no-default-features", "--features", "search"];
        command("cargo", &[&["install", "--locked", "mdbook", "--version", MDBOOK], &features[..]].concat())?;
    }
    let book = target().join("guide");
    emptied(&book)?;
    let pages = book.to_string_lossy();
    command("mdbook", &["build", "crates/guide", "--dest-dir", &pages])?;
    if !succeeds("chromedriver", &["--version"]) || !succeeds("node", &["--version"]) {
        return Err(
            "the pages are rendered; to look at them, install Debian's chromium, chromium-driver and nodejs"
                .into(),
        );
    }
    let pictures = target().join("guide-pictures");
    emptied(&pictures)?;
    let script = root().join("xtask/interop/guide.cjs");
    let folder = pictures.to_string_lossy();
    let environment = [("GUIDE_PAGES", &*pages), ("GUIDE_PICTURES", &*folder)];
    run_with("node", &[&script.to_string_lossy()], &environment)?;
    println!("{pages}/index.html; pictures are in {folder}");
    Ok(())
}
