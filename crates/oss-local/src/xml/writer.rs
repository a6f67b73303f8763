//! XML answers, written by hand: a few flat documents need no serializer.

use std::fmt::Write as _;

/// A growing document.
pub(crate) struct Writer(String);

impl Writer {
    /// Begins with the declaration.
    pub(crate) fn document() -> Self {
        Self(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    }

    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.0, "<{name}>");
    }

    pub(crate) fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</{name}>");
    }

    pub(crate) fn element(&mut self, name: &str, text: &str) {
        self.open(name);
        escape_into(&mut self.0, text);
        self.close(name);
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) {
        let _ = write!(self.0, "<{name}>{value}</{name}>");
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// Text that XML 1.0 cannot carry (most control characters) becomes U+FFFD.
fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // As references, as OSS writes them: a bare carriage return would be read back as a line feed.
            '\r' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_are_escaped() {
        let mut xml = Writer::document();
        xml.element("Key", "a<b>&\"'\t\r\u{0}\u{7f}é");
        assert_eq!(
            xml.finish().lines().nth(1),
            Some("<Key>a&lt;b&gt;&amp;&quot;&#39;\t&#13;\u{fffd}&#127;é</Key>")
        );
    }
}
