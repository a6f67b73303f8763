//! The service's canonical request beside the one of the request that was signed or sent: the first line that differs.

use core::fmt;

use super::attempt::{Attempt, Message, Refusal};
use super::canonical_line::CanonicalLine;
use super::cause::Cause;
use crate::excerpt::Excerpt;
use crate::verify::{Canonical, MAX_SIGNED_HEADERS, ParsedUrl, ReceivedRequest};
use crate::writer::Writer;

/// The first line in which the service's canonical request differs from that of the signed request, or of the request that
/// was sent if the signed one is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    line: CanonicalLine,
    /// Whether `expected` was signed; otherwise it was sent.
    is_signed: bool,
    expected: Excerpt,
    received: Excerpt,
}

impl Difference {
    /// Returns the line of the canonical request that differs between sender and service.
    #[must_use]
    pub const fn line(&self) -> &CanonicalLine {
        &self.line
    }

    /// Returns the line as it was signed, or as it was sent if the signed request is not known. It begins shortly before the
    /// difference.
    #[must_use]
    pub fn expected(&self) -> &str {
        self.expected.as_str()
    }

    /// Returns the line as the service received it. It begins shortly before the difference.
    #[must_use]
    pub fn received(&self) -> &str {
        self.received.as_str()
    }

    /// The cause that the difference shows. The request that was sent differs from the one that arrived, but only what was
    /// signed tells whether that is why the signature does not match.
    pub(super) fn cause(&self) -> Option<Cause> {
        self.is_signed.then(|| Cause::Canonical {
            line: self.line.clone(),
            signed: self.expected.clone(),
            received: self.received.clone(),
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.is_signed { "signed" } else { "sent" };
        write!(f, "{}: {known} as `{}`, received as `{}`", self.line, self.expected, self.received)
    }
}

/// Compares the two canonical requests. `None` if the service returned none, if they are equal, or if the URL is damaged.
pub(super) fn first(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<Difference> {
    let server = refusal.canonical_request?.trim_end();
    let message = attempt.signed.as_ref().unwrap_or(&attempt.sent);
    let found = with_canonical(message, bucket(message, server), |canonical| compare(canonical, server))??;
    let (line, expected, received) = found;
    Some(Difference { line, is_signed: attempt.signed.is_some(), expected, received })
}

/// Passes the canonical request of a message to a function. `None` if the URL is damaged, or if there are more headers than are
/// verified.
pub(super) fn with_canonical<T>(
    message: &Message<'_>,
    bucket: Option<&str>,
    use_it: impl FnOnce(&Canonical<'_>) -> T,
) -> Option<T> {
    let (host, path, query) = message.parts();
    let url = ParsedUrl::parse(query).ok()?;
    let mut headers = heapless::Vec::<(&str, &[u8]), MAX_SIGNED_HEADERS>::new();
    for (name, value) in message.headers {
        headers.push((name, value.as_bytes())).ok()?;
    }
    let signs_host = url.additional_headers().any(|name| name.eq_ignore_ascii_case("host"));
    if signs_host && message.header("host").is_none() {
        headers.push(("host", host.as_bytes())).ok()?;
    }
    let received = ReceivedRequest { method: message.method, bucket, path, query, headers: &headers };
    received.canonical_url().ok().map(|canonical| use_it(&canonical))
}

fn compare(canonical: &Canonical<'_>, server: &str) -> Option<(CanonicalLine, Excerpt, Excerpt)> {
    // The canonical request is written twice: to find the difference, and to quote what stands there.
    let mut comparison = Comparison { server: server.as_bytes(), at: 0, line: 0, line_at: 0, found: None };
    canonical.write(&mut comparison);
    let found = match comparison.found {
        Some(found) => found,
        None if comparison.at == server.len() => return None,
        None => Found { line: comparison.line, line_at: comparison.line_at, at: comparison.at },
    };
    let headers_end = 3 + canonical.header_count();
    let line = match found.line {
        0 => CanonicalLine::Method,
        1 => CanonicalLine::Uri,
        2 => CanonicalLine::Query,
        line if line <= headers_end => CanonicalLine::Header,
        _ => CanonicalLine::Tail,
    };
    // The bytes before the difference show its place.
    let from = found.line_at.max(found.at.saturating_sub(16));
    let mut expected = Quote::new(from);
    canonical.write(&mut expected);
    let mut received = Quote::new(if from <= server.len() { from } else { found.line_at });
    received.put(server.as_bytes());
    Some((line, expected.excerpt(), received.excerpt()))
}

/// The bucket before the path in the canonical URI. The service's line shows whether the host of the URL contains it.
fn bucket<'s>(message: &Message<'s>, server: &'s str) -> Option<&'s str> {
    let (host, path, _) = message.parts();
    let uri = server.split(['\n', ' ']).nth(1)?;
    if uri == path {
        return None;
    }
    let named = uri.strip_suffix(path).and_then(|bucket| bucket.strip_prefix('/'));
    let label = || host.contains(".aliyuncs.com").then(|| host.split('.').next()).flatten();
    named.filter(|bucket| !bucket.contains('/')).or_else(label)
}

struct Found {
    line: usize,
    line_at: usize,
    at: usize,
}

/// Compares a canonical request with the service's text while it is written. A blank in place of a line feed is no
/// difference, because logs and pages make blanks of line feeds.
struct Comparison<'s> {
    server: &'s [u8],
    at: usize,
    line: usize,
    line_at: usize,
    found: Option<Found>,
}

impl Writer for Comparison<'_> {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.found.is_some() {
                return;
            }
            match self.server.get(self.at) {
                Some(&other) if other == byte || (byte == b'\n' && other == b' ') => {}
                _ => {
                    self.found = Some(Found { line: self.line, line_at: self.line_at, at: self.at });
                    return;
                }
            }
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
                self.line_at = self.at;
            }
        }
    }
}

/// Keeps the remaining bytes of one line, without the security token.
struct Quote {
    from: usize,
    at: usize,
    /// More bytes than an excerpt keeps, so that the excerpt shows that it was cut.
    bytes: heapless::Vec<u8, { Excerpt::BYTES + REDACTED.len() }>,
    ended: bool,
    /// How many bytes of the token's name were seen since the last place where a name begins.
    name: Option<usize>,
    token: Token,
}

#[derive(PartialEq)]
enum Token {
    Elsewhere,
    Hidden,
    Replaced,
}

const TOKEN_NAME: &[u8] = b"x-oss-security-token";
const REDACTED: &[u8] = b"[redacted]";

impl Quote {
    fn new(from: usize) -> Self {
        Self {
            from,
            at: 0,
            bytes: heapless::Vec::new(),
            ended: false,
            name: Some(0),
            token: Token::Elsewhere,
        }
    }

    /// Returns whether this byte belongs to a token. It is called with every byte of the text, in order.
    fn hides(&mut self, byte: u8) -> bool {
        if matches!(byte, b'&' | b'\n' | b' ') {
            (self.name, self.token) = (Some(0), Token::Elsewhere);
        } else if self.token == Token::Elsewhere {
            let seen = self.name.take();
            match seen.and_then(|seen| TOKEN_NAME.get(seen)) {
                Some(&expected) => self.name = seen.filter(|_| expected == byte).map(|seen| seen + 1),
                None if seen.is_some() && matches!(byte, b'=' | b':') => self.token = Token::Hidden,
                None => {}
            }
            return false;
        }
        self.token != Token::Elsewhere
    }

    fn excerpt(&self) -> Excerpt {
        Excerpt::of_bytes(&self.bytes)
    }
}

impl Writer for Quote {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let hidden = self.hides(byte);
            let inside = self.at >= self.from && !self.ended;
            self.at += 1;
            if !inside {
                continue;
            }
            if !hidden {
                self.ended = byte == b'\n' || self.bytes.push(byte).is_err();
            } else if self.token == Token::Hidden {
                self.token = Token::Replaced;
                self.ended = self.bytes.extend_from_slice(REDACTED).is_err();
            }
        }
    }
}
