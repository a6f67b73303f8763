//! The credential in a signature: the access key id and the scope.

use core::fmt;

use heapless::String;

use super::error::VerifyError;
use crate::scope::TERMINATOR;
use crate::search::split;

/// The longest credential that is accepted, in bytes.
pub(super) const MAX_CREDENTIAL_BYTES: usize = 256;

/// A credential as a request presents it: `AK/YYYYMMDD/region/product/aliyun_v4_request`, where `AK` is the access key id.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedCredential {
    text: String<MAX_CREDENTIAL_BYTES>,
    /// The positions in the text at which access key id, date, region and product end.
    ends: [u16; 4],
    date: [u8; 8],
}

impl ParsedCredential {
    pub(crate) fn parse(text: &str) -> Option<Result<Self, VerifyError>> {
        let mut parts = split(text, b'/');
        let parts = [(); 6].map(|()| parts.next());
        let [Some(id), Some(date), Some(region), Some(product), Some(terminator), None] = parts else {
            return None;
        };
        if terminator != TERMINATOR || [id, region, product].contains(&"") {
            return None;
        }
        let text = String::try_from(text).ok()?;
        let mut end = 0;
        let ends = [id, date, region, product].map(|part| {
            end += part.len() + 1;
            end - 1
        });
        let ends = ends.map(u16::try_from);
        let [Ok(id), Ok(date_end), Ok(region), Ok(product)] = ends else { return None };
        let ends = [id, date_end, region, product];
        let date =
            <[u8; 8]>::try_from(date.as_bytes()).ok().filter(|date| date.iter().all(u8::is_ascii_digit));
        let Some(date) = date else { return Some(Err(VerifyError::CredentialDate)) };
        Some(Ok(Self { text, ends, date }))
    }

    fn part(&self, from: usize, end: u16) -> &str {
        // The positions are those of slashes in this text, so they are always valid.
        self.text.get(from..usize::from(end)).unwrap_or("")
    }

    /// Returns the access key id.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.part(0, self.ends[0])
    }

    /// Returns the UTC day of the scope, `YYYYMMDD`.
    #[must_use]
    pub const fn date(&self) -> &[u8; 8] {
        &self.date
    }

    /// Returns the region of the scope.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(usize::from(self.ends[1]) + 1, self.ends[2])
    }

    /// Returns the product of the scope.
    #[must_use]
    pub fn product(&self) -> &str {
        self.part(usize::from(self.ends[2]) + 1, self.ends[3])
    }
}

impl fmt::Debug for ParsedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParsedCredential({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn parts_are_those_between_the_slashes() {
        let text = "LTAIfake/20241112/cn-hangzhou/oss-cloudbox/aliyun_v4_request";
        let Some(Ok(credential)) = ParsedCredential::parse(text) else { panic!("{text}") };
        assert_eq!(credential.access_key_id(), "LTAIfake");
        assert_eq!(credential.date(), b"20241112");
        assert_eq!(credential.region(), "cn-hangzhou");
        assert_eq!(credential.product(), "oss-cloudbox");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "id",
            "id/20241112/cn-hangzhou/oss",
            "id/20241112/cn-hangzhou/oss/aws4_request",
            "id/20241112/cn-hangzhou/oss/aliyun_v4_request/",
            "/20241112/cn-hangzhou/oss/aliyun_v4_request",
            "id/20241112//oss/aliyun_v4_request",
            "id/20241112/cn-hangzhou//aliyun_v4_request",
        ] {
            assert!(ParsedCredential::parse(text).is_none(), "{text}");
        }
        let long = format!("{}/20241112/cn-hangzhou/oss/aliyun_v4_request", "x".repeat(MAX_CREDENTIAL_BYTES));
        assert!(ParsedCredential::parse(&long).is_none());
        for date in ["", "2024111", "202411120", "2024111x", "2024-1-1"] {
            let text = format!("id/{date}/cn-hangzhou/oss/aliyun_v4_request");
            assert!(
                matches!(ParsedCredential::parse(&text), Some(Err(VerifyError::CredentialDate))),
                "{text}"
            );
        }
    }
}
