//! Why a text is no endpoint.

use core::fmt;

/// Why a text is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// Nothing was given.
    Empty,
    /// A scheme other than `http` and `https`.
    Scheme,
    /// A port that is no number from 1 to 65535.
    Port,
    /// A path, a query or a user name came with the host.
    NotAHost,
    /// An upper-case letter: clients send the host in lower case, so a signed one would differ.
    UpperCase,
    /// A character that no host has, an empty label, or more than 253 bytes.
    Character,
}

impl EndpointError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "EndpointEmpty",
            Self::Scheme => "EndpointScheme",
            Self::Port => "EndpointPort",
            Self::NotAHost => "EndpointNotAHost",
            Self::UpperCase => "EndpointUpperCase",
            Self::Character => "EndpointCharacter",
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
                "the endpoint is a host alone, without path, query or user: write `oss-cn-hangzhou.aliyuncs.com`"
            }
            Self::UpperCase => "write the endpoint in lower case, as HTTP clients send it",
            Self::Character => {
                "the endpoint is no host name: write one like `oss-cn-hangzhou.aliyuncs.com` or `127.0.0.1:9000`"
            }
        })
    }
}

impl core::error::Error for EndpointError {}
