//! The server's canonical request beside the signed one, line by line.

use core::fmt;

use super::attempt::{Attempt, Message, Refusal};
use super::canonical_line::CanonicalLine;
use super::cause::Cause;
use crate::excerpt::Excerpt;
use crate::verify::{ParsedUrl, ReceivedRequest};
use crate::writer::Writer;

/// The first line in which what the server saw differs from what was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    line: CanonicalLine,
    signed: Excerpt,
    server: Excerpt,
}

impl Difference {
    /// Which line it is.
    #[must_use]
    pub const fn line(&self) -> &CanonicalLine {
        &self.line
    }

    /// The signed line, from shortly before the difference.
    #[must_use]
    pub fn signed(&self) -> &str {
        self.signed.as_str()
    }

    /// The server's line, from shortly before the difference.
    #[must_use]
    pub fn server(&self) -> &str {
        self.server.as_str()
    }

    /// What the difference means.
    pub(super) fn cause(&self) -> Cause {
        Cause::Canonical { line: self.line.clone(), signed: self.signed.clone(), server: self.server.clone() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: signed `{}`, the server saw `{}`", self.line, self.signed, self.server)
    }
}

/// Compares, where the server returned its canonical request and the signed request is known.
pub(super) fn first(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<Difference> {
    let server = refusal.canonical_request?.trim_end();
    let signed = attempt.signed.as_ref()?;
    let (host, path, query) = signed.parts();
    let presented = ParsedUrl::parse(query).ok()?;
    let mut headers = heapless::Vec::<(&str, &[u8]), 64>::new();
    for (name, value) in signed.headers {
        headers.push((name, value.as_bytes())).ok()?;
    }
    if presented.additional_headers().any(|name| name.eq_ignore_ascii_case("host")) {
        headers.push(("host", host.as_bytes())).ok()?;
    }
    let received = ReceivedRequest {
        method: signed.method,
        bucket: bucket(signed, server),
        path,
        query,
        headers: &headers,
    };
    let canonical = received.canonical_url().ok()?;
    // Twice: once to find where, once to quote what was signed there.
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
    // A little of what agrees shows where one is.
    let from = found.line_at.max(found.at.saturating_sub(16));
    let mut quoted = Quote::new(from);
    canonical.write(&mut quoted);
    let mut quoted_server = Quote::new(if from <= server.len() { from } else { found.line_at });
    quoted_server.put(server.as_bytes());
    Some(Difference { line, signed: quoted.excerpt(), server: quoted_server.excerpt() })
}

/// The bucket that stands before the path in the canonical URI. The URL alone does not tell whether its host
/// carries one; the server's own line does.
fn bucket<'s>(signed: &Message<'s>, server: &'s str) -> Option<&'s str> {
    let (host, path, _) = signed.parts();
    let uri = server.split(['\n', ' ']).nth(1).unwrap_or_default();
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

/// Walks along the server's text with the signed one. A blank in place of a line feed is no difference: some
/// paths of a message lose line feeds.
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

/// Keeps the rest of one line, without the security token.
struct Quote {
    from: usize,
    at: usize,
    /// Room for what replaces a token beyond what an excerpt keeps: an excerpt says where it was cut.
    bytes: heapless::Vec<u8, { Excerpt::BYTES + REDACTED.len() }>,
    ended: bool,
    /// How much of the token's name was seen, since the last place where a name begins.
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

    /// Follows the text, and says whether this byte belongs to a token.
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
        let text = match core::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            // Cut inside a character.
            Err(error) => self
                .bytes
                .get(..error.valid_up_to())
                .and_then(|bytes| core::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
        };
        Excerpt::of(text)
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
