//! One request, read and resolved.

use std::ops::RangeInclusive;

use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::address::Address;
use crate::auth::{Access, Identity};
use crate::error::{OssError, Result};
use crate::query::{Query, encode};
use crate::store::Acl;
use crate::stream::Stream;

/// A request on its way through the routes.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// As received.
    pub(crate) host: String,
    pub(crate) query: Query,
    pub(crate) address: Address,
    pub(crate) identity: Identity,
    /// What the client is connected by.
    #[cfg_attr(
        not(feature = "image"),
        expect(dead_code, reason = "only image processing watches its client")
    )]
    pub(crate) stream: Stream,
    /// When the head had arrived: what expiries are judged by. Seconds since 1970 UTC.
    pub(crate) arrived: u64,
}

impl Call {
    pub(crate) fn bucket(&self) -> Result<&str> {
        let bucket = self.address.bucket.as_deref();
        bucket.ok_or_else(|| OssError::new(400, "InvalidBucketName", "The request names no bucket."))
    }

    pub(crate) fn key(&self) -> Result<&str> {
        let key = self.address.key.as_deref();
        key.ok_or_else(|| OssError::new(400, "InvalidObjectName", "The request names no object."))
    }

    /// The URL of the object, as the client addressed it.
    pub(crate) fn object_url(&self) -> Result<String> {
        Ok(self.url_of(self.bucket()?, self.key()?))
    }

    /// The same of another key.
    pub(crate) fn url_of(&self, bucket: &str, key: &str) -> String {
        let bucket = if self.address.bucket_in_host { String::new() } else { format!("{bucket}/") };
        format!("{}://{}/{bucket}{}", self.scheme, self.host, encode(key).replace("%2F", "/"))
    }

    /// The host and port by which the client reaches the server, without the bucket that may stand before it.
    pub(crate) fn endpoint(&self) -> &str {
        let bucket = self.address.bucket.as_deref().filter(|_| self.address.bucket_in_host);
        let rest = bucket.and_then(|bucket| self.host.strip_prefix(bucket)?.strip_prefix('.'));
        rest.unwrap_or(&self.host)
    }

    /// The text of a header; None where it is absent or not ASCII.
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The version that the query names.
    pub(crate) fn version(&self) -> Option<&str> {
        self.query.value("versionId").filter(|id| !id.is_empty())
    }

    /// A number in the query.
    pub(crate) fn number(&self, name: &'static str, range: RangeInclusive<u64>) -> Result<Option<u64>> {
        let Some(text) = self.query.value(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse().ok().filter(|value| digits && range.contains(value)) {
            Some(value) => Ok(Some(value)),
            None => Err(OssError::invalid_argument(
                format!("{name} must be an integer from {} to {}.", range.start(), range.end()),
                name,
                text,
            )),
        }
    }

    /// Lets those pass who signed, and the public where the ACL opens the door to it.
    pub(crate) fn authorize(&self, access: Access, acl: Acl) -> Result<()> {
        self.identity.authorize(access, acl)
    }
}

/// The host that a request is for: of an absolute target, or else of its one Host header.
pub(crate) fn host(parts: &Parts) -> Result<String> {
    if let Some(authority) = parts.uri.authority() {
        return Ok(authority.as_str().rsplit('@').next().unwrap_or_default().to_owned());
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    match (hosts.next().map(|host| host.to_str()), hosts.next()) {
        (Some(Ok(host)), None) if is_host(host) => Ok(host.to_owned()),
        (None, _) if parts.version == http::Version::HTTP_10 => Ok(String::new()),
        _ => Err(OssError::new(
            400,
            "InvalidArgument",
            "A request needs exactly one Host header that names a host.",
        )),
    }
}

fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:[]%".contains(&b))
}
