//! Sending a body: of an object, of a part, or of a request about parts.

use core::mem;
use core::time::Duration;

use alloc::vec::Vec;

use oss_presign::Method;

use super::answer_text::AnswerText;
use super::course::{Course, Setup, is_success};
use super::{Action, Event, OwnedHead, SentBody, Surroundings, Transfer, out_of_step};
use crate::error::TransferError;
use crate::integrity::IntegrityError;
use crate::refusal::Refusal;
use crate::report::Uploaded;
use crate::upload_check::{Checksum, UploadCheck};

/// Sends a body until the service says that it has it, and compares checksums.
#[derive(Debug)]
pub struct Put {
    course: Course,
    length: u64,
    checksum: Checksum,
    /// Whether the body can be read once more.
    repeatable: bool,
    /// What went out in the current attempt.
    sent: SentBody,
    /// The last answer that contradicted what was sent.
    mismatch: Option<IntegrityError>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before the first attempt, where a signed MD5 is compared.
    CheckMd5,
    /// The MD5 that was signed.
    Md5(alloc::string::String),
    Ready,
    Sent,
    Stored(UploadCheck, AnswerText),
    Refused(AnswerText),
    Failed(TransferError),
    Over,
}

impl Put {
    /// Stores a body of `length` bytes as an object. `repeatable` says whether the body can be read more than once.
    pub fn object(setup: Setup, length: u64, repeatable: bool) -> Self {
        let state = if setup.options.verify_md5 { State::CheckMd5 } else { State::Ready };
        Self { repeatable, state, ..Self::new(setup, Method::Put, length, Checksum::OfBody) }
    }

    /// Initiates a multipart upload: the body is empty, and the answer's body tells the upload id.
    pub fn initiate(setup: Setup) -> Self {
        Self::post(setup, 0, Checksum::None)
    }

    /// Stores a body of `length` bytes as a part.
    #[cfg(feature = "serde")]
    pub(super) fn part(setup: Setup, length: u64) -> Self {
        Self::new(setup, Method::Put, length, Checksum::OfBody)
    }

    /// Sends a body of `length` bytes about an object with this checksum, or about none.
    pub(super) fn post(setup: Setup, length: u64, checksum: Checksum) -> Self {
        Self::new(setup, Method::Post, length, checksum)
    }

    fn new(setup: Setup, method: Method, length: u64, checksum: Checksum) -> Self {
        Self {
            course: Course::new(setup, method, Some(length)),
            length,
            checksum,
            repeatable: true,
            sent: SentBody::default(),
            mismatch: None,
            state: State::Ready,
        }
    }

    /// The last answer that contradicted what was sent, also where another attempt followed.
    #[cfg(feature = "serde")]
    pub(super) fn mismatch(&self) -> Option<IntegrityError> {
        self.mismatch
    }

    /// Judges the head of an answer.
    fn answered(&self, head: OwnedHead) -> Result<State, TransferError> {
        let answer = head.parsed();
        if !is_success(&answer)? {
            return Ok(State::Refused(AnswerText::new(head)));
        }
        let SentBody { bytes, crc64, .. } = self.sent;
        let verify = self.course.options().verify_crc;
        let check = UploadCheck::new(self.checksum, self.length, bytes, crc64, verify)?;
        // No need to wait for the rest where the head is wrong.
        check.check_head(&answer)?;
        Ok(State::Stored(check, AnswerText::new(head)))
    }

    fn receive(answer: &mut AnswerText, idle: Duration, surroundings: &dyn Surroundings) -> Option<Duration> {
        answer.wanted(idle, surroundings.elapsed())
    }
}

impl Transfer for Put {
    type Output = Uploaded;

    fn next(&mut self, surroundings: &dyn Surroundings) -> Result<Action<Uploaded>, TransferError> {
        let idle = self.course.options().timeouts.idle;
        loop {
            match mem::replace(&mut self.state, State::Over) {
                State::CheckMd5 => match self.course.check(surroundings)?.header("content-md5") {
                    Some(signed) => {
                        self.state = State::Md5(signed.into());
                        return Ok(Action::ComputeMd5);
                    }
                    None => self.state = State::Ready,
                },
                State::Ready => match self.course.begin(Vec::new(), surroundings) {
                    Ok(action) => {
                        self.state = if let Action::Sign(_) = action { State::Ready } else { State::Sent };
                        self.sent = SentBody::default();
                        return Ok(action);
                    }
                    Err(error) => self.state = State::Failed(error),
                },
                State::Stored(check, mut answer) => match Self::receive(&mut answer, idle, surroundings) {
                    Some(within) => {
                        self.state = State::Stored(check, answer);
                        return Ok(Action::Receive { within });
                    }
                    None => {
                        let AnswerText { head, text, complete, .. } = answer;
                        match check.finish(&head.parsed(), text, complete, self.course.attempts.number()) {
                            Ok(done) => return Ok(Action::Done(done)),
                            Err(error) => self.state = State::Failed(error),
                        }
                    }
                },
                State::Refused(mut answer) => match Self::receive(&mut answer, idle, surroundings) {
                    Some(within) => {
                        self.state = State::Refused(answer);
                        return Ok(Action::Receive { within });
                    }
                    None => self.state = State::Failed(self.course.refusal(&answer, surroundings)),
                },
                State::Failed(error) => {
                    if let TransferError::Integrity(found) = &error {
                        self.mismatch = Some(*found);
                    }
                    let failure = error.failure();
                    let wait = self.course.retry(error, failure, self.repeatable, surroundings)?;
                    self.state = State::Ready;
                    return Ok(wait);
                }
                State::Md5(_) | State::Sent | State::Over => return Err(out_of_step()),
            }
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        match (&mut self.state, event) {
            (_, Event::Signed(request)) => self.course.signed(request),
            (State::Md5(signed), Event::Md5(found)) => {
                self.state =
                    if signed == found { State::Ready } else { State::Failed(Refusal::Md5Mismatch.into()) };
            }
            (State::Sent, Event::Sent(mut sent)) => match sent.failure.take() {
                // Whatever the service says to a body that broke off: this is why.
                Some(failure) => self.state = State::Failed(failure),
                None => self.sent = sent,
            },
            (State::Sent, Event::Answered(head)) => {
                self.state = self.answered(head).unwrap_or_else(State::Failed);
            }
            (State::Sent, Event::Failed(error)) => self.state = State::Failed(self.course.interpret(error)),
            (State::Stored(_, answer) | State::Refused(answer), Event::Received(bytes)) => answer.take(bytes),
            (State::Stored(_, answer) | State::Refused(answer), Event::Ended) => answer.end(true),
            (State::Stored(_, answer) | State::Refused(answer), Event::Failed(_)) => answer.end(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{Driver, Reply, World, answer, cut, head, presigned, setup};
    use super::*;
    use crate::crc64::Crc64;
    use crate::options::Timeouts;
    use alloc::string::ToString;

    const BODY: &[u8] = b"hello";

    fn put(attempts: u32) -> Put {
        Put::object(setup("PUT", attempts), 5, true)
    }

    fn stored() -> Reply {
        let crc = Crc64::of(BODY).to_string();
        answer(200, &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", &crc)], b"")
    }

    fn driver(replies: impl IntoIterator<Item = Reply>) -> Driver {
        let mut driver = Driver::new(replies);
        driver.body = BODY;
        driver
    }

    #[test]
    fn failures_are_tried_again_and_the_checksum_is_compared() {
        let mut driver = driver([Reply::Cut, answer(503, &[("retry-after", "7")], b""), stored()]);
        let done = driver.run(&mut put(3), &World::new()).unwrap();
        assert_eq!((done.attempts, done.verified, done.bytes), (3, true, 5));
        assert_eq!(driver.header(2, "content-length").as_deref(), Some("5"));
        // The service's word is at least as long as the second wait of up to 400 ms.
        assert_eq!(driver.waits[1..], [Duration::from_secs(7)]);
    }

    #[test]
    fn an_answer_before_the_end_of_the_body_is_no_success() {
        let mut driver = driver([Reply::Early(4, head(200, &[("etag", "\"E\"")]))]);
        let ending = driver.run(&mut put(1), &World::new());
        let early = IntegrityError::AnsweredEarly { sent: 4, expected: 5 };
        assert!(matches!(ending, Err(TransferError::Integrity(found)) if found == early));
    }

    #[test]
    fn a_driver_that_reports_no_body_has_sent_none() {
        let mut put = put(1);
        let world = World::new();
        assert!(matches!(put.next(&world), Ok(Action::Send(_))));
        put.handle(Event::Answered(head(200, &[("etag", "\"E\"")])));
        let ending = put.next(&world);
        assert!(matches!(
            ending,
            Err(TransferError::Integrity(IntegrityError::AnsweredEarly { sent: 0, .. }))
        ));
    }

    #[test]
    fn a_refusal_before_the_end_of_the_body_is_read() {
        let mut driver = driver([Reply::Early(4, head(403, &[("x-oss-ec", "0003-00000001")]))]);
        let ending = driver.run(&mut put(3), &World::new());
        let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
        assert_eq!((error.status(), error.ec()), (403, "0003-00000001"));
    }

    #[test]
    fn a_body_that_can_be_read_once_is_sent_once() {
        let mut put = Put::object(setup("PUT", 3), 5, false);
        let ending = driver([Reply::Cut]).run(&mut put, &World::new());
        assert!(matches!(ending, Err(TransferError::NoAnswer { attempts: 1, .. })), "{ending:?}");
    }

    #[test]
    fn an_expired_url_is_signed_again_before_it_is_sent() {
        let mut setup = setup("PUT", 3);
        (setup.presigned, setup.refreshable) = (presigned("PUT", 0), true);
        let mut driver = driver([stored()]);
        driver.fresh.push_back(presigned("PUT", 600));
        let done = driver.run(&mut Put::object(setup.clone(), 5, true), &World::new()).unwrap();
        assert_eq!((done.attempts, driver.sent.len()), (2, 1));
        setup.refreshable = false;
        let refused = driver.run(&mut Put::object(setup, 5, true), &World::new());
        assert!(matches!(refused, Err(TransferError::Refused(Refusal::Expired { seconds_ago: 0 }))));
    }

    #[test]
    fn an_attempt_keeps_within_what_is_left_of_the_deadline() {
        let mut setup = setup("PUT", 9);
        setup.options.timeouts = Timeouts::default().attempt(Duration::from_secs(40));
        setup.options.retry.deadline = Some(Duration::from_secs(60));
        let (mut put, world) = (Put::object(setup, 5, true), World::new());
        let bound = |put: &mut Put| match put.next(&world) {
            Ok(Action::Send(request)) => request.timeouts.attempt.unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!(bound(&mut put), Duration::from_secs(40));
        world.pass(Duration::from_secs(40));
        put.handle(Event::Failed(TransferError::Timeout(crate::TimeoutKind::Attempt)));
        assert!(matches!(put.next(&world), Ok(Action::Wait { .. })));
        assert_eq!(bound(&mut put), Duration::from_secs(20));
        // Now it is the deadline that the attempt has reached.
        put.handle(Event::Failed(TransferError::Timeout(crate::TimeoutKind::Attempt)));
        let ending = put.next(&world);
        assert!(matches!(ending, Err(TransferError::DeadlineReached { last: None })), "{ending:?}");
    }

    #[test]
    fn an_initiation_needs_all_of_its_answer() {
        let initiated: &[u8] = b"<R><UploadId>ID</UploadId></R>";
        let mut driver = driver([cut(200, &[], b""), answer(200, &[], initiated)]);
        driver.body = b"";
        let done = driver.run(&mut Put::initiate(setup("POST", 3)), &World::new()).unwrap();
        assert_eq!((done.attempts, &done.body[..]), (2, initiated));
    }

    #[test]
    fn other_content_than_the_signed_md5_is_not_sent() {
        let mut wanted = setup("PUT", 3);
        wanted.options.verify_md5 = true;
        wanted.presigned = wanted.presigned.with_header("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==").unwrap();
        let mut driver = driver([]);
        let ending = driver.run(&mut Put::object(wanted, 5, true), &World::new());
        assert!(matches!(ending, Err(TransferError::Refused(Refusal::Md5Mismatch))), "{ending:?}");
    }
}
