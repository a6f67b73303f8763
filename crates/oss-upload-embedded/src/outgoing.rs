use core::fmt;

use oss_presign::PresignedUrl;

use crate::date;
use crate::response_head::{is_token, is_value};

/// What to send: the parts of a presigned URL and the headers that it obliges the uploader to send.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    method: &'a str,
    host: &'a str,
    target: &'a str,
    /// Headers come from one or the other.
    presigned: Option<PresignedUrl<'a, 'a>>,
    pairs: &'a [(&'a str, &'a str)],
    expires_at: Option<u64>,
}

impl<'a> Outgoing<'a> {
    /// From what the signer made.
    ///
    /// # Errors
    /// [`OutgoingError::Header`] for a bound header that belongs to the connection, such as `transfer-encoding`.
    pub fn presigned(presigned: &PresignedUrl<'a, 'a>) -> Result<Self, OutgoingError> {
        Self {
            method: presigned.method().as_str(),
            host: presigned.host(),
            target: presigned.target(),
            presigned: Some(*presigned),
            pairs: &[],
            expires_at: Some(presigned.expires_at().unix()),
        }
        .checked()
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
    /// [`OutgoingError`] for anything that would break the message apart (control bytes, blanks in the target) or break
    /// the signature (hop-by-hop headers, `Authorization` beside a presigned query).
    pub fn new(
        method: &'a str,
        host: &'a str,
        target: &'a str,
        headers: &'a [(&'a str, &'a str)],
        expires_at: Option<u64>,
    ) -> Result<Self, OutgoingError> {
        Self { method, host, target, presigned: None, pairs: headers, expires_at }.checked()
    }

    /// From a URL that was handed over, as a device does that holds no credentials.
    ///
    /// The expiry is read from `x-oss-date` and `x-oss-expires`. `https` and `http` are both taken: it is the caller who
    /// brings the stream, and so decides whether it is an encrypted one.
    ///
    /// # Errors
    /// [`OutgoingError::Url`] for anything that does not begin with `https://host/` or `http://host/`; else as
    /// [`new`](Self::new).
    pub fn from_url(
        method: &'a str,
        url: &'a str,
        headers: &'a [(&'a str, &'a str)],
    ) -> Result<Self, OutgoingError> {
        let rest =
            url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or(OutgoingError::Url)?;
        let slash = rest.bytes().position(|byte| byte == b'/').ok_or(OutgoingError::Url)?;
        let (host, target) = rest.split_at_checked(slash).ok_or(OutgoingError::Url)?;
        Self::new(method, host, target, headers, expiry_of(target))
    }

    pub(crate) fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    pub(crate) fn is_method(&self, method: &str) -> bool {
        self.method == method
    }

    /// Refuses a body of another length than the one that was signed.
    pub(crate) fn allows_length(&self, length: u64) -> bool {
        let digits = &mut [0; 20];
        let length = decimal(length, digits);
        self.headers()
            .all(|(name, value)| !name.eq_ignore_ascii_case("content-length") || value.as_bytes() == length)
    }

    /// Copies the bytes of the head from `offset` on into `out`, and says how many: 0 when the head is over.
    ///
    /// `length`: of the body; none for a GET.
    pub(crate) fn copy_head(&self, length: Option<u64>, offset: usize, out: &mut [u8]) -> usize {
        let digits = &mut [0; 20];
        let mut copy = Copy { skip: offset, out: out.iter_mut(), copied: 0 };
        for piece in [self.method, " ", self.target, " HTTP/1.1\r\nhost: ", self.host] {
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

    /// Refuses what would break the message apart or the signature.
    fn checked(self) -> Result<Self, OutgoingError> {
        let Self { method, host, target, .. } = self;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(OutgoingError::Method);
        }
        if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@\\".contains(&byte))
        {
            return Err(OutgoingError::Host);
        }
        if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(OutgoingError::Target);
        }
        match self.headers().position(|(name, value)| !self.may_send(name, value)) {
            Some(index) => Err(OutgoingError::Header { index }),
            None => Ok(self),
        }
    }

    fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.presigned.into_iter().flat_map(|presigned| presigned.headers()).chain(self.pairs.iter().copied())
    }

    fn may_send(&self, name: &str, value: &str) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let hop_by_hop = ["connection", "transfer-encoding", "expect", "te", "trailer", "upgrade"];
        !name.is_empty()
            && name.bytes().all(is_token)
            && value.bytes().all(is_value)
            && !hop_by_hop.iter().any(|other| is(other))
            && !(is("host") && value != self.host)
            && !(is("authorization") && parameter(self.target, "x-oss-signature").is_some())
    }
}

/// Shows neither query nor header values: they are what authorises.
impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &path)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why a request cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OutgoingError {
    /// The method is not of upper-case letters.
    Method,
    /// The method is signed, and it is not the one of the call (`put` sends PUT, `get` sends GET).
    OtherMethod,
    /// The host is empty or holds other than visible ASCII.
    Host,
    /// The target does not begin with `/` or holds other than visible ASCII.
    Target,
    /// The URL does not begin with `https://host/` or `http://host/`.
    Url,
    /// A header must not be sent.
    Header {
        /// Its position among the headers, from 0.
        index: usize,
    },
    /// The signature binds `content-length` to another length than the body's.
    Length,
}

impl fmt::Display for OutgoingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("write the method in upper-case letters, as in PUT"),
            Self::OtherMethod => {
                f.write_str("the URL was signed for another method: sign it for the one you call")
            }
            Self::Host => f.write_str(
                "write the host without scheme and path, as in bucket.oss-cn-hangzhou.aliyuncs.com",
            ),
            Self::Target => {
                f.write_str("write the target percent-encoded and with its leading slash, as in /key?query")
            }
            Self::Url => f.write_str("write the whole URL, as in https://host/key?query"),
            Self::Header { index } => write!(
                f,
                "header {index} has a malformed name or value, contradicts the host, or must not go with a presigned URL"
            ),
            Self::Length => f.write_str("the URL was signed for a body of another length"),
        }
    }
}

impl core::error::Error for OutgoingError {}

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

/// The value of a query parameter as it stands; enough for names and values that encoding leaves alone.
///
/// By bytes, because the string searches of `core` keep panics in a binary.
fn parameter<'t>(target: &'t str, name: &str) -> Option<&'t [u8]> {
    let target = target.as_bytes();
    let query = target.iter().position(|&byte| byte == b'?').and_then(|at| target.get(at + 1..))?;
    // By hand: `strip_prefix` keeps the panic of `split_at` at some optimization levels.
    query.split(|&byte| byte == b'&').find_map(|pair| {
        match (pair.get(..name.len()), pair.get(name.len()..)) {
            (Some(found), Some([b'=', value @ ..])) if found == name.as_bytes() => Some(value),
            _ => None,
        }
    })
}

fn expiry_of(target: &str) -> Option<u64> {
    let signed_at = date::parse_basic(parameter(target, "x-oss-date")?)?;
    let lifetime = crate::body::decimal(parameter(target, "x-oss-expires")?)?;
    signed_at.checked_add(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://b.oss-cn-hangzhou.aliyuncs.com:8080/k?x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature=00";

    fn checked(header: (&str, &str)) -> Result<(), OutgoingError> {
        Outgoing::new("PUT", "h:80", "/k?x-oss-signature=00", &[header], None).map(|_| ())
    }

    #[test]
    fn a_presigned_request_keeps_its_obligations() {
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
        let outgoing = Outgoing::presigned(&presigned).unwrap();
        assert_eq!(outgoing.expires_at(), Some(1_731_400_958));
        assert!(outgoing.allows_length(3) && !outgoing.allows_length(4));
        let head = &mut [0; 1024];
        let count = outgoing.copy_head(Some(3), 0, head);
        let expected = std::format!(
            "PUT {} HTTP/1.1\r\nhost: 127.0.0.1:9000\r\ncontent-length: 3\r\ncontent-type: text/plain\r\n\r\n",
            presigned.url().strip_prefix("http://127.0.0.1:9000").unwrap()
        );
        assert_eq!(head.get(..count), Some(expected.as_bytes()));
    }

    #[test]
    fn a_url_is_taken_apart() {
        let request = Outgoing::from_url("PUT", URL, &[]).unwrap();
        assert_eq!(request.expires_at(), Some(1_731_400_358 + 600));
        let head = &mut [0; 300];
        let count = request.copy_head(None, 0, head);
        let expected = "PUT /k?x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature=00 HTTP/1.1\r\n\
            host: b.oss-cn-hangzhou.aliyuncs.com:8080\r\n\r\n";
        assert_eq!(head.get(..count), Some(expected.as_bytes()));
        for wrong in ["", "ftp://h/k", "https://h", "https:///k", "//h/k", "https://user@h/k", "https://h?/k"]
        {
            assert!(Outgoing::from_url("PUT", wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_head_is_the_same_in_pieces_of_any_size() {
        let headers = [("host", "h"), ("content-length", "1234567"), ("a", ""), ("b", "x y")];
        let request = Outgoing::new("PUT", "h", "/k", &headers, None).unwrap();
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
        for header in [
            ("", "v"),
            ("a b", "v"),
            ("a:", "v"),
            ("a", "v\r\nb: c"),
            ("a", "\0"),
            ("Connection", "close"),
            ("Transfer-Encoding", "chunked"),
            ("expect", "100-continue"),
            ("host", "other"),
            ("Authorization", "OSS4-HMAC-SHA256 x"),
        ] {
            assert_eq!(checked(header), Err(OutgoingError::Header { index: 0 }), "{header:?}");
        }
        for header in [("host", "h:80"), ("x-oss-meta-a", "ü\tx"), ("a", "")] {
            assert_eq!(checked(header), Ok(()), "{header:?}");
        }
        // A signature in the header instead of the query.
        let signed = &[("authorization", "OSS4-HMAC-SHA256 x")];
        assert!(Outgoing::new("PUT", "h", "/k", signed, None).is_ok());

        for method in ["", "put", "PUT ", "PÜT"] {
            assert_eq!(Outgoing::new(method, "h", "/", &[], None).err(), Some(OutgoingError::Method));
        }
        for host in ["", "h h", "h/", "h\r\n", "u@h", "ü"] {
            assert_eq!(Outgoing::new("PUT", host, "/", &[], None).err(), Some(OutgoingError::Host));
        }
        for target in ["", "k", "/a b", "/a\r\n", "/ü", "/a#b"] {
            assert_eq!(Outgoing::new("PUT", "h", target, &[], None).err(), Some(OutgoingError::Target));
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
        let request = Outgoing::from_url("PUT", URL, &[("x-oss-security-token", "fake-token")]).unwrap();
        let shown = std::format!("{request:?}");
        assert!(
            shown.contains("\"/k\"") && !shown.contains("signature") && !shown.contains("fake-token"),
            "{shown}"
        );
    }
}
