//! The guide as pages; its front page and its JavaScript in a browser.

use super::chapters;
use crate::command::{cargo_install, emptied, root, run as command, run_with, succeeds, target};
use crate::interop::{ID, REGION, SECRET, Server};

/// The version that is known to work.
const MDBOOK: &str = "0.5.4";

pub(super) fn run() -> Result<(), String> {
    if !succeeds("mdbook", &["--version"]) {
        cargo_install("mdbook", MDBOOK, &["--no-default-features", "--features", "search"])?;
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
    command("cargo", &["build", "--quiet", "--locked", "--package", "oss-presign-cli"])?;
    let program = target().join("debug/oss-presign");
    let server = Server::start(&program, &[])?;
    let script = root().join("xtask/interop/guide.cjs");
    let (folder, endpoint) = (pictures.to_string_lossy(), format!("http://127.0.0.1:{}", server.port));
    let chapters = chapters();
    let environment = [
        ("GUIDE_CHAPTERS", &*chapters.to_string_lossy()),
        ("GUIDE_CLI", &*program.to_string_lossy()),
        ("GUIDE_PAGES", &*pages),
        ("GUIDE_PICTURES", &*folder),
        ("OSS_ACCESS_KEY_ID", ID),
        ("OSS_ACCESS_KEY_SECRET", SECRET),
        ("OSS_REGION", REGION),
        ("OSS_ENDPOINT", &*endpoint),
    ];
    run_with("node", &[&script.to_string_lossy()], &environment)?;
    server.stop()?;
    println!("{pages}/index.html; pictures are in {folder}");
    Ok(())
}
