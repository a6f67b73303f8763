//! What the firmware may cost: `xtask/firmware-limits.toml`, sections of `name = number`.

use super::Row;

/// Says which figures of a row exceed their limits.
pub(super) fn excess_of(row: &Row) -> Result<Vec<String>, String> {
    excess(&read()?, &row.board, &row.figures())
}

fn read() -> Result<String, String> {
    let path = crate::command::root().join("xtask/firmware-limits.toml");
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Fails when a figure exceeds its limit in a section.
pub(crate) fn check_named(section: &str, figures: &[(&str, u64)]) -> Result<(), String> {
    let excess = excess(&read()?, section, figures)?;
    if excess.is_empty() { Ok(()) } else { Err(format!("over the limits:\n{}", excess.join("\n"))) }
}

/// Fails when a figure of any row does.
pub(super) fn check(rows: &[Row]) -> Result<(), String> {
    let mut excess = Vec::new();
    for row in rows {
        excess.extend(excess_of(row)?);
    }
    if excess.is_empty() { Ok(()) } else { Err(format!("over the limits:\n{}", excess.join("\n"))) }
}

fn excess(text: &str, section: &str, figures: &[(&str, u64)]) -> Result<Vec<String>, String> {
    let mut excess = Vec::new();
    for &(figure, found) in figures {
        let limit = find(text, section, figure)?;
        if found > limit {
            excess.push(format!("{section}: {figure} is {found}, the limit is {limit}"));
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
        let text = "# c\n[\"a\"]\nflash_bytes = 10\nstack_bytes = 1\n[\"b\"]\n";
        let figures = |flash| [("flash_bytes", flash), ("stack_bytes", 1)];
        assert_eq!(excess(text, "a", &figures(10)), Ok(vec![]));
        assert_eq!(
            excess(text, "a", &figures(11)),
            Ok(vec!["a: flash_bytes is 11, the limit is 10".to_owned()])
        );
        assert_eq!(excess(text, "b", &figures(1)), Err("no limit for flash_bytes of b".to_owned()));
    }
}
