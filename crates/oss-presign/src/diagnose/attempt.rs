//! The input of a diagnosis: the request, and the answer of the service.

use core::fmt;

use crate::search::split_first;
use crate::time::Timestamp;

/// A request, as it was signed or as it was sent.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// The headers: of a signed request those that must be sent, of a sent request all.
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

    /// Returns host, path and query of the URL.
    pub(crate) fn parts(&self) -> (&'a str, &'a str, &'a str) {
        url_parts(self.url)
    }
}

/// Returns host, path and query of a URL. A part that is missing is empty.
pub(crate) fn url_parts(url: &str) -> (&str, &str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (rest, _) = split_first(rest, b'#');
    let (before_query, query) = split_first(rest, b'?');
    match before_query.find('/') {
        Some(at) => {
            let (host, path) = before_query.split_at(at);
            (host, path, query)
        }
        None => (before_query, "", query),
    }
}

/// The request that was refused.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The request as the signer returned it, if it is known.
    pub signed: Option<Message<'a>>,
    /// The request as it was sent, as far as it is known.
    pub sent: Message<'a>,
    /// The time of the sender's clock, if it has one.
    pub clock: Option<Timestamp>,
}

/// The answer of the service, as far as it is known: fields of its XML body, or of the headers that answer a HEAD.
#[derive(Clone, Copy, Default)]
pub struct Refusal<'a> {
    /// The HTTP status. 0 if it is not known or if no answer came.
    pub status: u16,
    /// `<Code>`.
    pub code: Option<&'a str>,
    /// `<EC>` or `x-oss-ec`.
    pub ec: Option<&'a str>,
    /// `<Message>`.
    pub message: Option<&'a str>,
    /// `<CanonicalRequest>`: the canonical request of what the service received.
    pub canonical_request: Option<&'a str>,
    /// `<StringToSign>`: the string to sign of what the service received.
    pub string_to_sign: Option<&'a str>,
    /// The time of the service: `<ServerTime>`, `x-oss-server-time` or `Date`.
    pub server_time: Option<Timestamp>,
}

/// Leaves out the canonical request, because it contains the security token.
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

impl Refusal<'_> {
    /// Returns whether nothing is known of an answer.
    pub(super) const fn is_empty(&self) -> bool {
        self.status == 0
            && self.code.is_none()
            && self.ec.is_none()
            && self.message.is_none()
            && self.canonical_request.is_none()
            && self.string_to_sign.is_none()
    }
}

/// The certainty of a [`Diagnosis`](super::Diagnosis).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The cause is one of several that fit, and nothing points at it in particular.
    Possible,
    /// Something points at the cause, but does not show it.
    Likely,
    /// The service named the cause, or a difference between two requests shows it.
    Certain,
}

/// Returns whether the request has an `Authorization` header as well as a signature in its URL.
pub(super) fn authorization_beside(attempt: &Attempt<'_>) -> bool {
    let (_, _, query) = attempt.sent.parts();
    attempt.sent.header("authorization").is_some() && query.contains("x-oss-signature")
}

pub(super) fn sent_as_form(attempt: &Attempt<'_>) -> bool {
    let media_type = attempt.sent.header("content-type");
    media_type.is_some_and(|media_type| contains_ignoring_case(media_type, "multipart/form-data"))
}

pub(super) fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}
