//! Why a request is not sent at all.

use core::fmt;

use oss_presign::Excerpt;

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
        presigned: Excerpt,
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
        name: Excerpt,
    },
    /// A header that OSS always includes in the signature, and that was not signed.
    HeaderNotSigned {
        /// Its name.
        name: Excerpt,
    },
    /// A header that belongs to the transport, or that OSS does not accept beside a presigned URL.
    HeaderForbidden {
        /// Its name.
        name: Excerpt,
    },
    /// A header given twice.
    HeaderRepeated {
        /// Its name.
        name: Excerpt,
    },
    /// A header name or value that HTTP does not allow.
    HeaderInvalid {
        /// Its name.
        name: Excerpt,
    },
    /// A header that was signed, and whose value is missing.
    HeaderMissing {
        /// Its name.
        name: Excerpt,
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

impl Refusal {
    /// A header whose name or value HTTP does not allow.
    #[doc(hidden)]
    pub fn invalid_header(name: &str) -> Self {
        Self::HeaderInvalid { name: excerpt(name) }
    }
}

/// The beginning of a name for an error. A URL that stands in the place of a name is cut off before its query, which may
/// hold a signature.
pub(crate) fn excerpt(name: &str) -> Excerpt {
    let bytes = name.as_bytes();
    let end = bytes.iter().position(|&byte| byte == b'?').unwrap_or(bytes.len());
    Excerpt::of(name.get(..end).unwrap_or_default())
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
            Self::HeaderMissing { name } => write!(f, "header `{name}` was signed and must be sent: supply the value that it was signed with"),
            Self::LengthMismatch { signed, body } => write!(f, "the URL is signed for a body of {signed} bytes, this one has {body}"),
            Self::Md5Mismatch => f.write_str("the body's MD5 is not the signed content-md5: this URL is for other content"),
            Self::BodyTooLarge { length } => write!(f, "{length} bytes are more than the 5 GiB of one request: use a multipart plan"),
        }
    }
}

impl core::error::Error for Refusal {}
