//! The body of an answer that is not an object: read within bounds of size and time.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::owned_head::OwnedHead;
use crate::service_error::ERROR_BODY_LIMIT;

/// An answer whose text is being read.
pub(super) struct AnswerText {
    pub(super) head: OwnedHead,
    pub(super) text: Vec<u8>,
    /// Whether the text is there as far as it counts, and the connection held so long.
    pub(super) complete: bool,
    over: bool,
    since: Option<Duration>,
}

/// Shows the length of the text, which may repeat a signed request.
impl fmt::Debug for AnswerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerText")
            .field("head", &self.head)
            .field("bytes", &self.text.len())
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}

impl AnswerText {
    pub(super) fn new(head: OwnedHead) -> Self {
        Self { head, text: Vec::new(), complete: false, over: false, since: None }
    }

    /// How long to wait for more of it; `None` where it is over. All of it has to come within `limit`: an answer that
    /// is slow to explain itself is an answer all the same.
    pub(super) fn wanted(&mut self, limit: Duration, elapsed: Duration) -> Option<Duration> {
        if self.over {
            return None;
        }
        let since = *self.since.get_or_insert(elapsed);
        limit.checked_sub(elapsed.saturating_sub(since)).filter(|left| !left.is_zero())
    }

    /// Takes in bytes; what is beyond [`ERROR_BODY_LIMIT`] is left.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let room = ERROR_BODY_LIMIT.saturating_sub(self.text.len());
        self.text.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if self.text.len() >= ERROR_BODY_LIMIT {
            self.end(true);
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, complete: bool) {
        (self.over, self.complete) = (true, complete);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    fn text() -> AnswerText {
        AnswerText::new(OwnedHead::new(500, []))
    }

    #[test]
    fn no_more_than_the_limit_is_read() {
        let mut answer = text();
        answer.take(&[b'x'; ERROR_BODY_LIMIT - 1]);
        assert!(answer.wanted(LIMIT, Duration::ZERO).is_some());
        answer.take(b"yz");
        assert_eq!((answer.text.len(), answer.complete), (ERROR_BODY_LIMIT, true));
        assert_eq!(answer.wanted(LIMIT, Duration::ZERO), None);
    }

    #[test]
    fn a_trickle_ends_after_the_limit() {
        let mut answer = text();
        let at = Duration::from_secs;
        assert_eq!(answer.wanted(LIMIT, at(100)), Some(LIMIT));
        answer.take(b"x");
        assert_eq!(answer.wanted(LIMIT, at(159)), Some(at(1)));
        assert_eq!(answer.wanted(LIMIT, at(160)), None);
        assert!(!answer.complete);
    }
}
