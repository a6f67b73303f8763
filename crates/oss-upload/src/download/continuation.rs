//! Whether an answer continues a download.

use alloc::string::ToString;

use super::Download;
use crate::response_head::ResponseHead;

/// Where the bytes of an answer belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// They follow what is there.
    Append,
    /// They are the object from its beginning: what is there must be thrown away.
    Restart,
}

/// An answer that does not continue the download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadError {
    /// The object is not the one the download began with.
    Changed,
    /// The answer holds another range than was asked for.
    WrongRange,
}

impl Download {
    /// Takes the head of an answer with status 2xx.
    ///
    /// # Errors
    /// [`DownloadError`] where the answer is not a continuation; the state is as before.
    pub fn accept(&mut self, answer: &ResponseHead<'_>) -> Result<Continuation, DownloadError> {
        let changed = |known: &str| answer.etag.is_some_and(|etag| etag != known);
        let asked = self.range();
        if answer.status == 206 && (asked.is_some() || self.fixed) {
            let came = answer.content_range().ok_or(DownloadError::WrongRange)?;
            if self.etag.as_deref().is_some_and(changed)
                || self.object_size.is_some_and(|size| size != came.total)
            {
                return Err(DownloadError::Changed);
            }
            if let Some(asked) = asked {
                let last = asked.last.unwrap_or(u64::MAX).min(came.total.saturating_sub(1));
                if came.first != asked.first || came.last != last {
                    return Err(DownloadError::WrongRange);
                }
            }
            self.expected = Some(self.received.saturating_add(came.length()));
            self.object_size = Some(came.total);
            self.note(answer);
            self.unconfirmed = false;
            return Ok(Continuation::Append);
        }
        if answer.status == 206 || self.wanted.is_some() {
            return Err(DownloadError::WrongRange);
        }
        let continuation = if self.received == 0 { Continuation::Append } else { Continuation::Restart };
        if self.pinned && self.etag.as_deref().is_some_and(changed) {
            return Err(DownloadError::Changed);
        }
        self.restart();
        self.expected = answer.content_length;
        self.object_size = answer.content_length;
        self.note(answer);
        Ok(continuation)
    }

    fn note(&mut self, answer: &ResponseHead<'_>) {
        if self.etag.is_none() {
            self.etag = answer.etag.map(ToString::to_string);
        }
        if self.remote_crc.is_none() {
            self.remote_crc = answer.crc64().transpose();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, begun};
    use super::*;

    #[test]
    fn an_answer_with_everything_starts_over() {
        let mut download = begun();
        let head = answer(200, &[("etag", "\"B\""), ("content-length", "3")]);
        assert_eq!(download.accept(&head), Ok(Continuation::Restart));
        assert_eq!((download.received(), download.expected(), download.etag()), (0, Some(3), Some("\"B\"")));
        download.take(b"abc").unwrap();
        assert!(!download.finish(true, 2).unwrap().verified);
    }

    #[test]
    fn what_is_not_a_continuation() {
        for (headers, error) in [
            (&[("content-range", "bytes 3-8/9")][..], DownloadError::WrongRange),
            (&[("content-range", "bytes 4-7/9")], DownloadError::WrongRange),
            (&[("content-range", "bytes 4-9/10")], DownloadError::Changed),
            (&[("content-range", "bytes 4-8/9"), ("etag", "\"B\"")], DownloadError::Changed),
            (&[], DownloadError::WrongRange),
        ] {
            let mut download = begun();
            assert_eq!(download.accept(&answer(206, headers)), Err(error), "{headers:?}");
            assert_eq!(download.received(), 4);
        }
        assert_eq!(
            Download::new(None).accept(&answer(206, &[("content-range", "bytes 0-8/9")])),
            Err(DownloadError::WrongRange)
        );
    }
}
