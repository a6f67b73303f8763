//! A URL's parts, as they stand: nothing is decoded, resolved or normalised.

use crate::http_date::parse_basic;
use crate::range::{decimal, split_at_byte};

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
        let (secure, start) = match (url.get(..8), url.get(..7)) {
            (Some("https://"), _) => (true, 8),
            (_, Some("http://")) => (false, 7),
            _ => return None,
        };
        let rest = url.get(start..)?;
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end)?;
        Some(Self { secure, ..Self::new(authority, target)? })
    }

    /// The parts of an `https` URL at this host (with its port, unless it is the scheme's own), with this path and query;
    /// `None` for what cannot stand in a URL.
    pub fn new(authority: &'a str, target: &'a str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\');
        if !authority.bytes().all(|byte| plain(byte) && !matches!(byte, b'/' | b'?' | b'@')) {
            return None;
        }
        if !target.bytes().all(plain) || !matches!(target.as_bytes().first(), None | Some(b'/' | b'?')) {
            return None;
        }
        let end = target.bytes().position(|byte| byte == b'?').unwrap_or(target.len());
        let path = target.get(..end).filter(|path| !path.is_empty()).unwrap_or("/");
        let query = target.get(end.saturating_add(1)..).unwrap_or("");
        let parts = Self { secure: true, authority, path, query };
        if parts.host().is_empty() { None } else { Some(parts) }
    }

    /// The second since 1970 from which on a presigned URL is refused, by its `x-oss-date` and `x-oss-expires`.
    pub fn expires_at(&self) -> Option<u64> {
        let signed_at = parse_basic(self.parameter("x-oss-date")?)?;
        signed_at.checked_add(decimal(self.parameter("x-oss-expires")?.as_bytes())?)
    }

    /// The host without its port; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &'a str {
        let position = |wanted: u8| self.authority.bytes().position(|byte| byte == wanted);
        let end = match position(b']') {
            Some(bracket) => bracket.saturating_add(1),
            None => position(b':').unwrap_or(self.authority.len()),
        };
        self.authority.get(..end).unwrap_or(self.authority)
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
        let found = self.query.as_bytes().split(|&byte| byte == b'&').find_map(|pair| {
            let (key, value) = split_at_byte(pair, b'=').unwrap_or((pair, &[]));
            (key == name.as_bytes()).then_some(value)
        })?;
        // It was text, and ends at text.
        core::str::from_utf8(found).ok()
    }

    /// Names in `x-oss-additional-headers`: headers that the signature covers beside those it always covers.
    pub fn additional_headers(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let mut rest = self.parameter("x-oss-additional-headers").unwrap_or("");
        core::iter::from_fn(move || {
            loop {
                if rest.is_empty() {
                    return None;
                }
                // Between names there is a `;`, mostly as `%3B`.
                let end = rest.bytes().position(|byte| matches!(byte, b';' | b'%')).unwrap_or(rest.len());
                let width = if rest.as_bytes().get(end) == Some(&b'%') { 3 } else { 1 };
                let name = rest.get(..end)?;
                rest = rest.get(end.saturating_add(width)..).unwrap_or("");
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
            "https://h\\/k",
            "https://h/\u{fc}",
        ] {
            assert!(UrlParts::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn parts_that_were_apart_already() {
        let url = UrlParts::new("h:80", "/k?x-oss-date=20241112T083238Z&x-oss-expires=600").unwrap();
        assert_eq!((url.secure, url.path, url.expires_at()), (true, "/k", Some(1_731_400_958)));
        assert_eq!(UrlParts::new("h", "/k?x-oss-date=20241112T083238Z").unwrap().expires_at(), None);
        for host in ["", "h h", "h/", "h\r\n", "u@h", "\u{fc}"] {
            assert!(UrlParts::new(host, "/").is_none(), "{host}");
        }
        for target in ["k", "/a b", "/a\r\n", "/\u{fc}", "/a#b"] {
            assert!(UrlParts::new("h", target).is_none(), "{target}");
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
