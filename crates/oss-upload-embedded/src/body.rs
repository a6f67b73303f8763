//! Where the body of an answer ends: by its length, by chunks, or with the connection (RFC 9112 §6, §7.1).

use oss_upload::driver::decimal;

use crate::raw_head::RawHead;

/// A chunk-size line (size and extensions) longer than this is refused.
const MAX_CHUNK_LINE: u8 = 128;
/// Trailers after the last chunk that are longer than this are refused.
const MAX_TRAILERS: u16 = 1024;

/// Takes raw bytes apart; never holds any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyDecoder {
    /// That many bytes are still to come.
    Sized(u64),
    Chunked(Chunk),
    /// Neither length nor chunks: everything until the peer closes. Cannot tell a cut body from a complete one.
    UntilClose,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// In the line with the size: its value, whether a digit was seen and whether the digits are over, its length.
    Size {
        size: u64,
        any: bool,
        over: bool,
        line: u8,
    },
    Data(u64),
    /// Between data and the line end after it.
    DataEnd,
    /// After the chunk of size 0: whether the current line is empty so far, bytes so far.
    Trailers {
        empty: bool,
        seen: u16,
    },
}

/// Why the framing of a body cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FramingError;

impl Chunk {
    const START: Self = Self::Size { size: 0, any: false, over: false, line: 0 };
}

impl BodyDecoder {
    /// Reads the framing from the head of an answer to a GET or PUT.
    pub(crate) fn new(head: RawHead<'_>) -> Result<Self, FramingError> {
        if matches!(head.status, 204 | 304) {
            return Ok(Self::Done);
        }
        let mut length = None;
        let mut chunked = false;
        for (name, value) in head.headers() {
            if name.eq_ignore_ascii_case(b"content-length") {
                let value = decimal(value).ok_or(FramingError)?;
                // Twice the same is what a proxy may have made of it; anything else is an attack or a fault.
                if length.is_some_and(|known| known != value) {
                    return Err(FramingError);
                }
                length = Some(value);
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                // Nobody asked for any other coding.
                if chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(FramingError);
                }
                chunked = true;
            }
        }
        match (chunked, length) {
            (true, Some(_)) => Err(FramingError),
            (true, None) => Ok(Self::Chunked(Chunk::START)),
            (false, Some(0)) => Ok(Self::Done),
            (false, Some(length)) => Ok(Self::Sized(length)),
            (false, None) => Ok(Self::UntilClose),
        }
    }

    /// The length that the head announced, until decoding begins.
    pub(crate) fn announced(self) -> Option<u64> {
        match self {
            Self::Sized(length) => Some(length),
            Self::Done => Some(0),
            Self::Chunked(_) | Self::UntilClose => None,
        }
    }

    /// Splits `raw` into (framing to skip, data, rest): `raw[..skip]` is framing, `raw[skip..skip + data]` data.
    ///
    /// Takes nothing only when `raw` is empty or the body is done.
    pub(crate) fn decode(&mut self, raw: &[u8]) -> Result<(usize, usize), FramingError> {
        match self {
            Self::Done => Ok((0, 0)),
            Self::UntilClose => Ok((0, raw.len())),
            Self::Sized(left) => {
                let taken = take(left, raw.len());
                if *left == 0 {
                    *self = Self::Done;
                }
                Ok((0, taken))
            }
            Self::Chunked(chunk) => {
                let mut skipped = 0;
                for &byte in raw {
                    if let Chunk::Data(left) = chunk {
                        let taken = take(left, raw.len().saturating_sub(skipped));
                        if *left == 0 {
                            *chunk = Chunk::DataEnd;
                        }
                        return Ok((skipped, taken));
                    }
                    skipped += 1;
                    match chunk.next(byte)? {
                        Some(next) => *chunk = next,
                        None => {
                            *self = Self::Done;
                            break;
                        }
                    }
                }
                Ok((skipped, 0))
            }
        }
    }
}

impl Chunk {
    /// The state after one byte of framing; `None` after the last.
    fn next(self, byte: u8) -> Result<Option<Self>, FramingError> {
        Ok(Some(match (self, byte) {
            (Self::Size { size: 0, any: true, .. }, b'\n') => Self::Trailers { empty: true, seen: 0 },
            (Self::Size { size, any: true, .. }, b'\n') => Self::Data(size),
            (Self::Size { size, any, over, line }, _) => {
                let line =
                    line.checked_add(1).filter(|&length| length <= MAX_CHUNK_LINE).ok_or(FramingError)?;
                match hex_digit(byte) {
                    Some(digit) if !over => {
                        let size = size
                            .checked_mul(16)
                            .and_then(|size| size.checked_add(digit))
                            .ok_or(FramingError)?;
                        Self::Size { size, any: true, over, line }
                    }
                    // Extensions and blanks are skipped.
                    None if !any || !(over || matches!(byte, b';' | b' ' | b'\t' | b'\r')) => {
                        return Err(FramingError);
                    }
                    _ => Self::Size { size, any, over: true, line },
                }
            }
            (Self::DataEnd, b'\r') => Self::DataEnd,
            (Self::DataEnd, b'\n') => Self::START,
            (Self::DataEnd | Self::Data(_), _) => return Err(FramingError),
            (Self::Trailers { empty: true, .. }, b'\n') => return Ok(None),
            (Self::Trailers { empty, seen }, _) => {
                let seen = seen.checked_add(1).filter(|&seen| seen <= MAX_TRAILERS).ok_or(FramingError)?;
                Self::Trailers { empty: byte == b'\n' || (empty && byte == b'\r'), seen }
            }
        }))
    }
}

/// Lowers `left` by at most `available`, and says by how much.
fn take(left: &mut u64, available: usize) -> usize {
    let taken = usize::try_from(*left).map_or(available, |left| left.min(available));
    *left = left.saturating_sub(taken as u64);
    taken
}

fn hex_digit(byte: u8) -> Option<u64> {
    match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'a'..=b'f' => Some(u64::from(byte - b'a') + 10),
        b'A'..=b'F' => Some(u64::from(byte - b'A') + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn decoder(headers: &str) -> Result<BodyDecoder, FramingError> {
        let head = std::format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n");
        BodyDecoder::new(RawHead::parse(head.as_bytes()).unwrap())
    }

    /// Decodes in pieces of `step` bytes; gives the data and the bytes left over after the end.
    fn decode(mut decoder: BodyDecoder, raw: &[u8], step: usize) -> Result<(Vec<u8>, usize), FramingError> {
        let mut data = Vec::new();
        let mut used = 0;
        for piece in raw.chunks(step) {
            let mut at = 0;
            while at < piece.len() && decoder != BodyDecoder::Done {
                let (skip, taken) = decoder.decode(&piece[at..])?;
                assert!(skip + taken > 0, "no progress");
                data.extend_from_slice(&piece[at + skip..at + skip + taken]);
                at += skip + taken;
            }
            used += at;
        }
        Ok((data, raw.len() - used))
    }

    #[test]
    fn framing_is_read_from_the_head() {
        assert_eq!(decoder("Content-Length: 12"), Ok(BodyDecoder::Sized(12)));
        assert_eq!(decoder("Content-Length: 0"), Ok(BodyDecoder::Done));
        assert_eq!(decoder("content-length: 7\r\nContent-Length: 7"), Ok(BodyDecoder::Sized(7)));
        assert_eq!(decoder("Transfer-Encoding: Chunked"), Ok(BodyDecoder::Chunked(Chunk::START)));
        assert_eq!(decoder("x: y"), Ok(BodyDecoder::UntilClose));
        for refused in [
            "Content-Length: -1",
            "Content-Length: +1",
            "Content-Length: 1 2",
            "Content-Length:",
            "Content-Length: 18446744073709551616",
            "Content-Length: 7\r\nContent-Length: 8",
            "Content-Length: 7\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ] {
            assert_eq!(decoder(refused), Err(FramingError), "{refused}");
        }
    }

    #[test]
    fn answers_without_a_body_have_none() {
        for status in ["204", "304"] {
            let head = std::format!("HTTP/1.1 {status} x\r\nContent-Length: 12\r\n\r\n");
            assert_eq!(BodyDecoder::new(RawHead::parse(head.as_bytes()).unwrap()), Ok(BodyDecoder::Done));
        }
    }

    #[test]
    fn a_sized_body_ends_by_itself() {
        for step in 1..8 {
            assert_eq!(decode(BodyDecoder::Sized(5), b"helloX", step), Ok((b"hello".to_vec(), 1)));
        }
    }

    #[test]
    fn chunks_are_joined_whatever_pieces_they_come_in() {
        let raw = b"5\r\nhello\r\n1;ext=\"v\"\r\n \r\nA \r\nworld12345\r\n0\r\nTrailer: x\r\n\r\nX";
        for step in 1..=raw.len() {
            let start = BodyDecoder::Chunked(Chunk::START);
            assert_eq!(decode(start, raw, step), Ok((b"hello world12345".to_vec(), 1)), "{step}");
        }
        let bare = b"3\nabc\n0\n\n";
        assert_eq!(decode(BodyDecoder::Chunked(Chunk::START), bare, 2), Ok((b"abc".to_vec(), 0)));
    }

    #[test]
    fn broken_chunks_are_refused() {
        let long_extension = std::format!("1;{}\r\n", "x".repeat(200));
        let long_trailer = std::format!("0\r\nt: {}\r\n\r\n", "x".repeat(2000));
        for raw in [
            "\r\n",
            ";x\r\n",
            "g\r\n",
            "-1\r\n",
            "1x\r\n",
            "3\r\nabcX",
            "10000000000000000\r\n",
            long_extension.as_str(),
            long_trailer.as_str(),
        ] {
            for step in [1, 7, 4096] {
                let start = BodyDecoder::Chunked(Chunk::START);
                assert_eq!(decode(start, raw.as_bytes(), step), Err(FramingError), "{raw:.20}");
            }
        }
    }
}
