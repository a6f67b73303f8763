//! Why an endpoint was refused.

use core::fmt;

use crate::excerpt::Excerpt;

/// Why an endpoint was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The text is empty.
    Empty,
    /// The scheme is not `http` or `https`.
    Scheme,
    /// The port is not a number from 1 to 65535.
    Port,
    /// The text contains a path, a query or a user name in addition to the host.
    NotAHost,
    /// The host contains an upper-case letter. Clients send hosts in lower case, so a signed `host` would not match.
    UpperCase,
    /// The host contains a character that no host can have or an empty label, or it has more than 253 bytes.
    Character,
    /// The host is one of Alibaba Cloud and already begins with a bucket, so that a URL would contain the bucket twice.
    BeginsWithBucket {
        /// The host without the bucket.
        service: Excerpt,
    },
    /// The host is in another region than the one that is signed for.
    OtherRegion {
        /// The region of the host.
        named: Excerpt,
        /// The region that is signed for.
        given: Excerpt,
    },
    /// The text is not the name of an [`Addressing`](crate::Addressing).
    Addressing {
        /// The text that was given.
        name: Excerpt,
    },
}

impl EndpointError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "EndpointEmpty",
            Self::Scheme => "EndpointScheme",
            Self::Port => "EndpointPort",
            Self::NotAHost => "EndpointNotAHost",
            Self::UpperCase => "EndpointUpperCase",
            Self::Character => "EndpointCharacter",
            Self::BeginsWithBucket { .. } => "EndpointBeginsWithBucket",
            Self::OtherRegion { .. } => "EndpointOtherRegion",
            Self::Addressing { .. } => "AddressingUnknown",
        }
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the endpoint is empty: write one like `oss-cn-hangzhou.aliyuncs.com`",
            Self::Scheme => "an endpoint's scheme is `https://` or `http://`",
            Self::Port => "an endpoint's port is a number from 1 to 65535",
            Self::NotAHost => {
                "the endpoint is only a host, without path, query or user: write `oss-cn-hangzhou.aliyuncs.com`"
            }
            Self::UpperCase => "write the endpoint in lower case, as HTTP clients send it",
            Self::Character => {
                "the endpoint is not a valid host: write one like `oss-cn-hangzhou.aliyuncs.com` or `127.0.0.1:9000`"
            }
            Self::BeginsWithBucket { service } => {
                return write!(
                    f,
                    "the endpoint begins with a bucket, which is named apart: write `{service}` (or address it as a CNAME)"
                );
            }
            Self::OtherRegion { named, given } => {
                return write!(
                    f,
                    "the endpoint is in region `{named}`, and the signature would be for `{given}`: if the bucket is there, \
                     write region `{named}`, else the endpoint of `{given}`"
                );
            }
            Self::Addressing { name } => {
                return write!(f, "`{name}` is not a way to address a bucket: write `virtual-hosted`, `path` or `cname`");
            }
        })
    }
}

impl core::error::Error for EndpointError {}
