//! The parts of a URL as a server receives them.

use crate::failure::Failure;

/// A URL's parts, nothing decoded.
pub(crate) struct UrlParts<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) host: &'a str,
    /// With its leading slash.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

impl<'a> UrlParts<'a> {
    /// # Errors
    /// A URL of another scheme than `http` and `https`.
    pub(crate) fn read(url: &'a str) -> Result<Self, Failure> {
        let (scheme, rest) = if let Some(rest) = url.strip_prefix("https://") {
            ("https", rest)
        } else if let Some(rest) = url.strip_prefix("http://") {
            ("http", rest)
        } else {
            return Err(Failure::new("NotAnHttpUrl", "a URL begins with `https://` or `http://`"));
        };
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = before_query.split_at(before_query.find('/').unwrap_or(before_query.len()));
        Ok(Self { scheme, host, path: if path.is_empty() { "/" } else { path }, query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let url = UrlParts::read("http://h:1/a/b?c=/d?").unwrap();
        assert_eq!((url.scheme, url.host, url.path, url.query), ("http", "h:1", "/a/b", "c=/d?"));
        let url = UrlParts::read("https://h?c").unwrap();
        assert_eq!((url.scheme, url.host, url.path, url.query), ("https", "h", "/", "c"));
        assert!(UrlParts::read("ftp://h/a").is_err());
    }
}
