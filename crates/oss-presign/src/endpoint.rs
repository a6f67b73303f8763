//! The destination of a request: scheme, host, and where the URL contains the bucket.

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
    /// Not encrypted: anyone who sees the URL on the network can use it.
    Http,
}

impl Scheme {
    /// Parses `https` or `http`.
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

    /// Returns the name as it is written in a URL.
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

/// Where a URL contains the bucket. The signed text is the same for all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addressing {
    /// `https://bucket.host/key`.
    VirtualHosted,
    /// `https://host/bucket/key`.
    Path,
    /// `https://host/key`: the host belongs to one bucket.
    Cname,
}

impl Addressing {
    /// Parses `virtual-hosted`, `path` or `cname`.
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

    /// Returns the name used in configuration: `virtual-hosted`, `path` or `cname`.
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

/// A host that serves OSS, with the scheme and the [`Addressing`] of its URLs.
///
/// The endpoint does not contain the bucket. A request names its bucket, and the endpoint decides where the URL contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    scheme: Scheme,
    /// The host in up to four pieces, so that a regional host needs no buffer to be assembled in.
    host: [&'a str; 4],
    /// The region, or the id of the cloud box, that signatures for this host must name, if it is known. It is read from the host
    /// once, because every signature compares it.
    region: Option<Region<'a>>,
    /// The port with its colon, or an empty text.
    port: &'a str,
    /// The scheme for which this port is the default, so that a `Host` header omits it.
    default_port_of: Option<Scheme>,
    addressing: Addressing,
}

impl<'a> Endpoint<'a> {
    const fn of_region(before: &'a str, region: Region<'a>, after: &'a str) -> Self {
        Self::of_pieces([before, region.as_str(), after, ""], Some(region))
    }

    const fn of_pieces(host: [&'a str; 4], region: Option<Region<'a>>) -> Self {
        Self {
            scheme: Scheme::Https,
            host,
            region,
            port: "",
            default_port_of: None,
            addressing: Addressing::VirtualHosted,
        }
    }

    const fn fixed(host: &'a str) -> Self {
        Self::of_pieces([host, "", "", ""], None)
    }

    /// Returns the public endpoint of a region: `oss-REGION.aliyuncs.com`.
    #[must_use]
    pub const fn public(region: Region<'a>) -> Self {
        Self::of_region("oss-", region, ".aliyuncs.com")
    }

    /// Returns the internal endpoint of a region, for machines inside it: `oss-REGION-internal.aliyuncs.com`.
    #[must_use]
    pub const fn internal(region: Region<'a>) -> Self {
        Self::of_region("oss-", region, "-internal.aliyuncs.com")
    }

    /// Returns the endpoint of a region that has IPv6 and IPv4 addresses: `REGION.oss.aliyuncs.com`.
    #[must_use]
    pub const fn dual_stack(region: Region<'a>) -> Self {
        Self::of_region("", region, ".oss.aliyuncs.com")
    }

    /// Returns the data endpoint of a cloud box in a region: `BOX.REGION.oss-cloudbox.aliyuncs.com`. Sign for it with
    /// [`Signer::for_cloud_box`](crate::Signer::for_cloud_box).
    #[must_use]
    pub const fn cloud_box(id: Region<'a>, region: Region<'a>) -> Self {
        Self::of_pieces([id.as_str(), ".", region.as_str(), ".oss-cloudbox.aliyuncs.com"], Some(id))
    }

    /// Returns the endpoint for transfer acceleration worldwide: `oss-accelerate.aliyuncs.com`.
    #[must_use]
    pub const fn accelerate() -> Self {
        Self::fixed("oss-accelerate.aliyuncs.com")
    }

    /// Returns the endpoint for transfer acceleration outside mainland China: `oss-accelerate-overseas.aliyuncs.com`.
    #[must_use]
    pub const fn accelerate_overseas() -> Self {
        Self::fixed("oss-accelerate-overseas.aliyuncs.com")
    }

    /// Creates an endpoint whose URLs have the bucket as the first label of the host. `host` may be preceded by a scheme and
    /// followed by a port. An IP address has no labels, so its endpoint becomes path-style, as in the official SDKs.
    ///
    /// # Errors
    /// [`EndpointError`] if `host` is not a valid host.
    pub fn virtual_hosted(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::VirtualHosted)
    }

    /// Creates an endpoint whose URLs have the bucket as the first segment of the path, such as a local server.
    ///
    /// # Errors
    /// [`EndpointError`] if `host` is not a valid host.
    pub fn path_style(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::Path)
    }

    /// Creates an endpoint for a custom host name that is mapped to one bucket.
    ///
    /// # Errors
    /// [`EndpointError`] if `host` is not a valid host.
    pub fn cname(host: &'a str) -> Result<Self, EndpointError> {
        Self::new(host, Addressing::Cname)
    }

    /// Creates an endpoint from a host, optionally preceded by a scheme (`https` if there is none) and followed by a port.
    ///
    /// # Errors
    /// [`EndpointError`] if `host` is not a valid host.
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
        // A custom host name for one bucket may begin with the bucket's name.
        if !matches!(addressing, Addressing::Cname)
            && let Some(service) = without_bucket(host)
        {
            return Err(EndpointError::BeginsWithBucket { service });
        }
        let addressing = match addressing {
            Addressing::VirtualHosted if is_ip => Addressing::Path,
            other => other,
        };
        let region = region_of(host);
        Ok(Self { scheme, host: [host, "", "", ""], region, port, default_port_of, addressing })
    }

    /// Returns the region, or the id of the cloud box, that signatures for this host must name. It is known only for hosts of
    /// Alibaba Cloud that contain it, such as `oss-cn-hangzhou.aliyuncs.com`; `None` for others, such as
    /// `oss-accelerate.aliyuncs.com` and custom host names.
    #[must_use]
    pub const fn region(&self) -> Option<Region<'a>> {
        self.region
    }

    /// Checks that signatures for a region can be valid at this host. Signing makes the same check; use this one to refuse a
    /// configuration before anything is signed.
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
    /// [`EndpointError::OtherRegion`] if the host is known to be in another region.
    pub fn check_region(&self, region: Region<'_>) -> Result<(), EndpointError> {
        match self.region {
            Some(named) if named != region => Err(EndpointError::OtherRegion {
                named: Excerpt::of(named.as_str()),
                given: Excerpt::of(region.as_str()),
            }),
            _ => Ok(()),
        }
    }

    /// Returns the same endpoint with another scheme.
    #[must_use]
    pub const fn with_scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// Returns the scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns where URLs of this endpoint contain the bucket.
    #[must_use]
    pub const fn addressing(&self) -> Addressing {
        self.addressing
    }

    /// Writes scheme and host: the part of a URL before the path.
    #[inline]
    pub(crate) fn write_origin(&self, bucket: Option<Bucket<'_>>, url: &mut impl Writer) {
        url.put(self.scheme.prefix().as_bytes());
        self.write_host(bucket, url);
    }

    /// Writes the value of a `Host` header. Like HTTP clients, it omits the default port (RFC 9110, section 7.2).
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

    /// Returns whether a text equals the one that [`write_host`](Self::write_host) writes.
    pub(crate) fn has_host(&self, bucket: Option<Bucket<'_>>, text: &str) -> bool {
        let mut expected = Expected { rest: text.as_bytes(), matches: true };
        self.write_host(bucket, &mut expected);
        expected.matches && expected.rest.is_empty()
    }
}

/// A writer that compares the written bytes with an expected text.
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
