//! Why a value was refused.

use core::fmt;

use super::limits;
use crate::excerpt::Excerpt;

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The number of a part is not 1 to 10 000.
    PartNumber {
        /// The number that was given.
        number: u32,
    },
    /// The body is too large for one request.
    ContentLength {
        /// The number that was given, in bytes.
        bytes: u64,
    },
    /// OSS does not accept this traffic limit.
    TrafficLimit {
        /// The number that was given, in bit/s.
        bits: u32,
    },
    /// The number of entries in a page of a listing is not 1 to 1000.
    PageSize {
        /// The number that was given.
        entries: u32,
    },
    /// The text is not a name of user metadata.
    MetaName {
        /// The text that was given.
        name: Excerpt,
    },
    /// The encoded key does not fit into the type's capacity.
    SymlinkTarget {
        /// The capacity, in bytes.
        capacity: usize,
    },
    /// The text is not a list of encoded tags.
    Tagging,
    /// The text is not a JSON object in base64.
    Callback,
    /// The text is not the name of a storage class.
    StorageClass {
        /// The text that was given.
        name: Excerpt,
    },
    /// The text is not the name of an object ACL.
    ObjectAcl {
        /// The text that was given.
        name: Excerpt,
    },
}

impl ValueError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PartNumber { .. } => "PartNumber",
            Self::ContentLength { .. } => "ContentLength",
            Self::TrafficLimit { .. } => "TrafficLimit",
            Self::PageSize { .. } => "PageSize",
            Self::MetaName { .. } => "MetaName",
            Self::SymlinkTarget { .. } => "SymlinkTarget",
            Self::Tagging => "Tagging",
            Self::Callback => "Callback",
            Self::StorageClass { .. } => "StorageClassUnknown",
            Self::ObjectAcl { .. } => "ObjectAclUnknown",
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartNumber { number } => {
                write!(f, "{number} is not a part number: parts are numbered from 1 to {}", limits::PART_NUMBER)
            }
            Self::ContentLength { bytes } => write!(
                f,
                "one request carries at most {} bytes, not {bytes}: use a multipart upload",
                limits::CONTENT_LENGTH
            ),
            Self::TrafficLimit { bits } => write!(
                f,
                "a traffic limit is given in bit/s, {} to {}, not {bits}: multiply bytes by 8",
                limits::TRAFFIC_LIMIT_MIN,
                limits::TRAFFIC_LIMIT
            ),
            Self::PageSize { entries } => {
                write!(f, "a listing has 1 to {} entries, not {entries}", limits::PAGE_SIZE)
            }
            Self::MetaName { name } => write!(
                f,
                "`{name}` is not a name for metadata: use 1 to {} letters, digits and hyphens",
                limits::META_NAME
            ),
            Self::SymlinkTarget { capacity } => write!(
                f,
                "the encoded target has more than {capacity} bytes: name a larger type, such as `SymlinkTarget::<3069>`"
            ),
            Self::Tagging => f.write_str(
                "tags are written `name=value&name=value`, percent-encoded, at most ten of them, each with a name",
            ),
            Self::Callback => {
                f.write_str("a callback is a JSON object in base64 with its padding: encode the JSON first")
            }
            Self::StorageClass { name } => write!(
                f,
                "`{name}` is not a storage class: write Standard, IA, Archive, ColdArchive or DeepColdArchive"
            ),
            Self::ObjectAcl { name } => write!(
                f,
                "`{name}` is not an object ACL: write default, private, public-read or public-read-write"
            ),
        }
    }
}

impl core::error::Error for ValueError {}
