//! A presigned request before it is sent, checked against what is about to be done with it.

use crate::range::decimal;
use crate::refusal::{Refusal, excerpt};
use crate::required_headers::RequiredHeaders;

/// A presigned request as its holder got it, and what is about to be done with it.
#[derive(Clone, Copy)]
pub struct UncheckedRequest<'a, Required, Extra> {
    /// The presigned method.
    pub method: &'a str,
    /// The presigned URL and the headers.
    pub headers: RequiredHeaders<'a, Required, Extra>,
    /// Second since 1970 from which on the URL is refused; `None` where unknown.
    pub expires_at: Option<u64>,
    /// The method about to be used.
    pub wanted_method: &'static str,
    /// Length of the body in bytes; `None` for a request without one.
    pub body_length: Option<u64>,
    /// Seconds since 1970 on the server's clock, as far as known; `None` skips the check of the expiry.
    pub now: Option<u64>,
    /// Whether plain `http` to another machine is accepted.
    pub allow_plain_http: bool,
}

/// The largest body of one PUT or part: 5 GiB.
pub const MAX_BODY: u64 = 5 << 30;

impl<'a, Required, Extra> UncheckedRequest<'a, Required, Extra>
where
    Required: Iterator<Item = (&'a str, &'a str)> + Clone,
    Extra: Iterator<Item = (&'a str, &'a str)> + Clone,
{
    /// Checks everything that can be known before sending.
    ///
    /// # Errors
    /// The first [`Refusal`] found: method, scheme, headers, length, and last the expiry.
    pub fn check(&self) -> Result<(), Refusal> {
        let url = &self.headers.url;
        if self.method != self.wanted_method {
            return Err(Refusal::WrongMethod { presigned: excerpt(self.method), wanted: self.wanted_method });
        }
        if !self.allow_plain_http && !url.secure && !url.is_loopback() {
            return Err(Refusal::PlainHttp);
        }
        self.headers.check()?;
        self.check_length()?;
        match (self.expires_at, self.now) {
            (Some(expiry), Some(now)) if now >= expiry => Err(Refusal::Expired { seconds_ago: now - expiry }),
            _ => Ok(()),
        }
    }

    fn check_length(&self) -> Result<(), Refusal> {
        const NAME: &str = "content-length";
        let Some(body) = self.body_length else { return Ok(()) };
        if body > MAX_BODY {
            return Err(Refusal::BodyTooLarge { length: body });
        }
        match self.headers.required(NAME) {
            None => Ok(()),
            Some(value) => match decimal(value.trim_ascii().as_bytes()) {
                None => Err(Refusal::invalid_header(NAME)),
                Some(signed) if signed == body => Ok(()),
                Some(signed) => Err(Refusal::LengthMismatch { signed, body }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::url::UrlParts;

    type List<'a> = &'a [(&'a str, &'a str)];

    const URL: &str = "https://b.oss-cn-hangzhou.aliyuncs.com/k?x-oss-signature=SECRET";

    fn check(url: &str, required: List<'_>, extra: List<'_>, body: u64) -> Result<(), Refusal> {
        let url = UrlParts::parse(url).ok_or(Refusal::UnusableUrl)?;
        let request = UncheckedRequest {
            method: "PUT",
            headers: RequiredHeaders {
                url,
                required: required.iter().copied(),
                extra: extra.iter().copied(),
            },
            expires_at: Some(1000),
            wanted_method: "PUT",
            body_length: Some(body),
            now: Some(999),
            allow_plain_http: false,
        };
        request.check()
    }

    #[test]
    fn what_is_in_order_passes() {
        let required = [("content-type", "image/jpeg"), ("x-oss-meta-a", "1"), ("content-length", "5")];
        let extra = [("Content-Type", " image/jpeg"), ("cache-control", "no-store")];
        assert_eq!(check(URL, &required, &extra, 5), Ok(()));
        assert_eq!(check("http://127.0.0.1:9000/b/k", &[], &[], MAX_BODY), Ok(()));
    }

    #[test]
    fn length_and_scheme() {
        let signed = |length| check(URL, &[("content-length", length)], &[], 6);
        assert_eq!(signed("5"), Err(Refusal::LengthMismatch { signed: 5, body: 6 }));
        assert_eq!(signed("+6"), Err(Refusal::invalid_header("content-length")));
        assert_eq!(check(URL, &[], &[], MAX_BODY + 1), Err(Refusal::BodyTooLarge { length: MAX_BODY + 1 }));
        assert_eq!(check("http://example.com/k", &[], &[], 5), Err(Refusal::PlainHttp));
    }

    #[test]
    fn method_and_expiry() {
        let none = [("", ""); 0];
        let url = UrlParts::parse(URL).unwrap();
        let request = UncheckedRequest {
            method: "GET",
            headers: RequiredHeaders { url, required: none.into_iter(), extra: none.into_iter() },
            expires_at: Some(1000),
            wanted_method: "PUT",
            body_length: None,
            now: Some(1060),
            allow_plain_http: false,
        };
        let wrong = Refusal::WrongMethod { presigned: excerpt("GET"), wanted: "PUT" };
        assert_eq!(request.check(), Err(wrong));
        let get = UncheckedRequest { wanted_method: "GET", ..request };
        assert_eq!(get.check(), Err(Refusal::Expired { seconds_ago: 60 }));
        assert!(UncheckedRequest { now: None, ..get }.check().is_ok());
    }

    #[test]
    fn no_refusal_shows_the_query() {
        for url in ["http://h/?SECRET", "x?SECRET"] {
            let refusal = check(url, &[], &[], 1).unwrap_err();
            assert!(!std::format!("{refusal:?} {refusal}").contains("SECRET"));
        }
    }
}
