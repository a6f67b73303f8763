//! What was tried, and what the server answered.

use core::fmt;

use crate::search::split_first;
use crate::time::Timestamp;

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
        let (rest, _) = split_first(rest, b'#');
        let (before_query, query) = split_first(rest, b'?');
        let (host, _) = split_first(before_query, b'/');
        let path = before_query.strip_prefix(host).unwrap_or("");
        (host, path, query)
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
    /// The HTTP status; 0 where it is not known, or where no answer came at all.
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

impl Refusal<'_> {
    /// Whether nothing is known of an answer.
    pub(super) const fn is_empty(&self) -> bool {
        self.status == 0
            && self.code.is_none()
            && self.ec.is_none()
            && self.message.is_none()
            && self.canonical_request.is_none()
            && self.string_to_sign.is_none()
    }
}

/// How sure a [`Diagnosis`](super::Diagnosis) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// One of several causes that fit; nothing points at it in particular.
    Possible,
    /// Something points at it.
    Likely,
    /// The server said so, or the two requests show it.
    Certain,
}

pub(super) fn authorization_beside(attempt: &Attempt<'_>) -> bool {
    attempt.sent.header("authorization").is_some()
}

pub(super) fn sent_as_form(attempt: &Attempt<'_>) -> bool {
    let media_type = attempt.sent.header("content-type").unwrap_or_default();
    contains_ignoring_case(media_type, "multipart/form-data")
}

pub(super) fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}
