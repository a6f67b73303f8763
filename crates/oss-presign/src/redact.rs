//! Text of others without the queries of the URLs in it: a presigned URL is a secret until it expires.

use core::fmt::{self, Write};

/// Writes a text, and `?…` in place of what follows a `?` in a word that holds a `/`: a URL, or its path.
pub struct WithoutQueries<'w> {
    out: &'w mut dyn Write,
    word: Word,
}

/// What is known of the current word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Text,
    Path,
    Query,
}

impl<'w> WithoutQueries<'w> {
    /// Creates a writer in front of `out`.
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self { out, word: Word::Text }
    }
}

impl Write for WithoutQueries<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.word = match (self.word, c) {
                (_, '"' | '\'' | '`' | '<' | '>' | ' ' | '\t' | '\r' | '\n') => Word::Text,
                (Word::Text, '/') => Word::Path,
                (Word::Path, '?') => {
                    self.out.write_str("?…")?;
                    Word::Query
                }
                (word, _) => word,
            };
            if self.word != Word::Query {
                self.out.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Returns the error of a deserializer without the queries of URLs. serde quotes a value of the wrong type, which may be a
/// presigned URL. An error that shows none stays as it is, with its category and its position.
#[cfg(feature = "serde")]
pub fn without_queries<E: serde::de::Error>(error: E) -> E {
    use alloc::string::{String, ToString};
    let (said, mut shown) = (error.to_string(), String::new());
    // A String takes everything.
    let _ = WithoutQueries::new(&mut shown).write_str(&said);
    if shown == said { error } else { E::custom(shown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn redacted(text: &str) -> String {
        let mut out = String::new();
        // In pieces, as a formatter writes.
        let mut writer = WithoutQueries::new(&mut out);
        for c in text.chars() {
            writer.write_char(c).unwrap();
        }
        out
    }

    #[test]
    fn a_url_loses_its_query_and_a_sentence_nothing() {
        let told = redacted("no https://h/k?x-oss-signature=S&a=/b here, nor \"/k?sig=S\", <p?x>.");
        assert_eq!(told, "no https://h/k?… here, nor \"/k?…\", <p?x>.");
        assert_eq!(redacted("What? And/or why? Yes."), "What? And/or why? Yes.");
        assert_eq!(redacted("x-meta-a"), "x-meta-a");
    }
}
