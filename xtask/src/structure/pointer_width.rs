//! One path through the core for every target: a second one would be tested by nobody on a host.

use super::source::Source;

const CONDITION: &str = "target_pointer_width";

/// Returns a line for every place where the core asks how wide a pointer is.
pub(super) fn find(core: &[&Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in core {
        for (line, text) in (1..).zip(source.text.lines()) {
            if text.contains(CONDITION) {
                found.push(format!(
                    "{}:{line}: `{CONDITION}`; the core has one path for all targets",
                    source.path
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_found_with_its_line() {
        let planted =
            |text: &str| Source { path: "crates/oss-presign/src/sha256.rs".into(), text: text.into() };
        assert_eq!(find(&[&planted("fn f() {}\n")]), [""; 0]);
        let found = find(&[&planted("fn f() {}\n#[cfg(target_pointer_width = \"32\")]\nfn g() {}\n")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("crates/oss-presign/src/sha256.rs:2: "), "{found:?}");
    }
}
