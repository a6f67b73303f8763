//! A download over its attempts: what each asks for, and what a failed one leads to.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Continuation, Download, DownloadError};
use crate::error::TransferError;
use crate::integrity::IntegrityError;
use crate::response_head::ResponseHead;
use crate::retry::Failure;

/// What a failed attempt leads to, if there is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// What the failure means for a retry.
    pub failure: Failure,
    /// Whether the attempt brought the download well forward, so that attempts count anew.
    pub progressed: bool,
    /// Whether bytes that were received have to be thrown away.
    pub discards: bool,
    restart: bool,
}

/// So many bytes in an attempt are good progress.
const GOOD_PROGRESS: u64 = 1 << 20;

impl Download {
    /// The headers to send beside the signed ones: which range of which version.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let range = self.range().map(|range| ("range", range.to_string()));
        let version = self.if_match().map(|etag| ("if-match", etag.to_string()));
        range.into_iter().chain(version).collect()
    }

    /// Takes the head of an answer with status 2xx to a request for `url`. `restartable` says whether what was received
    /// can be thrown away.
    ///
    /// # Errors
    /// [`TransferError::Changed`] where the object is another one now, [`TransferError::UnexpectedAnswer`] where the
    /// answer is not OSS's, or to another question.
    pub fn begin(
        &mut self,
        answer: &ResponseHead<'_>,
        url: &str,
        restartable: bool,
    ) -> Result<Continuation, TransferError> {
        let unexpected = |what| Err(TransferError::UnexpectedAnswer { what });
        if !answer.names_result(url) {
            return unexpected("a success without an ETag and a checksum: not from OSS");
        }
        let began = self.received > 0;
        match self.accept(answer) {
            Ok(Continuation::Restart) if began && !restartable => {
                unexpected("the whole object where a range was asked for")
            }
            Ok(continuation) => Ok(continuation),
            Err(DownloadError::Changed) => Err(TransferError::Changed { what: "the object" }),
            Err(DownloadError::WrongRange) => unexpected("not the range that was asked for"),
        }
    }

    /// What a request's error means here: 412 says that the object is not the version that was asked for.
    pub fn interpret(&self, error: TransferError) -> TransferError {
        match error {
            TransferError::Service(error) if error.status() == 412 && self.if_match().is_some() => {
                TransferError::Changed { what: "the object" }
            }
            other => other,
        }
    }

    /// What a failed attempt means: for a retry, and whether what was received is void.
    pub fn judge(&self, error: &TransferError) -> (Failure, bool) {
        match error {
            // What is there is right, there is just not all of it.
            TransferError::Integrity(IntegrityError::Length { expected, found }) if found < expected => {
                (Failure::Connection, false)
            }
            // Another version of the object is no help where this one is wanted.
            TransferError::Changed { .. } if self.pinned => (Failure::Permanent, false),
            TransferError::Integrity(_) | TransferError::Changed { .. } => (Failure::Corrupted, true),
            _ => (error.failure(), false),
        }
    }

    /// What a failed attempt leads to.
    pub fn recovery(&self, error: &TransferError) -> Recovery {
        let (failure, void) = self.judge(error);
        let progressed = self.received.saturating_sub(self.mark) >= GOOD_PROGRESS && !void;
        let restart = void || !self.can_resume();
        Recovery { failure, progressed, discards: restart && self.received > 0, restart }
    }

    /// Begins the next attempt: from where the download is, or from the beginning.
    pub fn recover(&mut self, recovery: Recovery) -> Continuation {
        if recovery.restart {
            self.restart();
        }
        self.mark = self.received;
        if recovery.discards { Continuation::Restart } else { Continuation::Append }
    }

    /// Whether an attempt to go on with what an earlier process left ended because the object is another one now. That
    /// is no failure: [`restart`](Self::restart).
    pub fn is_outdated(&self, error: &TransferError) -> bool {
        let changed = match error {
            TransferError::Changed { .. } => true,
            // It has become shorter than what is there.
            TransferError::Service(error) => error.status() == 416,
            _ => false,
        };
        changed && self.unconfirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::download::tests::{answer, begun};

    #[test]
    fn a_setback_keeps_what_is_right() {
        let cut = TransferError::Connection("gone".into());
        let mut download = begun();
        assert_eq!(
            download.headers(),
            [("range", "bytes=4-".to_string()), ("if-match", "\"A\"".to_string())]
        );
        let recovery = download.recovery(&cut);
        assert_eq!(
            (recovery.failure, recovery.progressed, recovery.discards),
            (Failure::Connection, false, false)
        );
        assert_eq!(download.recover(recovery), Continuation::Append);
        assert_eq!(download.received(), 4);

        let wrong = TransferError::Integrity(IntegrityError::Crc { local: 1, remote: 2 });
        let recovery = download.recovery(&wrong);
        assert_eq!((recovery.failure, recovery.discards), (Failure::Corrupted, true));
        assert_eq!(download.recover(recovery), Continuation::Restart);
        assert_eq!((download.received(), download.etag()), (0, None));
        // Now there is nothing that could be thrown away.
        let recovery = download.recovery(&wrong);
        assert_eq!(download.recover(recovery), Continuation::Append);
    }

    #[test]
    #[cfg_attr(miri, ignore = "it takes the checksum of two mebibytes")]
    fn a_mebibyte_is_progress_and_counts_from_the_last_failure() {
        let cut = TransferError::Connection("gone".into());
        let mut download = Download::new(None);
        download.accept(&answer(200, &[("etag", "\"A\""), ("content-length", "9000000")])).unwrap();
        download.take(&[0; 1 << 20]).unwrap();
        let recovery = download.recovery(&cut);
        assert!(recovery.progressed);
        download.recover(recovery);
        assert!(!download.recovery(&cut).progressed);
        download.take(&[0; (1 << 20) - 1]).unwrap();
        assert!(!download.recovery(&cut).progressed);
    }

    #[test]
    fn the_whole_object_is_no_answer_where_nothing_can_be_taken_back() {
        let whole = answer(200, &[("etag", "\"B\""), ("content-length", "3")]);
        let refused = begun().begin(&whole, "http://h/k", false);
        assert!(matches!(refused, Err(TransferError::UnexpectedAnswer { .. })));
        assert_eq!(begun().begin(&whole, "http://h/k", true).unwrap(), Continuation::Restart);
        let anybody = begun().begin(&answer(200, &[("content-length", "3")]), "http://h/k", true);
        assert!(matches!(anybody, Err(TransferError::UnexpectedAnswer { .. })));
    }
}
