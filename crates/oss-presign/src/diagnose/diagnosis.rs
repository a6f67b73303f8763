//! Finding the cause of a refusal.

use core::fmt;

use super::attempt::{
    Attempt, Certainty, Refusal, authorization_beside, contains_ignoring_case, sent_as_form,
};
use super::cause::Cause;
use super::difference::Difference;
use super::{arrival, compare, difference};
use crate::excerpt::Excerpt;
use crate::header::is_signed_by_default;
use crate::search::{split_first, trim_blanks};
use crate::time::Timestamp;
use crate::verify::{MAX_SKEW_SECONDS, ParsedCredential, ParsedUrl};

/// The cause of a refusal, and its certainty. `Display` is one sentence: the cause, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    cause: Cause,
    certainty: Certainty,
    difference: Option<Difference>,
}

impl Diagnosis {
    /// Returns the cause.
    #[must_use]
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Returns how certain the cause is.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// Returns the first line in which the service's canonical request differs from that of the signed or sent request. `None`
    /// if they are equal, or if the service returned no canonical request.
    #[must_use]
    pub const fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certainty {
            Certainty::Certain => {}
            Certainty::Likely => f.write_str("probably: ")?,
            Certainty::Possible => f.write_str("possibly: ")?,
        }
        self.cause.fmt(f)
    }
}

/// Finds the cause of a refusal.
///
/// See the [module](crate::diagnose) for what it compares.
#[must_use]
pub fn diagnose(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Diagnosis {
    let difference = difference::first(attempt, refusal);
    let certain = |cause| (cause, Certainty::Certain);
    let (cause, certainty) = told(attempt, refusal)
        .or_else(|| compare::requests(attempt))
        .or_else(|| arrival::changes_on_the_way(attempt, refusal).next().map(certain))
        .or_else(|| difference.as_ref().and_then(Difference::cause).map(certain))
        .or_else(|| arrival::in_string_to_sign(attempt, refusal).map(certain))
        .or_else(|| compare::suspicious(attempt, refusal))
        .unwrap_or_else(|| unexplained(attempt, refusal));
    Diagnosis { cause, certainty, difference }
}

/// Reads the cause from the service's own words. They never settle why a signature differs, because the service does not know.
fn told(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<(Cause, Certainty)> {
    if refusal.is_empty() {
        return Some((Cause::NoAnswer, Certainty::Likely));
    }
    if let Some(cause) = refusal.ec.and_then(|ec| by_ec(attempt, refusal, ec)) {
        return Some((cause, Certainty::Certain));
    }
    let code = refusal.code?;
    if code == "AccessDenied" {
        return access_denied(attempt, refusal);
    }
    by_code(attempt, refusal, code).map(|cause| (cause, Certainty::Certain))
}

fn by_ec(attempt: &Attempt<'_>, refusal: &Refusal<'_>, ec: &str) -> Option<Cause> {
    Some(match ec {
        "0002-00000069" => expired(attempt, refusal),
        "0002-00000232" => Cause::ExpiresRange,
        "0002-00000223" | "0002-00000224" | "0002-00000213" | "0002-00000710" => Cause::CredentialMalformed,
        "0002-00000226" | "0002-00000228" | "0002-00000715" => wrong_region(attempt),
        "0002-00000066" | "0002-00000701" => Cause::SignatureVersion,
        "0002-00000219" | "0002-00000117" | "0002-00000118" | "0002-00000703" | "0002-00000704" => {
            Cause::SignatureMissing
        }
        "0002-00000076" | "0002-00000210" => Cause::AdditionalHeadersEmpty,
        "0002-00000112" => additional_header_missing(attempt),
        "0002-00000214" => Cause::ContentSha256,
        "0002-00000504" => Cause::ClockSkew { signed_at: signed_at(attempt), server: refusal.server_time },
        "0026-00000002" => Cause::ObjectExists,
        "0017-00000279" => Cause::ForbidOverwriteValue,
        "0002-00000705" => Cause::FormSignature,
        "0002-00000602" => Cause::IpOrParameterCondition,
        _ => return None,
    })
}

fn by_code(attempt: &Attempt<'_>, refusal: &Refusal<'_>, code: &str) -> Option<Cause> {
    Some(match code {
        "RequestTimeTooSkewed" => {
            Cause::ClockSkew { signed_at: signed_at(attempt), server: refusal.server_time }
        }
        "InvalidAccessKeyId" => unknown_access_key(attempt),
        "SecurityTokenExpired" => Cause::SecurityTokenExpired,
        "InvalidSecurityToken" => Cause::SecurityToken,
        "FileAlreadyExists" => Cause::ObjectExists,
        "InvalidDigest" => Cause::ContentMd5,
        "MissingContentLength" => Cause::LengthMissing,
        "EntityTooLarge" => Cause::BodyTooLarge,
        "EntityTooSmall" => Cause::BodyTooSmall,
        "NoSuchKey" => Cause::NoSuchKey,
        "NoSuchBucket" => Cause::NoSuchBucket,
        "NoSuchUpload" => Cause::NoSuchUpload,
        "InvalidPart" => Cause::InvalidPart,
        "InvalidPartOrder" => Cause::InvalidPartOrder,
        "MethodNotAllowed" => Cause::MethodNotAllowed,
        "InvalidRange" => Cause::InvalidRange,
        "InvalidPolicyDocument" => Cause::PolicyDocument,
        "MalformedPOSTRequest" => Cause::FormMalformed,
        "IncorrectNumberOfFilesInPOSTRequest" => Cause::FormFiles,
        // An `Authorization` header beside the signature in the URL is two signatures.
        "InvalidArgument" | "InvalidRequest" if authorization_beside(attempt) => Cause::AuthorizationBeside,
        "InvalidArgument" | "InvalidRequest" if sent_as_form(attempt) => Cause::FormBody,
        _ => return None,
    })
}

/// Finds the cause of `AccessDenied`, which has many. The message tells some of them apart.
fn access_denied(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<(Cause, Certainty)> {
    let says = |text| refusal.message.is_some_and(|message| contains_ignoring_case(message, text));
    if says("expired") {
        return Some((expired(attempt, refusal), Certainty::Certain));
    }
    if says("not valid yet") {
        let cause = Cause::ClockSkew { signed_at: signed_at(attempt), server: refusal.server_time };
        return Some((cause, Certainty::Certain));
    }
    if says("policy condition") || says("according to policy") {
        return Some((Cause::PolicyCondition, Certainty::Certain));
    }
    let (_, _, query) = attempt.sent.parts();
    if !query.contains("x-oss-signature") {
        return Some((Cause::SignatureMissing, Certainty::Likely));
    }
    // Some answers have no message, but the expiry in the URL and a clock show whether the URL has expired.
    let url = parsed_url(attempt)?;
    match refusal.server_time.or(attempt.clock) {
        Some(now) if now >= url.expires_at() => Some((expired(attempt, refusal), Certainty::Likely)),
        _ => Some((Cause::NoPermission, Certainty::Likely)),
    }
}

fn expired(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Cause {
    let at = parsed_url(attempt).map(|url| url.expires_at());
    // If the URL is valid for long by the sender's clock, one of the two clocks is wrong.
    match (at, attempt.clock, refusal.server_time) {
        (Some(at), Some(clock), Some(server))
            if clock < at && server >= at && server > clock.saturating_add(MAX_SKEW_SECONDS) =>
        {
            Cause::ClockSkew { signed_at: signed_at(attempt), server: Some(server) }
        }
        _ => Cause::Expired { at, server: refusal.server_time },
    }
}

/// The signature in the URL that was sent. A damaged URL, and a URL without a signature, show nothing.
fn parsed_url<'a>(attempt: &Attempt<'a>) -> Option<ParsedUrl<'a>> {
    let (_, _, query) = attempt.sent.parts();
    ParsedUrl::parse(query).ok()
}

/// The credential in the URL or in the `Authorization` header that was sent. A malformed credential shows nothing.
fn credential(attempt: &Attempt<'_>) -> Option<ParsedCredential> {
    if let Some(url) = parsed_url(attempt) {
        return Some(url.credential().clone());
    }
    let (_, after) = attempt.sent.header("authorization")?.split_once("Credential=")?;
    let (credential, _) = split_first(after, b',');
    ParsedCredential::parse(trim_blanks(credential))?.ok()
}

fn wrong_region(attempt: &Attempt<'_>) -> Cause {
    let region = credential(attempt).map(|credential| Excerpt::of(credential.region()));
    Cause::WrongRegion { signed: region }
}

fn additional_header_missing(attempt: &Attempt<'_>) -> Cause {
    let url = parsed_url(attempt);
    let missing = url.as_ref().and_then(|url| {
        url.additional_headers().find(|name| *name != "host" && attempt.sent.header(name).is_none())
    });
    match missing {
        Some(name) => Cause::HeaderMissing { name: Excerpt::of(name), signed: None },
        None => Cause::AdditionalHeaderMissing,
    }
}

/// Finds the cause of an unknown access key. OSS does not know the access key id of STS credentials without their token.
fn unknown_access_key(attempt: &Attempt<'_>) -> Cause {
    let has_token = attempt.sent.header("x-oss-security-token").is_some()
        || parsed_url(attempt).is_some_and(|url| url.has_security_token());
    match credential(attempt) {
        Some(credential) if credential.access_key_id().starts_with("STS.") && !has_token => {
            Cause::SecurityToken
        }
        Some(credential) => Cause::UnknownAccessKey { id: Some(Excerpt::of(credential.access_key_id())) },
        None => Cause::UnknownAccessKey { id: None },
    }
}

fn signed_at(attempt: &Attempt<'_>) -> Option<Timestamp> {
    let header = |name| attempt.sent.header(name);
    // The service reads `Date` only if there is no `x-oss-date`.
    let in_header = || match header("x-oss-date") {
        Some(date) => Timestamp::parse_iso8601_basic(date).ok(),
        None => Timestamp::parse_http_date(header("date")?).ok(),
    };
    parsed_url(attempt).map(|url| url.signed_at()).or_else(in_header)
}

/// Returns the cause if nothing else was found.
fn unexplained(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> (Cause, Certainty) {
    match (refusal.code, refusal.status) {
        (Some("SignatureDoesNotMatch"), _) => {
            if attempt.signed.is_none() {
                return if arrival::is_as_sent(attempt, refusal) {
                    let method = Excerpt::of(attempt.sent.method);
                    (Cause::SignedForOther { method }, Certainty::Likely)
                } else {
                    (Cause::SignedUnknown, Certainty::Possible)
                };
            }
            // Everything else is equal, so the signer had other input than its result says.
            let header = attempt.sent.headers.iter().find(|(name, _)| is_signed_by_default(name));
            let cause = Cause::SignedOtherwise { header: header.map(|(name, _)| Excerpt::of(name)) };
            (cause, Certainty::Likely)
        }
        (None, 403) => (Cause::Opaque, Certainty::Possible),
        (None, 404) => (Cause::NoSuchKey, Certainty::Possible),
        (_, 500..) => (Cause::ServerFailure { status: refusal.status }, Certainty::Likely),
        (_, 300..400) => (Cause::Redirect { status: refusal.status }, Certainty::Certain),
        (code, status) => (Cause::Unknown { code: code.map(Excerpt::of), status }, Certainty::Possible),
    }
}
