//! Sections of INI files. Values are borrowed from the file's text, which is erased as a whole after use. A parser that copies
//! values would leave secrets in memory.

pub(super) struct Section<'t> {
    pub(super) name: &'t str,
    lines: &'t str,
}

impl<'t> Section<'t> {
    /// Returns the first section whose name fits.
    pub(super) fn find(text: &'t str, fits: impl Fn(&str) -> bool) -> Option<Self> {
        Self::all(text).into_iter().find(|section| fits(section.name))
    }

    /// Iterates over all sections.
    pub(super) fn all(text: &'t str) -> Vec<Self> {
        let mut headers = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let header = line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
            if let Some(name) = header {
                headers.push((name.trim(), at, at + line.len()));
            }
            at += line.len();
        }
        let ends = headers.iter().skip(1).map(|&(_, start, _)| start).chain([text.len()]);
        let sections = headers.iter().zip(ends);
        sections
            .map(|(&(name, _, start), end)| Self { name, lines: text.get(start..end).unwrap_or_default() })
            .collect()
    }

    /// Returns the value of a field, or `None` if it is missing or empty. If the field is given twice the last one counts, as for
    /// the tools that these files belong to.
    pub(super) fn field(&self, fits: impl Fn(&str) -> bool) -> Option<&'t str> {
        let fields = self.lines.lines().rev().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
        let mut pairs = fields.filter_map(|line| line.split_once('='));
        let (_, value) = pairs.find(|(found, _)| fits(found.trim()))?;
        let value = value.trim();
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some(quoted.unwrap_or(value)).filter(|value| !value.is_empty())
    }
}
