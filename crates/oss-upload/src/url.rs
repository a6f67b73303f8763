//! A URL's parts, as they stand: nothing is decoded, resolved or normalised.

/// The parts of an `http` or `https` URL that a transfer needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Whether the scheme is `https`.
    pub secure: bool,
    /// Host and, where given, port: the value of the `Host` header.
    pub authority: &'a str,
    /// The path, starting with `/`.
    pub path: &'a str,
    /// The query, without its `?`; may be empty.
    pub query: &'a str,
}

impl<'a> UrlParts<'a> {
    /// Takes a URL apart; `None` for another scheme, an empty host, user information or a fragment.
    pub fn parse(url: &'a str) -> Option<Self> {
        let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return None,
        };
        if rest.bytes().any(|b| b <= b' ' || b == 0x7F || b == b'#') {
            return None;
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = if path.is_empty() { "/" } else { path };
        let parts = Self { secure, authority, path, query };
        (!parts.host().is_empty() && !authority.contains('@')).then_some(parts)
    }

    /// The host without its port; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &'a str {
        if let Some(end) = self.authority.find(']') {
            return self.authority.get(..=end).unwrap_or(self.authority);
        }
        self.authority.split(':').next().unwrap_or(self.authority)
    }

    /// Whether the host is this machine: `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let named = host.eq_ignore_ascii_case("localhost")
            || host
                .len()
                .checked_sub(".localhost".len())
                .and_then(|at| host.get(at..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(".localhost"));
        named
            || host == "[::1]"
            || host.parse::<core::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// The raw, still encoded value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        })
    }

    /// Names in `x-oss-additional-headers`: headers that the signature covers beside those it always covers.
    pub fn additional_headers(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let mut rest = self.parameter("x-oss-additional-headers").unwrap_or("");
        core::iter::from_fn(move || {
            loop {
                if rest.is_empty() {
                    return None;
                }
                let (name, tail) = match rest.find([';', '%']) {
                    Some(at) => {
                        let width = if rest.as_bytes().get(at) == Some(&b';') { 1 } else { 3 };
                        (rest.get(..at)?, rest.get(at.saturating_add(width)..).unwrap_or(""))
                    }
                    None => (rest, ""),
                };
                rest = tail;
                if !name.is_empty() {
                    return Some(name);
                }
            }
        })
    }
}

impl core::fmt::Debug for UrlParts<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The query holds the signature and may hold a security token.
        f.debug_struct("UrlParts")
            .field("secure", &self.secure)
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn parts_as_they_stand() {
        let url = UrlParts::parse("https://b.oss-cn-hangzhou.aliyuncs.com:8443/a/../b%2F?acl&x=1").unwrap();
        assert_eq!(
            (url.secure, url.authority, url.host()),
            (true, "b.oss-cn-hangzhou.aliyuncs.com:8443", "b.oss-cn-hangzhou.aliyuncs.com")
        );
        assert_eq!((url.path, url.query), ("/a/../b%2F", "acl&x=1"));
        assert_eq!(
            (url.parameter("acl"), url.parameter("x"), url.parameter("y")),
            (Some(""), Some("1"), None)
        );
        assert_eq!(UrlParts::parse("http://h").unwrap().path, "/");
        for bad in [
            "ftp://h/",
            "https:///x",
            "https://user@h/",
            "https://h/#f",
            "https://h/a b",
            "h/x",
            "https://:80/",
            "HTTPS//",
        ] {
            assert!(UrlParts::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn this_machine() {
        for host in
            ["localhost", "LOCALHOST:80", "bucket.localhost:9000", "127.0.0.1", "127.3.2.1:9", "[::1]:9000"]
        {
            assert!(UrlParts::parse(&std::format!("http://{host}/")).unwrap().is_loopback(), "{host}");
        }
        for host in ["localhost.example.com", "127.0.0.1.example.com", "128.0.0.1", "[::2]", "notlocalhost"] {
            assert!(!UrlParts::parse(&std::format!("http://{host}/")).unwrap().is_loopback(), "{host}");
        }
    }

    #[test]
    fn additional_headers_of_the_query() {
        let names = |query: &str| -> Vec<std::string::String> {
            let url = std::format!("https://h/k?{query}");
            UrlParts::parse(&url).unwrap().additional_headers().map(Into::into).collect()
        };
        assert_eq!(names("x-oss-additional-headers=content-length%3Bhost&x"), ["content-length", "host"]);
        assert_eq!(names("x-oss-additional-headers=a;b%3bc;"), ["a", "b", "c"]);
        assert!(names("a=1").is_empty());
    }
}
