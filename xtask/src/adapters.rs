//! What the HTTP adapters leave to `oss-upload`: a status code, a header of OSS, an error code or a retry rule in one of
//! them is a decision made twice. Also says how much of one adapter's code stands in the other.

use std::path::Path;

const ADAPTERS: [&str; 2] = ["oss-upload-ureq", "oss-upload-reqwest"];

/// Headers, other than `x-oss-*`, that mean something to a transfer.
const HEADERS: [&str; 15] = [
    "accept-ranges",
    "content-length",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "if-match",
    "if-none-match",
    "if-range",
    "last-modified",
    "location",
    "range",
    "retry-after",
    "transfer-encoding",
];

/// Names of `oss-upload` that decide about attempts, or say what an answer means.
const DECISIONS: [&str; 12] = [
    "ResponseHead",
    "RetryState",
    "Decision",
    "UploadCheck",
    "Failure",
    "StatusCode",
    "Verdict",
    "is_client_error",
    "is_success",
    "max_attempts",
    "verify_crc",
    "verify_md5",
];

/// The largest part of an adapter's code, in per cent, that may stand in the other.
const MOST_SHARED: usize = 30;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let mut found = Vec::new();
    let mut code = Vec::new();
    for adapter in ADAPTERS {
        let folder = crate::command::root().join("crates").join(adapter).join("src");
        let mut lines = Vec::new();
        for (name, text) in sources(&folder)? {
            found.extend(decisions(&text).into_iter().map(|what| format!("{adapter}/src/{name}: {what}")));
            lines.extend(code_lines(&text));
        }
        code.push(lines);
    }
    if !found.is_empty() {
        return Err(format!("decided in an adapter:\n{}", found.join("\n")));
    }
    let [ureq, reqwest] = code.as_slice() else { return Err("two adapters are compared".to_owned()) };
    let shared = common(ureq, reqwest);
    let least = ureq.len().min(reqwest.len()).max(1);
    println!(
        "adapters: no decision of the protocol; of {} and {} lines of code {shared} are shared ({} % of the smaller)",
        ureq.len(),
        reqwest.len(),
        shared * 100 / least,
    );
    if shared * 100 > MOST_SHARED * least {
        return Err(format!("more than {MOST_SHARED} % of an adapter's code stands in the other"));
    }
    Ok(())
}

/// Name and text of the files in a folder, in the order of their names, without their tests.
fn sources(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut sources = Vec::new();
    for entry in folder.read_dir().map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).map_err(failed)?;
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sources.push((name, code));
        }
    }
    sources.sort();
    Ok(sources)
}

/// The lines of a file that hold a decision, with what it is.
fn decisions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        let mut note = |what: &str, text: &str| found.push(format!("line {}: {what} `{text}`", number + 1));
        for (index, text) in line.split('"').enumerate() {
            if index % 2 == 1 {
                let lower = text.to_ascii_lowercase();
                if lower.starts_with("x-oss-") || HEADERS.contains(&lower.as_str()) {
                    note("the header", text);
                } else if is_error_code(text) {
                    note("the error code", text);
                }
                continue;
            }
            for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                let constant = word.len() > 3 && word == word.to_ascii_uppercase();
                let header = word.to_ascii_lowercase().replace('_', "-");
                if matches!(word.parse::<u16>(), Ok(100..=599)) {
                    note("the status code", word);
                } else if DECISIONS.contains(&word) {
                    note("the rule", word);
                } else if constant && HEADERS.contains(&header.as_str()) {
                    note("the header", word);
                }
            }
        }
    }
    found
}

/// Whether a text is of the form of OSS's error codes: `NoSuchKey`.
fn is_error_code(text: &str) -> bool {
    let humps = text.chars().filter(char::is_ascii_uppercase).count();
    humps > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The lines that say something: without comments, attributes, imports, lone braces and what a public builder is made of,
/// and without what an async function has beside a blocking one.
fn code_lines(text: &str) -> Vec<String> {
    let mut code = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let bare = line.trim();
        let end = match bare {
            _ if bare.starts_with("use ")
                || bare.starts_with("pub use ")
                || bare.starts_with("pub(crate) use ") =>
            {
                ";".to_owned()
            }
            _ if is_builder(bare) => format!("{}}}", &line[..line.len() - line.trim_start().len()]),
            _ => {
                let says_something = bare.contains(|c: char| c.is_ascii_alphanumeric());
                if says_something && !["//", "#", "mod "].iter().any(|start| bare.starts_with(start)) {
                    code.push(bare.replace(".await", "").replace("async move ", "").replace("async ", ""));
                }
                continue;
            }
        };
        let over = |line: &str| if end == ";" { line.trim_end().ends_with(';') } else { line == end };
        let one_line = over(line) || (end != ";" && bare.ends_with('}'));
        if !one_line {
            lines.by_ref().find(|line| over(line));
        }
    }
    code
}

/// Whether a line begins an item of the public face: a builder's type, its `Debug`, a method that results in one.
fn is_builder(line: &str) -> bool {
    let public = line.starts_with("pub fn ") || line.starts_with("pub(crate) fn new(");
    let built = ["Self", "Put", "Get", "Head", "Delete", "Multipart", "Initiate"];
    let result = line.split("-> ").nth(1).and_then(|result| result.split([' ', ',']).next());
    line.starts_with("pub struct ")
        || line.contains("fmt::Debug for ")
        || (public && result.is_some_and(|result| built.contains(&result)))
}

/// How many lines the two have in common, in the same order.
fn common(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for line in one {
        let mut diagonal = 0;
        for (index, with) in other.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if line == with { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_found_where_they_are_made() {
        for (line, what) in [
            ("if status == 503 {", "status code `503`"),
            (r#"request.header("X-Oss-Meta-A")"#, "header `X-Oss-Meta-A`"),
            (r#"headers.get("etag")"#, "header `etag`"),
            ("use reqwest::header::{CONTENT_RANGE};", "header `CONTENT_RANGE`"),
            (r#"error.code() == "NoSuchUpload""#, "error code `NoSuchUpload`"),
            ("Failure::Corrupted => again(),", "rule `Failure`"),
            ("match response.status() { StatusCode::OK => {} }", "rule `StatusCode`"),
        ] {
            let found = decisions(line);
            assert!(found.len() == 1 && found[0].contains(what), "{line}: {found:?}");
        }
        for line in [
            "// A status of 503 is tried again.",
            "let chunk = 64 << 10;",
            r#"f.debug_struct("Multipart")"#,
            r#"tracing::info_span!("range lanes", host, status)"#,
            ".max_idle_connections(64)",
        ] {
            assert!(decisions(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn code_is_what_says_something() {
        let text = "//! Doc.\nuse a::{\n    b,\n};\n\npub struct Put {\n    body: Body,\n}\n\nimpl Put {\n    /// Doc.\n    \
            pub fn header(self, name: &str) -> Self {\n        self.push(name)\n    }\n\n    pub async fn send(self) -> X {\n        \
            self.run().await\n    }\n}\n";
        assert_eq!(code_lines(text), ["impl Put {", "pub fn send(self) -> X {", "self.run()"]);
    }

    #[test]
    fn lines_in_common_keep_their_order() {
        let lines = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert_eq!(common(&lines("abcd"), &lines("xbayd")), 2);
        assert_eq!(common(&lines("ab"), &lines("")), 0);
    }
}
