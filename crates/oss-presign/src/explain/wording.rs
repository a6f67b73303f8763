//! The wording of mistakes that need no value of the request.

use super::change::{KeyEdit, SigV4};
use super::draft::{Layout, Order};
use super::signing_draft::Digest;

impl KeyEdit {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::SentTwiceEncoded => "The path was percent-encoded once more after it was signed.",
            Self::SentPlus => {
                "The key was signed with a blank, but the URL has a `+` in its place, which is a plus sign in a path."
            }
            Self::LeadingSlash => "The key was signed with one more slash before it.",
            Self::NoLeadingSlash => "The key was signed without the slash between it and the bucket.",
            Self::DoubleSlash => "The key was signed with `//` where a single slash was sent.",
            Self::SingleSlashes => "The key was signed with a single slash where `//` was sent.",
            Self::DotSegments => "The key was signed with its `.` and `..` segments resolved.",
            Self::LineFeed => "The key was signed with a line end or blank after it.",
            Self::NoLineFeed => "The key was signed without the line end or blank that was sent after it.",
            Self::Composed => {
                "The key was signed with composed characters (NFC), but sent with decomposed ones (NFD)."
            }
            Self::Decomposed => {
                "The key was signed with decomposed characters (NFD), but sent with composed ones (NFC)."
            }
            Self::AsHandedOut => "The path was changed after the URL was signed.",
        }
    }
}

impl Order {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::EncodedNames => "sorted by the bytes of their encoded names",
            Self::RawNames => "sorted by their names before percent-encoding",
            Self::IgnoringCase => "sorted without regard to the case of letters",
            Self::Pairs => "sorted as `name=value` instead of by name",
            Self::AsSent => "in the order of the URL, not sorted",
        }
    }
}

impl Layout {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Right => "as it should be",
            Self::NoBlankLine => "without the blank line after the headers",
            Self::LastLineFeed => "with a line end after its last line",
            Self::CarriageReturns => "with carriage returns before its line feeds",
            Self::NoAdditionalLine => "without the line of the additional headers",
            Self::NoPayloadLine => "without its last line, UNSIGNED-PAYLOAD",
        }
    }
}

impl SigV4 {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::All => "the constants of AWS's SigV4 (AWS4, s3, aws4_request)",
            Self::AllButProduct => "the constants of AWS's SigV4 (AWS4, aws4_request)",
            Self::Algorithm => "AWS's name of the algorithm, AWS4-HMAC-SHA256",
            Self::KeyPrefix => "AWS's prefix of the secret, AWS4",
            Self::Terminator => "AWS's end of the scope, aws4_request",
        }
    }
}

impl Digest {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Hex => "the hash of the canonical request",
            Self::UpperHex => "the hash of the canonical request in upper-case digits",
            Self::Bytes => "the bytes of the canonical request's hash instead of its hex digits",
            Self::Whole => "the canonical request itself instead of its hash",
        }
    }
}
