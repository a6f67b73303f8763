//! A response to a board, in pieces as they come: every split gives the same result, and a head that is accepted is the
//! one that `httparse` reads.
//!
//! Input: a byte that decides on the splits, then what the server sends.
#![no_main]

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use libfuzzer_sys::fuzz_target;
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{Error, HttpRequest, Now, Response};

const URL: &str = "https://h.example.com/k?x-oss-date=20241112T083238Z&x-oss-expires=600";
/// The room for a head, and for a body.
const ROOM: usize = 2048;

/// Sends what it was given, in pieces, and then the end of the stream.
struct Pieces<'a> {
    rest: &'a [u8],
    random: u32,
    whole: bool,
}

impl ErrorType for Pieces<'_> {
    type Error = ErrorKind;
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let most = if self.whole { usize::MAX } else { 1 + (self.random >> 24) as usize % 7 };
        let count = self.rest.len().min(buffer.len()).min(most);
        let (now, later) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Everything that can be seen of a result.
type Seen = Result<(u16, Vec<(Vec<u8>, Vec<u8>)>, Vec<u8>, u64, bool, bool), String>;

fn see(result: Result<Response<'_>, Error>) -> Seen {
    let response = result.map_err(|error| format!("{error:?}"))?;
    let headers = response.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    let (body, length) = (response.body().to_vec(), response.length());
    Ok((response.status(), headers, body, length, response.is_truncated(), response.is_verified()))
}

fn receive(bytes: &[u8], put: bool, seed: u8, whole: bool) -> (Seen, bool, Option<String>) {
    let now = Now::from_unix(1_731_400_358).expect("a time of 2024");
    let method = if put { "PUT" } else { "GET" };
    let request = HttpRequest::from_url(method, URL, &[]).expect("the URL is one");
    let stream = Pieces { rest: bytes, random: u32::from(seed).wrapping_mul(0x9e37_79b9), whole };
    let (mut buffer, mut out) = ([0; ROOM], [0; ROOM]);
    let mut connection = Connection::new(stream, &mut buffer);
    let seen = if put {
        see(connection.put(&request, b"body", now))
    } else {
        see(connection.get(&request, &mut out, now))
    };
    let error = connection
        .service_error()
        .map(|error| format!("{error} {:?} {:?} {:?}", error.status(), error.code(), error.is_transient()));
    (seen, connection.is_open(), error)
}

fuzz_target!(|input: &[u8]| {
    let Some((&seed, bytes)) = input.split_first() else { return };
    for put in [false, true] {
        let whole = receive(bytes, put, seed, true);
        if bytes.len() <= ROOM {
            assert_eq!(receive(bytes, put, seed, false).0, whole.0, "put: {put}");
            assert_eq!(receive(bytes, put, seed, false).2, whole.2, "put: {put}");
        }
        if let (Ok((status, headers, ..)), ..) = &whole {
            compare(bytes, *status, headers);
        }
    }
});

/// The last head of the bytes that is no interim one, according to `httparse`.
fn compare(mut bytes: &[u8], status: u16, headers: &[(Vec<u8>, Vec<u8>)]) {
    loop {
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut theirs = httparse::Response::new(&mut slots);
        // The words behind the status mean nothing, and are not looked at: theirs may be no text.
        let line = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
        let wordless = [&bytes[..12.min(line)], &bytes[line..]].concat();
        let end = match theirs.parse(&wordless) {
            Ok(httparse::Status::Complete(end)) => end + bytes.len() - wordless.len(),
            other => panic!("{other:?}: {}", bytes.escape_ascii()),
        };
        if theirs.code.is_some_and(|code| code < 200) {
            bytes = &bytes[end..];
            continue;
        }
        assert_eq!(theirs.code, Some(status));
        let theirs = theirs.headers.iter().map(|header| (header.name.as_bytes(), header.value));
        let ours = headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        assert!(theirs.eq(ours), "{}", bytes.escape_ascii());
        return;
    }
}
