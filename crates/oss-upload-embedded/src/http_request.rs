use core::fmt;

use oss_presign::PresignedUrl;
use oss_upload::Refusal;
use oss_upload::driver::{RequiredHeaders, UncheckedRequest, UrlParts};

/// What to send: the parts of a presigned URL and the headers that it requires the uploader to send.
///
/// They are checked against each other, the body and the clock before anything is sent: see [`Refusal`].
#[derive(Clone, Copy)]
pub struct HttpRequest<'a> {
    method: &'a str,
    url: UrlParts<'a>,
    /// Path and query, as they are sent.
    target: &'a str,
    /// Headers come from one or the other.
    presigned: Option<PresignedUrl<'a, 'a>>,
    pairs: &'a [(&'a str, &'a str)],
    expires_at: Option<u64>,
}

impl<'a> HttpRequest<'a> {
    /// From what the signer made.
    ///
    /// # Errors
    /// [`Refusal::UnusableUrl`], which no signer makes.
    pub fn presigned(presigned: &PresignedUrl<'a, 'a>) -> Result<Self, Refusal> {
        let expires_at = Some(presigned.expires_at().unix());
        let mut request =
            Self::new(presigned.method().as_str(), presigned.host(), presigned.target(), &[], expires_at)?;
        request.presigned = Some(*presigned);
        Ok(request)
    }

    /// From the parts that a signer gives.
    ///
    /// * `host`: value of the `Host` header, with a port unless it is the scheme's own
    /// * `target`: path and query, percent-encoded, sent untouched
    /// * `headers`: exactly those that belong to the signature; `host` and `content-length` are written by this crate
    ///   and only compared where they are among them
    /// * `expires_at`: seconds since 1970; from then on the request is refused before anything is sent
    ///
    /// # Errors
    /// [`Refusal::UnusableUrl`] for anything that would break the message apart (control bytes, blanks) or is no host or
    /// target.
    pub fn new(
        method: &'a str,
        host: &'a str,
        target: &'a str,
        headers: &'a [(&'a str, &'a str)],
        expires_at: Option<u64>,
    ) -> Result<Self, Refusal> {
        let url = UrlParts::new(host, target).ok_or(Refusal::UnusableUrl)?;
        if target.as_bytes().first() != Some(&b'/') {
            return Err(Refusal::UnusableUrl);
        }
        Ok(Self { method, url, target, presigned: None, pairs: headers, expires_at })
    }

    /// From a URL that was handed over, as a device does that holds no credentials.
    ///
    /// The expiry is read from `x-oss-date` and `x-oss-expires`. `https` and `http` are both taken: it is the caller who
    /// brings the stream, and so decides whether it is an encrypted one.
    ///
    /// # Errors
    /// [`Refusal::UnusableUrl`] for anything that is not of the form `https://host/key?query` or `http://host/key?query`.
    pub fn from_url(
        method: &'a str,
        url: &'a str,
        headers: &'a [(&'a str, &'a str)],
    ) -> Result<Self, Refusal> {
        let parts = UrlParts::parse(url).ok_or(Refusal::UnusableUrl)?;
        let scheme = if parts.secure { "https://" } else { "http://" };
        let target = url.get(scheme.len().saturating_add(parts.authority.len())..).unwrap_or_default();
        Self::new(method, parts.authority, target, headers, parts.expires_at())
    }

    /// Checks everything that can be known before sending with this method a body of `length` bytes, at this second since
    /// 1970.
    pub(crate) fn check(&self, method: &'static str, length: u64, now: u64) -> Result<(), Refusal> {
        let headers = RequiredHeaders { url: self.url, required: self.headers(), extra: core::iter::empty() };
        let request = UncheckedRequest {
            method: self.method,
            headers,
            expires_at: self.expires_at,
            wanted_method: method,
            body_length: Some(length),
            now: Some(now),
            // Whether the stream is an encrypted one is decided by who brings it.
            allow_plain_http: true,
        };
        request.check()
    }

    /// Copies the bytes of the head from `offset` on into `out`, and says how many: 0 when the head is over.
    ///
    /// `length`: of the body; none for a GET.
    pub(crate) fn copy_head(&self, length: Option<u64>, offset: usize, out: &mut [u8]) -> usize {
        let digits = &mut [0; 20];
        let mut copy = Copy { skip: offset, out: out.iter_mut(), copied: 0 };
        for piece in [self.method, " ", self.target, " HTTP/1.1\r\nhost: ", self.url.authority] {
            copy.take(piece.as_bytes());
        }
        if let Some(length) = length {
            copy.take(b"\r\ncontent-length: ");
            copy.take(decimal(length, digits));
        }
        for (name, value) in self.headers() {
            if !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length") {
                for piece in ["\r\n", name, ": ", value] {
                    copy.take(piece.as_bytes());
                }
            }
        }
        copy.take(b"\r\n\r\n");
        copy.copied
    }

    /// By index, because iterators of two kinds, chained, took 0.9 KB more flash.
    fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'_, 'a> {
        let mut indexes = 0..;
        core::iter::from_fn(move || {
            let index = indexes.next()?;
            match &self.presigned {
                Some(presigned) => presigned.headers().nth(index),
                None => self.pairs.get(index).copied(),
            }
        })
    }
}

/// Shows neither query nor header values: they are what authorises.
impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("host", &self.url.authority)
            .field("path", &self.url.path)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

struct Copy<'o> {
    skip: usize,
    out: core::slice::IterMut<'o, u8>,
    copied: usize,
}

impl Copy<'_> {
    fn take(&mut self, piece: &[u8]) {
        let skipped = self.skip.min(piece.len());
        self.skip -= skipped;
        for (from, to) in piece.iter().skip(skipped).zip(&mut self.out) {
            *to = *from;
            self.copied += 1;
        }
    }
}

fn decimal(mut value: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        start -= 1;
        if value == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oss_presign::Excerpt;

    const URL: &str = "http://b.oss-cn-hangzhou.aliyuncs.com:8080/k?x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature=00";

    fn checked(header: (&str, &str)) -> Result<(), Refusal> {
        HttpRequest::new("PUT", "h:80", "/k?x-oss-signature=00", &[header], None)?.check("PUT", 3, 0)
    }

    #[test]
    fn a_presigned_request_keeps_its_required_headers() {
        use oss_presign::{
            Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Scheme, Signer, Timestamp,
        };

        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let region = Region::new("cn-hangzhou").unwrap();
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let signer = Signer::new(&credentials, region, now);
        let mut request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a b").unwrap());
        request
            .content_type("text/plain")
            .and_then(|request| request.header("content-length", "3"))
            .and_then(|request| request.additional_header("content-length")?.sign_host())
            .unwrap();
        let endpoint = Endpoint::path_style("127.0.0.1:9000").unwrap().with_scheme(Scheme::Http);
        let buffer = &mut [0; 1024];
        let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(600).unwrap(), buffer).unwrap();
        let request = HttpRequest::presigned(&presigned).unwrap();
        let check = |length, now| request.check("PUT", length, now);
        assert_eq!(check(3, 1_731_400_957), Ok(()));
        assert_eq!(check(3, 1_731_400_958), Err(Refusal::Expired { seconds_ago: 0 }));
        assert_eq!(check(4, 1_731_400_957), Err(Refusal::LengthMismatch { signed: 3, body: 4 }));
        let head = &mut [0; 1024];
        let count = request.copy_head(Some(3), 0, head);
        let expected = std::format!(
            "PUT {} HTTP/1.1\r\nhost: 127.0.0.1:9000\r\ncontent-length: 3\r\ncontent-type: text/plain\r\n\r\n",
            presigned.url().strip_prefix("http://127.0.0.1:9000").unwrap()
        );
        assert_eq!(head.get(..count), Some(expected.as_bytes()));
    }

    #[test]
    fn a_url_is_taken_apart() {
        let request = HttpRequest::from_url("PUT", URL, &[]).unwrap();
        assert_eq!(request.expires_at, Some(1_731_400_358 + 600));
        let head = &mut [0; 300];
        let count = request.copy_head(None, 0, head);
        let expected = "PUT /k?x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature=00 HTTP/1.1\r\n\
            host: b.oss-cn-hangzhou.aliyuncs.com:8080\r\n\r\n";
        assert_eq!(head.get(..count), Some(expected.as_bytes()));
        for wrong in ["", "ftp://h/k", "https://h", "https:///k", "//h/k", "https://user@h/k", "https://h?/k"]
        {
            assert!(HttpRequest::from_url("PUT", wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_head_is_the_same_in_pieces_of_any_size() {
        let headers = [("host", "h"), ("content-length", "1234567"), ("a", ""), ("b", "x y")];
        let request = HttpRequest::new("PUT", "h", "/k", &headers, None).unwrap();
        let expected = "PUT /k HTTP/1.1\r\nhost: h\r\ncontent-length: 1234567\r\na: \r\nb: x y\r\n\r\n";
        for size in 1..=expected.len() + 1 {
            let mut whole = std::vec::Vec::new();
            let mut piece = std::vec![0; size];
            loop {
                let count = request.copy_head(Some(1_234_567), whole.len(), &mut piece);
                if count == 0 {
                    break;
                }
                whole.extend_from_slice(&piece[..count]);
            }
            assert_eq!(std::str::from_utf8(&whole), Ok(expected), "{size}");
        }
    }

    #[test]
    fn what_would_break_message_or_signature_is_refused() {
        for header in [("", "v"), ("a b", "v"), ("a:", "v"), ("a", "v\r\nb: c"), ("a", "\0")] {
            assert_eq!(
                checked(header),
                Err(Refusal::HeaderInvalid { name: Excerpt::of(header.0) }),
                "{header:?}"
            );
        }
        for header in [
            ("Connection", "close"),
            ("Transfer-Encoding", "chunked"),
            ("expect", "100-continue"),
            ("Authorization", "OSS4-HMAC-SHA256 x"),
        ] {
            assert_eq!(checked(header), Err(Refusal::HeaderForbidden { name: Excerpt::of(header.0) }));
        }
        assert_eq!(checked(("host", "other")), Err(Refusal::HeaderConflict { name: Excerpt::of("host") }));
        for header in [("host", "h:80"), ("x-oss-meta-a", "ü\tx"), ("a", "")] {
            assert_eq!(checked(header), Ok(()), "{header:?}");
        }
        let missing = HttpRequest::new("PUT", "h", "/k?x-oss-additional-headers=x-a", &[], None).unwrap();
        assert_eq!(missing.check("PUT", 3, 0), Err(Refusal::HeaderMissing { name: Excerpt::of("x-a") }));
        let twice = HttpRequest::new("PUT", "h", "/k", &[("a", "1"), ("A", "1")], None).unwrap();
        assert_eq!(twice.check("PUT", 3, 0), Err(Refusal::HeaderRepeated { name: Excerpt::of("a") }));
        // A signature in the header instead of the query.
        let signed = &[("authorization", "OSS4-HMAC-SHA256 x")];
        assert_eq!(HttpRequest::new("PUT", "h", "/k", signed, None).unwrap().check("PUT", 3, 0), Ok(()));

        for host in ["", "h h", "h/", "h\r\n", "u@h", "ü"] {
            assert_eq!(HttpRequest::new("PUT", host, "/", &[], None).err(), Some(Refusal::UnusableUrl));
        }
        for target in ["", "k", "?x", "/a b", "/a\r\n", "/ü", "/a#b"] {
            assert_eq!(HttpRequest::new("PUT", "h", target, &[], None).err(), Some(Refusal::UnusableUrl));
        }
        for method in ["", "put", "GET", "PUT "] {
            let refused = HttpRequest::new(method, "h", "/", &[], None).unwrap().check("PUT", 3, 0);
            assert_eq!(refused, Err(Refusal::WrongMethod { presigned: Excerpt::of(method), wanted: "PUT" }));
        }
    }

    #[test]
    fn decimal_writes_every_digit() {
        for value in [0, 9, 10, 1_234_567_890, u64::MAX] {
            assert_eq!(decimal(value, &mut [0; 20]), std::format!("{value}").as_bytes());
        }
    }

    #[test]
    fn debug_shows_nothing_that_authorises() {
        let request = HttpRequest::from_url("PUT", URL, &[("x-oss-security-token", "fake-token")]).unwrap();
        let shown = std::format!("{request:?}");
        assert!(
            shown.contains("\"/k\"") && !shown.contains("signature") && !shown.contains("fake-token"),
            "{shown}"
        );
    }
}
