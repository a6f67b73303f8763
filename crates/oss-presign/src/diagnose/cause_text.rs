//! The sentences of the causes.

use core::fmt;

use super::cause::Cause;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeaderMissing { name, signed: Some(value) } => write!(
                f,
                "the URL was signed with header `{name}: {value}`, which was not sent: send exactly that"
            ),
            Self::HeaderMissing { name, signed: None } => {
                write!(f, "the URL was signed with header `{name}`, which was not sent: send it with the signed value")
            }
            Self::HeaderDiffers { name, signed, sent } => write!(
                f,
                "header `{name}` was sent as `{sent}`, but the URL was signed with `{signed}`: send exactly that"
            ),
            Self::HeaderUnexpected { name, sent } if name.as_str().eq_ignore_ascii_case("content-type") => write!(
                f,
                "`Content-Type: {sent}` was sent, but the URL was signed without one (browsers and some clients add \
                 it): sign the URL with this content type, or send none"
            ),
            Self::HeaderUnexpected { name, .. } => write!(
                f,
                "header `{name}` was sent, but the URL was signed without it: leave it out (look at proxies too), or \
                 sign the URL with it"
            ),
            Self::HeaderDoubtful { name, sent } => write!(
                f,
                "header `{name}` was sent as `{sent}`, and the URL does not show what it was signed with: send exactly \
                 what was signed, and nothing where nothing was (browsers and some clients add a Content-Type)"
            ),
            Self::AdditionalHeaderMissing => f.write_str(
                "a header that the URL names in x-oss-additional-headers did not arrive: send it, and look for a \
                 proxy that drops it",
            ),
            Self::FormBody => f.write_str(
                "the body was sent as a form (multipart/form-data): send the bare file with PUT, or use a PostObject \
                 form instead of a URL",
            ),
            Self::Method { signed, sent } => {
                write!(f, "the URL works with {signed}, but {sent} was sent: use {signed}, or sign a URL for {sent}")
            }
            Self::HeadWithGetUrl => {
                f.write_str("HEAD was sent with a URL that was perhaps signed for GET: sign one for HEAD")
            }
            Self::Host { signed, sent } => write!(
                f,
                "the request went to `{sent}`, but the URL was signed for `{signed}`: sign it for the host it is used \
                 with, and for the bucket behind that"
            ),
            Self::Path { signed, sent } => write!(
                f,
                "the path was changed on its way (`{sent}` instead of `{signed}`): pass the URL on exactly as it was made"
            ),
            Self::DoubleEncoding => f.write_str(
                "the path was percent-encoded twice (`%25`): give the signer the plain key, and pass its URL on as it is",
            ),
            Self::PlusInPath => f.write_str(
                "the path holds a `+`, which stands for itself: where a blank was meant, write `%20`, and let the \
                 signer encode the key",
            ),
            Self::ParameterAdded { name } => write!(
                f,
                "query parameter `{name}` was added after signing: give it to the signer, or leave it out"
            ),
            Self::ParameterLost { name } => write!(
                f,
                "query parameter `{name}` was lost on the way: pass the whole URL on; in a shell, put it in single quotes"
            ),
            Self::ParameterChanged { name } => write!(
                f,
                "query parameter `{name}` was changed after signing: pass the URL on exactly as it was made"
            ),
            Self::UrlCut => f.write_str(
                "the URL was cut or mangled: its signature is missing or is not 64 hex digits; pass the whole URL on, \
                 in a shell in single quotes",
            ),
            Self::AuthorizationBeside => f.write_str(
                "an `Authorization` header was sent beside the signature in the URL: leave the header out",
            ),
            Self::Canonical { line, signed, server } => write!(
                f,
                "the server saw another request than was signed; its {line} begin to differ at `{server}`, signed was \
                 `{signed}`: send what was signed, or sign what is sent"
            ),
            Self::Expired { at, server } => {
                f.write_str("the URL expired")?;
                if let Some(at) = at {
                    write!(f, " at {at}")?;
                }
                if let Some(server) = server {
                    write!(f, " (the server's time is {server})")?;
                }
                f.write_str(": sign a new one, closer to its use or with a longer life (at most 7 days)")
            }
            Self::ClockSkew { signed_at, server } => {
                f.write_str("the signer's clock and the server's are too far apart")?;
                if let (Some(signed_at), Some(server)) = (signed_at, server) {
                    write!(f, " (signed at {signed_at}, the server's time is {server})")?;
                }
                f.write_str(": set the clock, or correct it by the server's Date")
            }
            Self::SecurityTokenExpired => f.write_str(
                "the STS token that signed the URL has expired, and the URL with it: sign with fresh credentials, for \
                 no longer than they live",
            ),
            Self::SecurityToken => f.write_str(
                "the STS token is missing or belongs to another access key: sign with id, secret and token of one and \
                 the same answer of STS",
            ),
            Self::UnknownAccessKey { id } => {
                match id {
                    Some(id) => write!(f, "OSS knows no access key `{id}`")?,
                    None => f.write_str("OSS does not know the access key")?,
                }
                f.write_str(": it was deleted, disabled or mistyped; sign with one that is active")
            }
            Self::SignedOtherwise { header: Some(name) } => write!(
                f,
                "the request arrived as it was described, so it was signed otherwise: check that header `{name}` and \
                 the others have the values that the signer was given, and that its secret belongs to the access key id"
            ),
            Self::SignedUnknown => f.write_str(
                "the URL was signed for something else than was sent: compare method, host and each content-type, \
                 content-md5 and x-oss-* header with what the signer handed out, then check that its secret belongs to \
                 the access key id",
            ),
            Self::SignedOtherwise { header: None } => f.write_str(
                "method, URL and headers give no reason, so the access key secret is the likely one: check that it \
                 belongs to the access key id",
            ),
            Self::WrongRegion { signed: Some(region) } => write!(
                f,
                "the URL was signed for region `{region}`, which is not the bucket's: sign with the bucket's region, \
                 written like `cn-hangzhou`"
            ),
            Self::WrongRegion { signed: None } => f.write_str(
                "the region of the signature is not the bucket's: sign with the bucket's region, written like \
                 `cn-hangzhou`",
            ),
            Self::CredentialMalformed => f.write_str(
                "the credential is malformed: it must be `AK/YYYYMMDD/region/oss/aliyun_v4_request`; pass on what \
                 was signed exactly as it was made",
            ),
            Self::ExpiresRange => f.write_str("the lifetime is out of range: sign for 1 to 604800 seconds"),
            Self::SignatureVersion => f.write_str(
                "the signature version is unknown to OSS: V4 is `OSS4-HMAC-SHA256`; pass on what was signed exactly as it was made",
            ),
            Self::SignatureMissing => f.write_str(
                "no signature arrived: use the whole presigned URL (in a shell in single quotes), or every field of the \
                 signed form",
            ),
            Self::AdditionalHeadersEmpty => f.write_str(
                "x-oss-additional-headers is empty or has an empty name: sign again without empty names, or without it",
            ),
            Self::ContentSha256 => f.write_str(
                "x-oss-content-sha256 has a value that OSS does not take: send `UNSIGNED-PAYLOAD`",
            ),
            Self::IpOrParameterCondition => f.write_str(
                "the URL is bound to an IP address or a parameter that this request does not meet: use it from where \
                 it was made for, or sign another",
            ),
            Self::NoPermission => f.write_str(
                "the signature is right, but the access key lacks the permission: grant it this action on this object, \
                 and look at the bucket policy",
            ),
            Self::ObjectExists => f.write_str(
                "the object is there already and x-oss-forbid-overwrite is true: choose another key, or sign without it",
            ),
            Self::ForbidOverwriteValue => {
                f.write_str("x-oss-forbid-overwrite takes `true` or `false` alone: sign the URL with one of them")
            }
            Self::ContentMd5 => f.write_str(
                "the body does not have the MD5 that Content-MD5 announces: send the bytes that it was computed from, \
                 in base64 of the 16 bytes",
            ),
            Self::LengthMissing => f.write_str(
                "the body came without a length: send Content-Length, or Transfer-Encoding: chunked",
            ),
            Self::BodyTooLarge => f.write_str(
                "the body is larger than is allowed here: one PUT takes 5 GiB, a form what its policy says; use a \
                 multipart upload for more",
            ),
            Self::BodyTooSmall => f.write_str(
                "the body is smaller than is allowed: a part has at least 100 KiB but for the last, a form what its \
                 policy says",
            ),
            Self::NoSuchKey => f.write_str(
                "there is no such object: check the key, its letter case and its encoding, and that the upload succeeded",
            ),
            Self::NoSuchBucket => {
                f.write_str("there is no such bucket at this endpoint: check its name and its region")
            }
            Self::NoSuchUpload => f.write_str(
                "there is no such multipart upload: it was completed, aborted or cleaned up; begin a new one",
            ),
            Self::InvalidPart => f.write_str(
                "a part is missing or has another ETag than was named: upload it again and complete with the ETags that \
                 were answered",
            ),
            Self::InvalidPartOrder => f.write_str("the parts are not in ascending order: sort them by number"),
            Self::MethodNotAllowed => f.write_str(
                "the method does not fit the resource: a plain POST on an object is not supported; upload with PUT, or \
                 with a PostObject form to the bucket",
            ),
            Self::InvalidRange => f.write_str("the range lies outside the object: ask for its size with HEAD first"),
            Self::PolicyDocument => f.write_str(
                "the policy of the form is malformed: it must be base64 of JSON with `expiration` and `conditions`",
            ),
            Self::PolicyCondition => f.write_str(
                "the form does not meet a condition of its policy, or the policy expired: send the fields as the policy \
                 wants them",
            ),
            Self::FormSignature => f.write_str(
                "the form's signature is not that of its policy: send every field exactly as it was signed, the policy \
                 above all, and check that the secret belongs to the access key id",
            ),
            Self::FormMalformed => {
                f.write_str("the form is malformed: send multipart/form-data with the file as its last field")
            }
            Self::FormFiles => f.write_str("the form has no field `file`, or several: send exactly one, as its last field"),
            Self::Redirect { status } => write!(
                f,
                "the server answered with a redirect ({status}), which no presigned URL survives: sign for the endpoint \
                 of the bucket's region"
            ),
            Self::ServerFailure { status } => {
                write!(f, "the server failed ({status}): try again later, with growing pauses")
            }
            Self::NoAnswer => f.write_str(
                "no answer came: check host and network; in a browser, give the bucket a CORS rule that allows the \
                 page's origin, the method and the headers",
            ),
            Self::Opaque => f.write_str(
                "access was denied without a reason: repeat the request with GET or PUT to read the error's body, and \
                 check expiry, method and headers",
            ),
            Self::Unknown { code: Some(code), status: 0 } => {
                write!(f, "the server answered `{code}`, of which nothing is known here: read its message")
            }
            Self::Unknown { code: Some(code), status } => {
                write!(f, "the server answered {status} `{code}`, of which nothing is known here: read its message")
            }
            Self::Unknown { code: None, status } => {
                write!(f, "the server answered {status} without a code: a proxy may have answered in its place")
            }
        }
    }
}
