//! What a signing key is good for: one day, one region, one product.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::scope_error::ScopeError;
use crate::search::{begins_with, ends_with, split};
use crate::text::{borrowed_text, parsed_text};
use crate::time::Timestamp;

/// The constant last part of every scope.
pub(crate) const TERMINATOR: &str = "aliyun_v4_request";

/// The longest region id that is accepted, in bytes.
pub(crate) const MAX_REGION_BYTES: usize = 64;

/// The id of a region, such as `cn-hangzhou` (without `oss-`), or the id of a cloud box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region<'a>(&'a str);

impl<'a> Region<'a> {
    /// Checks the id of a region: an area of two letters, a hyphen, and the name of a place in lower-case letters, digits
    /// and hyphens, at most 64 bytes in total. Any well-formed id is accepted, because the list of regions grows.
    ///
    /// # Errors
    /// [`ScopeError`] if the id is not well-formed. For common mistakes its message suggests the right id.
    pub fn new(id: &'a str) -> Result<Self, ScopeError> {
        if id.is_empty() {
            return Err(ScopeError::RegionEmpty);
        }
        if id.len() > MAX_REGION_BYTES {
            return Err(ScopeError::RegionTooLong { bytes: id.len() });
        }
        let mut well_formed = true;
        let mut dotted = false;
        let mut before = b'-';
        for byte in id.bytes() {
            well_formed &= matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-') && (byte, before) != (b'-', b'-');
            dotted |= byte == b'.';
            before = byte;
        }
        if dotted
            || begins_with(id, b"oss-")
            || ends_with(id, b"-internal")
            || matches!(id.as_bytes(), [b'\t'..=b' ', ..] | [.., b'\t'..=b' '])
        {
            return Err(ScopeError::RegionDecorated { given: Excerpt::of(id) });
        }
        if !well_formed || before == b'-' {
            return Err(ScopeError::RegionCharacter);
        }
        match id.as_bytes() {
            [.., b'-', b'a'..=b'z'] | [.., b'-', b'0'..=b'9', b'a'..=b'z'] => {
                Err(ScopeError::RegionZone { given: Excerpt::of(id) })
            }
            [b'a'..=b'z', b'a'..=b'z', b'-', ..] => Ok(Self(id)),
            _ => Err(ScopeError::RegionShape { given: Excerpt::of(id) }),
        }
    }

    /// Returns the id.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

borrowed_text!(Region, ScopeError);

/// The product that a signature is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// OSS in a region: `oss`.
    #[default]
    Oss,
    /// OSS on a cloud box: `oss-cloudbox`. The scope has the id of the box in place of a region.
    CloudBox,
}

impl Product {
    /// Parses the product's name in a scope.
    ///
    /// # Errors
    /// [`ScopeError::Product`] for any other name.
    pub fn parse(name: &str) -> Result<Self, ScopeError> {
        match name {
            "oss" => Ok(Self::Oss),
            "oss-cloudbox" => Ok(Self::CloudBox),
            _ => Err(ScopeError::Product { name: Excerpt::of(name) }),
        }
    }

    /// Returns the product's name in a scope.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oss => "oss",
            Self::CloudBox => "oss-cloudbox",
        }
    }
}

parsed_text!(Product, Product::parse, ScopeError);

/// A credential scope: `YYYYMMDD/region/product/aliyun_v4_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    day: u32,
    date: [u8; 8],
    region: Region<'a>,
    product: Product,
}

impl<'a> Scope<'a> {
    /// Creates the scope of the UTC day of `time`.
    #[must_use]
    pub fn new(time: Timestamp, region: Region<'a>, product: Product) -> Self {
        Self { day: time.day(), date: time.date(), region, product }
    }

    /// Parses the form that `Display` writes: `YYYYMMDD/region/product/aliyun_v4_request`.
    ///
    /// # Errors
    /// [`ScopeError::NotAScope`] if the text has another form or the date does not exist, and the errors of [`Region::new`]
    /// and [`Product::parse`].
    pub fn parse(text: &'a str) -> Result<Self, ScopeError> {
        let mut parts = split(text, b'/');
        let parts = [(); 5].map(|()| parts.next());
        let [Some(date), Some(region), Some(product), Some(TERMINATOR), None] = parts else {
            return Err(ScopeError::NotAScope);
        };
        let day = Timestamp::parse_date(date).ok_or(ScopeError::NotAScope)?;
        Ok(Self::new(day, Region::new(region)?, Product::parse(product)?))
    }

    /// Returns the UTC day as `YYYYMMDD`, in ASCII.
    #[must_use]
    pub const fn date(&self) -> &[u8; 8] {
        &self.date
    }

    /// Returns the region, or the id of the cloud box.
    #[must_use]
    pub const fn region(&self) -> Region<'a> {
        self.region
    }

    /// Returns the product.
    #[must_use]
    pub const fn product(&self) -> Product {
        self.product
    }

    /// Returns the midnight (UTC) at which the day of this scope begins.
    #[must_use]
    pub const fn starts_at(&self) -> Timestamp {
        Timestamp::midnight_before(self.day)
    }

    /// Returns the midnight (UTC) at which the day of this scope ends.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        Timestamp::midnight_after(self.day)
    }

    /// Returns whether `time` is on the UTC day of this scope.
    #[must_use]
    pub const fn covers(&self, time: Timestamp) -> bool {
        time.day() == self.day
    }
}

impl<'a> TryFrom<&'a str> for Scope<'a> {
    type Error = ScopeError;

    fn try_from(text: &'a str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date.escape_ascii();
        write!(f, "{date}/{}/{}/{TERMINATOR}", self.region.as_str(), self.product.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn regions() {
        for id in [
            "cn-hangzhou",
            "us-east-1",
            "cn-north-2-gov-1",
            "cn-hangzhou-finance",
            "rg-china-mainland",
            "cn-qingdao-env12-d01",
            "cb-123",
            "cb-f8z7yvzgwfkl9q0h1a",
        ] {
            assert_eq!(Region::new(id).map(Region::as_str), Ok(id));
        }
        for (id, likely) in [
            ("oss-cn-hangzhou", "cn-hangzhou"),
            ("cn-hangzhou-internal", "cn-hangzhou"),
            ("oss-cn-hangzhou-internal", "cn-hangzhou"),
            ("oss-us-east-1.aliyuncs.com", "us-east-1"),
            ("bucket.oss-us-east-1-internal.aliyuncs.com", "us-east-1"),
            ("https://oss-us-east-1.aliyuncs.com", "us-east-1"),
            ("cn-hangzhou.oss.aliyuncs.com", "cn-hangzhou"),
            ("https://bucket.oss-ap-southeast-1-internal.aliyuncs.com", "ap-southeast-1"),
            (" cn-hangzhou", "cn-hangzhou"),
            ("cn-hangzhou\n", "cn-hangzhou"),
        ] {
            let error = Region::new(id).unwrap_err();
            assert!(matches!(error, ScopeError::RegionDecorated { .. }), "{id}");
            assert!(error.to_string().ends_with(&std::format!("write `{likely}`")), "{id}: {error}");
        }
        // 48 bytes are kept, and they end within the region.
        let long = "a-bucket-with-a-long-name-000.oss-ap-southeast-1.aliyuncs.com";
        assert!(Region::new(long).unwrap_err().to_string().ends_with("write one like `cn-hangzhou`"));
        assert_eq!(Region::new(""), Err(ScopeError::RegionEmpty));
        for id in
            ["CN-HANGZHOU", "cn hangzhou", "cn_hangzhou", "cn-", "-cn", "cn--hangzhou", "cn/hangzhou", "杭州"]
        {
            assert_eq!(Region::new(id), Err(ScopeError::RegionCharacter), "{id}");
        }
        for id in ["hangzhou", "cnhangzhou", "cn", "c-hangzhou", "chn-hangzhou", "1n-hangzhou", "eucentral1"]
        {
            let error = Region::new(id).unwrap_err();
            assert_eq!(error, ScopeError::RegionShape { given: Excerpt::of(id) });
            assert!(
                error.to_string().contains(id) && error.to_string().ends_with("`cn-hangzhou`"),
                "{error}"
            );
        }
        for (id, region) in [
            ("cn-hangzhou-b", "cn-hangzhou"),
            ("ap-southeast-1a", "ap-southeast-1"),
            ("cn-shenzhen-finance-1b", "cn-shenzhen-finance-1"),
        ] {
            let error = Region::new(id).unwrap_err();
            assert_eq!(error, ScopeError::RegionZone { given: Excerpt::of(id) });
            assert!(error.to_string().ends_with(&std::format!("write `{region}`")), "{error}");
        }
        let long: std::string::String = core::iter::repeat_n('a', 65).collect();
        assert_eq!(Region::new(&long), Err(ScopeError::RegionTooLong { bytes: 65 }));
    }

    #[test]
    fn products() {
        for product in [Product::Oss, Product::CloudBox] {
            assert_eq!(Product::parse(product.as_str()), Ok(product));
            assert_eq!(product.to_string().parse(), Ok(product));
        }
        assert!(matches!(Product::parse("OSS"), Err(ScopeError::Product { .. })));
    }

    #[test]
    fn text_and_day() {
        let time = Timestamp::from_unix(1_731_400_358).unwrap();
        let scope = Scope::new(time, Region::new("cn-hangzhou").unwrap(), Product::Oss);
        assert_eq!(scope.to_string(), "20241112/cn-hangzhou/oss/aliyun_v4_request");
        assert!(scope.covers(time));
        assert!(!scope.covers(time.saturating_add(86_400)));
    }

    #[test]
    fn the_day_ends_at_midnight() {
        // date -u -d 2024-11-13T00:00:00Z +%s
        let midnight = Timestamp::from_unix(1_731_456_000).unwrap();
        for now in [1_731_369_600, 1_731_400_358, 1_731_455_999] {
            let now = Timestamp::from_unix(now).unwrap();
            let scope = Scope::new(now, Region::new("cn-hangzhou").unwrap(), Product::Oss);
            assert_eq!(scope.ends_at(), midnight);
            assert_eq!(scope.starts_at().saturating_add(86_400), midnight);
            assert!(scope.covers(now) && !scope.covers(scope.ends_at()));
        }
        let last = Scope::new(Timestamp::MAX, Region::new("cn-hangzhou").unwrap(), Product::Oss);
        assert_eq!(last.ends_at(), Timestamp::MAX);
    }

    #[test]
    fn text_is_parsed_back() {
        for text in
            ["20241112/cn-hangzhou/oss/aliyun_v4_request", "20240229/cb-123/oss-cloudbox/aliyun_v4_request"]
        {
            assert_eq!(Scope::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "20241112",
            "20241112/cn-hangzhou/oss",
            "20241112/cn-hangzhou/oss/aws4_request",
            "20241112/cn-hangzhou/oss/aliyun_v4_request/",
            "20240230/cn-hangzhou/oss/aliyun_v4_request",
            "2024111/cn-hangzhou/oss/aliyun_v4_request",
            "20241112T/cn-hangzhou/oss/aliyun_v4_request",
            "2024-11-12/cn-hangzhou/oss/aliyun_v4_request",
        ] {
            assert_eq!(Scope::parse(text), Err(ScopeError::NotAScope), "{text}");
        }
        let region = Scope::parse("20241112/oss-cn-hangzhou/oss/aliyun_v4_request");
        assert!(matches!(region, Err(ScopeError::RegionDecorated { .. })));
        let product = Scope::parse("20241112/cn-hangzhou/s3/aliyun_v4_request");
        assert!(matches!(product, Err(ScopeError::Product { .. })));
    }
}
