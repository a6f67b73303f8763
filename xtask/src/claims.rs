//! `cargo xtask claims`: every test that SECURITY.md names is there, and every claim names one.

use crate::command::root;

const PAGE: &str = "SECURITY.md";
/// Fewer would mean that the page is read wrongly.
const AT_LEAST: usize = 40;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let text = read(PAGE)?;
    let mut faults = claims_without_a_test(&text);
    let tests = tests(&text);
    for (file, name) in &tests {
        let code = read(&format!("crates/{file}"));
        if !code.as_ref().is_ok_and(|code| has_test(code, name)) {
            faults.push(format!("there is no test {file}::{name}"));
        }
    }
    if tests.len() < AT_LEAST {
        faults.push(format!("it names {} tests only", tests.len()));
    }
    if faults.is_empty() {
        println!("{PAGE}: {} tests, all there", tests.len());
        Ok(())
    } else {
        Err(format!("{PAGE}:\n{}", faults.join("\n")))
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// The rows of tables of claims in which no test stands.
fn claims_without_a_test(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut in_table = false;
    for line in text.lines() {
        if line == "| claim | tests |" {
            in_table = true;
        } else if !line.starts_with('|') {
            in_table = false;
        } else if in_table && line != "|---|---|" && tests(line).is_empty() {
            faults.push(format!("no test for: {line}"));
        }
    }
    faults
}

/// What stands as `file.rs::test` between backticks.
fn tests(text: &str) -> Vec<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|quoted| quoted.split_once(".rs::").map(|_| quoted.rsplit_once("::")))
        .flatten()
        .collect()
}

/// A function under `#[test]`, or a case of a table by its name in quotation marks.
fn has_test(code: &str, name: &str) -> bool {
    if name.starts_with('"') {
        return code.contains(&format!("name: {name},"));
    }
    let function = format!("fn {name}(");
    let lines: Vec<&str> = code.lines().collect();
    lines.iter().enumerate().any(|(at, line)| {
        let attributes = lines[..at].iter().rev().take_while(|line| line.trim().starts_with("#["));
        line.contains(&function) && attributes.into_iter().any(|line| line.contains("test"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_needs_a_test_that_is_there() {
        let page = "`a` | b\n\n| claim | tests |\n|---|---|\n| One. | `x/a.rs::one`, `x/b.rs::\"a case\"` |\n| Two `c`. | – |\n\n| who | has |\n";
        assert_eq!(tests(page), [("x/a.rs", "one"), ("x/b.rs", "\"a case\"")]);
        assert_eq!(claims_without_a_test(page), ["no test for: | Two `c`. | – |"]);
        let code =
            "    #[tokio::test]\n    #[cfg(unix)]\n    async fn one() {}\nfn two() {}\nname: \"a case\",";
        assert!(has_test(code, "one") && has_test(code, "\"a case\""));
        assert!(!has_test(code, "two") && !has_test(code, "on") && !has_test(code, "\"another\""));
    }
}
