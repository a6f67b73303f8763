//! Reading a saved answer: its XML, or its head and its XML.

use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// The greatest number of bytes that are read. An answer and its head are much shorter.
const LIMIT: u64 = 1 << 20;

/// Reads a file, or standard input if it is named `-`.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A saved answer.
pub(super) struct Saved<'a> {
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: &'a str,
}

impl<'a> Saved<'a> {
    /// Splits an answer. Of several heads the last counts, because `100 Continue` and redirects come before it.
    pub(super) fn read(text: &'a str) -> Self {
        let mut saved = Self { status: None, headers: Vec::new(), body: text.trim_start() };
        while saved.body.starts_with("HTTP/") {
            let end =
                ["\r\n\r\n", "\n\n"].iter().filter_map(|end| Some((saved.body.find(end)?, end.len()))).min();
            let (at, length) = end.unwrap_or((saved.body.len(), 0));
            let (head, body) = (&saved.body[..at], &saved.body[at + length..]);
            let mut lines = head.lines();
            let status = lines.next().and_then(|line| line.split(' ').nth(1));
            saved.status = status.and_then(|status| status.parse().ok());
            let header =
                |line: &'a str| line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
            saved.headers = lines.filter_map(header).collect();
            saved.body = body;
        }
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps() {
        let saved =
            Saved::read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nX-Oss-Ec: 1\r\n\r\n<Error/>");
        assert_eq!((saved.status, saved.body), (Some(403), "<Error/>"));
        assert_eq!(saved.headers, [("X-Oss-Ec", "1")]);
        // An editor may have changed the line ends; a HEAD has no body.
        let saved = Saved::read("HTTP/2 404 \nx-oss-err: a:b\n");
        assert_eq!((saved.status, saved.headers, saved.body), (Some(404), vec![("x-oss-err", "a:b")], ""));
        let saved = Saved::read("\n<?xml?><Error/>");
        assert_eq!((saved.status, saved.body), (None, "<?xml?><Error/>"));
    }
}
