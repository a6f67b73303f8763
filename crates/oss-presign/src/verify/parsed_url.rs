//! What the query of a presigned URL says of its signature.

use core::fmt;

use heapless::{String, Vec};

use super::credential::{MAX_CREDENTIAL_BYTES, ParsedCredential};
use super::error::VerifyError;
use super::parameters::parameters;
use crate::decode::Decoded;
use crate::excerpt::Excerpt;
use crate::expiry::MAX_EXPIRY_SECONDS;
use crate::search::split;
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// The longest list of additional headers that is read, in bytes.
const MAX_ADDITIONAL_BYTES: usize = 512;

/// What the query of a presigned V4 URL says: who signed, for what scope, when, for how long, and which
/// headers the sender owes beyond the default ones. Reading it needs no secret and proves nothing.
#[derive(Clone)]
pub struct ParsedUrl<'a> {
    credential: ParsedCredential,
    signed_at: Timestamp,
    expires: u32,
    additional: String<MAX_ADDITIONAL_BYTES>,
    security_token: Option<&'a str>,
    signature: &'a str,
}

impl<'a> ParsedUrl<'a> {
    /// Reads the query of a URL, percent-encoded and without its `?`.
    ///
    /// # Errors
    /// [`VerifyError`] where a parameter of the signature is missing, there twice or malformed.
    pub fn parse(query: &'a str) -> Result<Self, VerifyError> {
        let version = find(query, "x-oss-signature-version")?
            .ok_or(VerifyError::MissingParameter { name: "x-oss-signature-version" })?;
        if !Decoded::new(version).is(ALGORITHM.as_bytes()) {
            return Err(VerifyError::SignatureVersion);
        }
        let signature = find(query, "x-oss-signature")?
            .ok_or(VerifyError::MissingParameter { name: "x-oss-signature" })?;
        let required = |name| find(query, name)?.ok_or(VerifyError::MissingParameter { name });
        let credential = decode::<MAX_CREDENTIAL_BYTES>(required("x-oss-credential")?);
        let credential = credential.as_deref().and_then(ParsedCredential::parse);
        let credential = credential.ok_or(VerifyError::CredentialMalformed)??;
        let date = decode::<16>(required("x-oss-date")?).ok_or(VerifyError::Date)?;
        let signed_at = Timestamp::parse_iso8601_basic(&date).map_err(|_| VerifyError::Date)?;
        let expires = decode::<10>(required("x-oss-expires")?).ok_or(VerifyError::Expires)?;
        let expires = parse_decimal(&expires).filter(|seconds| (1..=MAX_EXPIRY_SECONDS).contains(seconds));
        let expires = expires.ok_or(VerifyError::Expires)?;
        let additional = match find(query, "x-oss-additional-headers")? {
            None => String::new(),
            Some("") => return Err(VerifyError::AdditionalHeadersEmpty),
            Some(text) => {
                let text =
                    decode::<MAX_ADDITIONAL_BYTES>(text).ok_or(VerifyError::AdditionalHeadersTooLong)?;
                if split(&text, b';').any(str::is_empty) {
                    return Err(VerifyError::AdditionalHeadersEmptyName);
                }
                text
            }
        };
        let security_token = find(query, "x-oss-security-token")?;
        Ok(Self { credential, signed_at, expires, additional, security_token, signature })
    }

    /// Who signed, and for what scope.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.credential
    }

    /// When it was signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// How long it works from then, in seconds.
    #[must_use]
    pub const fn expires(&self) -> u32 {
        self.expires
    }

    /// The second from which it no longer works, unless its credentials end before.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.signed_at.saturating_add(self.expires as u64)
    }

    /// The names of headers that are signed beyond `content-type`, `content-md5` and `x-oss-*`.
    pub fn additional_headers(&self) -> impl Iterator<Item = &str> + Clone {
        split(&self.additional, b';').filter(|name| !name.is_empty())
    }

    /// Whether it was signed with STS credentials, so that it dies with their token.
    #[must_use]
    pub const fn has_security_token(&self) -> bool {
        self.security_token.is_some()
    }

    pub(super) const fn security_token(&self) -> Option<&'a str> {
        self.security_token
    }

    pub(super) const fn signature(&self) -> &'a str {
        self.signature
    }
}

impl fmt::Debug for ParsedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedUrl")
            .field("credential", &self.credential)
            .field("signed_at", &self.signed_at)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The value of a parameter, still encoded; an error where it is there twice.
fn find<'a>(query: &'a str, wanted: &'static str) -> Result<Option<&'a str>, VerifyError> {
    let mut values = parameters(query).filter(|(name, _)| Decoded::new(name).is(wanted.as_bytes()));
    let value = values.next().map(|(_, value)| value);
    match values.next() {
        None => Ok(value),
        Some(_) => Err(VerifyError::DuplicateParameter { name: Excerpt::of(wanted) }),
    }
}

/// Decodes what fits; `None` for more, and for what is no UTF-8.
fn decode<const BYTES: usize>(text: &str) -> Option<String<BYTES>> {
    let mut bytes = Vec::new();
    for byte in Decoded::new(text) {
        bytes.push(byte).ok()?;
    }
    String::from_utf8(bytes).ok()
}

/// Digits alone: `str::parse` would take a plus sign.
fn parse_decimal(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
