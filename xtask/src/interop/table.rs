//! The rows, as a table and as JSON.

use std::fmt::Write as _;

/// Rows, in the order of the run.
pub(super) struct Table {
    rows: Vec<Row>,
}

struct Row {
    client: String,
    case: String,
    result: Verdict,
}

enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
}

impl Table {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    pub(super) fn add(&mut self, client: &str, case: &str, result: Result<(), String>) {
        let result = match result {
            Ok(()) => Verdict::Passed,
            Err(why) => Verdict::Failed(one_line(&why)),
        };
        self.push(client, case, result);
    }

    /// A client that cannot be run: a failure in CI, where everything must be there.
    pub(super) fn unable(&mut self, client: &str, why: &str) {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        let result = if in_ci { Verdict::Failed(one_line(why)) } else { Verdict::Skipped(one_line(why)) };
        self.push(client, "all", result);
    }

    fn push(&mut self, client: &str, case: &str, result: Verdict) {
        let row = Row { client: client.to_owned(), case: case.to_owned(), result };
        // At once, too: a run that hangs shows where.
        eprintln!("{}", row.line(0, 0));
        self.rows.push(row);
    }

    pub(super) fn print(&self) {
        let width = |text: fn(&Row) -> &String| {
            self.rows.iter().map(|row| text(row).chars().count()).max().unwrap_or_default()
        };
        let (client, case) = (width(|row| &row.client), width(|row| &row.case));
        eprintln!();
        for row in &self.rows {
            eprintln!("{}", row.line(client, case));
        }
        let (passed, failed, skipped) = self.counts();
        eprintln!("\n{passed} passed, {failed} failed, {skipped} skipped");
    }

    fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Verdict) -> bool| self.rows.iter().filter(|row| wanted(&row.result)).count();
        (
            count(|result| matches!(result, Verdict::Passed)),
            count(|result| matches!(result, Verdict::Failed(_))),
            count(|result| matches!(result, Verdict::Skipped(_))),
        )
    }

    pub(super) fn json(&self) -> String {
        let (passed, failed, skipped) = self.counts();
        let mut json = format!(r#"{{"passed":{passed},"failed":{failed},"skipped":{skipped},"rows":["#);
        for (index, row) in self.rows.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let (result, why) = row.result.words();
            let (client, case) = (quoted(&row.client), quoted(&row.case));
            let _ = write!(json, r#"{comma}{{"client":{client},"case":{case},"result":"{result}""#);
            if !why.is_empty() {
                let _ = write!(json, r#","reason":{}"#, quoted(why));
            }
            json.push('}');
        }
        json.push_str("]}");
        json
    }

    pub(super) fn outcome(&self) -> Result<(), String> {
        match self.counts() {
            // A misspelt --only must not look like a success.
            (0, 0, 0) => Err("interop: no client of this name".into()),
            (_, 0, _) => Ok(()),
            (_, failed, _) => Err(format!("interop: {failed} rows failed")),
        }
    }
}

impl Row {
    fn line(&self, client: usize, case: usize) -> String {
        let (result, why) = self.result.words();
        let colon = if why.is_empty() { "" } else { ": " };
        format!("{:<client$}  {:<case$}  {result}{colon}{why}", self.client, self.case)
    }
}

impl Verdict {
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Passed => ("passed", ""),
            Self::Failed(why) => ("failed", why),
            Self::Skipped(why) => ("skipped", why),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            character => json.push(character),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_json_line() {
        let mut table = Table::new();
        table.add("a", "put", Ok(()));
        table.add("b", "say \"x\\y\"", Err("first\nsecond".into()));
        assert_eq!(
            table.json(),
            concat!(
                r#"{"passed":1,"failed":1,"skipped":0,"rows":[{"client":"a","case":"put","result":"passed"},"#,
                r#"{"client":"b","case":"say \"x\\y\"","result":"failed","reason":"first second"}]}"#
            )
        );
        assert!(table.outcome().is_err());
        assert!(Table::new().outcome().is_err());
    }
}
