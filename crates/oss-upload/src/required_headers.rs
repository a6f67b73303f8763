//! The headers that a presigned request requires, and those that it allows beside them.

use crate::refusal::{Refusal, excerpt};
use crate::url::UrlParts;

/// The headers of a presigned request: those that came with the URL and must be sent, and those that the caller adds.
///
/// Headers are `(name, value)` pairs; names compare without case.
#[derive(Clone, Copy)]
pub struct RequiredHeaders<'a, Required, Extra> {
    /// The presigned URL, [taken apart](UrlParts::parse).
    pub url: UrlParts<'a>,
    /// Headers that came with the URL and must be sent.
    pub required: Required,
    /// Headers that the caller wants to send beside the required ones.
    pub extra: Extra,
}

/// Headers that belong to the transport or contradict a presigned URL.
const FORBIDDEN: [&str; 11] = [
    "authorization",
    "proxy-authorization",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "expect",
    "te",
    "trailer",
    "upgrade",
];

impl<'a, Required, Extra> RequiredHeaders<'a, Required, Extra>
where
    Required: Iterator<Item = (&'a str, &'a str)> + Clone,
    Extra: Iterator<Item = (&'a str, &'a str)> + Clone,
{
    /// Checks that every required header is there, and that none breaks the signature or the message.
    ///
    /// # Errors
    /// The first [`Refusal`] found.
    pub fn check(&self) -> Result<(), Refusal> {
        for (name, value) in self.required.clone() {
            self.check_required(name, value)?;
        }
        check_each(&self.required)?;
        check_each(&self.extra)?;
        for (name, value) in self.extra.clone() {
            self.check_extra(name, value)?;
        }
        for name in self.url.additional_headers() {
            let supplied = is_framing(name)
                || self.required(name).is_some()
                || self.extra.clone().any(|(extra, _)| same(extra, name));
            if !supplied {
                return Err(Refusal::HeaderMissing { name: excerpt(name) });
            }
        }
        Ok(())
    }

    /// The headers to send, `host` and `content-length` left to the client: the required ones, then the caller's
    /// that are not among them.
    pub fn to_send(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a, Required, Extra> {
        let required = self.required.clone();
        let new = move |(name, _): &(&str, &str)| !required.clone().any(|(known, _)| same(known, name));
        self.required.clone().filter(|(name, _)| !is_framing(name)).chain(self.extra.clone().filter(new))
    }

    /// The value of a required header.
    pub(crate) fn required(&self, name: &str) -> Option<&'a str> {
        self.required.clone().find(|(required, _)| same(required, name)).map(|(_, value)| value)
    }

    /// Refuses what cannot have been signed for this URL: the request was put together wrongly.
    fn check_required(&self, name: &str, value: &str) -> Result<(), Refusal> {
        if same(name, "host") && value.trim_ascii() != self.url.authority {
            return Err(Refusal::HeaderConflict { name: excerpt(name) });
        }
        // The signature stands in the URL or in a header.
        let signs = same(name, "authorization") && self.url.parameter("x-oss-signature").is_none();
        if is_forbidden(name) && !signs && !is_framing(name) {
            return Err(Refusal::HeaderForbidden { name: excerpt(name) });
        }
        Ok(())
    }

    fn check_extra(&self, name: &str, value: &str) -> Result<(), Refusal> {
        if is_forbidden(name) {
            return Err(Refusal::HeaderForbidden { name: excerpt(name) });
        }
        match self.required(name) {
            Some(required) if required.trim_ascii() == value.trim_ascii() => Ok(()),
            Some(_) => Err(Refusal::HeaderConflict { name: excerpt(name) }),
            None if self.url.additional_headers().any(|missing| same(missing, name)) => Ok(()),
            None if is_always_signed(name) => Err(Refusal::HeaderNotSigned { name: excerpt(name) }),
            None => Ok(()),
        }
    }
}

/// Refuses what HTTP does not allow, and a name that stands in the list twice.
fn check_each<'a>(list: &(impl Iterator<Item = (&'a str, &'a str)> + Clone)) -> Result<(), Refusal> {
    for (name, value) in list.clone() {
        if !is_header(name, value) {
            return Err(Refusal::invalid_header(name));
        }
        if list.clone().filter(|(other, _)| same(other, name)).count() > 1 {
            return Err(Refusal::HeaderRepeated { name: excerpt(name) });
        }
    }
    Ok(())
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|forbidden| same(forbidden, name))
}

/// Headers that every HTTP client writes by itself.
fn is_framing(name: &str) -> bool {
    same(name, "host") || same(name, "content-length")
}

/// Headers that OSS puts into the signature whenever they are there.
fn is_always_signed(name: &str) -> bool {
    same(name, "content-type")
        || same(name, "content-md5")
        || name.get(..6).is_some_and(|prefix| same(prefix, "x-oss-"))
}

/// Whether HTTP allows this name and value: a token, and no control character but a tab.
fn is_header(name: &str, value: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty()
        && name.bytes().all(token)
        && value.bytes().all(|b| b == b'\t' || (b >= b' ' && b != 0x7F))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    type List<'a> = &'a [(&'a str, &'a str)];

    const URL: &str = "https://b.oss-cn-hangzhou.aliyuncs.com/k?x-oss-signature=SECRET";

    fn check(url: &str, required: List<'_>, extra: List<'_>) -> Result<(), Refusal> {
        let url = UrlParts::parse(url).unwrap();
        RequiredHeaders { url, required: required.iter().copied(), extra: extra.iter().copied() }.check()
    }

    #[test]
    fn headers_that_would_break_the_signature() {
        let required = [("content-type", "image/jpeg")];
        assert_eq!(
            check(URL, &required, &[("Content-Type", "text/plain")]),
            Err(Refusal::HeaderConflict { name: excerpt("Content-Type") })
        );
        for name in ["X-Oss-Meta-A", "content-md5", "x-oss-object-acl"] {
            let refusal = Err(Refusal::HeaderNotSigned { name: excerpt(name) });
            assert_eq!(check(URL, &required, &[(name, "v")]), refusal);
        }
        let refusal = Err(Refusal::HeaderNotSigned { name: excerpt("content-type") });
        assert_eq!(check(URL, &[], &[("content-type", "v")]), refusal);
        for name in ["Authorization", "host", "Content-Length", "transfer-encoding", "Expect"] {
            let refusal = Err(Refusal::HeaderForbidden { name: excerpt(name) });
            assert_eq!(check(URL, &required, &[(name, "v")]), refusal);
        }
        for name in ["authorization", "connection", "transfer-encoding", "expect", "te", "trailer", "upgrade"]
        {
            let refusal = Err(Refusal::HeaderForbidden { name: excerpt(name) });
            assert_eq!(check(URL, &[(name, "v")], &[]), refusal);
        }
        // Without a signature in the URL it is in the header.
        assert_eq!(check("https://h/k", &[("authorization", "OSS4-HMAC-SHA256 x")], &[]), Ok(()));
        let refusal = Err(Refusal::HeaderConflict { name: excerpt("host") });
        assert_eq!(check(URL, &[("host", "other")], &[]), refusal);
    }

    #[test]
    fn headers_that_http_does_not_allow() {
        for (extra, refusal) in [
            (&[("a", "1"), ("A", "1")][..], Refusal::HeaderRepeated { name: excerpt("a") }),
            (&[("a", "1\r\nx: y")], Refusal::HeaderInvalid { name: excerpt("a") }),
            (&[("a b", "1")], Refusal::HeaderInvalid { name: excerpt("a b") }),
            (&[("", "1")], Refusal::HeaderInvalid { name: excerpt("") }),
        ] {
            assert_eq!(check(URL, &[], extra), Err(refusal.clone()));
            assert_eq!(check(URL, extra, &[]), Err(refusal));
        }
    }

    #[test]
    fn additional_headers_must_be_supplied() {
        let url = "https://h/k?x-oss-additional-headers=host%3Bx-a%3Bcontent-length";
        assert_eq!(check(url, &[], &[]), Err(Refusal::HeaderMissing { name: excerpt("x-a") }));
        assert_eq!(check(url, &[], &[("X-A", "1")]), Ok(()));
        assert_eq!(check(url, &[("x-a", "1")], &[]), Ok(()));
    }

    #[test]
    fn each_header_is_sent_once_and_framing_is_left_to_the_client() {
        let required = [("content-type", "a/b"), ("content-length", "5"), ("host", "h")];
        let extra = [("Content-Type", "a/b"), ("cache-control", "no-store")];
        let url = UrlParts::parse(URL).unwrap();
        let headers = RequiredHeaders { url, required: required.into_iter(), extra: extra.into_iter() };
        assert_eq!(
            headers.to_send().collect::<Vec<_>>(),
            [("content-type", "a/b"), ("cache-control", "no-store")]
        );
    }

    #[test]
    fn no_refusal_shows_the_query() {
        for refusal in [
            check(URL, &[], &[("host", "v")]),
            check(URL, &[("https://h/k?x-oss-signature=SECRET", "v")], &[]),
            check(URL, &[], &[("/k?SECRET", "v")]),
        ] {
            let refusal = refusal.unwrap_err();
            assert!(!std::format!("{refusal:?} {refusal}").contains("SECRET"));
            assert!(!refusal.to_string().is_empty());
        }
    }
}
