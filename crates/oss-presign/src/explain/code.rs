//! The kinds of mistakes: their stable codes, and what to do about them.

use crate::text::shown_as_text;

/// A kind of mistake. [`as_str`](MistakeCode::as_str) and `Display` give its stable code, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MistakeCode {
    /// The request was signed for another method.
    Method,
    /// The request was signed with another `content-type`, or without one.
    ContentType,
    /// The request was signed with another `content-md5`, or without one.
    ContentMd5,
    /// A header that was signed was not sent.
    HeaderMissing,
    /// A header that OSS always signs was sent, but not signed.
    HeaderAdded,
    /// A header was signed with another value.
    HeaderValue,
    /// The request was signed for another host.
    Host,
    /// Another list of additional headers was signed.
    AdditionalHeaders,
    /// Another path was signed: its bucket, slashes or segments differ.
    Path,
    /// The path was signed in a wrong encoding.
    PathEncoding,
    /// A query parameter was sent, but not signed.
    QueryAdded,
    /// A query parameter was signed, but not sent.
    QueryLost,
    /// A query parameter was signed with another value.
    QueryValue,
    /// The query was signed in a wrong encoding or order.
    QueryEncoding,
    /// The URL lost its end.
    UrlCut,
    /// The URL was escaped for another kind of text: HTML, JSON, mail.
    UrlEscaped,
    /// Another security token was signed, or the token belongs to another access key.
    SecurityToken,
    /// The request was signed for another region.
    Region,
    /// The request was signed for another product.
    Product,
    /// The request was signed for another day or time.
    Date,
    /// The request was signed with the secret in a wrong form.
    Secret,
    /// The request was signed with the secret of another profile.
    SecretOfProfile,
    /// The secret does not belong to the access key id.
    AccessKeyId,
    /// The request was signed by another algorithm, or the signature is written in another form.
    Algorithm,
    /// The hash of a body was signed.
    PayloadHash,
    /// The signature was changed after signing.
    SignatureDamaged,
    /// The signature is right, but the request has expired.
    Expired,
    /// The signature is right, but was made in the future, or too long ago.
    Clock,
}

impl MistakeCode {
    /// Returns the stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::ContentType => "content-type",
            Self::ContentMd5 => "content-md5",
            Self::HeaderMissing => "header-missing",
            Self::HeaderAdded => "header-added",
            Self::HeaderValue => "header-value",
            Self::Host => "host",
            Self::AdditionalHeaders => "additional-headers",
            Self::Path => "path",
            Self::PathEncoding => "path-encoding",
            Self::QueryAdded => "query-added",
            Self::QueryLost => "query-lost",
            Self::QueryValue => "query-value",
            Self::QueryEncoding => "query-encoding",
            Self::UrlCut => "url-cut",
            Self::UrlEscaped => "url-escaped",
            Self::SecurityToken => "security-token",
            Self::Region => "region",
            Self::Product => "product",
            Self::Date => "date",
            Self::Secret => "secret",
            Self::SecretOfProfile => "secret-of-profile",
            Self::AccessKeyId => "access-key-id",
            Self::Algorithm => "algorithm",
            Self::PayloadHash => "payload-hash",
            Self::SignatureDamaged => "signature-damaged",
            Self::Expired => "expired",
            Self::Clock => "clock",
        }
    }

    /// Returns one sentence that says what to do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Method => "Send the method that was signed, or sign a URL for the one that is sent.",
            Self::ContentType => {
                "Send exactly the signed content type, or none if none was signed; or sign with the one that is sent. \
                 Browsers and many HTTP clients add one by themselves."
            }
            Self::ContentMd5 => {
                "Sign and send the same content-md5: base64 of the 16 bytes of the MD5, or leave it out of both."
            }
            Self::HeaderMissing => "Send the header with exactly the signed value, or sign without it.",
            Self::HeaderAdded => {
                "Leave the header out (look at proxies and client libraries too), or sign with it."
            }
            Self::HeaderValue => {
                "Send the header with exactly the signed value, or sign the value that is sent."
            }
            Self::Host => "Sign for the host that the request goes to, or do not sign the host.",
            Self::AdditionalHeaders => {
                "Name in x-oss-additional-headers exactly the headers that are signed beyond content-type, \
                 content-md5 and x-oss-*, and send each of them."
            }
            Self::Path => {
                "Sign the canonical URI /BUCKET/KEY with the key as it is sent, whatever the host looks like."
            }
            Self::PathEncoding => {
                "Give the signer the key without any encoding, let it percent-encode the key once (a blank is %20, a \
                 slash stays), and use its URL unchanged."
            }
            Self::QueryAdded => "Sign the URL with the parameter, or do not add it.",
            Self::QueryLost => "Use the whole URL; in a shell, put it in single quotes.",
            Self::QueryValue => {
                "Use the URL exactly as the signer returned it, or sign with the value that is sent."
            }
            Self::QueryEncoding => {
                "Percent-encode names and values by RFC 3986, sort by the encoded names, and write no `=` after a name \
                 without a value."
            }
            Self::UrlCut => "Use the whole URL; in a shell, put it in single quotes.",
            Self::UrlEscaped => {
                "Use the URL as the signer returned it, before it is escaped for HTML, JSON or mail."
            }
            Self::SecurityToken => {
                "Sign with id, secret and token of one answer of STS, and give the signer the token as it came."
            }
            Self::Region => "Sign with the id of the bucket's region, written like `cn-hangzhou`.",
            Self::Product => "Sign for the product `oss` (`oss-cloudbox` only for a cloud box).",
            Self::Date => "Take every date from one reading of the clock, in UTC.",
            Self::Secret => {
                "Give the signer the secret as it was issued, without blanks or line ends around it."
            }
            Self::SecretOfProfile => "Take access key id and secret from the same profile.",
            Self::AccessKeyId => "Sign with the id that belongs to the secret.",
            Self::Algorithm => {
                "Sign by OSS's V4 algorithm, OSS4-HMAC-SHA256, and write the result as 64 lower-case hex digits."
            }
            Self::PayloadHash => "Sign UNSIGNED-PAYLOAD: OSS does not sign the body.",
            Self::SignatureDamaged => "Use the URL exactly as the signer returned it.",
            Self::Expired => "Sign a new one, closer to its use or with a longer lifetime (at most 7 days).",
            Self::Clock => "Set the signer's clock, or correct it by the `Date` header of the answer.",
        }
    }
}

shown_as_text!([] MistakeCode);
