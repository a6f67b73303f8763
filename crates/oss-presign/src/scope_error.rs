//! Why a scope or a part of it was refused.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::search::split;

/// Why a region, a product or a scope was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// No region was given.
    RegionEmpty,
    /// A region's id has at most 64 bytes.
    RegionTooLong {
        /// The length that was given.
        bytes: usize,
    },
    /// The id came with `oss-`, `-internal`, a host name or blanks around it.
    RegionDecorated {
        /// The text that was given.
        given: Excerpt,
    },
    /// The id holds something other than `a-z 0-9 -`, a hyphen at an end, or two side by side.
    RegionCharacter,
    /// The id does not begin with an area of two letters and a hyphen, as every region's does.
    RegionShape {
        /// The text that was given.
        given: Excerpt,
    },
    /// The id is that of a zone within a region.
    RegionZone {
        /// The text that was given.
        given: Excerpt,
    },
    /// Not `oss` or `oss-cloudbox`.
    Product {
        /// The text that was given.
        name: Excerpt,
    },
    /// Not of the form `YYYYMMDD/region/product/aliyun_v4_request`.
    NotAScope,
}

impl ScopeError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RegionEmpty => "RegionEmpty",
            Self::RegionTooLong { .. } => "RegionTooLong",
            Self::RegionDecorated { .. } => "RegionDecorated",
            Self::RegionCharacter => "RegionCharacter",
            Self::RegionShape { .. } => "RegionShape",
            Self::RegionZone { .. } => "RegionZone",
            Self::Product { .. } => "ProductUnknown",
            Self::NotAScope => "ScopeMalformed",
        }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegionEmpty => f.write_str("no region: V4 signatures name one, such as `cn-hangzhou`"),
            Self::RegionTooLong { bytes } => {
                write!(f, "a region's id has at most 64 bytes, this one has {bytes}: write one like `cn-hangzhou`")
            }
            Self::RegionDecorated { given } => {
                f.write_str("the region is the bare id, without `oss-`, `-internal`, host name or blanks: write ")?;
                match likely_region(given) {
                    Some(likely) => write!(f, "`{}`", Excerpt::of(likely)),
                    None => f.write_str("one like `cn-hangzhou`"),
                }
            }
            Self::RegionCharacter => {
                f.write_str("a region's id has only lower-case letters, digits and single hyphens between them: write one like `cn-hangzhou`")
            }
            Self::RegionShape { given } => write!(
                f,
                "`{given}` cannot be a region: its id begins with an area of two letters; write one like `cn-hangzhou`"
            ),
            Self::RegionZone { given } => {
                f.write_str("this is a zone, and signatures name its region: write ")?;
                match given.is_cut() {
                    true => f.write_str("one like `cn-hangzhou`"),
                    false => write!(f, "`{}`", Excerpt::of(region_of_zone(given.as_str()))),
                }
            }
            Self::Product { name } => {
                write!(f, "`{name}` is not a product of OSS: write `oss` or `oss-cloudbox`")
            }
            Self::NotAScope => f.write_str(
                "a scope has the form YYYYMMDD/REGION/PRODUCT/aliyun_v4_request, \
                 for example 20241112/cn-hangzhou/oss/aliyun_v4_request",
            ),
        }
    }
}

impl core::error::Error for ScopeError {}

/// Returns the region of a zone: `cn-hangzhou` for `cn-hangzhou-b`, `ap-southeast-1` for `ap-southeast-1a`.
fn region_of_zone(zone: &str) -> &str {
    let region = zone.strip_suffix(|letter: char| letter.is_ascii_lowercase()).unwrap_or(zone);
    region.strip_suffix('-').unwrap_or(region)
}

/// Returns the region that was probably meant by a host name or an id with blanks, or `None` if the excerpt is too short to
/// tell.
///
/// It is called only when the message is formatted, so that firmware which shows no messages does not link it.
fn likely_region(given: &Excerpt) -> Option<&str> {
    let mut bare = given.as_str().trim_ascii();
    bare = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).unwrap_or(bare);
    if given.is_cut() {
        // The error keeps only the first bytes of a long host name. Its last label may be cut, so it is dropped.
        (bare, _) = bare.rsplit_once('.')?;
    }
    // In `bucket.oss-cn-hangzhou.aliyuncs.com` and `oss-cn-hangzhou.aliyuncs.com` the label with `oss-` contains the region.
    let named = split(bare, b'.').find(|label| label.starts_with("oss-"));
    let label = if given.is_cut() { named? } else { named.or_else(|| split(bare, b'.').next())? };
    let label = label.strip_prefix("oss-").unwrap_or(label);
    Some(label.strip_suffix("-internal").unwrap_or(label))
}
