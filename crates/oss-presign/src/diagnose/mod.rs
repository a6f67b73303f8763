//! Diagnosis: from a refusal to its cause, and to what to do about it.
//!
//! [`diagnose`] compares what a signer handed out with what was really sent, reads what the server says of it,
//! and names one cause in one sentence. Whatever is missing lowers the [`Certainty`]; nothing is guessed without
//! saying so.
//!
//! ```
//! use oss_presign::diagnose::{Attempt, Refusal, Message, diagnose};
//!
//! let url = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a.jpg?x-oss-signature=…";
//! let signed = Message { method: "PUT", url, headers: &[("content-type", "image/jpeg")] };
//! let sent = Message { method: "PUT", url, headers: &[("content-type", "image/png")] };
//! let refusal = Refusal { status: 403, code: Some("SignatureDoesNotMatch"), ..Refusal::default() };
//! let diagnosis = diagnose(&Attempt { signed: Some(signed), sent, clock: None }, &refusal);
//! assert_eq!(
//!     format!("{diagnosis}"),
//!     "header `content-type` was sent as `image/png`, but the URL was signed with `image/jpeg`: send exactly that",
//! );
//! ```

mod cause;
mod compare;
mod difference;

pub use cause::Cause;
pub use difference::{CanonicalLine, Difference};

use core::fmt;

use crate::excerpt::Excerpt;
use crate::request::is_signed_by_default;
use crate::time::Timestamp;
use crate::verify::{MAX_SKEW_SECONDS, PresentedUrl};

/// A request: as it was signed, or as it was sent.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// The headers; as signed, those that must be sent; as sent, all of them.
    pub headers: &'a [(&'a str, &'a str)],
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("method", &self.method).finish_non_exhaustive()
    }
}

impl<'a> Message<'a> {
    pub(crate) fn header(&self, wanted: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    /// Host, path and query of the URL; what is missing is empty.
    pub(crate) fn parts(&self) -> (&'a str, &'a str, &'a str) {
        let rest = self.url.split_once("://").map_or(self.url, |(_, rest)| rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let at = before_query.find('/').unwrap_or(before_query.len());
        (before_query.get(..at).unwrap_or_default(), before_query.get(at..).unwrap_or_default(), query)
    }
}

/// What was tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// What the signer handed out, where it is known.
    pub signed: Option<Message<'a>>,
    /// What was sent, as far as it is known.
    pub sent: Message<'a>,
    /// The sender's clock at that time, where it has one.
    pub clock: Option<Timestamp>,
}

/// What the server answered, as far as it is known: fields of the XML body, or of the headers of a HEAD.
#[derive(Clone, Copy, Default)]
pub struct Refusal<'a> {
    /// The HTTP status; 0 where no answer came at all.
    pub status: u16,
    /// `<Code>`.
    pub code: Option<&'a str>,
    /// `<EC>` or `x-oss-ec`.
    pub ec: Option<&'a str>,
    /// `<Message>`.
    pub message: Option<&'a str>,
    /// `<CanonicalRequest>`: what the server would have signed.
    pub canonical_request: Option<&'a str>,
    /// `<StringToSign>`.
    pub string_to_sign: Option<&'a str>,
    /// The server's time: `<ServerTime>`, `x-oss-server-time` or `Date`.
    pub server_time: Option<Timestamp>,
}

/// Without the canonical request, which holds the security token.
impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("ec", &self.ec)
            .field("server_time", &self.server_time)
            .finish_non_exhaustive()
    }
}

/// How sure a [`Diagnosis`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// One of several causes that fit; nothing points at it in particular.
    Possible,
    /// Something points at it.
    Likely,
    /// The server said so, or the two requests show it.
    Certain,
}

/// What went wrong. `Display` is one sentence: the cause, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    cause: Cause,
    certainty: Certainty,
    difference: Option<Difference>,
}

impl Diagnosis {
    /// The cause.
    #[must_use]
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// How sure that is.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// The first line in which the server's canonical request differs from the signed one, where the server
    /// returned its own.
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

/// Names the cause of a refusal.
#[must_use]
pub fn diagnose(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Diagnosis {
    let difference = difference::first(attempt, refusal);
    let (cause, certainty) = told(attempt, refusal)
        .or_else(|| compare::requests(attempt))
        .or_else(|| difference.as_ref().map(|found| (found.cause(), Certainty::Certain)))
        .or_else(|| compare::suspicious(attempt, refusal))
        .unwrap_or_else(|| unexplained(attempt, refusal));
    Diagnosis { cause, certainty, difference }
}

/// What the server's own words settle. A signature that differs is not among it: the server cannot know why.
fn told(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<(Cause, Certainty)> {
    if refusal.status == 0 {
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

/// `AccessDenied` has many reasons; the message tells some of them apart.
fn access_denied(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<(Cause, Certainty)> {
    let message = refusal.message.unwrap_or_default();
    if contains_ignoring_case(message, "expired") {
        return Some((expired(attempt, refusal), Certainty::Certain));
    }
    if contains_ignoring_case(message, "not valid yet") {
        let cause = Cause::ClockSkew { signed_at: signed_at(attempt), server: refusal.server_time };
        return Some((cause, Certainty::Certain));
    }
    if contains_ignoring_case(message, "policy condition")
        || contains_ignoring_case(message, "according to policy")
    {
        return Some((Cause::PolicyCondition, Certainty::Certain));
    }
    let (_, _, query) = attempt.sent.parts();
    if !query.contains("x-oss-signature") {
        return Some((Cause::SignatureMissing, Certainty::Likely));
    }
    // The clocks tell on without words.
    let url = PresentedUrl::parse(query).ok()?;
    match refusal.server_time.or(attempt.clock) {
        Some(now) if now >= url.expires_at() => Some((expired(attempt, refusal), Certainty::Likely)),
        _ => Some((Cause::NoPermission, Certainty::Likely)),
    }
}

fn expired(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Cause {
    let (_, _, query) = attempt.sent.parts();
    let at = PresentedUrl::parse(query).ok().map(|url| url.expires_at());
    // By the sender's clock it still works, by far: one of the two clocks is off.
    match (at, attempt.clock, refusal.server_time) {
        (Some(at), Some(clock), Some(server))
            if clock < at && server >= at && server > clock.saturating_add(MAX_SKEW_SECONDS) =>
        {
            Cause::ClockSkew { signed_at: signed_at(attempt), server: Some(server) }
        }
        _ => Cause::Expired { at, server: refusal.server_time },
    }
}

fn wrong_region(attempt: &Attempt<'_>) -> Cause {
    let (_, _, query) = attempt.sent.parts();
    let region = PresentedUrl::parse(query).ok().map(|url| Excerpt::of(url.credential().region()));
    Cause::WrongRegion { signed: region }
}

fn additional_header_missing(attempt: &Attempt<'_>) -> Cause {
    let (_, _, query) = attempt.sent.parts();
    let url = PresentedUrl::parse(query).ok();
    let missing = url.as_ref().and_then(|url| {
        url.additional_headers().find(|name| *name != "host" && attempt.sent.header(name).is_none())
    });
    match missing {
        Some(name) => Cause::HeaderMissing { name: Excerpt::of(name), signed: None },
        None => Cause::AdditionalHeaderMissing,
    }
}

/// An STS access key works with its token alone.
fn unknown_access_key(attempt: &Attempt<'_>) -> Cause {
    let (_, _, query) = attempt.sent.parts();
    match PresentedUrl::parse(query).ok() {
        Some(url) if url.credential().access_key_id().starts_with("STS.") && !url.has_security_token() => {
            Cause::SecurityToken
        }
        Some(url) => Cause::UnknownAccessKey { id: Some(Excerpt::of(url.credential().access_key_id())) },
        None => Cause::UnknownAccessKey { id: None },
    }
}

fn signed_at(attempt: &Attempt<'_>) -> Option<Timestamp> {
    let (_, _, query) = attempt.sent.parts();
    let in_header = || Timestamp::parse_iso8601_basic(attempt.sent.header("x-oss-date")?).ok();
    PresentedUrl::parse(query).ok().map(|url| url.signed_at()).or_else(in_header)
}

fn authorization_beside(attempt: &Attempt<'_>) -> bool {
    attempt.sent.header("authorization").is_some()
}

fn sent_as_form(attempt: &Attempt<'_>) -> bool {
    let media_type = attempt.sent.header("content-type").unwrap_or_default();
    contains_ignoring_case(media_type, "multipart/form-data")
}

/// What is left when nothing else fits.
fn unexplained(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> (Cause, Certainty) {
    match (refusal.code, refusal.status) {
        (Some("SignatureDoesNotMatch"), _) => {
            if attempt.signed.is_none() {
                return (Cause::SignedUnknown, Certainty::Possible);
            }
            // With everything else shown to be equal, what the signer was given is left.
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

fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}
