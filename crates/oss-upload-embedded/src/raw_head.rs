//! Reads a status line and header lines (RFC 9112 §4, §5).
//!
//! Our own because `httparse` has slice indexing that the optimiser cannot prove away, and this crate promises to link
//! without any panic. Stricter than it needs to be for OSS, and a property test holds it to what `httparse` reads.

use oss_upload::driver::{KnownHeader, ResponseHead};

/// A complete head: everything up to and including the empty line.
#[derive(Clone, Copy)]
pub(crate) struct RawHead<'b> {
    pub(crate) status: u16,
    /// HTTP/1.1, not 1.0: the connection lives on unless told otherwise.
    pub(crate) persistent: bool,
    lines: &'b [u8],
}

/// Why bytes are no response head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadError {
    StatusLine,
    HeaderLine,
    TooManyHeaders,
}

/// More header lines than this are refused. OSS sends about fifteen.
pub(crate) const MAX_HEADERS: usize = 64;

/// How many bytes the head takes, once its empty line is there.
///
/// Looks at the bytes from `from` on, which a caller advances so that long heads in small pieces do not take
/// quadratic time.
pub(crate) fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(3);
    let tail = bytes.get(start..)?;
    let (mut line_is_empty, mut returned) = (false, false);
    for (at, byte) in tail.iter().enumerate() {
        match byte {
            b'\n' if line_is_empty => return Some(start + at + 1),
            b'\n' => (line_is_empty, returned) = (true, false),
            // A bare LF ends a line as CR LF does (RFC 9112 §2.2). Of more than one CR, those before `start` would be missed.
            b'\r' if !returned => returned = true,
            _ => line_is_empty = false,
        }
    }
    None
}

impl<'b> RawHead<'b> {
    /// Reads a head that [`end_of_head`] has found the end of.
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, HeadError> {
        let (line, lines) = split_line(bytes).ok_or(HeadError::StatusLine)?;
        let (persistent, rest) = match line {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1', b' ', rest @ ..] => (true, rest),
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0', b' ', rest @ ..] => (false, rest),
            _ => return Err(HeadError::StatusLine),
        };
        let status = match *rest {
            [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9']
            | [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', ..] => {
                u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0')
            }
            _ => return Err(HeadError::StatusLine),
        };
        let head = Self { status, persistent, lines };
        let mut rest = lines;
        let mut count = 0;
        while let Some((line, after)) = split_line(rest) {
            if line.is_empty() {
                break;
            }
            split_header(line).ok_or(HeadError::HeaderLine)?;
            count += 1;
            if count > MAX_HEADERS {
                return Err(HeadError::TooManyHeaders);
            }
            rest = after;
        }
        Ok(head)
    }

    /// The header lines in order, values without outer blanks.
    pub(crate) fn headers(self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> + Clone {
        let mut rest = self.lines;
        core::iter::from_fn(move || {
            let (line, after) = split_line(rest)?;
            rest = after;
            split_header(line)
        })
    }

    /// What the head says about a transfer.
    pub(crate) fn parsed(self) -> ResponseHead<'b> {
        let mut answer = ResponseHead::new(self.status);
        for (name, value) in self.headers() {
            if let Some(header) = KnownHeader::named(name) {
                answer.record_known(header, value);
            }
        }
        answer
    }

    /// The first header of that name, in any letter case.
    pub(crate) fn header(self, name: &str) -> Option<&'b [u8]> {
        self.headers().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (line, rest) = (bytes.get(..end)?, bytes.get(end + 1..)?);
    // By hand: `strip_suffix` keeps the panic of `split_at` at some optimization levels.
    Some((if let [line @ .., b'\r'] = line { line } else { line }, rest))
}

fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let value = trim_blanks(value);
    let valid = !name.is_empty()
        && name.iter().all(|&byte| is_token(byte))
        && value.iter().all(|&byte| is_value(byte));
    valid.then_some((name, value))
}

/// A value without outer blanks and tabs. `trim_ascii` would take a carriage return or a form feed away as well, which no
/// value may have.
fn trim_blanks(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// A byte of a header name (RFC 9110 §5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// A byte of a header value: no control bytes but the tab (RFC 9110 §5.5).
pub(crate) fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nServer: AliyunOSS\r\nETag:\"A1\" \r\nEmpty:\r\n\r\n";

    #[test]
    fn a_head_is_complete_at_its_empty_line() {
        for cut in 0..ANSWER.len() {
            assert_eq!(end_of_head(ANSWER.get(..cut).unwrap(), 0), None, "{cut}");
        }
        for from in 0..=ANSWER.len() - 1 {
            assert_eq!(end_of_head(ANSWER, from), Some(ANSWER.len()), "{from}");
        }
        let with_body = [ANSWER, b"body\n\nof text"].concat();
        assert_eq!(end_of_head(&with_body, 0), Some(ANSWER.len()));
        assert_eq!(end_of_head(b"HTTP/1.1 200\n\n", 0), Some(14));
    }

    /// Found by the fuzz target `embedded_response`.
    #[test]
    fn the_end_of_a_head_does_not_depend_on_how_it_arrives() {
        for (bytes, expected) in [
            (&b"HTTP/1.1 200\n\r\r\r\r\n"[..], None),
            (b"HTTP/1.1 200\r\n\r\r\n", None),
            (b"HTTP/1.1 200\r\n\r\r\n\r\n", Some(19)),
        ] {
            for from in 0..bytes.len() {
                assert_eq!(end_of_head(bytes, from), expected, "{} {from}", bytes.escape_ascii());
            }
        }
    }

    #[test]
    fn headers_come_in_order_and_by_any_case() {
        let head = RawHead::parse(ANSWER).unwrap();
        assert_eq!((head.status, head.persistent), (200, true));
        let all: Vec<_> = head.headers().collect();
        assert_eq!(all, [(&b"Server"[..], &b"AliyunOSS"[..]), (b"ETag", b"\"A1\""), (b"Empty", b"")]);
        assert_eq!(head.header("etag"), Some(&b"\"A1\""[..]));
        assert_eq!(head.header("tag"), None);
    }

    #[test]
    fn malformed_heads_are_refused() {
        for (bytes, error) in [
            (&b"HTTP/2 200 OK\r\n\r\n"[..], HeadError::StatusLine),
            (b"HTTP/1.1 20 OK\r\n\r\n", HeadError::StatusLine),
            (b"HTTP/1.1 2000 OK\r\n\r\n", HeadError::StatusLine),
            (b"HTTP/1.1 099 OK\r\n\r\n", HeadError::StatusLine),
            (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", HeadError::StatusLine),
            (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", HeadError::HeaderLine),
            (b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n", HeadError::HeaderLine),
            (b"HTTP/1.1 200 OK\r\na b: space in name\r\n\r\n", HeadError::HeaderLine),
            (b"HTTP/1.1 200 OK\r\na: 1\r\n folded\r\n\r\n", HeadError::HeaderLine),
            (b"HTTP/1.1 200 OK\r\na: nul\0\r\n\r\n", HeadError::HeaderLine),
            // Found by the fuzz target `embedded_response`.
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\r\n\r\n", HeadError::HeaderLine),
            (b"HTTP/1.1 200 OK\r\na: \x0c1\r\n\r\n", HeadError::HeaderLine),
        ] {
            assert_eq!(RawHead::parse(bytes).err(), Some(error), "{}", bytes.escape_ascii());
        }
        let mut many = b"HTTP/1.1 200 OK\r\n".to_vec();
        for _ in 0..=MAX_HEADERS {
            many.extend_from_slice(b"a: 1\r\n");
        }
        many.extend_from_slice(b"\r\n");
        assert_eq!(RawHead::parse(&many).err(), Some(HeadError::TooManyHeaders));
    }

    proptest! {
        /// Whatever is read here, `httparse` reads the same way.
        #[test]
        fn agrees_with_httparse(
            status in "(HTTP/1\\.[01]|HTTP/2) [0-9]{2,4}( [ -~]{0,8})?",
            headers in proptest::collection::vec("[a-zA-Z\\-:\t ]{0,6}:[ -~\t]{0,12}", 0..6),
            newline in "\r?\n",
        ) {
            let text = std::format!("{status}{newline}{}{newline}", headers.iter().map(|h| std::format!("{h}{newline}")).collect::<std::string::String>());
            let bytes = text.as_bytes();
            let Some(end) = end_of_head(bytes, 0) else { return Err(TestCaseError::fail("no end")) };
            let bytes = bytes.get(..end).unwrap();
            if let Ok(ours) = RawHead::parse(bytes) {
                let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
                let mut theirs = httparse::Response::new(&mut slots);
                prop_assert_eq!(theirs.parse(bytes), Ok(httparse::Status::Complete(end)));
                prop_assert_eq!(Some(ours.status), theirs.code);
                prop_assert_eq!(Some(u8::from(ours.persistent)), theirs.version);
                let ours: Vec<_> = ours.headers().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
                let theirs: Vec<_> = theirs.headers.iter().map(|h| (h.name.as_bytes().to_vec(), h.value.to_vec())).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
