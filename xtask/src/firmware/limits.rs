//! What the firmware may cost: `xtask/firmware-limits.toml`, sections of `name = number`.

use super::Row;

/// Says which figures of a row exceed their limits.
pub(super) fn excess_of(row: &Row) -> Result<Vec<String>, String> {
    let path = crate::command::root().join("xtask/firmware-limits.toml");
    excess(&std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?, row)
}

/// Fails when a figure of any row does.
pub(super) fn check(rows: &[Row]) -> Result<(), String> {
    let mut excess = Vec::new();
    for row in rows {
        excess.extend(excess_of(row)?);
    }
    if excess.is_empty() { Ok(()) } else { Err(format!("over the limits:\n{}", excess.join("\n"))) }
}

fn excess(text: &str, row: &Row) -> Result<Vec<String>, String> {
    let mut excess = Vec::new();
    for (figure, found) in row.figures() {
        let limit = find(text, &row.board, figure)?;
        if found > limit {
            excess.push(format!("{}: {figure} is {found}, the limit is {limit}", row.board));
        }
    }
    Ok(excess)
}

fn find(text: &str, board: &str, figure: &str) -> Result<u64, String> {
    let section = format!("[\"{board}\"]");
    let lines = text.lines().skip_while(|line| line.trim() != section).skip(1);
    let mut pairs = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let value =
        pairs.find(|(name, _)| name.trim() == figure).and_then(|(_, value)| value.trim().parse().ok());
    value.ok_or_else(|| format!("no limit for {figure} of {board}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_over_its_limit_is_named() {
        let text = "# c\n[\"a\"]\nflash_bytes = 10\nstack_bytes = 1\nram_bytes = 1\ninstructions = 1\npanics = 0\n[\"b\"]\n";
        let row = |flash_bytes| Row {
            board: "a".into(),
            target: "t",
            flash_bytes,
            stack_bytes: 1,
            ram_bytes: 1,
            instructions: 0,
            panics: 0,
        };
        assert_eq!(excess(text, &row(10)), Ok(vec![]));
        assert_eq!(excess(text, &row(11)), Ok(vec!["a: flash_bytes is 11, the limit is 10".to_owned()]));
        let missing = Row { board: "b".into(), ..row(1) };
        assert_eq!(excess(text, &missing), Err("no limit for flash_bytes of b".to_owned()));
    }
}
