//! Parsing the signature of a received request.

use super::authority::{ExpectedScope, VerificationKey, Verified};
use super::canonical::Canonical;
use super::canonical_query::CanonicalQuery;
use super::claim::Claim;
use super::credential::ParsedCredential;
use super::error::VerifyError;
use super::parameters::pairs;
use super::parsed_signature::ParsedSignature;
use super::parsed_url::ParsedUrl;
use super::received::ReceivedRequest;
use super::signature_location::SignatureLocation;
use crate::canonical_request::UNSIGNED_PAYLOAD;
use crate::scope::Scope;
use crate::search::{split, split_once, trim_blanks};
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// Parses and verifies a request with a presigned URL.
///
/// `lookup` receives the access key id and the scope that the URL names. It returns the key that is derived for them, or
/// `None` if the access key id is unknown.
///
/// # Errors
/// [`VerifyError`] with the first reason to refuse the request.
pub fn verify_presigned<'k>(
    received: &ReceivedRequest<'_>,
    expected: &ExpectedScope<'_>,
    now: Timestamp,
    lookup: impl FnOnce(&str, &Scope<'_>) -> Option<VerificationKey<'k>>,
) -> Result<Verified, VerifyError> {
    received.presigned()?.verify(expected, now, lookup)
}

impl<'a> ReceivedRequest<'a> {
    /// Parses the signature in the URL, without verifying it.
    ///
    /// # Errors
    /// [`VerifyError`] if the signature is missing or malformed, if the request contains a parameter or signed header twice,
    /// or if it lacks an additional header.
    pub fn presigned(&self) -> Result<ParsedSignature<'a>, VerifyError> {
        let (mut query, mut pushed) = (CanonicalQuery::default(), Ok(()));
        let url = ParsedUrl::read(self.query, |pair| {
            if pushed.is_ok() {
                pushed = query.push(pair);
            }
        })?;
        pushed?;
        let canonical = Canonical::new(self, query, url.additional_headers())?;
        let claim = Claim {
            location: SignatureLocation::Url { expires: url.expires() },
            credential: url.credential().clone(),
            signed_at: url.signed_at(),
            security_token: url.security_token(),
            signature: url.signature(),
        };
        Ok(ParsedSignature { claim, http_date: None, canonical })
    }

    /// Returns the canonical form of a request with a signature in its URL.
    pub(crate) fn canonical_url(&self) -> Result<Canonical<'a>, VerifyError> {
        Ok(self.presigned()?.canonical)
    }

    /// Parses the signature in the `Authorization` header, without verifying it. The header signs the whole query: an
    /// `x-oss-signature` or another parameter of a presigned URL is a parameter like any other, as in the official
    /// SDKs for Go and Python, and one that was added after signing breaks the signature.
    ///
    /// # Errors
    /// [`VerifyError`], as [`presigned`](Self::presigned) has it.
    pub fn authorized(&self) -> Result<ParsedSignature<'a>, VerifyError> {
        let authorization =
            self.header("authorization")?.ok_or(VerifyError::MissingParameter { name: "Authorization" })?;
        let authorization = authorization.strip_prefix(ALGORITHM).ok_or(VerifyError::SignatureVersion)?;
        // RFC 9110, section 11.4: a blank follows the name of the authentication scheme.
        let authorization = authorization.strip_prefix(" ").ok_or(VerifyError::AuthorizationMalformed)?;
        let (mut credential, mut additional, mut signature) = (None, None, None);
        for field in split(authorization, b',') {
            let Some((name, value)) = split_once(trim_blanks(field), b'=') else {
                return Err(VerifyError::AuthorizationMalformed);
            };
            let place = match name {
                "Credential" => &mut credential,
                "AdditionalHeaders" => &mut additional,
                "Signature" => &mut signature,
                _ => return Err(VerifyError::AuthorizationMalformed),
            };
            if place.replace(value).is_some() {
                return Err(VerifyError::AuthorizationMalformed);
            }
        }
        let credential = credential.and_then(ParsedCredential::parse);
        let credential = credential.ok_or(VerifyError::AuthorizationMalformed)??;
        let signature = signature.ok_or(VerifyError::AuthorizationMalformed)?;
        let names = match additional {
            Some("") => return Err(VerifyError::AdditionalHeadersEmpty),
            Some(names) if split(names, b';').any(str::is_empty) => {
                return Err(VerifyError::AdditionalHeadersEmptyName);
            }
            names => split(names.unwrap_or(""), b';').filter(|name| !name.is_empty()),
        };
        let (signed_at, http_date) = self.date()?;
        let mut query = CanonicalQuery::default();
        pairs(self.query).try_for_each(|pair| query.push(pair))?;
        if self.header("x-oss-content-sha256")? != Some(UNSIGNED_PAYLOAD) {
            return Err(VerifyError::ContentSha256);
        }
        let claim = Claim {
            location: SignatureLocation::AuthorizationHeader,
            credential,
            signed_at,
            security_token: self.header("x-oss-security-token")?,
            signature,
        };
        Ok(ParsedSignature { claim, http_date, canonical: Canonical::new(self, query, names)? })
    }

    /// Returns the signing time of a request that is signed by header, and the value of `Date` if there is no `x-oss-date`.
    fn date(&self) -> Result<(Timestamp, Option<&'a str>), VerifyError> {
        if let Some(date) = self.header("x-oss-date")? {
            let malformed = |_| VerifyError::DateHeaderMalformed { name: "x-oss-date" };
            return Ok((Timestamp::parse_iso8601_basic(date).map_err(malformed)?, None));
        }
        let date = self.header("date")?.ok_or(VerifyError::DateHeaderMissing)?;
        let malformed = |_| VerifyError::DateHeaderMalformed { name: "Date" };
        Ok((Timestamp::parse_http_date(date).map_err(malformed)?, Some(date)))
    }
}
