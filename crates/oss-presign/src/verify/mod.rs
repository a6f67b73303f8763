//! Verification: the server's half of V4, without an allocator.
//!
//! A [`ReceivedRequest`] is what arrived. [`ReceivedRequest::presigned`] and
//! [`ReceivedRequest::authorized`] read the signature it presents, and [`Presented::verify`] checks it against
//! the key that a lookup finds, the scope that is served here, and the time. A [`ReceivedForm`] is the same for
//! PostObject; its policy is evaluated against its fields and the size of its file.
//!
//! The path is verified decoded and encoded again, because HTTP clients escape differently; the signature is
//! compared in constant time; a reason is typed, and knows the code and the message that OSS gives it.

mod credential;
mod error;
mod form;
mod form_error;
mod json;
mod policy;
mod received;

pub use credential::{PresentedCredential, PresentedUrl};
pub use error::{ScopePart, VerifyError};
pub use form::{MAX_FORM_FIELDS, PresentedForm, ReceivedForm, verify_form};
pub use form_error::{FormError, Operator};
pub use received::{MAX_QUERY_PARAMETERS, MAX_SIGNED_HEADERS, ReceivedRequest};

use core::fmt;

use subtle::ConstantTimeEq;

use crate::encode::{hex_value, lower_hex};
use crate::excerpt::Excerpt;
use crate::key::SigningKey;
use crate::output::{Output, Text};
use crate::scope::{Product, Region, Scope};
use crate::sha256::Sha256;
use crate::string_to_sign::write_prefix;
use crate::time::Timestamp;
use received::Canonical;
pub(crate) use received::parameters;

/// How far the date of an `Authorization` header may be off, and how far ahead the date of a URL, in seconds.
pub const MAX_SKEW_SECONDS: u64 = 900;

/// What the server serves: signatures for anything else are refused.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedScope<'a> {
    /// The region of the bucket.
    pub region: Region<'a>,
    /// The product.
    pub product: Product,
}

/// What a server knows of an access key.
#[derive(Clone)]
pub struct KnownKey<'k> {
    key: SigningKey,
    security_token: Option<&'k str>,
    expires_at: Option<Timestamp>,
}

impl<'k> KnownKey<'k> {
    /// The key of a RAM user, derived for the scope that the request presents.
    #[must_use]
    pub const fn new(key: SigningKey) -> Self {
        Self { key, security_token: None, expires_at: None }
    }

    /// The key was issued by STS with this token, which the request must present.
    #[must_use]
    pub fn with_security_token(self, token: &'k str) -> Self {
        Self { security_token: Some(token), ..self }
    }

    /// The key ceases to work at that time, and every URL signed with it.
    #[must_use]
    pub fn expiring_at(self, time: Timestamp) -> Self {
        Self { expires_at: Some(time), ..self }
    }
}

impl fmt::Debug for KnownKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKey").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// How a request presents its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// In the query of its URL.
    Url {
        /// `x-oss-expires`, in seconds.
        expires: u32,
    },
    /// In its `Authorization` header.
    AuthorizationHeader,
    /// In the fields of a PostObject form.
    Form,
}

/// A request with the signature it presents, read and well-formed, not yet verified.
pub struct Presented<'a> {
    carrier: Carrier,
    credential: PresentedCredential,
    signed_at: Timestamp,
    security_token: Option<&'a str>,
    signature: &'a str,
    canonical: Canonical<'a>,
}

/// Proof that a request's signature is right.
#[derive(Clone, Debug)]
pub struct Verified {
    credential: PresentedCredential,
    signed_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Verified {
    /// Who signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// When it was signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The second from which it no longer holds; `None` for an `Authorization` header.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// Verifies a presigned URL in one step.
///
/// `lookup` gets the access key id and the scope that the URL names, and answers with the key derived for it.
///
/// # Errors
/// [`VerifyError`], the first reason to refuse.
pub fn verify_presigned<'k>(
    received: &ReceivedRequest<'_>,
    expected: &ExpectedScope<'_>,
    now: Timestamp,
    lookup: impl FnOnce(&str, &Scope<'_>) -> Option<KnownKey<'k>>,
) -> Result<Verified, VerifyError> {
    received.presigned()?.verify(expected, now, lookup)
}

impl<'a> Presented<'a> {
    pub(crate) fn url(url: &PresentedUrl<'a>, canonical: Canonical<'a>) -> Self {
        Self {
            carrier: Carrier::Url { expires: url.expires() },
            credential: url.credential().clone(),
            signed_at: url.signed_at(),
            security_token: url.security_token(),
            signature: url.signature(),
            canonical,
        }
    }

    pub(crate) fn header(
        credential: PresentedCredential,
        signed_at: Timestamp,
        security_token: Option<&'a str>,
        signature: &'a str,
        canonical: Canonical<'a>,
    ) -> Self {
        let carrier = Carrier::AuthorizationHeader;
        Self { carrier, credential, signed_at, security_token, signature, canonical }
    }

    /// How the signature is carried.
    #[must_use]
    pub const fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// Who claims to have signed, and for what scope.
    #[must_use]
    pub const fn credential(&self) -> &PresentedCredential {
        &self.credential
    }

    /// The signature as it was presented.
    #[must_use]
    pub const fn signature(&self) -> &'a str {
        self.signature
    }

    /// Checks scope, key, time, token and signature, in this order.
    ///
    /// # Errors
    /// [`VerifyError`], the first reason to refuse.
    pub fn verify<'k>(
        &self,
        expected: &ExpectedScope<'_>,
        now: Timestamp,
        lookup: impl FnOnce(&str, &Scope<'_>) -> Option<KnownKey<'k>>,
    ) -> Result<Verified, VerifyError> {
        let scope = check_scope(self.carrier, &self.credential, self.signed_at, expected)?;
        let id = self.credential.access_key_id();
        let known =
            lookup(id, &scope).ok_or_else(|| VerifyError::UnknownAccessKeyId { id: Excerpt::of(id) })?;
        let expires_at = self.check_time(now)?;
        check_token(self.security_token, &known, now, |presented, known| match self.carrier {
            Carrier::Url { .. } => crate::encode::Decoded::new(presented).is(known.as_bytes()),
            _ => presented == known,
        })?;
        let mut string_to_sign = known.key.start();
        self.string_to_sign_into(&mut string_to_sign, &scope);
        let signature = known.key.finish(&mut string_to_sign);
        if !same_signature(self.signature, &signature) {
            return Err(VerifyError::SignatureMismatch);
        }
        let expires_at = match (expires_at, known.expires_at) {
            (Some(url), Some(key)) => Some(url.min(key)),
            (url, _) => url,
        };
        Ok(Verified { credential: self.credential.clone(), signed_at: self.signed_at, expires_at })
    }

    fn check_time(&self, now: Timestamp) -> Result<Option<Timestamp>, VerifyError> {
        let signed_at = self.signed_at;
        match self.carrier {
            Carrier::Url { expires } => {
                let expired_at = signed_at.saturating_add(u64::from(expires));
                if now >= expired_at {
                    return Err(VerifyError::Expired { expired_at, now });
                }
                if signed_at > now.saturating_add(MAX_SKEW_SECONDS) {
                    return Err(VerifyError::NotYetValid { signed_at, now });
                }
                Ok(Some(expired_at))
            }
            Carrier::AuthorizationHeader if signed_at.unix().abs_diff(now.unix()) > MAX_SKEW_SECONDS => {
                Err(VerifyError::TimeTooSkewed { signed_at, now })
            }
            Carrier::AuthorizationHeader | Carrier::Form => Ok(None),
        }
    }

    fn string_to_sign_into(&self, output: &mut impl Output, scope: &Scope<'_>) {
        let mut hash = Sha256::new();
        self.canonical.write(&mut hash);
        write_prefix(output, &self.signed_at.iso8601_basic_on(*scope.date()), scope);
        output.put(&lower_hex(&hash.finish()));
    }

    /// Writes the canonical request as the server sees it. It holds the security token where there is one.
    ///
    /// # Errors
    /// That of the writer, and where a header that is signed is not UTF-8.
    pub fn write_canonical_request(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut text = Text::new(writer);
        self.canonical.write(&mut text);
        text.result
    }

    /// Writes the string to sign as the server sees it, for the scope that it serves.
    ///
    /// # Errors
    /// That of the writer.
    pub fn write_string_to_sign(
        &self,
        expected: &ExpectedScope<'_>,
        writer: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let scope = Scope::new(self.signed_at, expected.region, expected.product);
        let mut text = Text::new(writer);
        self.string_to_sign_into(&mut text, &scope);
        text.result
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("carrier", &self.carrier)
            .field("credential", &self.credential)
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}

/// The presented scope, where it is the expected one and that of the signing time.
fn check_scope<'s>(
    carrier: Carrier,
    credential: &PresentedCredential,
    signed_at: Timestamp,
    expected: &ExpectedScope<'s>,
) -> Result<Scope<'s>, VerifyError> {
    let scope = Scope::new(signed_at, expected.region, expected.product);
    let wrong = |part, presented: &str, expected: &str| {
        let (presented, expected) = (Excerpt::of(presented), Excerpt::of(expected));
        Err(VerifyError::WrongScope { carrier, part, presented, expected })
    };
    let text = |date: &'_ [u8; 8]| {
        heapless::String::<8>::from_utf8(heapless::Vec::from_array(*date)).unwrap_or_default()
    };
    if credential.date() != scope.date() {
        return wrong(ScopePart::Date, &text(credential.date()), &text(scope.date()));
    }
    if credential.region() != expected.region.as_str() {
        return wrong(ScopePart::Region, credential.region(), expected.region.as_str());
    }
    if credential.product() != expected.product.as_str() {
        return wrong(ScopePart::Product, credential.product(), expected.product.as_str());
    }
    Ok(scope)
}

/// Whether the token is the one that the key was issued with, and both are alive.
fn check_token(
    presented: Option<&str>,
    known: &KnownKey<'_>,
    now: Timestamp,
    same: impl FnOnce(&str, &str) -> bool,
) -> Result<(), VerifyError> {
    if let Some(expired_at) = known.expires_at
        && now >= expired_at
    {
        return Err(VerifyError::CredentialsExpired { expired_at, now });
    }
    let matches = match (presented, known.security_token) {
        (None, None) => true,
        (Some(presented), Some(known)) => same(presented, known),
        _ => false,
    };
    if matches { Ok(()) } else { Err(VerifyError::SecurityToken { missing: presented.is_none() }) }
}

/// Compares 64 lower-case hex digits with a code, in constant time.
fn same_signature(presented: &str, signature: &[u8; 32]) -> bool {
    let Ok(digits) = <&[u8; 64]>::try_from(presented.as_bytes()) else { return false };
    let lower_case = digits.iter().all(|&digit| hex_value(digit).is_some() && !digit.is_ascii_uppercase());
    lower_case && bool::from(digits.ct_eq(&lower_hex(signature)))
}
