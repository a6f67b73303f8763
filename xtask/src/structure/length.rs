//! A file of one subject fits into a reader's head; one of more than 500 lines holds several.

use super::source::Source;

const MOST_LINES: usize = 500;

/// Returns a line for every file that is too long.
pub(super) fn find(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            found.push(format!("{path}: {lines} lines, at most {MOST_LINES}; split it by subject"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_lines_are_the_limit() {
        let planted = |path: &str, lines| Source { path: path.into(), text: "// a line\n".repeat(lines) };
        let found = find(&[planted("a/src/short.rs", 500), planted("a/src/long.rs", 501)]);
        assert_eq!(found, ["a/src/long.rs: 501 lines, at most 500; split it by subject"]);
    }
}
