//! Where a request goes: scheme, host, and how the host carries the bucket.

use crate::bucket::Bucket;
use crate::endpoint_error::EndpointError;
use crate::endpoint_region::{region_of, without_bucket};
use crate::excerpt::Excerpt;
use crate::host::{check_host, split_port};
use crate::scope::Region;
use crate::search::contains;
use crate::text::parsed_text;
use crate::writer::Writer;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Encrypted; the default.
    #[default]
    Https,
    /// In the clear: whoever reads the URL on its way can use it.
    Http,
}

impl Scheme {
    /// Reads `https` or `http`.
    ///
    /// # Errors
    /// [`EndpointError::Scheme`] for any other name.
    pub fn parse(name: &str) -> Result<Self, EndpointError> {
        match name {
            "https" => Ok(Self::Https),
            "http" => Ok(Self::Http),
            _ => Err(EndpointError::Scheme),
        }
    }

    /// The name, as it stands in a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Https => "https://",
            Self::Http => "http://",
        }
    }
}

parsed_text!(Scheme, Scheme::parse, EndpointError);

/// How a URL carries the bucket. What is signed is the same in all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addressing {
    /// `https://bucket.host/key`.
    VirtualHosted,
    /// `https://host/bucket/key`.
    Path,
    /// `https://host/key`: the host is bound to one bucket.
    Cname,
}

impl Addressing {
    /// Reads `virtual-hosted`, `path` or `cname`.
    ///
    /// # Errors
    /// [`EndpointError::Addressing`] for any other name.
    pub fn parse(name: &str) -> Result<Self, EndpointError> {
        match name {
            "virtual-hosted" => Ok(Self::VirtualHosted),
            "path" => Ok(Self::Path),
            "cname" => Ok(Self::Cname),
            _ => Err(EndpointError::Addressing { name: Excerpt::of(name) }),
        }
    }

    /// The name that configurations have: `virtual-hosted`, `path` or `cname`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VirtualHosted => "virtual-hosted",
            Self::Path => "path",
            Self::Cname => "cname",
        }
    }
}

parsed_text!(Addressing, Addressing::parse, EndpointError);

/// A host that serves OSS.
///
/// The bucket is no part of it: a request names its bucket, and the endpoint decides where that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    scheme: Scheme,
    /// The host in pieces, so that the regional ones need no buffer.
    host: [&'a str; 4],
    /// With its colon; empty without one.
    port: &'a str,
    /// The scheme that has this port without saying so.
    default_port_of: Option<Scheme>,
    addressing: Addressing,
}

impl<'a> Endpoint<'a> {
    const fn of_region(before: &'a str, region: Region<'a>, after: &'a str) -> Self {
        Self::of_pieces([before, region.as_str(), after, ""])
    }

    const fn of_pieces(host: [&'a str; 4]) -> Self {
        Self {
            scheme: Scheme::Https,
            host,
            port: "",
            default_port_of: None,
            addressing: Addressing::VirtualHosted,
        }
    }

    const fn fixed(host: &'a str) -> Self {
        Self::of_pieces([host, "", "", ""])
    }

    /// The public endpoint of a region: `oss-REGION.aliyuncs.com`.
    #[must_use]
    pub const fn public(region: Region<'a>) -> Self {
        Self::of_region("oss-", region, ".aliyuncs.com")
    }

    /// The endpoint that a region's own machines reach: `oss-REGION-internal.aliyuncs.com`.
    #[must_use]
    pub const fn internal(region: Region<'a>) -> Self {
        Self::of_region("oss-", region, "-internal.aliyuncs.com")
    }

    /// The endpoint with IPv6 and IPv4: `REGION.oss.aliyuncs.com`.
    #[must_use]
    pub const fn dual_stack(region: Region<'a>) -> Self {
        Self::of_region("", region, ".oss.aliyuncs.com")
    }

    /// The data endpoint of a cloud box in a region: `BOX.REGION.oss-cloudbox.aliyuncs.com`. Sign for it with
    /// [`Signer::for_cloud_box`](crate::Signer::for_cloud_box).
    #[must_use]
    pub const fn cloud_box(id: Region<'a>, region: Region<'a>) -> Self {
        Self::of_pieces([id.as_str(), ".", region.as_str(), ".oss-cloudbox.aliyuncs.com"])
    }

    /// Transfer acceleration from anywhere: `oss-accelerate.aliyuncs.com`.
    #[must_use]
    pub const fn accelerate() -> Self {
        Self::fixed("oss-accelerate.aliyuncs.com")
    }

    /// Transfer acceleration outside mainland China: `oss-accelerate-overseas.aliyuncs.com`.
    #[must_use]
    pub const fn accelerate_overseas() -> Self {
        Self::fixed("oss-accelerate-overseas.aliyuncs.com")
    }

    /// Any host that takes the bucket as its first label. `host` may have a scheme before it and a port
    /// behind it; an IP address has no labels and becomes path-style, as in the official SDKs.
    ///
    /// # Errors
    /// [`EndpointError`] where `host` is no host.
    pub fn virtual_hosted(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::VirtualHosted)
    }

    /// Any host that takes the bucket as the first segment of the path; a local server, mostly.
    ///
    /// # Errors
    /// [`EndpointError`] where `host` is no host.
    pub fn path_style(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::Path)
    }

    /// A host name of one's own that is mapped to one bucket.
    ///
    /// # Errors
    /// [`EndpointError`] where `host` is no host.
    pub fn cname(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::Cname)
    }

    /// A host with its scheme before it (`https` without one) and its port behind it.
    ///
    /// # Errors
    /// [`EndpointError`] where `host` is no host.
    pub fn new(host: &'a str, addressing: Addressing) -> Result<Self, EndpointError> {
        let (scheme, authority) = match (host.strip_prefix("https://"), host.strip_prefix("http://")) {
            (Some(rest), _) => (Scheme::Https, rest),
            (_, Some(rest)) => (Scheme::Http, rest),
            _ if contains(host, "://") => return Err(EndpointError::Scheme),
            _ => (Scheme::Https, host),
        };
        let authority = authority.strip_suffix("/").unwrap_or(authority);
        let (host, port) = split_port(authority)?;
        let default_port_of = match port {
            ":443" => Some(Scheme::Https),
            ":80" => Some(Scheme::Http),
            _ => None,
        };
        let is_ip = check_host(host)?;
        // A host that is mapped to one bucket may well be named after it.
        if !matches!(addressing, Addressing::Cname)
            && let Some(service) = without_bucket(host)
        {
            return Err(EndpointError::BeginsWithBucket { service });
        }
        let addressing = match addressing {
            Addressing::VirtualHosted if is_ip => Addressing::Path,
            other => other,
        };
        Ok(Self { scheme, host: [host, "", "", ""], port, default_port_of, addressing })
    }

    /// The region that signatures for this host name, or the id of the cloud box, where it is a host of Alibaba Cloud's
    /// that says so: `oss-cn-hangzhou.aliyuncs.com` does, `oss-accelerate.aliyuncs.com` and names of one's own do not.
    #[must_use]
    pub fn region(&self) -> Option<Region<'a>> {
        match self.host {
            [host, "", "", ""] => region_of(host),
            [_, region, _, ""] => Region::new(region).ok(),
            [cloud_box, ..] => Region::new(cloud_box).ok(),
        }
    }

    /// Checks that signatures for a region can work at this host.
    ///
    /// ```
    /// use oss_presign::{Endpoint, Region};
    ///
    /// let region = Region::new("cn-hangzhou")?;
    /// assert!(Endpoint::virtual_hosted("oss-cn-hangzhou-internal.aliyuncs.com")?.check_region(region).is_ok());
    /// assert!(Endpoint::virtual_hosted("oss-cn-beijing.aliyuncs.com")?.check_region(region).is_err());
    /// # Ok::<(), oss_presign::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`EndpointError::OtherRegion`] where the host is known to be in another region.
    pub fn check_region(&self, region: Region<'_>) -> Result<(), EndpointError> {
        match self.region() {
            Some(named) if named != region => Err(EndpointError::OtherRegion {
                named: Excerpt::of(named.as_str()),
                given: Excerpt::of(region.as_str()),
            }),
            _ => Ok(()),
        }
    }

    /// The same host by another scheme.
    #[must_use]
    pub const fn with_scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// How the bucket is carried.
    #[must_use]
    pub const fn addressing(&self) -> Addressing {
        self.addressing
    }

    /// Writes the beginning of a URL: scheme and host.
    #[inline]
    pub(crate) fn write_origin(&self, bucket: Option<Bucket<'_>>, url: &mut impl Writer) {
        url.put(self.scheme.prefix().as_bytes());
        self.write_host(bucket, url);
    }

    /// Writes what a `Host` header says: no default port, as HTTP clients have it (RFC 9110, section 7.2).
    #[inline]
    pub(crate) fn write_host(&self, bucket: Option<Bucket<'_>>, writer: &mut impl Writer) {
        if let (Addressing::VirtualHosted, Some(bucket)) = (self.addressing, bucket) {
            writer.put(bucket.as_str().as_bytes());
            writer.put(b".");
        }
        for piece in &self.host {
            writer.put(piece.as_bytes());
        }
        if !self.port.is_empty() && self.default_port_of != Some(self.scheme) {
            writer.put(self.port.as_bytes());
        }
    }

    /// Whether a text is what [`write_host`](Self::write_host) writes.
    pub(crate) fn has_host(&self, bucket: Option<Bucket<'_>>, text: &str) -> bool {
        let mut expected = Expected { rest: text.as_bytes(), matches: true };
        self.write_host(bucket, &mut expected);
        expected.matches && expected.rest.is_empty()
    }
}

/// Compares what is written with an expected text.
struct Expected<'e> {
    rest: &'e [u8],
    matches: bool,
}

impl Writer for Expected<'_> {
    fn put(&mut self, bytes: &[u8]) {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => self.rest = rest,
            None => self.matches = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn host(endpoint: Endpoint<'_>) -> String {
        let mut text = Vec::new();
        endpoint.write_host(Some(Bucket::new("examplebucket").unwrap()), &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn named_endpoints() {
        let region = Region::new("cn-hangzhou").unwrap();
        for (endpoint, expected) in [
            (Endpoint::public(region), "examplebucket.oss-cn-hangzhou.aliyuncs.com"),
            (Endpoint::internal(region), "examplebucket.oss-cn-hangzhou-internal.aliyuncs.com"),
            (Endpoint::dual_stack(region), "examplebucket.cn-hangzhou.oss.aliyuncs.com"),
            (
                Endpoint::cloud_box(Region::new("cb-123").unwrap(), region),
                "examplebucket.cb-123.cn-hangzhou.oss-cloudbox.aliyuncs.com",
            ),
            (Endpoint::accelerate(), "examplebucket.oss-accelerate.aliyuncs.com"),
            (Endpoint::accelerate_overseas(), "examplebucket.oss-accelerate-overseas.aliyuncs.com"),
            (Endpoint::cname("static.example.com:8443").unwrap(), "static.example.com:8443"),
            (Endpoint::path_style("localhost:9000").unwrap(), "localhost:9000"),
            (Endpoint::virtual_hosted("localhost:9000").unwrap(), "examplebucket.localhost:9000"),
        ] {
            assert_eq!(host(endpoint), expected);
            assert_eq!(endpoint.scheme(), Scheme::Https);
        }
    }

    #[test]
    fn ip_addresses_are_path_style() {
        for text in ["127.0.0.1", "127.0.0.1:9000", "[::1]", "[::1]:9000"] {
            let endpoint = Endpoint::virtual_hosted(text).unwrap();
            assert_eq!(endpoint.addressing(), Addressing::Path);
            assert_eq!(host(endpoint), text);
        }
        assert_eq!(Endpoint::cname("127.0.0.1").unwrap().addressing(), Addressing::Cname);
    }

    #[test]
    fn scheme_and_default_port() {
        let http = Endpoint::cname("http://static.example.com:80/").unwrap();
        assert_eq!((http.scheme(), host(http).as_str()), (Scheme::Http, "static.example.com"));
        assert_eq!(host(http.with_scheme(Scheme::Https)), "static.example.com:80");
        assert_eq!(host(Endpoint::cname("https://static.example.com:443").unwrap()), "static.example.com");
    }

    #[test]
    fn refusals() {
        for (text, expected) in [
            ("", EndpointError::Empty),
            ("https://", EndpointError::Empty),
            (":80", EndpointError::Empty),
            ("ftp://a.example.com", EndpointError::Scheme),
            ("a.example.com:", EndpointError::Port),
            ("a.example.com:0", EndpointError::Port),
            ("a.example.com:080", EndpointError::Port),
            ("a.example.com:+80", EndpointError::Port),
            ("a.example.com:65536", EndpointError::Port),
            ("a.example.com/path", EndpointError::NotAHost),
            ("user@a.example.com", EndpointError::NotAHost),
            ("A.example.com", EndpointError::UpperCase),
            ("a..example.com", EndpointError::Character),
            ("a.example.com.", EndpointError::Character),
            ("a example.com", EndpointError::Character),
            ("bücher.example.com", EndpointError::Character),
            ("a%41.example.com", EndpointError::Character),
            ("[::1", EndpointError::Port),
            ("[::g]", EndpointError::Character),
            (
                "https://examplebucket.oss-cn-hangzhou.aliyuncs.com:443/",
                EndpointError::BeginsWithBucket { service: Excerpt::of("oss-cn-hangzhou.aliyuncs.com") },
            ),
        ] {
            assert_eq!(Endpoint::virtual_hosted(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_host_of_a_bucket_is_a_host_for_cname_alone() {
        let host_of_bucket = "examplebucket.oss-cn-hangzhou.aliyuncs.com";
        assert!(Endpoint::path_style(host_of_bucket).is_err());
        assert_eq!(host(Endpoint::cname(host_of_bucket).unwrap()), host_of_bucket);
    }

    #[test]
    fn regions_of_endpoints() {
        let (hangzhou, beijing) = (Region::new("cn-hangzhou").unwrap(), Region::new("cn-beijing").unwrap());
        let cloud_box = Region::new("cb-123").unwrap();
        for (endpoint, region) in [
            (Endpoint::public(hangzhou), Some(hangzhou)),
            (Endpoint::internal(hangzhou), Some(hangzhou)),
            (Endpoint::dual_stack(hangzhou), Some(hangzhou)),
            (Endpoint::cloud_box(cloud_box, hangzhou), Some(cloud_box)),
            (Endpoint::virtual_hosted("http://oss-cn-hangzhou.aliyuncs.com:80").unwrap(), Some(hangzhou)),
            (Endpoint::accelerate(), None),
            (Endpoint::accelerate_overseas(), None),
            (Endpoint::cname("static.example.com").unwrap(), None),
        ] {
            assert_eq!(endpoint.region(), region);
            let checked = endpoint.check_region(beijing);
            let expected = region.map(|region| EndpointError::OtherRegion {
                named: Excerpt::of(region.as_str()),
                given: Excerpt::of("cn-beijing"),
            });
            assert_eq!(checked.err(), expected);
        }
        assert_eq!(Endpoint::public(hangzhou).check_region(hangzhou), Ok(()));
    }
}
