//! The sentences of the causes: what happened, a colon, what to do.

use core::fmt;

use super::cause::Cause;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeaderMissing { name, signed: Some(value) } => write!(
                f,
                "the URL was signed with header `{name}: {value}`, which was not sent: send exactly this header"
            ),
            Self::HeaderMissing { name, signed: None } => {
                write!(f, "the URL was signed with header `{name}`, which was not sent: send it with the signed value")
            }
            Self::HeaderDiffers { name, signed, sent } => write!(
                f,
                "header `{name}` was sent as `{sent}`, but the URL was signed with `{signed}`: send the signed value"
            ),
            Self::HeaderUnexpected { name, sent } if name.as_str().eq_ignore_ascii_case("content-type") => write!(
                f,
                "`Content-Type: {sent}` was sent, but the URL was signed without a content type: sign the URL with this \
                 content type, or send none (browsers and some HTTP clients add one)"
            ),
            Self::HeaderUnexpected { name, .. } => write!(
                f,
                "header `{name}` was sent, but the URL was signed without it: sign the URL with it, or do not send it (a \
                 proxy may add it)"
            ),
            Self::HeaderDoubtful { name, sent } => write!(
                f,
                "header `{name}` was sent as `{sent}`, and may have been signed with another value or not at all: send the value that was signed, or no such header if none was signed"
            ),
            Self::HeaderChanged { name, sent: Some(sent), received: Some(received) } => write!(
                f,
                "header `{name}` was sent as `{sent}`, but the service received `{received}`: look for a proxy or an HTTP \
                 client that changes it"
            ),
            Self::HeaderChanged { name, sent: None, received: Some(received) } => write!(
                f,
                "the service received header `{name}: {received}`, which is not among the headers that were sent: look for a \
                 browser, HTTP client or proxy that adds it, and sign the URL with it or keep it from being added"
            ),
            Self::HeaderChanged { name, .. } => write!(
                f,
                "header `{name}` was sent, but the service did not receive it: look for a proxy or an HTTP client that \
                 drops it"
            ),
            Self::AdditionalHeaderMissing => f.write_str(
                "the service did not receive a header that the URL lists in x-oss-additional-headers: send it, and look \
                 for a proxy that drops it",
            ),
            Self::FormBody => f.write_str(
                "the body was sent as a form (multipart/form-data): send the bare file with PUT, or upload with a \
                 PostObject form instead of a URL",
            ),
            Self::Method { signed, sent } => write!(
                f,
                "the URL was signed for {signed}, but {sent} was sent: send {signed}, or sign a URL for {sent}"
            ),
            Self::MethodChanged { sent, received } => write!(
                f,
                "{sent} was sent, but the service received {received}: look for a proxy or CDN that changes the method"
            ),
            Self::HeadWithGetUrl => f.write_str(
                "HEAD was sent, and the URL may have been signed for GET: sign a URL for HEAD",
            ),
            Self::Host { signed, sent } => write!(
                f,
                "the request was sent to host `{sent}`, but the URL was signed for host `{signed}`: sign the URL for the \
                 host that it is used with"
            ),
            Self::HostDoubtful { sent } => write!(
                f,
                "the URL works only with the host that it was signed for, and it was sent to `{sent}`: check that this is \
                 that host, with the same port"
            ),
            Self::Path { signed, sent } => write!(
                f,
                "the path of the URL was `{signed}`, but arrived as `{sent}`: use the URL exactly as the signer returned it"
            ),
            Self::DoubleEncoding => f.write_str(
                "the path was percent-encoded twice (it contains `%25`): give the signer the key without any encoding, \
                 and do not encode its URL again",
            ),
            Self::PlusInPath => f.write_str(
                "the path contains a `+`, which is a plus sign and not a blank: give the signer the key with its blank, \
                 and it writes `%20`",
            ),
            Self::ParameterAdded { name } => write!(
                f,
                "query parameter `{name}` was added after the URL was signed: sign the URL with it, or do not add it"
            ),
            Self::ParameterLost { name } => write!(
                f,
                "query parameter `{name}` of the signed URL is missing: use the whole URL; in a shell, put it in single \
                 quotes"
            ),
            Self::ParameterChanged { name } => write!(
                f,
                "the value of query parameter `{name}` was changed after the URL was signed: use the URL exactly as the \
                 signer returned it"
            ),
            Self::UrlCut => f.write_str(
                "the URL was cut or changed, because its signature is missing or is not 64 hex digits: use the whole URL; \
                 in a shell, put it in single quotes",
            ),
            Self::AuthorizationBeside => f.write_str(
                "the request has an `Authorization` header as well as the signature in its URL: do not send the header",
            ),
            Self::Canonical { line, signed, received } => write!(
                f,
                "the service received another request than was signed; {line}: signed as `{signed}`, received as \
                 `{received}`: send what was signed, or sign what is sent"
            ),
            Self::SigningTime { signed, server } => write!(
                f,
                "the URL was signed at `{signed}`, but the service read `{server}`: use the URL exactly as the signer \
                 returned it"
            ),
            Self::Scope { signed, server } => write!(
                f,
                "the URL was signed for the scope `{signed}`, but the service expected `{server}`: sign with the region of \
                 the bucket, and with a clock that is right"
            ),
            Self::Expired { at, server } => {
                f.write_str("the URL expired")?;
                if let Some(at) = at {
                    write!(f, " at {at}")?;
                }
                if let Some(server) = server {
                    write!(f, " (the service's time was {server})")?;
                }
                f.write_str(": sign a new URL, closer to its use or with a longer lifetime (at most 7 days)")
            }
            Self::ClockSkew { signed_at, server } => {
                f.write_str("the clocks of signer and service differ too much")?;
                if let (Some(signed_at), Some(server)) = (signed_at, server) {
                    write!(f, " (signed at {signed_at}, the service's time was {server})")?;
                }
                f.write_str(": set the signer's clock, or correct it by the `Date` header of the answer")
            }
            Self::SecurityTokenExpired => f.write_str(
                "the STS token that signed the URL has expired, and the URL with it: sign with new credentials, for no \
                 longer than they are valid",
            ),
            Self::SecurityToken => f.write_str(
                "the STS token is missing or belongs to another access key: sign with the access key id, secret and token \
                 of one answer of STS",
            ),
            Self::UnknownAccessKey { id } => {
                match id {
                    Some(id) => write!(f, "OSS does not know the access key `{id}`")?,
                    None => f.write_str("OSS does not know the access key")?,
                }
                f.write_str(": it was deleted, disabled or misspelt; sign with one that is active")
            }
            Self::SignedOtherwise { header: Some(name) } => write!(
                f,
                "the request was sent as the signer described it, so the signer used other values or another secret: \
                 compare header `{name}` and the other signed headers with what the signer was given, and check that its \
                 secret belongs to the access key id"
            ),
            Self::SignedOtherwise { header: None } => f.write_str(
                "the request was sent as the signer described it, so the signer's secret is the likely cause: check that \
                 it belongs to the access key id",
            ),
            Self::SignedForOther { method } => write!(
                f,
                "the service received the request as it was sent, so the signature is that of another request, or of another \
                 secret: compare the method (sent was {method}), the URL and each content-type, content-md5 and x-oss-* \
                 header with what the signer returned, then check that its secret belongs to the access key id"
            ),
            Self::SignedUnknown => f.write_str(
                "another request than this was signed, or another secret signed it: compare the method, the \
                 host and every content-type, content-md5 and x-oss-* header with what the signer was given, then check \
                 that its secret belongs to the access key id",
            ),
            Self::WrongRegion { signed: Some(region) } => write!(
                f,
                "the request was signed for region `{region}`, which is not the bucket's region: sign with the bucket's region, \
                 written like `cn-hangzhou`"
            ),
            Self::WrongRegion { signed: None } => f.write_str(
                "the region of the signature is not the bucket's region: sign with the bucket's region, written like \
                 `cn-hangzhou`",
            ),
            Self::CredentialMalformed => f.write_str(
                "the credential is malformed, it must be `ACCESS_KEY_ID/YYYYMMDD/REGION/oss/aliyun_v4_request`: use the \
                 URL, header or form exactly as the signer returned it",
            ),
            Self::ExpiresRange => {
                f.write_str("the lifetime of the URL is out of range: sign it for 1 to 604800 seconds")
            }
            Self::SignatureVersion => f.write_str(
                "OSS does not know the signature version, which is `OSS4-HMAC-SHA256` for V4: use the URL or form exactly \
                 as the signer returned it",
            ),
            Self::SignatureMissing => f.write_str(
                "the service received no signature: use the whole presigned URL (in a shell, in single quotes), or every \
                 field of the signed form",
            ),
            Self::AdditionalHeadersEmpty => f.write_str(
                "x-oss-additional-headers is empty or contains an empty name: sign without it, or without the empty name",
            ),
            Self::ContentSha256 => f.write_str(
                "x-oss-content-sha256 has a value that OSS does not accept: send `UNSIGNED-PAYLOAD`",
            ),
            Self::IpOrParameterCondition => f.write_str(
                "the URL is restricted to an IP address or a parameter that this request does not have: use it from there, \
                 or sign another URL",
            ),
            Self::NoPermission => f.write_str(
                "the signature is right, but the access key lacks the permission: allow it this action on this object, and \
                 look at the bucket policy",
            ),
            Self::ObjectExists => f.write_str(
                "the object exists already, and the request was signed with `x-oss-forbid-overwrite: true`: use another \
                 key, or sign without this header",
            ),
            Self::ForbidOverwriteValue => f.write_str(
                "x-oss-forbid-overwrite has a value that OSS does not accept: sign the URL with `true` or `false`",
            ),
            Self::ContentMd5 => f.write_str(
                "the MD5 of the body is not the one in Content-MD5: send the bytes that the MD5 was computed from, and \
                 write it as base64 of its 16 bytes",
            ),
            Self::LengthMissing => f.write_str(
                "the request has no body length: send Content-Length, or Transfer-Encoding: chunked",
            ),
            Self::BodyTooLarge => f.write_str(
                "the body is larger than is allowed: one PUT takes 5 GiB and a form what its policy allows; upload more \
                 with a multipart upload",
            ),
            Self::BodyTooSmall => f.write_str(
                "the body is smaller than is allowed: each part except the last has at least 100 KiB, and a form has what \
                 its policy demands",
            ),
            Self::NoSuchKey => f.write_str(
                "the object does not exist: check the key, its letter case and its encoding, and whether the upload \
                 succeeded",
            ),
            Self::NoSuchBucket => {
                f.write_str("the bucket does not exist at this endpoint: check its name and its region")
            }
            Self::NoSuchUpload => f.write_str(
                "the multipart upload does not exist, because it was completed, aborted or cleaned up: begin a new one",
            ),
            Self::InvalidPart => f.write_str(
                "a part is missing or has another ETag than the request names: upload it again, and complete the upload \
                 with the ETags that the service answered",
            ),
            Self::InvalidPartOrder => {
                f.write_str("the parts are not in ascending order: sort them by number")
            }
            Self::MethodNotAllowed => f.write_str(
                "the resource does not support this method, for example POST on an object: upload with PUT, or with a \
                 PostObject form to the bucket",
            ),
            Self::InvalidRange => {
                f.write_str("the range lies outside the object: ask for the object's size with HEAD first")
            }
            Self::PolicyDocument => f.write_str(
                "the policy of the form is malformed: it must be base64 of JSON with `expiration` and `conditions`",
            ),
            Self::PolicyCondition => f.write_str(
                "the form does not meet a condition of its policy, or the policy has expired: send the fields as the \
                 policy demands them",
            ),
            Self::FormSignature => f.write_str(
                "the form's signature is not that of its policy: send every field exactly as it was signed, the policy \
                 above all, and check that the signer's secret belongs to the access key id",
            ),
            Self::FormMalformed => f.write_str(
                "the form is malformed: send multipart/form-data with the file as its last field",
            ),
            Self::FormFiles => f.write_str(
                "the form has no field `file`, or more than one: send exactly one, as the last field",
            ),
            Self::Redirect { status } => write!(
                f,
                "the service answered with a redirect ({status}), and a presigned URL does not work at another address: \
                 sign for the endpoint of the bucket's region"
            ),
            Self::ServerFailure { status } => {
                write!(f, "the service failed ({status}): try again later, with growing pauses")
            }
            Self::NoAnswer => f.write_str(
                "the service did not answer: check the host and the network; for a browser, give the bucket a CORS rule \
                 that allows the page's origin, the method and the headers",
            ),
            Self::Opaque => f.write_str(
                "the service denied access without a reason: repeat the request with GET or PUT to read the body of the \
                 answer, and check expiry, method and headers",
            ),
            Self::Unknown { code: Some(code), status: 0 } => {
                write!(f, "the service answered `{code}`, which this program does not know: read the answer's message")
            }
            Self::Unknown { code: Some(code), status } => write!(
                f,
                "the service answered {status} `{code}`, which this program does not know: read the answer's message"
            ),
            Self::Unknown { code: None, status } => write!(
                f,
                "the answer has status {status} and no code of OSS: a proxy may have answered in place of the service"
            ),
        }
    }
}
