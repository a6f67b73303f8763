//! The causes of a refusal.

use super::canonical_line::CanonicalLine;
use crate::excerpt::Excerpt;
use crate::time::Timestamp;

/// Why a request was refused. `Display` names the cause and says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // Each variant is documented, and the names of its fields say what they are.
pub enum Cause {
    /// A header that the URL was signed with was not sent.
    HeaderMissing { name: Excerpt, signed: Option<Excerpt> },
    /// A header was sent with another value than it was signed with.
    HeaderDiffers { name: Excerpt, signed: Excerpt, sent: Excerpt },
    /// A header that OSS always signs was sent, but the URL was signed without it.
    HeaderUnexpected { name: Excerpt, sent: Excerpt },
    /// A header that OSS always signs was sent. Whether the URL was signed with this value is not known.
    HeaderDoubtful { name: Excerpt, sent: Excerpt },
    /// A signed header changed between sender and service. A header that was added has no `sent` value, and a header that was
    /// lost has no `received` one.
    HeaderChanged { name: Excerpt, sent: Option<Excerpt>, received: Option<Excerpt> },
    /// The service did not receive a header that is listed in `x-oss-additional-headers`.
    AdditionalHeaderMissing,
    /// The body was sent as a form.
    FormBody,
    /// The request was sent with another method than it was signed for.
    Method { signed: Excerpt, sent: Excerpt },
    /// The method changed between sender and service.
    MethodChanged { sent: Excerpt, received: Excerpt },
    /// A HEAD request was sent, and the URL may have been signed for GET.
    HeadWithGetUrl,
    /// The request was sent to another host than it was signed for.
    Host { signed: Excerpt, sent: Excerpt },
    /// The URL works only with the host that it was signed for, which is not known.
    HostDoubtful { sent: Excerpt },
    /// The path changed after the URL was signed.
    Path { signed: Excerpt, sent: Excerpt },
    /// The path was percent-encoded twice.
    DoubleEncoding,
    /// The path contains a plus sign. It may stand for a blank of the key.
    PlusInPath,
    /// A query parameter was added after the URL was signed.
    ParameterAdded { name: Excerpt },
    /// A query parameter was lost after the URL was signed.
    ParameterLost { name: Excerpt },
    /// The value of a query parameter changed after the URL was signed.
    ParameterChanged { name: Excerpt },
    /// The URL lost a part, or its signature is not 64 hex digits.
    UrlCut,
    /// The request has an `Authorization` header as well as a signature in its URL.
    AuthorizationBeside,
    /// The service received another canonical request than was signed.
    Canonical { line: CanonicalLine, signed: Excerpt, received: Excerpt },
    /// The service read another signing time than the URL has.
    SigningTime { signed: Excerpt, server: Excerpt },
    /// The service expected another scope (day, region, product) than the URL has.
    Scope { signed: Excerpt, server: Excerpt },
    /// The URL has expired.
    Expired { at: Option<Timestamp>, server: Option<Timestamp> },
    /// The clocks of signer and service differ too much.
    ClockSkew { signed_at: Option<Timestamp>, server: Option<Timestamp> },
    /// The STS token has expired.
    SecurityTokenExpired,
    /// The STS token is missing, or belongs to another access key.
    SecurityToken,
    /// OSS does not know the access key.
    UnknownAccessKey { id: Option<Excerpt> },
    /// The request that was sent is the one that the signer described, so the signer used other values or another secret.
    SignedOtherwise { header: Option<Excerpt> },
    /// The service received the request as it was sent, so the signature is that of another request, or of another secret.
    SignedForOther { method: Excerpt },
    /// The signature does not match, and what was signed is not known.
    SignedUnknown,
    /// The region of the signature is not that of the bucket.
    WrongRegion { signed: Option<Excerpt> },
    /// The credential is malformed.
    CredentialMalformed,
    /// The lifetime is outside the range that OSS accepts.
    ExpiresRange,
    /// OSS does not know the signature version.
    SignatureVersion,
    /// The request has no signature.
    SignatureMissing,
    /// The list of additional headers is empty, or contains an empty name.
    AdditionalHeadersEmpty,
    /// `x-oss-content-sha256` has a value that OSS does not accept.
    ContentSha256,
    /// The URL is restricted to an IP address or a parameter that the request does not have.
    IpOrParameterCondition,
    /// The access key lacks the permission.
    NoPermission,
    /// The object exists, and the request forbids overwriting it.
    ObjectExists,
    /// `x-oss-forbid-overwrite` has a value that OSS does not accept.
    ForbidOverwriteValue,
    /// The MD5 of the body is not the one in `Content-MD5`.
    ContentMd5,
    /// The request has neither a length nor a chunked body.
    LengthMissing,
    /// The body is too large.
    BodyTooLarge,
    /// The body is too small.
    BodyTooSmall,
    /// The object does not exist.
    NoSuchKey,
    /// The bucket does not exist.
    NoSuchBucket,
    /// The multipart upload does not exist.
    NoSuchUpload,
    /// A part is missing, or has another ETag.
    InvalidPart,
    /// The parts are not in ascending order.
    InvalidPartOrder,
    /// The resource does not support the method.
    MethodNotAllowed,
    /// The range lies outside the object.
    InvalidRange,
    /// The policy of a form is malformed.
    PolicyDocument,
    /// A form does not meet a condition of its policy.
    PolicyCondition,
    /// The signature of a form is not that of its policy.
    FormSignature,
    /// The form is malformed.
    FormMalformed,
    /// The form has no file, or more than one.
    FormFiles,
    /// The service answered with a redirect.
    Redirect { status: u16 },
    /// The service failed.
    ServerFailure { status: u16 },
    /// The service did not answer.
    NoAnswer,
    /// The service denied access without a reason.
    Opaque,
    /// An answer that this crate does not know.
    Unknown { code: Option<Excerpt>, status: u16 },
}
