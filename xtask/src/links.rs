//! `cargo xtask links`: every link of every page leads somewhere, and README.md stays short.
//!
//! Links to this repository, to the documentation of its crates and to headings are looked up in the working copy; for
//! pages of docs.rs, `cargo doc` must have run before. All other addresses stand in `xtask/external-links.txt`, and are
//! opened by hand before a release.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::command::{output, root, target};

const REPOSITORY: &str = "https://github.com/oss-presign/oss-presign";
const EXTERNAL: &str = "xtask/external-links.txt";
/// README.md is read in five minutes.
const README_LINES: usize = 200;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let pages = output("git", &["ls-files", "--cached", "--others", "--exclude-standard", "*.md"])?;
    let crates = published()?;
    let (mut faults, mut external, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for page in pages.lines() {
        let text = read(Path::new(page))?;
        if page == "README.md" && text.lines().count() >= README_LINES {
            faults.push(format!("README.md has {} lines", text.lines().count()));
        }
        for link in links(&text) {
            count += 1;
            match check(page, &text, link, &crates) {
                Ok(None) => {}
                Ok(Some(address)) => drop(external.insert(address)),
                Err(fault) => faults.push(format!("{page}: {link}: {fault}")),
            }
        }
    }
    let listed: BTreeSet<String> = read(Path::new(EXTERNAL))?.lines().map(str::to_owned).collect();
    faults.extend(external.difference(&listed).map(|new| format!("{EXTERNAL} lacks {new}")));
    faults.extend(listed.difference(&external).map(|old| format!("{EXTERNAL}: no page links to {old}")));
    if faults.is_empty() {
        println!("{count} links; {} lead to others and are opened by hand", external.len());
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

/// Looks a link up; returns it where it leads to others.
fn check(page: &str, text: &str, link: &str, crates: &[String]) -> Result<Option<String>, String> {
    let (address, anchor) = link.split_once('#').unwrap_or((link, ""));
    if let Some(inside) = address.strip_prefix(REPOSITORY) {
        let path = inside.strip_prefix("/blob/main/").or(inside.strip_prefix("/tree/main/")).unwrap_or("");
        return in_repository(Path::new(path), anchor).map(|()| None);
    }
    if let Some(path) = address.strip_prefix("https://docs.rs/") {
        return on_docs_rs(path.trim_end_matches('/'), anchor, crates)
            .map(|ours| (!ours).then(|| link.to_owned()));
    }
    if let Some(name) = address.strip_prefix("https://crates.io/crates/") {
        return Ok((!crates.iter().any(|ours| ours == name)).then(|| link.to_owned()));
    }
    if address.starts_with("http://127.0.0.1") {
        // What a reader has started.
        return Ok(None);
    }
    if address.contains("://") {
        return Ok(Some(link.to_owned()));
    }
    if address.is_empty() {
        return if has_anchor(text, anchor) { Ok(None) } else { Err("no such heading".into()) };
    }
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    if is_packaged(folder, crates) {
        return Err("a package's page is shown outside of the repository: write the whole address".into());
    }
    in_repository(&folder.join(address), anchor).map(|()| None)
}

fn in_repository(path: &Path, anchor: &str) -> Result<(), String> {
    let path = normal(path);
    if !root().join(&path).exists() {
        return Err("no such file".into());
    }
    if anchor.is_empty() || has_anchor(&read(&path)?, anchor) {
        Ok(())
    } else {
        Err("no such heading".into())
    }
}

/// Whether the crate is ours; then its page must be there.
fn on_docs_rs(path: &str, anchor: &str, crates: &[String]) -> Result<bool, String> {
    let mut parts = path.splitn(3, '/');
    let (name, _version, page) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    if !crates.iter().any(|ours| ours == name) {
        return Ok(false);
    }
    if let Some(page) = page {
        let file = target().join("doc").join(page);
        let text =
            std::fs::read_to_string(&file).map_err(|_| format!("no {}; run cargo doc", file.display()))?;
        if !anchor.is_empty() && !text.contains(&format!("id=\"{anchor}\"")) {
            return Err("no such item on the page".into());
        }
    }
    Ok(true)
}

/// Whether the folder is that of a package on crates.io or npm.
fn is_packaged(folder: &Path, crates: &[String]) -> bool {
    folder == Path::new("crates/oss-presign-wasm/js")
        || crates.iter().any(|name| folder == Path::new("crates").join(name))
}

/// Crates that are published: those whose packages have a licence of their own.
fn published() -> Result<Vec<String>, String> {
    let licences = output("git", &["ls-files", "crates/*/LICENSE-MIT"])?;
    let names = licences.lines().filter_map(|path| path.split('/').nth(1)).map(str::to_owned);
    Ok(names.collect())
}

/// The addresses behind `](` and between `<http` and `>`, outside of code.
fn links(page: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut in_block = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            // A link's text may be code; only its address is looked at.
            links.extend(line.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
            let prose = line.split('`').step_by(2);
            let bare = prose.flat_map(|text| text.split('<').skip(1));
            links.extend(
                bare.filter(|text| text.starts_with("http")).filter_map(|text| text.split('>').next()),
            );
        }
    }
    links
}

/// Whether the page has a heading with this anchor, made as GitHub makes it.
fn has_anchor(page: &str, anchor: &str) -> bool {
    let mut in_block = false;
    page.lines().any(|line| {
        in_block ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        !in_block && title.len() < line.len() && title.starts_with(' ') && slug(title.trim()) == anchor
    })
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char }).flat_map(char::to_lowercase).collect()
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A page\n\n## What is refused, and why\n\nSee [`a`](#what-is-refused-and-why), <https://example.com>.\n\n```sh\n# No heading [x](y)\n```\n";

    #[test]
    fn links_stand_outside_of_code() {
        assert_eq!(links(PAGE), ["#what-is-refused-and-why", "https://example.com"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let crates = ["oss-presign".to_owned()];
        let check = |page: &str, link: &str| check(page, PAGE, link, &crates);
        assert_eq!(check("README.md", "#what-is-refused-and-why"), Ok(None));
        assert!(check("README.md", "#no-heading").is_err());
        assert_eq!(check("docs/a.md", "../README.md#try-it"), Ok(None));
        assert!(check("docs/a.md", "../README.md#try").is_err());
        assert!(check("docs/a.md", "README.md").is_err());
        assert!(check("crates/oss-presign/README.md", "src/lib.rs").is_err());
        assert_eq!(check("README.md", &format!("{REPOSITORY}/blob/main/SECURITY.md")), Ok(None));
        assert!(check("README.md", &format!("{REPOSITORY}/blob/main/NOTHING.md")).is_err());
        assert_eq!(check("README.md", "https://docs.rs/oss-presign"), Ok(None));
        assert_eq!(check("README.md", "https://docs.rs/other"), Ok(Some("https://docs.rs/other".into())));
    }
}
