//! Whole exchanges over scripted streams, each by every driver that is compiled in; they must agree.
#![cfg(any(feature = "blocking", feature = "async"))]

use std::collections::VecDeque;

use embedded_io::ErrorKind;
#[cfg(feature = "async")]
use futures_util::FutureExt as _;
#[cfg(feature = "async")]
use oss_upload_embedded::asynchronous;
#[cfg(feature = "blocking")]
use oss_upload_embedded::blocking;
use oss_upload_embedded::{CutAt, Error, HttpRequest, Malformed, Now};
use proptest::prelude::*;

const NOW: u64 = 1_731_400_358;
const HEADERS: &[(&str, &str)] = &[("content-type", "text/plain"), ("x-oss-meta-owner", "42")];
const BODY: &[u8] = b"123456789";
/// CRC-64/XZ of `BODY`, 0x995dc9bbdf1939fa, from the catalogue of CRC parametrised algorithms.
const BODY_CRC: &str = "11051210869376104954";

/// A peer that has its whole answer ready, gives it in pieces of `step` bytes, and closes (or fails) after it.
#[derive(Debug, Clone, Default)]
struct Peer {
    answer: VecDeque<u8>,
    step: usize,
    sent: Vec<u8>,
    /// Fails once so many bytes were written.
    breaks_after: Option<usize>,
    /// Instead of an end of stream.
    read_error: Option<ErrorKind>,
}

impl Peer {
    fn new(answer: impl AsRef<[u8]>) -> Self {
        Self { answer: answer.as_ref().iter().copied().collect(), step: usize::MAX, ..Self::default() }
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        assert!(!out.is_empty(), "an empty read cannot tell the end of a stream");
        let count = out.len().min(self.step).min(self.answer.len());
        if count == 0 {
            return self.read_error.map_or(Ok(0), Err);
        }
        for (to, from) in out.iter_mut().zip(self.answer.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let room = self.breaks_after.map_or(usize::MAX, |limit| limit.saturating_sub(self.sent.len()));
        if room == 0 {
            return Err(ErrorKind::ConnectionReset);
        }
        // Never takes all at once: a driver must go on where it was.
        let count = bytes.len().min(room).min(7);
        self.sent.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}

impl embedded_io::ErrorType for Peer {
    type Error = ErrorKind;
}

impl embedded_io::Read for Peer {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        Peer::read(self, out)
    }
}

impl embedded_io::Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Peer::write(self, bytes)
    }
    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[cfg(feature = "async")]
impl embedded_io_async::Read for Peer {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        Peer::read(self, out)
    }
}

#[cfg(feature = "async")]
impl embedded_io_async::Write for Peer {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Peer::write(self, bytes)
    }
    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// What to do over one connection.
#[derive(Debug, Clone, Copy)]
enum Call {
    Put(&'static [u8]),
    /// From a reader that has `source` and then ends (or fails).
    PutFrom {
        source: &'static [u8],
        length: u64,
        fails: bool,
    },
    Get {
        capacity: usize,
    },
    /// Into a writer that fails after `room` bytes.
    GetTo {
        limit: u64,
        room: usize,
    },
}

/// What a test can see of the last call.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    result: Result<Answer, Error>,
    open: bool,
    sent: String,
    refusal: Option<Refusal>,
    /// What a `GetTo`'s writer got.
    sunk: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    status: u16,
    code: Option<String>,
    ec: Option<String>,
    request_id: Option<String>,
    date: Option<u64>,
    xml: String,
}

impl From<oss_upload_embedded::ServiceError<'_>> for Refusal {
    fn from(error: oss_upload_embedded::ServiceError<'_>) -> Self {
        Self {
            status: error.status(),
            code: error.code().map(str::to_owned),
            ec: error.ec().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            date: error.date(),
            xml: String::from_utf8(error.xml().to_vec()).expect("UTF-8"),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    body: Vec<u8>,
    length: u64,
    verified: bool,
    truncated: bool,
    etag: Option<String>,
    date: Option<u64>,
}

impl From<oss_upload_embedded::Response<'_>> for Answer {
    fn from(response: oss_upload_embedded::Response<'_>) -> Self {
        Self {
            status: response.status(),
            body: response.body().to_vec(),
            length: response.length(),
            verified: response.is_verified(),
            truncated: response.is_truncated(),
            etag: response.header("etag").map(str::to_owned),
            date: response.date(),
        }
    }
}

fn request(method: &'static str) -> HttpRequest<'static> {
    let headers = if method == "PUT" { HEADERS } else { &[] };
    HttpRequest::new(
        method,
        "b.oss-cn-hangzhou.aliyuncs.com",
        "/a%20b?x-oss-signature=00",
        headers,
        Some(NOW + 1),
    )
    .expect("valid parts")
}

macro_rules! driver {
    ($name:ident, $module:ident $(, $async:ident, $($await:tt)+)?) => {
        $($async)? fn $name(peer: Peer, buffer: usize, calls: &[Call], now: Now) -> Seen {
            let mut buffer = vec![0; buffer];
            let mut connection = $module::Connection::new(peer, &mut buffer);
            let mut result = None;
            let mut sunk = Vec::new();
            for &call in calls {
                result = Some(match call {
                    Call::Put(body) => connection.put(&request("PUT"), body, now)$($($await)+)?.map(Answer::from),
                    Call::PutFrom { source, length, fails } => {
                        let mut source = Peer::new(source);
                        source.read_error = fails.then_some(ErrorKind::Other);
                        connection.put_from(&request("PUT"), source, length, now)$($($await)+)?.map(Answer::from)
                    }
                    Call::Get { capacity } => {
                        let mut out = vec![0; capacity];
                        connection.get(&request("GET"), &mut out, now)$($($await)+)?.map(Answer::from)
                    }
                    Call::GetTo { limit, room } => {
                        let mut sink = Peer { breaks_after: Some(room), ..Peer::default() };
                        let result = connection.get_to(&request("GET"), &mut sink, limit, now)$($($await)+)?.map(Answer::from);
                        sunk = sink.sent;
                        result
                    }
                });
            }
            let refusal = connection.service_error().map(Refusal::from);
            let open = connection.is_open();
            let sent = String::from_utf8(connection.into_stream().sent).unwrap();
            Seen { result: result.unwrap(), open, sent, refusal, sunk }
        }
    };
}

#[cfg(feature = "blocking")]
driver!(run_blocking, blocking);
#[cfg(feature = "async")]
driver!(run_asynchronous, asynchronous, async, .await);

fn run_at(now: u64, peer: Peer, buffer: usize, calls: &[Call]) -> Seen {
    let now = Now::from_unix(now).expect("a clock that was set");
    let [first, others @ ..] = &mut [
        #[cfg(feature = "blocking")]
        Some(run_blocking(peer.clone(), buffer, calls, now)),
        #[cfg(feature = "async")]
        run_asynchronous(peer.clone(), buffer, calls, now).now_or_never(),
    ];
    let seen = first.take().expect("scripted streams never wait");
    for other in others {
        assert_eq!(Some(&seen), other.as_ref(), "the drivers disagree");
    }
    seen
}

fn run(answer: impl AsRef<[u8]>, calls: &[Call]) -> Seen {
    run_at(NOW, Peer::new(answer), 1024, calls)
}

fn stored() -> String {
    format!(
        "HTTP/1.1 200 OK\r\nServer: AliyunOSS\r\nDate: Tue, 12 Nov 2024 08:32:38 GMT\r\nContent-Length: 0\r\n\
         ETag: \"E1\"\r\nx-oss-hash-crc64ecma: {BODY_CRC}\r\n\r\n"
    )
}

fn object(framing: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nx-oss-hash-crc64ecma: {BODY_CRC}\r\n{framing}\r\n\r\n{body}")
}

const REFUSAL_XML: &str = "<Error>\n  <Code>AccessDenied</Code>\n  <Message>Request has expired.</Message>\n  \
    <RequestId>65F0A1B2C3D4E5F601234567</RequestId>\n  <EC>0002-00000069</EC>\n</Error>";

fn refused() -> String {
    format!(
        "HTTP/1.1 403 Forbidden\r\nDate: Tue, 12 Nov 2024 09:32:38 GMT\r\nContent-Length: {}\r\n\r\n{REFUSAL_XML}",
        REFUSAL_XML.len()
    )
}

const CHUNKED: &str = "4\r\n1234\r\n5;x=y\r\n56789\r\n0\r\nT: 1\r\n\r\n";

#[test]
fn put_sends_exactly_the_required_headers() {
    let seen = run(stored(), &[Call::Put(BODY)]);
    assert_eq!(
        seen.sent,
        "PUT /a%20b?x-oss-signature=00 HTTP/1.1\r\nhost: b.oss-cn-hangzhou.aliyuncs.com\r\ncontent-length: 9\r\n\
         content-type: text/plain\r\nx-oss-meta-owner: 42\r\n\r\n123456789"
    );
    let expected = Answer {
        status: 200,
        body: vec![],
        length: 0,
        verified: true,
        truncated: false,
        etag: Some("\"E1\"".into()),
        date: Some(NOW),
    };
    assert_eq!((seen.result, seen.open), (Ok(expected), true));
}

#[test]
fn an_empty_object_has_a_length_too() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-oss-hash-crc64ecma: 0\r\n\r\n";
    let seen = run(answer, &[Call::Put(b"")]);
    assert!(seen.sent.contains("\r\ncontent-length: 0\r\n"));
    assert!(seen.result.unwrap().verified);
}

#[test]
fn get_fetches_and_verifies() {
    for (framing, body) in [
        ("Content-Length: 9", "123456789"),
        ("Transfer-Encoding: chunked", CHUNKED),
        ("x: until the connection closes", "123456789"),
    ] {
        for step in 1..=64 {
            let peer = Peer { step, ..Peer::new(object(framing, body)) };
            let seen = run_at(NOW, peer.clone(), 256, &[Call::Get { capacity: 9 }]);
            assert_eq!(
                seen.sent,
                "GET /a%20b?x-oss-signature=00 HTTP/1.1\r\nhost: b.oss-cn-hangzhou.aliyuncs.com\r\n\r\n"
            );
            let answer = seen.result.unwrap();
            assert_eq!((&answer.body[..], answer.length, answer.verified), (BODY, 9, true));
            assert_eq!(seen.open, !framing.starts_with('x'));

            let seen = run_at(NOW, peer, 256, &[Call::GetTo { limit: 9, room: 9 }]);
            assert_eq!((seen.result.unwrap().length, &seen.sunk[..]), (9, BODY));
        }
    }
}

#[test]
fn a_connection_carries_request_after_request() {
    let answers = [stored(), refused(), object("Transfer-Encoding: chunked", CHUNKED)].concat();
    // One byte at a time: whatever is there beyond an answer would belong to nobody.
    let peer = Peer { step: 1, ..Peer::new(answers) };
    let seen = run_at(NOW, peer, 512, &[Call::Put(BODY), Call::Put(b"x"), Call::Get { capacity: 20 }]);
    assert_eq!((seen.result.unwrap().body, seen.open), (BODY.to_vec(), true));
}

#[test]
fn a_connection_ends_when_the_answer_says_so() {
    for (status_line, header, open) in [
        ("HTTP/1.1 200 OK", "a: b", true),
        ("HTTP/1.1 200 OK", "Connection: close", false),
        ("HTTP/1.1 200 OK", "Connection: Upgrade, CLOSE", false),
        ("HTTP/1.0 200 OK", "a: b", false),
        ("HTTP/1.0 200 OK", "Connection: keep-alive", true),
    ] {
        let answer = format!("{status_line}\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(run(&answer, &[Call::Put(BODY)]).open, open, "{status_line} {header}");
        let again = run([&answer[..], &answer].concat(), &[Call::Put(BODY), Call::Put(BODY)]);
        if !open {
            assert_eq!(again.result, Err(Error::ConnectionClosed));
        }
    }
    let excess = run(stored() + "HTTP/1.1 200 OK\r\n", &[Call::Put(BODY)]);
    assert!(excess.result.is_ok());
    assert!(!excess.open, "bytes that nobody asked for");
}

#[test]
fn a_refusal_gives_its_reason() {
    for calls in [&[Call::Put(BODY)][..], &[Call::Get { capacity: 2 }], &[Call::GetTo { limit: 2, room: 0 }]]
    {
        let seen = run(refused(), calls);
        assert_eq!(seen.result, Err(Error::Service { status: 403 }));
        let expected = Refusal {
            status: 403,
            code: Some("AccessDenied".into()),
            ec: Some("0002-00000069".into()),
            request_id: Some("65F0A1B2C3D4E5F601234567".into()),
            date: Some(NOW + 3600),
            xml: REFUSAL_XML.into(),
        };
        assert_eq!((seen.refusal, seen.open, seen.sunk.len()), (Some(expected), true, 0));
    }
    let forgotten =
        run_at(NOW, Peer { step: 1, ..Peer::new(refused() + &stored()) }, 512, &[Call::Put(BODY); 2]);
    assert_eq!((forgotten.result.is_ok(), forgotten.refusal), (true, None));
}

#[test]
fn a_refusal_that_does_not_fit_still_gives_its_reason() {
    let head = refused().len() - REFUSAL_XML.len();
    let seen = run_at(NOW, Peer::new(refused()), head + 60, &[Call::Put(BODY)]);
    assert_eq!((seen.result, seen.open), (Err(Error::Service { status: 403 }), false));
    let refusal = seen.refusal.unwrap();
    assert_eq!(
        (refusal.code.as_deref(), refusal.ec, &refusal.xml[..]),
        (Some("AccessDenied"), None, &REFUSAL_XML[..60])
    );
}

#[test]
fn a_refusal_is_heard_although_the_body_could_not_be_sent() {
    for breaks_after in [10, 150] {
        let peer = Peer { breaks_after: Some(breaks_after), ..Peer::new(refused()) };
        let seen = run_at(NOW, peer, 1024, &[Call::Put(BODY)]);
        assert_eq!((seen.result, seen.open), (Err(Error::Service { status: 403 }), false));
        assert_eq!(seen.refusal.unwrap().code.as_deref(), Some("AccessDenied"));
    }
    // A success that came too early is none, and neither is silence.
    for answer in [stored(), String::new()] {
        let peer = Peer { breaks_after: Some(150), ..Peer::new(answer) };
        let seen = run_at(NOW, peer, 1024, &[Call::Put(BODY)]);
        assert_eq!((seen.result, seen.open), (Err(Error::Io(ErrorKind::ConnectionReset)), false));
    }
}

#[test]
fn an_answer_cut_anywhere_is_no_answer() {
    let sized = object("Content-Length: 9", "123456789");
    let chunked = object("Transfer-Encoding: chunked", CHUNKED);
    for (answer, calls) in [
        (stored(), &[Call::Put(BODY)][..]),
        (refused(), &[Call::Put(BODY)]),
        (refused(), &[Call::Get { capacity: 9 }]),
        (sized.clone(), &[Call::Get { capacity: 9 }]),
        (sized, &[Call::GetTo { limit: 9, room: 9 }]),
        (chunked.clone(), &[Call::Get { capacity: 9 }]),
        (chunked, &[Call::GetTo { limit: 9, room: 9 }]),
    ] {
        let head = answer.find("\r\n\r\n").unwrap() + 4;
        for cut in 0..answer.len() {
            for step in [1, 5, usize::MAX] {
                let peer = Peer { step, ..Peer::new(&answer[..cut]) };
                let seen = run_at(NOW, peer.clone(), 512, calls);
                let Err(Error::Cut(at)) = seen.result else { panic!("{cut}: {:?}", seen.result) };
                match at {
                    CutAt::Start => assert_eq!(cut, 0),
                    CutAt::Head => assert!((1..head).contains(&cut)),
                    CutAt::Body { missing: Some(missing) } => {
                        assert_eq!(missing as usize, answer.len() - cut)
                    }
                    CutAt::Body { missing: None } => assert!(cut >= head && answer.contains("chunked")),
                    _ => panic!("{at:?}"),
                }
                assert!(!seen.open);
                // The same with a stream that times out instead.
                let peer = Peer { read_error: Some(ErrorKind::TimedOut), ..peer };
                assert_eq!(run_at(NOW, peer, 512, calls).result, Err(Error::Io(ErrorKind::TimedOut)));
            }
        }
    }
}

#[test]
fn short_buffers_are_told_apart() {
    let head = stored().len();
    assert!(run_at(NOW, Peer::new(stored()), head, &[Call::Put(BODY)]).result.is_ok());
    for capacity in [0, 1, 20, head - 1] {
        let seen = run_at(NOW, Peer::new(stored()), capacity, &[Call::Put(BODY)]);
        assert_eq!((seen.result, seen.open), (Err(Error::HeadTooLong { capacity }), capacity == 0));
    }
    for (framing, body, needed) in
        [("Content-Length: 9", "123456789", Some(9)), ("Transfer-Encoding: chunked", CHUNKED, None)]
    {
        for capacity in [0, 1, 8] {
            let error = Err(Error::BodyTooLong { needed, capacity });
            let answer = object(framing, body);
            assert_eq!(run(&answer, &[Call::Get { capacity: capacity as usize }]).result, error);
            let seen = run(&answer, &[Call::GetTo { limit: capacity, room: 100 }]);
            assert_eq!((seen.result, seen.open), (error, false));
            assert!(seen.sunk.len() as u64 <= capacity);
        }
    }
    // A head that fills the buffer to its last byte leaves no room for a body.
    let answer = object("Content-Length: 9", "123456789");
    let capacity = answer.len() - 9;
    let seen =
        run_at(NOW, Peer { step: capacity, ..Peer::new(answer) }, capacity, &[Call::Get { capacity: 9 }]);
    assert_eq!(seen.result, Err(Error::HeadTooLong { capacity }));
}

#[test]
fn the_answer_to_a_put_may_have_a_body() {
    let answer = |status| format!("HTTP/1.1 {status} x\r\nContent-Length: 15\r\n\r\n{{\"Status\":\"OK\"}}");
    let seen = run(answer(200), &[Call::Put(BODY)]);
    let got = seen.result.unwrap();
    assert_eq!(
        (got.status, &got.body[..], got.verified, got.truncated),
        (200, &b"{\"Status\":\"OK\"}"[..], false, false)
    );
    assert_eq!(run(answer(203), &[Call::Put(BODY)]).result.unwrap().status, 203);

    let size = answer(200).len() - 5;
    let seen = run_at(NOW, Peer::new(answer(200)), size, &[Call::Put(BODY)]);
    let got = seen.result.unwrap();
    assert_eq!((&got.body[..], got.truncated, seen.open), (&b"{\"Status\":"[..], true, false));
}

#[test]
fn a_wrong_checksum_is_an_error() {
    let theirs: u64 = BODY_CRC.parse().unwrap();
    for (call, ours) in [
        // CRC-64/XZ of "123456780" as computed by `xz --check=crc64` (Python: lzma).
        (Call::Put(b"123456780"), None),
        (Call::Put(b""), Some(0)),
        (Call::PutFrom { source: b"123", length: 3, fails: false }, None),
    ] {
        match run(stored(), &[call]).result {
            Err(Error::ChecksumMismatch { ours: found, theirs: stated }) => {
                assert_eq!(stated, theirs);
                assert!(ours.is_none_or(|ours| ours == found));
            }
            other => panic!("{other:?}"),
        }
    }
    for call in [Call::Get { capacity: 9 }, Call::GetTo { limit: 9, room: 9 }] {
        let seen = run(object("Content-Length: 9", "123456780"), &[call]);
        assert!(matches!(seen.result, Err(Error::ChecksumMismatch { .. })), "{:?}", seen.result);
    }
    // 2^64 is no CRC-64.
    let unreadable = stored().replace(BODY_CRC, "18446744073709551616");
    assert_eq!(run(unreadable, &[Call::Put(BODY)]).result, Err(Error::Malformed(Malformed::Checksum)));
    // A range states the CRC of the whole object.
    let range = object("Content-Length: 3", "123").replace("200 OK", "206 Partial Content");
    assert!(!run(range, &[Call::Get { capacity: 3 }]).result.unwrap().verified);
}

#[test]
fn what_can_be_refused_early_is_refused_before_anything_is_sent() {
    let seen = run_at(NOW + 1, Peer::new(stored()), 512, &[Call::Put(BODY)]);
    assert_eq!(seen.result, Err(Error::Refused(oss_upload_embedded::Refusal::Expired { seconds_ago: 0 })));
    assert_eq!((seen.sent.as_str(), seen.open), ("", true));
}

#[cfg(feature = "blocking")]
#[test]
fn what_the_url_is_not_for_is_refused_and_the_connection_stays_open() {
    use oss_upload_embedded::Refusal::{LengthMismatch, WrongMethod};

    let now = Now::from_unix(NOW).unwrap();
    let mut buffer = [0; 512];
    let mut connection = blocking::Connection::new(Peer::new(stored()), &mut buffer);
    let error = connection.put(&request("GET"), BODY, now).unwrap_err();
    assert!(matches!(error, Error::Refused(WrongMethod { wanted: "PUT", .. })), "{error:?}");
    let error = connection.get(&request("PUT"), &mut [0; 9], now).unwrap_err();
    assert!(matches!(error, Error::Refused(WrongMethod { wanted: "GET", .. })), "{error:?}");

    let bound = HttpRequest::new("PUT", "h", "/k", &[("content-length", "9")], None).unwrap();
    let error = connection.put(&bound, b"12345678", now).unwrap_err();
    assert_eq!(error, Error::Refused(LengthMismatch { signed: 9, body: 8 }));
    assert!(connection.put(&bound, BODY, now).is_ok());
    let sent = String::from_utf8(connection.into_stream().sent).unwrap();
    assert_eq!(sent, "PUT /k HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\n123456789");
}

#[test]
fn a_reader_is_read_to_its_length() {
    let ok = run(stored(), &[Call::PutFrom { source: b"123456789 and more", length: 9, fails: false }]);
    assert!(ok.result.unwrap().verified);
    assert!(ok.sent.ends_with("\r\n\r\n123456789"));
    for (fails, error) in
        [(false, Error::BodySourceShort { missing: 1 }), (true, Error::BodySource(ErrorKind::Other))]
    {
        let seen = run(stored(), &[Call::PutFrom { source: BODY, length: 10, fails }]);
        assert_eq!((seen.result, seen.open), (Err(error), false));
    }
}

#[test]
fn a_writer_that_fails_ends_the_fetch() {
    let seen = run(object("Content-Length: 9", "123456789"), &[Call::GetTo { limit: 9, room: 4 }]);
    assert_eq!((seen.result, seen.open), (Err(Error::BodySink(ErrorKind::ConnectionReset)), false));
}

#[test]
fn redirects_are_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let answer =
            format!("HTTP/1.1 {status} x\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n");
        for call in [Call::Put(BODY), Call::Get { capacity: 9 }] {
            assert_eq!(run(&answer, &[call]).result, Err(Error::Redirected { status }));
        }
    }
    let not_modified = run("HTTP/1.1 304 Not Modified\r\n\r\n", &[Call::Get { capacity: 9 }]);
    assert_eq!(not_modified.result, Err(Error::Service { status: 304 }));
}

#[test]
fn interim_answers_are_skipped_up_to_a_limit() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    for step in [1, 3, usize::MAX] {
        let run = |answer: String| run_at(NOW, Peer { step, ..Peer::new(answer) }, 512, &[Call::Put(BODY)]);
        assert!(run(interim.repeat(4) + &stored()).result.unwrap().verified);
        assert_eq!(run(interim.repeat(5) + &stored()).result, Err(Error::Malformed(Malformed::Interim)));
        let switch = run("HTTP/1.1 101 Switching Protocols\r\n\r\n".into());
        assert_eq!(switch.result, Err(Error::Malformed(Malformed::Interim)));
    }
}

#[test]
fn malformed_answers_are_refused() {
    for (answer, what) in [
        ("220 ftp ready\r\n\r\n", Malformed::StatusLine),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Malformed::HeaderLine),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", Malformed::Framing),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz", Malformed::Framing),
    ] {
        for call in [Call::Put(BODY), Call::Get { capacity: 9 }] {
            let seen = run(answer, &[call]);
            assert_eq!((seen.result, seen.open), (Err(Error::Malformed(what)), false));
        }
    }
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(65));
    assert_eq!(run(many, &[Call::Put(BODY)]).result, Err(Error::Malformed(Malformed::TooManyHeaders)));
}

proptest! {
    /// Whatever a peer says, both drivers come to the same end.
    #[test]
    fn any_answer_comes_to_an_end(
        prefix in prop_oneof![Just(""), Just("HTTP/1.1 200 OK\r\n"), Just("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")],
        noise in "([ -~]{0,9}(\r\n|: |[0-9a-f]\r\n)){0,12}",
        step in 1usize..40,
        buffer in 0usize..200,
        capacity in 0usize..40,
    ) {
        let peer = Peer { step, ..Peer::new(format!("{prefix}{noise}")) };
        run_at(NOW, peer.clone(), buffer, &[Call::Get { capacity }]);
        run_at(NOW, peer, buffer, &[Call::Put(BODY), Call::Put(BODY)]);
    }
}
