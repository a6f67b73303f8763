//! The causes, each with the sentence that its user reads.

use super::canonical_line::CanonicalLine;
use crate::excerpt::Excerpt;
use crate::time::Timestamp;

/// Why a request was refused. `Display` names it and says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // Each variant is documented; the fields are what their names say.
pub enum Cause {
    /// A header that the URL was signed with was not sent.
    HeaderMissing { name: Excerpt, signed: Option<Excerpt> },
    /// A header was sent with another value than it was signed with.
    HeaderDiffers { name: Excerpt, signed: Excerpt, sent: Excerpt },
    /// A header that is always signed was sent, but the URL was signed without it.
    HeaderUnexpected { name: Excerpt, sent: Excerpt },
    /// A header that is always signed was sent; which value was signed is not known.
    HeaderDoubtful { name: Excerpt, sent: Excerpt },
    /// The server misses an additional header.
    AdditionalHeaderMissing,
    /// The body was sent as a form.
    FormBody,
    /// The request was sent with another method.
    Method { signed: Excerpt, sent: Excerpt },
    /// A HEAD was sent, perhaps with a URL for GET.
    HeadWithGetUrl,
    /// The request went to another host.
    Host { signed: Excerpt, sent: Excerpt },
    /// The path was changed.
    Path { signed: Excerpt, sent: Excerpt },
    /// The path was encoded twice.
    DoubleEncoding,
    /// The path holds a plus sign that may have been a blank.
    PlusInPath,
    /// A query parameter was added.
    ParameterAdded { name: Excerpt },
    /// A query parameter was lost.
    ParameterLost { name: Excerpt },
    /// A query parameter was changed.
    ParameterChanged { name: Excerpt },
    /// The URL was cut.
    UrlCut,
    /// There is an `Authorization` header beside the signature in the URL.
    AuthorizationBeside,
    /// The canonical requests differ.
    Canonical { line: CanonicalLine, signed: Excerpt, server: Excerpt },
    /// The URL has expired.
    Expired { at: Option<Timestamp>, server: Option<Timestamp> },
    /// The clock of the signer is off.
    ClockSkew { signed_at: Option<Timestamp>, server: Option<Timestamp> },
    /// The STS token has expired.
    SecurityTokenExpired,
    /// The STS token is missing or another key's.
    SecurityToken,
    /// Nobody has the access key.
    UnknownAccessKey { id: Option<Excerpt> },
    /// What was sent agrees with what is known of the signed request: a header's value, or the secret, was another.
    SignedOtherwise { header: Option<Excerpt> },
    /// The signatures differ, and what was signed is not known.
    SignedUnknown,
    /// The region of the signature is not that of the bucket.
    WrongRegion { signed: Option<Excerpt> },
    /// The credential is malformed.
    CredentialMalformed,
    /// The lifetime is out of range.
    ExpiresRange,
    /// The signature version is unknown.
    SignatureVersion,
    /// There is no signature.
    SignatureMissing,
    /// The list of additional headers is empty.
    AdditionalHeadersEmpty,
    /// `x-oss-content-sha256` has a value that OSS does not take.
    ContentSha256,
    /// The URL is bound to an IP address or a parameter.
    IpOrParameterCondition,
    /// The access key lacks the permission.
    NoPermission,
    /// The object is there and must not be overwritten.
    ObjectExists,
    /// `x-oss-forbid-overwrite` has a value that OSS does not take.
    ForbidOverwriteValue,
    /// The body does not have the MD5 that was announced.
    ContentMd5,
    /// The body came without a length.
    LengthMissing,
    /// The body is too large.
    BodyTooLarge,
    /// The body is too small.
    BodyTooSmall,
    /// There is no such object.
    NoSuchKey,
    /// There is no such bucket.
    NoSuchBucket,
    /// There is no such multipart upload.
    NoSuchUpload,
    /// A part is missing or has another ETag.
    InvalidPart,
    /// The parts are not in order.
    InvalidPartOrder,
    /// The method does not fit the resource.
    MethodNotAllowed,
    /// The range lies outside the object.
    InvalidRange,
    /// The policy of a form is malformed.
    PolicyDocument,
    /// A condition of a form's policy is not met.
    PolicyCondition,
    /// The signature of a form is not that of its policy.
    FormSignature,
    /// The form is malformed.
    FormMalformed,
    /// The form has no file, or several.
    FormFiles,
    /// A redirect was answered.
    Redirect { status: u16 },
    /// The server failed.
    ServerFailure { status: u16 },
    /// No answer came.
    NoAnswer,
    /// Access was denied without a word.
    Opaque,
    /// Something that this crate does not know.
    Unknown { code: Option<Excerpt>, status: u16 },
}
