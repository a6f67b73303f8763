//! Where files go: `oss://BUCKET/KEY`, with places in KEY for what the file is called.

/// A bucket, and the keys of the files that go there.
#[derive(Debug)]
pub(crate) struct KeyTemplate {
    pub(crate) bucket: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The path below the folder, with slashes.
    Path,
    /// The part of the path after its last slash.
    Name,
    /// The name without its extension.
    Stem,
    /// The extension with its dot; empty without one.
    Extension,
}

impl KeyTemplate {
    /// Reads what follows `oss://`; `None` for a text without it.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, String>> {
        text.strip_prefix("oss://").map(Self::read)
    }

    fn read(text: &str) -> Result<Self, String> {
        let (bucket, key) = text.split_once('/').unwrap_or((text, ""));
        if bucket.is_empty() {
            return Err("no bucket: write oss://BUCKET/KEY".to_owned());
        }
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = key;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.push_str(&from[..1]);
                rest = after;
                continue;
            }
            let end = from.find('}').filter(|&end| end > 0);
            let piece = match end.map(|end| &from[1..end]) {
                Some("path") => Piece::Path,
                Some("name") => Piece::Name,
                Some("stem") => Piece::Stem,
                Some("ext") => Piece::Extension,
                _ => {
                    return Err(format!(
                        "`{}` in the key is none of {{path}}, {{name}}, {{stem}} and {{ext}}: write a brace of the key twice",
                        from.escape_debug()
                    ));
                }
            };
            pieces.extend([Piece::Text(std::mem::take(&mut plain)), piece]);
            rest = &from[end.unwrap_or_default() + 1..];
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        if key.is_empty() || key.ends_with('/') {
            pieces.push(Piece::Path);
        }
        Ok(Self { bucket: bucket.to_owned(), pieces })
    }

    /// The key, where it is the same whatever the file is called.
    pub(crate) fn fixed(&self) -> Option<String> {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_))).then(|| self.key(""))
    }

    /// The key of the file with this path below its folder.
    pub(crate) fn key(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or_default();
        // A dot in front makes a hidden file, not an extension.
        let dot = name.rfind('.').filter(|&at| at > 0).unwrap_or(name.len());
        let (stem, extension) = name.split_at(dot);
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Path => path,
            Piece::Name => name,
            Piece::Stem => stem,
            Piece::Extension => extension,
        });
        pieces.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(template: &str, path: &str) -> String {
        KeyTemplate::parse(template).unwrap().unwrap().key(path)
    }

    #[test]
    fn keys() {
        for (template, path, expected) in [
            ("oss://b", "x/a.tar.gz", "x/a.tar.gz"),
            ("oss://b/", "a.txt", "a.txt"),
            ("oss://b/p/", "x/a.txt", "p/x/a.txt"),
            ("oss://b/p/{path}", "x/a.txt", "p/x/a.txt"),
            ("oss://b/p/{name}", "x/a.txt", "p/a.txt"),
            ("oss://b/{stem}-1{ext}", "x/a.tar.gz", "a.tar-1.gz"),
            ("oss://b/{stem}|{ext}", ".profile", ".profile|"),
            ("oss://b/{stem}|{ext}", "Makefile", "Makefile|"),
            ("oss://b/{{{name}}}", "a", "{a}"),
            ("oss://b/{name}/", "a", "a/a"),
            ("oss://b/ü{name}ü", "é", "üéü"),
        ] {
            assert_eq!(key(template, path), expected, "{template}");
        }
        assert_eq!(KeyTemplate::parse("oss://b/a{{b}}").unwrap().unwrap().fixed().as_deref(), Some("a{b}"));
        assert!(KeyTemplate::parse("oss://b/{name}").unwrap().unwrap().fixed().is_none());
    }

    #[test]
    fn no_templates() {
        assert!(KeyTemplate::parse("https://b/").is_none());
        for text in ["oss://", "oss:///a", "oss://b/{file}", "oss://b/{", "oss://b/a}b", "oss://b/{name"] {
            assert!(KeyTemplate::parse(text).unwrap().is_err(), "{text}");
        }
    }
}
