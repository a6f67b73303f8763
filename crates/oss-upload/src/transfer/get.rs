//! Fetching an object, or a range of one, over as many attempts as it takes.

use alloc::string::{String, ToString};
use core::mem;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use oss_presign::Method;

use super::answer_text::AnswerText;
use super::course::{Course, Setup, is_success};
use super::{Action, Event, OwnedHead, Surroundings, Transfer, out_of_step};
use crate::download::{Continuation, Download};
use crate::error::TransferError;
use crate::integrity::IntegrityError;
use crate::progress::Progress;
use crate::range::ByteRange;
use crate::report::Downloaded;
use crate::response_head::ResponseHead;

/// Fetches an object: its bytes are delivered piece by piece ([`Action::Deliver`]), and whatever was delivered before an
/// [`Action::Restart`] is void.
#[derive(Debug)]
pub struct Get {
    course: Course,
    download: Download,
    /// Whether delivered bytes can be taken back.
    restartable: bool,
    limit: Option<u64>,
    md5: Option<BodyMd5>,
    state: State,
}

/// The running MD5 of a whole object, and what it must be.
#[derive(Debug, Default)]
struct BodyMd5 {
    running: Md5,
    announced: Option<String>,
}

#[derive(Debug)]
enum State {
    Ready,
    /// What was delivered is void; then the next attempt, or the current one, goes on.
    Restart(alloc::boxed::Box<State>),
    Waiting(Action<Downloaded>),
    Sent,
    Receiving,
    Delivering,
    Ended,
    Refused(AnswerText),
    Failed(TransferError),
    Over,
}

impl Get {
    /// Fetches an object, or `range` of it. `restartable` says whether delivered bytes can be taken back.
    pub fn new(setup: Setup, range: Option<ByteRange>, restartable: bool) -> Self {
        let md5 = (setup.options.verify_md5 && range.is_none()).then(BodyMd5::default);
        let course = Course::new(setup, Method::Get, None);
        let download = Download::new(range);
        let download = if course.has_header("range") { download.with_fixed_range() } else { download };
        Self { course, download, restartable, limit: None, md5, state: State::Ready }
    }

    /// Ends with [`TransferError::TooLarge`] where there are more bytes than this.
    #[must_use]
    pub fn at_most(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Accepts only the version of the object with this ETag.
    #[must_use]
    pub(super) fn with_etag(mut self, etag: &str) -> Self {
        self.download = self.download.with_etag(etag);
        self
    }

    /// Goes on with what an earlier process received.
    pub fn resume(&mut self, download: Download) {
        self.download = download;
    }

    /// How far it is.
    pub fn state(&self) -> &Download {
        &self.download
    }

    /// The URL in use.
    pub fn url(&self) -> &str {
        self.course.presigned().url()
    }

    /// Whether this error, with which the download ended, says that what was delivered is of no use to a later process.
    pub fn is_void(&self, error: &TransferError) -> bool {
        self.download.judge(error).1
    }

    fn answered(&mut self, head: OwnedHead) -> Result<State, TransferError> {
        let answer = head.parsed();
        if !is_success(&answer)? {
            return Ok(State::Refused(AnswerText::new(head)));
        }
        if !matches!(answer.status, 200 | 206) {
            return Err(TransferError::UnexpectedAnswer { what: "a success without an object" });
        }
        let begun = self.download.begin(&answer, self.course.presigned().url(), self.restartable)?;
        self.check_end(&answer)?;
        if let Some(md5) = &mut self.md5
            && answer.status == 200
        {
            md5.announced = answer.content_md5.map(ToString::to_string);
        }
        Ok(match begun {
            Continuation::Append => State::Receiving,
            Continuation::Restart => self.restarted(State::Receiving),
        })
    }

    /// Refuses an object of which nothing would say that it is complete.
    fn check_end(&self, answer: &ResponseHead<'_>) -> Result<(), TransferError> {
        let options = self.course.options();
        let checked = options.verify_crc && self.download.is_whole() && answer.crc64()?.is_some();
        if answer.delimited || checked || self.download.expected().is_some() || options.allow_close_delimited
        {
            return Ok(());
        }
        Err(TransferError::UnexpectedAnswer {
            what: "an object without a length and a checksum that ends with the connection, so nothing says that it is \
                   complete: allow it with `allow_close_delimited(true)`",
        })
    }

    fn received(&mut self, bytes: &[u8]) -> Result<State, TransferError> {
        self.download.take(bytes)?;
        if let Some(md5) = &mut self.md5 {
            md5.running.update(bytes);
        }
        Ok(State::Delivering)
    }

    fn restarted(&mut self, then: State) -> State {
        if let Some(md5) = &mut self.md5 {
            md5.running = Md5::new();
        }
        State::Restart(then.into())
    }

    /// Whether there are more bytes than the caller wants.
    fn check_limit(&self) -> Result<(), TransferError> {
        let Some(limit) = self.limit else { return Ok(()) };
        let most = self.download.received().max(self.download.expected().unwrap_or(0));
        if most > limit { Err(TransferError::TooLarge { limit }) } else { Ok(()) }
    }

    fn finish(&self) -> Result<Downloaded, TransferError> {
        self.download.check_complete()?;
        if let Some(BodyMd5 { running, announced: Some(announced) }) = &self.md5
            && STANDARD.encode(running.clone().finalize()) != *announced
        {
            return Err(IntegrityError::Md5.into());
        }
        let verify = self.course.options().verify_crc;
        Ok(self.download.finish(verify, self.course.attempts.number())?)
    }

    /// What follows a failed attempt.
    fn recover(
        &mut self,
        error: TransferError,
        surroundings: &dyn Surroundings,
    ) -> Result<State, TransferError> {
        if self.download.is_outdated(&error) {
            self.download.restart();
            return Ok(self.restarted(State::Ready));
        }
        let recovery = self.download.recovery(&error);
        if recovery.progressed {
            self.course.attempts.progressed();
        }
        let possible = !recovery.discards || self.restartable;
        let wait = self.course.retry(error, recovery.failure, possible, surroundings)?;
        Ok(match self.download.recover(recovery) {
            Continuation::Append => State::Waiting(wait),
            Continuation::Restart => self.restarted(State::Waiting(wait)),
        })
    }
}

impl Transfer for Get {
    type Output = Downloaded;

    fn next(&mut self, surroundings: &dyn Surroundings) -> Result<Action<Downloaded>, TransferError> {
        let idle = self.course.options().timeouts.idle;
        loop {
            match mem::replace(&mut self.state, State::Over) {
                State::Ready => match self.course.begin(self.download.headers(), surroundings) {
                    Ok(action) => {
                        self.state = if let Action::Sign(_) = action { State::Ready } else { State::Sent };
                        return Ok(action);
                    }
                    Err(error) => self.state = State::Failed(error),
                },
                State::Restart(then) => {
                    self.state = *then;
                    return Ok(Action::Restart);
                }
                State::Waiting(wait) => {
                    self.state = State::Ready;
                    return Ok(wait);
                }
                State::Receiving => {
                    self.check_limit()?;
                    self.state = State::Receiving;
                    return Ok(Action::Receive { within: idle });
                }
                State::Delivering => {
                    self.check_limit()?;
                    self.state = State::Receiving;
                    return Ok(Action::Deliver);
                }
                State::Ended => match self.finish() {
                    Ok(done) => return Ok(Action::Done(done)),
                    Err(error) => self.state = State::Failed(error),
                },
                State::Refused(mut answer) => match answer.wanted(idle, surroundings.elapsed()) {
                    Some(within) => {
                        self.state = State::Refused(answer);
                        return Ok(Action::Receive { within });
                    }
                    None => {
                        let error = self.course.refusal(&answer, surroundings);
                        self.state = State::Failed(self.download.interpret(error));
                    }
                },
                State::Failed(error) => self.state = self.recover(error, surroundings)?,
                State::Sent | State::Over => return Err(out_of_step()),
            }
        }
    }

    fn progress(&self) -> Option<Progress> {
        let (received, expected) = (self.download.received(), self.download.expected());
        Some(Progress::new(received, expected, self.course.attempts.number()))
    }

    fn handle(&mut self, event: Event<'_>) {
        match (&mut self.state, event) {
            (_, Event::Signed(request)) => self.course.signed(request),
            (State::Sent, Event::Answered(head)) => {
                self.state = self.answered(head).unwrap_or_else(State::Failed);
            }
            (State::Receiving, Event::Received(bytes)) => {
                self.state = self.received(bytes).unwrap_or_else(State::Failed);
            }
            (State::Receiving, Event::Ended) => self.state = State::Ended,
            (State::Sent | State::Receiving, Event::Failed(error)) => {
                self.state = State::Failed(self.course.interpret(error));
            }
            (State::Refused(answer), Event::Received(bytes)) => answer.take(bytes),
            (State::Refused(answer), Event::Ended) => answer.end(true),
            (State::Refused(answer), Event::Failed(_)) => answer.end(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
