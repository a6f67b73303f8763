//! What the tests of the machines share: a world whose clock stands still until it is moved, and a driver that plays a
//! script of answers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;
use core::time::Duration;
use std::collections::VecDeque;

use oss_presign::{PresignedRequest, Timestamp};

use super::{Action, Event, OwnedHead, RequestToSend, SentBody, Setup, Surroundings, Transfer};
use crate::crc64::Crc64;
use crate::error::TransferError;
use crate::options::Options;
use crate::retry::RetryPolicy;

/// 2024-11-12T08:32:38Z
pub(super) const NOW: u64 = 1_731_400_358;

/// A world in which time passes only by waiting.
pub(super) struct World {
    pub(super) elapsed: Cell<Duration>,
}

impl World {
    pub(super) fn new() -> Self {
        Self { elapsed: Cell::new(Duration::ZERO) }
    }

    pub(super) fn pass(&self, time: Duration) {
        self.elapsed.set(self.elapsed.get() + time);
    }
}

impl Surroundings for World {
    fn elapsed(&self) -> Duration {
        self.elapsed.get()
    }

    fn unix(&self) -> u64 {
        NOW + self.elapsed.get().as_secs()
    }

    fn random(&self) -> u64 {
        u64::MAX
    }
}

/// A request that lives for `seconds`.
pub(super) fn presigned(method: &str, seconds: u64) -> PresignedRequest {
    let expiry = Timestamp::from_unix(NOW + seconds).unwrap();
    PresignedRequest::new(method, "https://h/k?x-oss-signature=fake", Vec::new(), expiry).unwrap()
}

/// A setup with this many attempts in all.
pub(super) fn setup(method: &str, attempts: u32) -> Setup {
    let retry = RetryPolicy::default().max_attempts(attempts);
    Setup::new(presigned(method, 3600), Options::default().retry(retry))
}

pub(super) fn head(status: u16, headers: &[(&str, &str)]) -> OwnedHead {
    OwnedHead::new(status, headers.iter().map(|(name, value)| (*name, value.as_bytes())))
}

/// What the service, or the line, does with one request.
pub(super) enum Reply {
    /// An answer, its body in pieces, and whether it ends well.
    Answer(OwnedHead, Vec<&'static [u8]>, Ending),
    /// The answer comes when only so many bytes are sent.
    Early(u64, OwnedHead),
    Cut,
}

pub(super) enum Ending {
    Complete,
    Cut,
}

/// A complete answer.
pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: &'static [u8]) -> Reply {
    Reply::Answer(head(status, headers), [body].into(), Ending::Complete)
}

/// An answer that is cut off behind these bytes.
pub(super) fn cut(status: u16, headers: &[(&str, &str)], body: &'static [u8]) -> Reply {
    Reply::Answer(head(status, headers), [body].into(), Ending::Cut)
}

/// Plays a script, and notes what was asked of it.
#[derive(Default)]
pub(super) struct Driver {
    pub(super) replies: VecDeque<Reply>,
    /// The body that is sent.
    pub(super) body: &'static [u8],
    /// Freshly signed requests, the next one first.
    pub(super) fresh: VecDeque<PresignedRequest>,
    pub(super) delivered: Vec<u8>,
    pub(super) sent: Vec<RequestToSend>,
    pub(super) waits: Vec<Duration>,
    answer: VecDeque<&'static [u8]>,
    cut: bool,
    received: &'static [u8],
}

impl Driver {
    pub(super) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { replies: replies.into_iter().collect(), ..Self::default() }
    }

    pub(super) fn run<M: Transfer>(
        &mut self,
        machine: &mut M,
        world: &World,
    ) -> Result<M::Output, TransferError> {
        loop {
            if let Some(done) = self.step(machine, world)? {
                return Ok(done);
            }
        }
    }

    /// Does one action.
    pub(super) fn step<M: Transfer>(
        &mut self,
        machine: &mut M,
        world: &World,
    ) -> Result<Option<M::Output>, TransferError> {
        match machine.next(world)? {
            Action::Send(request) => {
                let reply = self.replies.pop_front().expect("one request too many");
                if let Some(length) = request.body_length {
                    let bytes = if let Reply::Early(bytes, _) = &reply { *bytes } else { length };
                    let crc64 = Crc64::of(self.body);
                    machine.handle(Event::Sent(SentBody { bytes, crc64, failure: None }));
                }
                self.sent.push(request);
                match reply {
                    Reply::Cut => machine.handle(Event::Failed(TransferError::Connection("gone".into()))),
                    Reply::Early(_, head) => machine.handle(Event::Answered(head)),
                    Reply::Answer(head, pieces, ending) => {
                        self.answer = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
                        self.cut = matches!(ending, Ending::Cut);
                        machine.handle(Event::Answered(head));
                    }
                }
            }
            Action::Receive { .. } => match self.answer.pop_front() {
                Some(bytes) => {
                    self.received = bytes;
                    machine.handle(Event::Received(bytes));
                }
                None if self.cut => machine.handle(Event::Failed(TransferError::Connection("cut".into()))),
                None => machine.handle(Event::Ended),
            },
            Action::Deliver => self.delivered.extend_from_slice(self.received),
            Action::Restart => self.delivered.clear(),
            Action::Wait { after, .. } => {
                self.waits.push(after);
                world.pass(after);
            }
            Action::Sign(_) => {
                let fresh = self.fresh.pop_front().expect("one signature too many");
                machine.handle(Event::Signed(fresh));
            }
            Action::ComputeMd5 => machine.handle(Event::Md5("XUFAKrxLKna5cZ2REBfFkg==")),
            Action::Done(done) => return Ok(Some(done)),
        }
        Ok(None)
    }

    /// The value of a header of a request that was sent.
    pub(super) fn header(&self, request: usize, name: &str) -> Option<String> {
        let mut headers = self.sent.get(request)?.headers();
        headers.find(|(found, _)| *found == name).map(|(_, value)| value.to_string())
    }
}

/// Twelve hours of a download that is cut every ten minutes, a mebibyte further each time, with URLs that live for an
/// hour: in one test, without a socket and without waiting.
#[test]
#[cfg_attr(miri, ignore = "a cut is forgiven after a mebibyte, and 72 of them would take hours")]
fn twelve_hours_in_a_moment() {
    static PIECE: [u8; 1 << 20] = [7; 1 << 20];
    const PIECES: u64 = 72;
    let size = PIECES << 20;
    let object = Crc64::of(&PIECE.repeat(72)).to_string();
    let range = |first: u64| std::format!("bytes {first}-{}/{size}", size - 1);
    let whole = [
        ("etag", "\"E\"".to_string()),
        ("content-length", size.to_string()),
        ("x-oss-hash-crc64ecma", object),
    ];
    let replies = (0..PIECES).map(|n| {
        let mut headers: Vec<(&str, String)> = whole.to_vec();
        if n > 0 {
            headers.push(("content-range", range(n << 20)));
        }
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ending = if n + 1 == PIECES { Ending::Complete } else { Ending::Cut };
        Reply::Answer(head(if n > 0 { 206 } else { 200 }, &headers), [&PIECE[..]].into(), ending)
    });
    let mut driver = Driver::new(replies);
    driver.fresh = (1..=12).map(|hour| presigned("GET", hour * 3_600 + 3_700)).collect();
    // The cut, the URL that has run out meanwhile, and the attempt that goes on.
    let mut setup = setup("GET", 3);
    setup.refreshable = true;
    let (mut get, world) = (super::Get::new(setup, None, true), World::new());
    let done = loop {
        let before = driver.sent.len();
        if let Some(done) = driver.step(&mut get, &world).unwrap() {
            break done;
        }
        if driver.sent.len() > before {
            world.pass(Duration::from_secs(600));
        }
    };
    assert!(world.elapsed() > Duration::from_secs(12 * 3_600 - 700));
    assert_eq!((done.bytes, done.verified, driver.delivered.len() as u64), (size, true, size));
    // The URL is renewed when it has run out, and not more often.
    assert_eq!(driver.fresh.len(), 1);
}
