//! A file of one subject fits into a reader's head; one of more than 500 lines holds several.

use super::source::Source;

const MOST_LINES: usize = 500;

/// Files that are still longer, and how long they may be meanwhile. A file that has become short must leave this list.
const LONGER: [(&str, usize); 2] =
    [("crates/oss-upload/src/download.rs", 566), ("crates/oss-upload/src/transfer/multipart.rs", 548)];

/// Returns a line for every file that is too long.
pub(super) fn find(sources: &[Source]) -> Vec<String> {
    too_long(sources, &LONGER)
}

fn too_long(sources: &[Source], longer: &[(&str, usize)]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        let exception = longer.iter().find(|(file, _)| file == path).map(|(_, lines)| *lines);
        let most = exception.unwrap_or(MOST_LINES);
        if lines > most {
            found.push(format!("{path}: {lines} lines, at most {most}; split it by subject"));
        } else if exception.is_some() && lines <= MOST_LINES {
            found.push(format!("{path}: {lines} lines; it is an exception no longer: remove it from LONGER"));
        }
    }
    let gone = longer.iter().filter(|(file, _)| !sources.iter().any(|source| source.path == *file));
    found.extend(gone.map(|(file, _)| format!("{file}: does not exist; remove it from LONGER")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(path: &str, lines: usize) -> Source {
        Source { path: path.into(), text: "// a line\n".repeat(lines) }
    }

    #[test]
    fn five_hundred_lines_are_the_limit() {
        let sources = [planted("a/src/short.rs", 500), planted("a/src/long.rs", 501)];
        let found = too_long(&sources, &[]);
        assert_eq!(found, ["a/src/long.rs: 501 lines, at most 500; split it by subject"]);
    }

    #[test]
    fn an_exception_has_a_limit_and_an_end() {
        let exceptions = [("a/src/long.rs", 600)];
        let with = |lines| too_long(&[planted("a/src/long.rs", lines)], &exceptions);
        assert_eq!(with(600), [""; 0]);
        assert_eq!(with(601), ["a/src/long.rs: 601 lines, at most 600; split it by subject"]);
        assert_eq!(with(500).len(), 1);
        assert_eq!(too_long(&[], &exceptions), ["a/src/long.rs: does not exist; remove it from LONGER"]);
    }
}
