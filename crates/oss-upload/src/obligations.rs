//! What a presigned request obliges its holder to, checked before a single byte is sent.

use core::fmt::{self, Write as _};

use crate::range::decimal;
use crate::redact::WithoutQueries;
use crate::url::UrlParts;

/// A presigned request as its holder got it, and what is about to be done with it.
///
/// Headers are `(name, value)` pairs; names compare without case.
#[derive(Clone, Copy)]
pub struct Obligations<'a, Bound, Extra> {
    /// The presigned method.
    pub method: &'a str,
    /// The presigned URL, [taken apart](UrlParts::parse).
    pub url: UrlParts<'a>,
    /// Headers that came with the URL and must be sent.
    pub bound: Bound,
    /// Second since 1970 from which on the URL is refused; `None` where unknown.
    pub expires_at: Option<u64>,
    /// The method about to be used.
    pub wanted_method: &'static str,
    /// Headers that the caller wants to send beside the bound ones.
    pub extra: Extra,
    /// Length of the body in bytes; `None` for a request without one.
    pub body_length: Option<u64>,
    /// Seconds since 1970 on the server's clock, as far as known; `None` skips the check of the expiry.
    pub now: Option<u64>,
    /// Whether plain `http` to another machine is accepted.
    pub allow_plain_http: bool,
}

/// Why a request was not even tried.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The URL is not an absolute `http` or `https` URL without user information and fragment.
    UnusableUrl,
    /// The HTTP client would rewrite the URL on its way, and the signature would no longer fit.
    UrlRewritten,
    /// The HTTP client knows no such method.
    UnknownMethod {
        /// The method that was to be used.
        method: &'static str,
    },
    /// The URL was presigned for another method.
    WrongMethod {
        /// The method that was signed.
        presigned: Label,
        /// The method that was to be used.
        wanted: &'static str,
    },
    /// The URL has expired.
    Expired {
        /// How many seconds ago.
        seconds_ago: u64,
    },
    /// Plain `http` to another machine.
    PlainHttp,
    /// A header that the signature fixes was given another value.
    HeaderConflict {
        /// Its name.
        name: Label,
    },
    /// A header that OSS always includes in the signature, and that was not signed.
    HeaderNotSigned {
        /// Its name.
        name: Label,
    },
    /// A header that belongs to the transport, or that OSS does not accept beside a presigned URL.
    HeaderForbidden {
        /// Its name.
        name: Label,
    },
    /// A header given twice.
    HeaderRepeated {
        /// Its name.
        name: Label,
    },
    /// A header name or value that HTTP does not allow.
    HeaderInvalid {
        /// Its name.
        name: Label,
    },
    /// A header that was signed, and whose value nobody supplied.
    HeaderOwed {
        /// Its name.
        name: Label,
    },
    /// The signature fixes another length.
    LengthMismatch {
        /// The signed length in bytes.
        signed: u64,
        /// The body's length in bytes.
        body: u64,
    },
    /// The body's MD5 is not the signed `content-md5`.
    Md5Mismatch,
    /// The body is larger than OSS takes in one request (5 GiB).
    BodyTooLarge {
        /// The body's length in bytes.
        length: u64,
    },
}

/// The largest body of one PUT or part: 5 GiB.
pub const MAX_BODY: u64 = 5 << 30;

/// A short name inside an error: its first 64 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Label(heapless::String<64>);

impl Label {
    /// The name, cut off after 64 bytes, control characters replaced, and without its query where it is a URL that stands in
    /// the wrong place.
    pub fn new(name: &str) -> Self {
        let mut text = heapless::String::new();
        let mut out = WithoutQueries::new(&mut text);
        for c in name.chars() {
            if out.write_char(if c.is_control() { ' ' } else { c }).is_err() {
                break;
            }
        }
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnusableUrl => f.write_str("not a usable URL: it must start with https:// or http://, without user information and without #fragment; was it cut off or quoted?"),
            Self::UrlRewritten => f.write_str("the HTTP client would rewrite this URL (dot segments or unusual characters) and break its signature: sign a key without `.` and `..` segments, or use the ureq adapter"),
            Self::UnknownMethod { method } => write!(f, "the HTTP client does not know method {method}"),
            Self::WrongMethod { presigned, wanted } => write!(f, "this URL is presigned for {presigned}, not for {wanted}: ask for one presigned for {wanted}"),
            Self::Expired { seconds_ago } => write!(f, "this URL expired {seconds_ago} s ago: ask for a fresh one, or set the clock offset if this machine's clock is wrong"),
            Self::PlainHttp => f.write_str("plain http to another machine shows the signature and the data to everyone on the way: use https, or allow it with `allow_plain_http(true)`"),
            Self::HeaderConflict { name } => write!(f, "header `{name}` was signed with another value: leave it out, the signed one is sent"),
            Self::HeaderNotSigned { name } => write!(f, "header `{name}` was not signed, sending it would break the signature: presign the URL with it"),
            Self::HeaderForbidden { name } => write!(f, "header `{name}` cannot be sent beside a presigned URL: leave it out"),
            Self::HeaderRepeated { name } => write!(f, "header `{name}` is given twice: give it once"),
            Self::HeaderInvalid { name } => write!(f, "header `{name}` has a name or value that HTTP does not allow"),
            Self::HeaderOwed { name } => write!(f, "header `{name}` was signed and must be sent: supply the value that it was signed with"),
            Self::LengthMismatch { signed, body } => write!(f, "the URL is signed for a body of {signed} bytes, this one has {body}"),
            Self::Md5Mismatch => f.write_str("the body's MD5 is not the signed content-md5: this URL is for other content"),
            Self::BodyTooLarge { length } => write!(f, "{length} bytes are more than the 5 GiB of one request: use a multipart plan"),
        }
    }
}

impl core::error::Error for Refusal {}

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

impl<'a, Bound, Extra> Obligations<'a, Bound, Extra>
where
    Bound: Iterator<Item = (&'a str, &'a str)> + Clone,
    Extra: Iterator<Item = (&'a str, &'a str)> + Clone,
{
    /// Checks everything that can be known before sending.
    ///
    /// # Errors
    /// The first [`Refusal`] found: method, scheme, headers, length, and last the expiry.
    pub fn check(&self) -> Result<(), Refusal> {
        let url = &self.url;
        if self.method != self.wanted_method {
            return Err(Refusal::WrongMethod {
                presigned: Label::new(self.method),
                wanted: self.wanted_method,
            });
        }
        if !self.allow_plain_http && !url.secure && !url.is_loopback() {
            return Err(Refusal::PlainHttp);
        }
        self.check_headers()?;
        self.check_length()?;
        match (self.expires_at, self.now) {
            (Some(expiry), Some(now)) if now >= expiry => Err(Refusal::Expired { seconds_ago: now - expiry }),
            _ => Ok(()),
        }
    }

    /// The headers to send, `host` and `content-length` left to the client: the bound ones, then the caller's
    /// that are not among them.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a, Bound, Extra> {
        let bound = self.bound.clone();
        let new = move |(name, _): &(&str, &str)| !bound.clone().any(|(known, _)| same(known, name));
        self.bound
            .clone()
            .filter(|(name, _)| !same(name, "host") && !same(name, "content-length"))
            .chain(self.extra.clone().filter(new))
    }

    fn check_headers(&self) -> Result<(), Refusal> {
        let url = &self.url;
        self.check_bound_headers()?;
        let bound_count = self.bound.clone().count();
        for (index, (name, value)) in self.bound.clone().chain(self.extra.clone()).enumerate() {
            if !is_header(name, value) {
                return Err(Refusal::HeaderInvalid { name: Label::new(name) });
            }
            // Within one list a name may stand once; a name in both lists is looked at below.
            let same_list = if index < bound_count {
                self.bound.clone().filter(|(other, _)| same(other, name)).count()
            } else {
                self.extra.clone().filter(|(other, _)| same(other, name)).count()
            };
            if same_list > 1 {
                return Err(Refusal::HeaderRepeated { name: Label::new(name) });
            }
        }
        for (name, value) in self.extra.clone() {
            let label = || Label::new(name);
            if FORBIDDEN.iter().any(|forbidden| same(forbidden, name)) {
                return Err(Refusal::HeaderForbidden { name: label() });
            }
            match self.bound.clone().find(|(bound, _)| same(bound, name)) {
                Some((_, bound)) if bound.trim_ascii() == value.trim_ascii() => {}
                Some(_) => return Err(Refusal::HeaderConflict { name: label() }),
                None if url.additional_headers().any(|owed| same(owed, name)) => {}
                None if is_always_signed(name) => return Err(Refusal::HeaderNotSigned { name: label() }),
                None => {}
            }
        }
        for owed in url.additional_headers() {
            let supplied = same(owed, "host")
                || same(owed, "content-length")
                || self.bound.clone().chain(self.extra.clone()).any(|(name, _)| same(name, owed));
            if !supplied {
                return Err(Refusal::HeaderOwed { name: Label::new(owed) });
            }
        }
        Ok(())
    }

    /// Refuses what cannot have been signed for this URL: whoever handed it over is mistaken.
    fn check_bound_headers(&self) -> Result<(), Refusal> {
        let signed_in_url = self.url.parameter("x-oss-signature").is_some();
        for (name, value) in self.bound.clone() {
            if same(name, "host") && value.trim_ascii() != self.url.authority {
                return Err(Refusal::HeaderConflict { name: Label::new(name) });
            }
            // The signature stands in the URL or in a header.
            let signs = same(name, "authorization") && !signed_in_url;
            let framing = same(name, "host") || same(name, "content-length");
            if !signs && !framing && FORBIDDEN.iter().any(|forbidden| same(forbidden, name)) {
                return Err(Refusal::HeaderForbidden { name: Label::new(name) });
            }
        }
        Ok(())
    }

    fn check_length(&self) -> Result<(), Refusal> {
        let Some(body) = self.body_length else { return Ok(()) };
        if body > MAX_BODY {
            return Err(Refusal::BodyTooLarge { length: body });
        }
        match self.bound.clone().find(|(name, _)| same(name, "content-length")) {
            None => Ok(()),
            Some((name, value)) => match decimal(value.trim_ascii().as_bytes()) {
                None => Err(Refusal::HeaderInvalid { name: Label::new(name) }),
                Some(signed) if signed == body => Ok(()),
                Some(signed) => Err(Refusal::LengthMismatch { signed, body }),
            },
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
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

    fn check(url: &str, bound: List<'_>, extra: List<'_>, body: u64) -> Result<(), Refusal> {
        let obligations = Obligations {
            method: "PUT",
            url: UrlParts::parse(url).ok_or(Refusal::UnusableUrl)?,
            bound: bound.iter().copied(),
            expires_at: Some(1000),
            wanted_method: "PUT",
            extra: extra.iter().copied(),
            body_length: Some(body),
            now: Some(999),
            allow_plain_http: false,
        };
        obligations.check()
    }

    fn label(name: &str) -> Label {
        Label::new(name)
    }

    #[test]
    fn what_is_in_order_passes() {
        let bound = [("content-type", "image/jpeg"), ("x-oss-meta-a", "1"), ("content-length", "5")];
        assert_eq!(
            check(URL, &bound, &[("Content-Type", " image/jpeg"), ("cache-control", "no-store")], 5),
            Ok(())
        );
        assert_eq!(check("http://127.0.0.1:9000/b/k", &[], &[], MAX_BODY), Ok(()));
    }

    #[test]
    fn headers_that_would_break_the_signature() {
        let bound = [("content-type", "image/jpeg")];
        assert_eq!(
            check(URL, &bound, &[("Content-Type", "text/plain")], 5),
            Err(Refusal::HeaderConflict { name: label("Content-Type") })
        );
        for name in ["X-Oss-Meta-A", "content-md5", "x-oss-object-acl"] {
            assert_eq!(
                check(URL, &bound, &[(name, "v")], 5),
                Err(Refusal::HeaderNotSigned { name: label(name) })
            );
        }
        assert_eq!(
            check(URL, &[], &[("content-type", "v")], 5),
            Err(Refusal::HeaderNotSigned { name: label("content-type") })
        );
        for name in ["Authorization", "host", "Content-Length", "transfer-encoding", "Expect"] {
            assert_eq!(
                check(URL, &bound, &[(name, "v")], 5),
                Err(Refusal::HeaderForbidden { name: label(name) })
            );
        }
        assert_eq!(
            check(URL, &[("authorization", "v")], &[], 5),
            Err(Refusal::HeaderForbidden { name: label("authorization") })
        );
        for name in ["connection", "transfer-encoding", "expect", "te", "trailer", "upgrade"] {
            assert_eq!(
                check(URL, &[(name, "v")], &[], 5),
                Err(Refusal::HeaderForbidden { name: label(name) })
            );
        }
        // Without a signature in the URL it is in the header.
        assert_eq!(check("https://h/k", &[("authorization", "OSS4-HMAC-SHA256 x")], &[], 5), Ok(()));
        assert_eq!(
            check(URL, &[("host", "other")], &[], 5),
            Err(Refusal::HeaderConflict { name: label("host") })
        );
        assert_eq!(
            check(URL, &[], &[("a", "1"), ("A", "1")], 5),
            Err(Refusal::HeaderRepeated { name: label("a") })
        );
        assert_eq!(
            check(URL, &[], &[("a", "1\r\nx: y")], 5),
            Err(Refusal::HeaderInvalid { name: label("a") })
        );
        assert_eq!(check(URL, &[], &[("a b", "1")], 5), Err(Refusal::HeaderInvalid { name: label("a b") }));
    }

    #[test]
    fn owed_headers_must_be_supplied() {
        let url = "https://h/k?x-oss-additional-headers=host%3Bx-a%3Bcontent-length";
        assert_eq!(check(url, &[], &[], 5), Err(Refusal::HeaderOwed { name: label("x-a") }));
        assert_eq!(check(url, &[], &[("X-A", "1")], 5), Ok(()));
        assert_eq!(check(url, &[("x-a", "1")], &[], 5), Ok(()));
    }

    #[test]
    fn length_expiry_scheme_and_method() {
        assert_eq!(
            check(URL, &[("content-length", "5")], &[], 6),
            Err(Refusal::LengthMismatch { signed: 5, body: 6 })
        );
        assert_eq!(check(URL, &[], &[], MAX_BODY + 1), Err(Refusal::BodyTooLarge { length: MAX_BODY + 1 }));
        assert_eq!(check("http://example.com/k", &[], &[], 5), Err(Refusal::PlainHttp));
        assert_eq!(check("example.com/k", &[], &[], 5), Err(Refusal::UnusableUrl));
        let none = [("", ""); 0];
        let obligations = Obligations {
            method: "GET",
            url: UrlParts::parse(URL).unwrap(),
            bound: none.into_iter(),
            expires_at: Some(1000),
            wanted_method: "PUT",
            extra: none.into_iter(),
            body_length: None,
            now: Some(1060),
            allow_plain_http: false,
        };
        assert_eq!(obligations.check(), Err(Refusal::WrongMethod { presigned: label("GET"), wanted: "PUT" }));
        let get = Obligations { wanted_method: "GET", ..obligations };
        assert_eq!(get.check(), Err(Refusal::Expired { seconds_ago: 60 }));
        assert!(Obligations { now: None, ..get }.check().is_ok());
    }

    #[test]
    fn each_header_is_sent_once_and_framing_is_left_to_the_client() {
        let bound = [("content-type", "a/b"), ("content-length", "5"), ("host", "h")];
        let extra = [("Content-Type", "a/b"), ("cache-control", "no-store")];
        let obligations = Obligations {
            method: "PUT",
            url: UrlParts::parse(URL).unwrap(),
            bound: bound.into_iter(),
            expires_at: None,
            wanted_method: "PUT",
            extra: extra.into_iter(),
            body_length: Some(5),
            now: None,
            allow_plain_http: false,
        };
        assert_eq!(
            obligations.headers().collect::<Vec<_>>(),
            [("content-type", "a/b"), ("cache-control", "no-store")]
        );
    }

    #[test]
    fn no_refusal_shows_the_query() {
        for refusal in [
            check(URL, &[], &[("host", "v")], 5),
            check("http://h/?SECRET", &[], &[], 1),
            check("x?SECRET", &[], &[], 1),
            check(URL, &[("https://h/k?x-oss-signature=SECRET", "v")], &[], 1),
            check(URL, &[], &[("/k?SECRET", "v")], 1),
        ] {
            let refusal = refusal.unwrap_err();
            assert!(!std::format!("{refusal:?} {refusal}").contains("SECRET"));
            assert!(!refusal.to_string().is_empty());
        }
        assert_eq!(Label::new(&"é".repeat(100)).as_str().len(), 64);
    }
}
