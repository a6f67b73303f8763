//! A request without a body in either direction: HEAD, DELETE.

use alloc::vec::Vec;
use core::mem;

use oss_presign::Method;

use super::answer_text::AnswerText;
use super::course::{Course, Setup, is_success};
use super::{Action, Event, OwnedHead, Surroundings, Transfer, out_of_step};
use crate::error::TransferError;

/// Sends a request until it is answered or the policy gives up; results in the head of the answer.
#[derive(Debug)]
pub struct Ask {
    course: Course,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sent,
    Refused(AnswerText),
    Failed(TransferError),
    Done(OwnedHead),
    Over,
}

impl Ask {
    /// HEAD: results in what an [`ObjectInfo`](crate::ObjectInfo) is read from.
    pub fn head(setup: Setup) -> Self {
        Self { course: Course::new(setup, Method::Head, None), state: State::Ready }
    }

    /// DELETE.
    pub fn delete(setup: Setup) -> Self {
        Self { course: Course::new(setup, Method::Delete, None), state: State::Ready }
    }
}

impl Transfer for Ask {
    type Output = OwnedHead;

    fn next(&mut self, surroundings: &dyn Surroundings) -> Result<Action<OwnedHead>, TransferError> {
        let idle = self.course.options().timeouts.idle;
        loop {
            match mem::replace(&mut self.state, State::Over) {
                State::Ready => match self.course.begin(Vec::new(), surroundings) {
                    Ok(action) => {
                        self.state = if let Action::Sign(_) = action { State::Ready } else { State::Sent };
                        return Ok(action);
                    }
                    Err(error) => self.state = State::Failed(error),
                },
                State::Refused(mut answer) => match answer.wanted(idle, surroundings.elapsed()) {
                    Some(within) => {
                        self.state = State::Refused(answer);
                        return Ok(Action::Receive { within });
                    }
                    None => self.state = State::Failed(self.course.refusal(&answer, surroundings)),
                },
                State::Failed(error) => {
                    let failure = error.failure();
                    let wait = self.course.retry(error, failure, true, surroundings)?;
                    self.state = State::Ready;
                    return Ok(wait);
                }
                State::Done(head) => return Ok(Action::Done(head)),
                State::Sent | State::Over => return Err(out_of_step()),
            }
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        match (&mut self.state, event) {
            (_, Event::Signed(request)) => self.course.signed(request),
            (State::Sent, Event::Answered(head)) => {
                self.state = match is_success(&head.parsed()) {
                    Ok(true) => State::Done(head),
                    Ok(false) => State::Refused(AnswerText::new(head)),
                    Err(error) => State::Failed(error),
                }
            }
            (State::Refused(answer), Event::Received(bytes)) => answer.take(bytes),
            (State::Refused(answer), Event::Ended) => answer.end(true),
            (State::Refused(answer), Event::Failed(_)) => answer.end(false),
            (State::Sent, Event::Failed(error)) => self.state = State::Failed(self.course.interpret(error)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{Driver, Reply, World, answer, setup};
    use super::*;

    #[test]
    fn it_is_asked_until_it_is_answered() {
        let mut driver =
            Driver::new([Reply::Cut, answer(500, &[], b"x"), answer(200, &[("etag", "\"E\"")], b"")]);
        let head = driver.run(&mut Ask::head(setup("HEAD", 3)), &World::new()).unwrap();
        assert_eq!((head.parsed().etag, driver.sent.len()), (Some("\"E\""), 3));
        assert_eq!((driver.sent[0].method(), driver.header(0, "content-length")), ("HEAD", None));
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let mut driver = Driver::new([answer(307, &[("location", "https://elsewhere/k?sig=SECRET")], b"")]);
        let ending = driver.run(&mut Ask::delete(setup("DELETE", 3)), &World::new());
        let Err(TransferError::Redirected { status: 307, location }) = ending else { panic!("{ending:?}") };
        assert_eq!(location, "https://elsewhere/k");
    }

    #[test]
    fn a_driver_out_of_step_gets_an_error_and_no_result() {
        let (mut ask, world) = (Ask::delete(setup("DELETE", 3)), World::new());
        assert!(matches!(ask.next(&world), Ok(Action::Send(_))));
        ask.handle(Event::Ended);
        assert!(matches!(ask.next(&world), Err(TransferError::UnexpectedAnswer { .. })));
    }
}
