//! Every link of the guide leads somewhere: to a chapter and a heading of it, to a file of the project, or to an item of a
//! library's documentation.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Where the project's files are read.
const FILES: &str = "https://github.com/oss-presign/oss-presign/blob/main/";
/// Where the libraries' documentation is read.
const DOCUMENTATION: &str = "https://docs.rs/";
/// Other addresses that a reader is sent to.
const OTHERS: [&str; 2] = ["http://127.0.0.1:9000/", "https://github.com/oss-presign/oss-presign"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("chapters")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn links(text: &str) -> Vec<String> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    parser
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The anchors that mdBook gives to the headings.
fn anchors(text: &str) -> HashSet<String> {
    let mut anchors = HashSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = heading.take().unwrap_or_default().to_lowercase();
                let kept = kept.chars().map(|c| if c == ' ' { '-' } else { c });
                anchors.insert(kept.filter(|c| c.is_alphanumeric() || ['-', '_'].contains(c)).collect());
            }
            _ => {}
        }
    }
    anchors
}

/// Why a link leads nowhere, if it does.
fn fault(from: &str, link: &str) -> Option<String> {
    if OTHERS.contains(&link) {
        return None;
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if let Some(path) = link.strip_prefix(FILES) {
        let path = path.split('#').next().unwrap_or_default();
        return (!workspace.join(path).is_file()).then(|| "the project has no such file".into());
    }
    if let Some(path) = link.strip_prefix(DOCUMENTATION) {
        let name = path.split('/').next().unwrap_or_default();
        return (!workspace.join("crates").join(name).is_dir())
            .then(|| "the project has no such library".into());
    }
    if link.contains("://") {
        return Some("add it to the addresses that are known".into());
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let file = if file.is_empty() { from } else { file };
    if !folder().join(file).is_file() {
        return Some("there is no such chapter".into());
    }
    if !anchor.is_empty() && !anchors(&read(file)).contains(anchor) {
        return Some("the chapter has no such heading".into());
    }
    None
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    for file in guide::CHAPTERS.iter().chain(&["SUMMARY.md"]) {
        let links = links(&read(file));
        faults
            .extend(links.iter().filter_map(|link| Some(format!("{file}: {link}: {}", fault(file, link)?))));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// mdBook takes files from its own folder only, so the project's picture is there twice.
#[test]
fn the_picture_is_that_of_the_readme() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/signer-holder-oss.svg");
    assert_eq!(read("signer-holder-oss.svg"), std::fs::read_to_string(readme).unwrap());
}

#[test]
fn links_that_lead_nowhere_are_found() {
    for link in
        ["gone.md", "browsers.md#gone", "#gone", "https://example.com/", "https://docs.rs/gone/latest"]
    {
        assert!(fault("browsers.md", link).is_some(), "{link}");
    }
    assert_eq!(fault("browsers.md", "lifetimes.md#clocks"), None);
}

#[test]
fn every_chapter_is_in_the_summary_and_is_tested() {
    let summary: Vec<_> = links(&read("SUMMARY.md"));
    assert_eq!(summary, guide::CHAPTERS);
    let mut files: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .collect();
    files.sort();
    let mut chapters = guide::CHAPTERS.to_vec();
    chapters.sort_unstable();
    assert_eq!(files, chapters);
}

#[test]
fn every_chapter_has_one_title_and_begins_with_it() {
    for file in guide::CHAPTERS {
        let text = read(file);
        let titles = Parser::new(&text)
            .filter(|event| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
        assert_eq!(titles.count(), 1, "{file}");
        assert!(text.starts_with("# "), "{file}");
    }
}
