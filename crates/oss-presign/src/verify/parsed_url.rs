//! The signature in the query of a presigned URL.

use core::fmt;

use heapless::{String, Vec};

use super::credential::{MAX_CREDENTIAL_BYTES, ParsedCredential};
use super::error::VerifyError;
use super::parameters::pairs;
use crate::decode::Decoded;
use crate::excerpt::Excerpt;
use crate::expiry::MAX_EXPIRY_SECONDS;
use crate::search::{split, split_first};
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// The longest list of additional headers that is accepted, in bytes.
const MAX_ADDITIONAL_BYTES: usize = 512;

/// The parsed query of a V4 presigned URL: credential, signing time, lifetime, and the names of additional headers. Parsing
/// needs no secret and verifies nothing.
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
    /// Parses the query of a URL, percent-encoded and without its `?`.
    ///
    /// # Errors
    /// [`VerifyError`] if a parameter of the signature is missing, given twice or malformed.
    pub fn parse(query: &'a str) -> Result<Self, VerifyError> {
        Self::read(query, |_| {})
    }

    /// Parses a query in one pass. `signed` receives every parameter except the signature, as it was received.
    pub(super) fn read(query: &'a str, signed: impl FnMut(&'a str)) -> Result<Self, VerifyError> {
        let [version, signature, credential, date, expires, additional, security_token] = scan(query, signed);
        if !Decoded::new(version.required()?).is(ALGORITHM.as_bytes()) {
            return Err(VerifyError::SignatureVersion);
        }
        let signature = signature.required()?;
        let credential = decode::<MAX_CREDENTIAL_BYTES>(credential.required()?);
        let credential = credential.as_deref().and_then(ParsedCredential::parse);
        let credential = credential.ok_or(VerifyError::CredentialMalformed)??;
        let date = decode::<16>(date.required()?).ok_or(VerifyError::Date)?;
        let signed_at = Timestamp::parse_iso8601_basic(&date).map_err(|_| VerifyError::Date)?;
        let expires = decode::<10>(expires.required()?).ok_or(VerifyError::Expires)?;
        let expires = parse_decimal(&expires).filter(|seconds| (1..=MAX_EXPIRY_SECONDS).contains(seconds));
        let expires = expires.ok_or(VerifyError::Expires)?;
        let additional = match additional.optional()? {
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
        let security_token = security_token.optional()?;
        Ok(Self { credential, signed_at, expires, additional, security_token, signature })
    }

    /// Returns the credential: the access key id and scope that the URL claims to be signed with.
    #[must_use]
    pub const fn credential(&self) -> &ParsedCredential {
        &self.credential
    }

    /// Returns the signing time.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Returns the lifetime, in seconds from the signing time.
    #[must_use]
    pub const fn expires(&self) -> u32 {
        self.expires
    }

    /// Returns the time at which the URL expires. It stops working earlier if its credentials expire before.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.signed_at.saturating_add(self.expires as u64)
    }

    /// Iterates over the names of additional headers: those that are signed but not by default.
    pub fn additional_headers(&self) -> impl Iterator<Item = &str> + Clone {
        split(&self.additional, b';').filter(|name| !name.is_empty())
    }

    /// Returns whether the URL contains a security token, so that it expires no later than its STS credentials.
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

/// The parameter with the signature, which is not signed.
const SIGNATURE: &str = "x-oss-signature";

/// The parameters of a signature, in the order in which they are checked.
const NAMES: [&str; 7] = [
    "x-oss-signature-version",
    SIGNATURE,
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-additional-headers",
    "x-oss-security-token",
];

/// A parameter of the signature as it stands in the query.
struct SignatureParameter<'a> {
    name: &'static str,
    /// The value, still encoded.
    value: Option<&'a str>,
    repeated: bool,
}

impl<'a> SignatureParameter<'a> {
    fn optional(&self) -> Result<Option<&'a str>, VerifyError> {
        match self.repeated {
            false => Ok(self.value),
            true => Err(VerifyError::DuplicateParameter { name: Excerpt::of(self.name) }),
        }
    }

    fn required(&self) -> Result<&'a str, VerifyError> {
        self.optional()?.ok_or(VerifyError::MissingParameter { name: self.name })
    }
}

/// Finds the parameters of the signature, and passes every parameter except the signature to `signed`.
fn scan<'a>(query: &'a str, mut signed: impl FnMut(&'a str)) -> [SignatureParameter<'a>; 7] {
    let mut found = NAMES.map(|name| SignatureParameter { name, value: None, repeated: false });
    for pair in pairs(query) {
        let (name, value) = split_first(pair, b'=');
        let place = match name.contains('%') {
            false => found.iter_mut().find(|parameter| parameter.name == name),
            true => found.iter_mut().find(|parameter| Decoded::new(name).is(parameter.name.as_bytes())),
        };
        if place.as_ref().is_none_or(|place| place.name != SIGNATURE) {
            signed(pair);
        }
        if let Some(place) = place {
            place.repeated = place.value.replace(value).is_some();
        }
    }
    found
}

/// Decodes a text; `None` if the result is longer than `BYTES` or is not UTF-8.
fn decode<const BYTES: usize>(text: &str) -> Option<String<BYTES>> {
    let (mut bytes, mut decoded) = (Vec::new(), Decoded::new(text));
    loop {
        bytes.extend_from_slice(decoded.plain_run()).ok()?;
        match decoded.next() {
            Some(byte) => bytes.push(byte).ok()?,
            None => return String::from_utf8(bytes).ok(),
        }
    }
}

/// Parses a number that consists only of digits. `str::parse` would also accept a plus sign.
fn parse_decimal(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
