//! The stable codes of causes, and the values that they show.

use super::canonical_line::CanonicalLine;
use super::cause::Cause;
use crate::excerpt::Excerpt;

impl Cause {
    /// Returns the stable code of the cause, for programs. Causes outside the signature have the code `unknown`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Method { .. } | Self::MethodChanged { .. } | Self::HeadWithGetUrl => "method",
            Self::FormBody => "content-type",
            Self::HeaderMissing { name, .. } => header_code(name.as_str(), "header-missing"),
            Self::HeaderDiffers { name, .. } | Self::HeaderDoubtful { name, .. } => {
                header_code(name.as_str(), "header-value")
            }
            Self::HeaderUnexpected { name, .. } => header_code(name.as_str(), "header-added"),
            Self::HeaderChanged { name, sent: None, .. } => header_code(name.as_str(), "header-added"),
            Self::HeaderChanged { name, received: None, .. } => header_code(name.as_str(), "header-missing"),
            Self::HeaderChanged { name, .. } => header_code(name.as_str(), "header-value"),
            Self::AuthorizationBeside => "header-added",
            Self::AdditionalHeaderMissing | Self::AdditionalHeadersEmpty => "additional-headers",
            Self::Host { .. } | Self::HostDoubtful { .. } => "host",
            Self::Path { .. } => "path",
            Self::DoubleEncoding | Self::PlusInPath => "path-encoding",
            Self::ParameterAdded { .. } => "query-added",
            Self::ParameterLost { .. } => "query-lost",
            Self::ParameterChanged { .. } => "query-value",
            Self::UrlCut | Self::SignatureMissing => "url-cut",
            Self::Canonical { line, .. } => match line {
                CanonicalLine::Method => "method",
                CanonicalLine::Uri => "path",
                CanonicalLine::Query => "query-value",
                CanonicalLine::Header => "header-value",
                CanonicalLine::Tail => "additional-headers",
            },
            Self::SigningTime { .. } => "date",
            Self::Scope { .. } => "region",
            Self::Expired { .. } => "expired",
            Self::ClockSkew { .. } => "clock",
            Self::SecurityTokenExpired | Self::SecurityToken => "security-token",
            Self::UnknownAccessKey { .. } => "access-key-id",
            Self::WrongRegion { .. } => "region",
            Self::CredentialMalformed | Self::SignatureVersion => "algorithm",
            Self::ContentSha256 => "payload-hash",
            Self::ContentMd5 => "content-md5",
            _ => "unknown",
        }
    }

    /// Returns what was signed, if the cause shows it.
    #[must_use]
    pub fn signed(&self) -> Option<&str> {
        match self {
            Self::HeaderMissing { signed, .. } | Self::WrongRegion { signed } => {
                signed.as_ref().map(Excerpt::as_str)
            }
            Self::HeaderDiffers { signed, .. }
            | Self::Method { signed, .. }
            | Self::Host { signed, .. }
            | Self::Path { signed, .. }
            | Self::SigningTime { signed, .. }
            | Self::Scope { signed, .. }
            | Self::Canonical { signed, .. } => Some(signed.as_str()),
            _ => None,
        }
    }

    /// Returns what was sent, as the service received it, if the cause shows it.
    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        match self {
            Self::HeaderDiffers { sent, .. }
            | Self::HeaderUnexpected { sent, .. }
            | Self::HeaderDoubtful { sent, .. }
            | Self::Method { sent, .. }
            | Self::Host { sent, .. }
            | Self::HostDoubtful { sent }
            | Self::Path { sent, .. }
            | Self::MethodChanged { received: sent, .. }
            | Self::SigningTime { server: sent, .. }
            | Self::Scope { server: sent, .. }
            | Self::Canonical { received: sent, .. } => Some(sent.as_str()),
            Self::HeaderChanged { received, .. } => received.as_ref().map(Excerpt::as_str),
            _ => None,
        }
    }
}

fn header_code(name: &str, other: &'static str) -> &'static str {
    if name.eq_ignore_ascii_case("content-type") {
        "content-type"
    } else if name.eq_ignore_ascii_case("content-md5") {
        "content-md5"
    } else {
        other
    }
}
