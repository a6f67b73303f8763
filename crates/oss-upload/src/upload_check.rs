//! Whether a body arrived: what the answer to it must say before anything counts as stored.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::error::TransferError;
use crate::integrity::IntegrityError;
use crate::report::Uploaded;
use crate::response_head::ResponseHead;
use crate::service_error::ServiceError;
use crate::xml::XmlDocument;

/// What `x-oss-hash-crc64ecma` of an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// That of the body sent.
    OfBody,
    /// This one: of an object made of parts that were sent before.
    Of(u64),
    /// There is none: the answer is not about an object.
    None,
}

/// A body that has been sent, and what the answer to it is held against.
#[derive(Clone, Copy, Debug)]
pub struct UploadCheck {
    checksum: Checksum,
    length: u64,
    local: u64,
    verify: bool,
}

impl UploadCheck {
    /// A body of `length` bytes of which `sent` went out before the answer came; `crc64` is their CRC-64/XZ. With
    /// `verify` it is compared.
    ///
    /// # Errors
    /// [`IntegrityError::AnsweredEarly`] where the answer did not wait for all of it.
    pub fn new(
        checksum: Checksum,
        length: u64,
        sent: u64,
        crc64: u64,
        verify: bool,
    ) -> Result<Self, IntegrityError> {
        if sent != length {
            return Err(IntegrityError::AnsweredEarly { sent, expected: length });
        }
        let local = if let Checksum::Of(object) = checksum { object } else { crc64 };
        Ok(Self { checksum, length, local, verify })
    }

    /// Judges the head of a successful answer: no need to wait for the rest where it is wrong.
    ///
    /// # Errors
    /// [`IntegrityError::Crc`], or [`IntegrityError::Unreadable`] where there is something else.
    pub fn check_head(&self, answer: &ResponseHead<'_>) -> Result<(), IntegrityError> {
        match self.remote(answer)? {
            Some(remote) if remote != self.local => Err(IntegrityError::Crc { local: self.local, remote }),
            _ => Ok(()),
        }
    }

    /// Judges the whole of a successful answer. `body` is what came of its body; `complete` says that nothing was cut off.
    ///
    /// # Errors
    /// Those of [`check_head`](Self::check_head), and [`TransferError::Service`], [`TransferError::Connection`] or
    /// [`TransferError::UnexpectedAnswer`] where it is no success after all.
    pub fn finish(
        self,
        answer: &ResponseHead<'_>,
        body: Vec<u8>,
        complete: bool,
        attempts: u32,
    ) -> Result<Uploaded, TransferError> {
        self.check_head(answer)?;
        if self.checksum == Checksum::None && !complete {
            return Err(TransferError::Connection("the answer was cut off".into()));
        }
        let document = XmlDocument::new(&body);
        if matches!(self.checksum, Checksum::Of(_)) && document.root() == Some("Error") {
            // The service can change its mind after the head of the answer has gone out.
            let mut failed = *answer;
            failed.status = 500;
            return Err(TransferError::Service(Box::new(ServiceError::read(&failed, &body))));
        }
        // The answer to a completing request names the object in its body.
        let etag = document.field("ETag").map(|etag| etag.to_string());
        if self.checksum != Checksum::None && !answer.names_object() && etag.is_none() {
            return Err(TransferError::UnexpectedAnswer {
                what: "a success without an ETag and a checksum: not from OSS",
            });
        }
        let verified = self.remote(answer)?.is_some();
        let mut stored = Uploaded::read(answer, body, self.local, verified, self.length, attempts);
        stored.etag = stored.etag.or(etag);
        Ok(stored)
    }

    fn remote(&self, answer: &ResponseHead<'_>) -> Result<Option<u64>, IntegrityError> {
        if self.verify { answer.crc64() } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &'static str)]) -> ResponseHead<'static> {
        let mut answer = ResponseHead::new(200);
        for (name, value) in headers {
            answer.record(name, value.as_bytes());
        }
        answer
    }

    fn check(checksum: Checksum) -> UploadCheck {
        UploadCheck::new(checksum, 3, 3, 7, true).unwrap()
    }

    #[test]
    fn an_answer_before_the_end_is_no_success() {
        let early = UploadCheck::new(Checksum::OfBody, 3, 2, 7, true).unwrap_err();
        assert_eq!(early, IntegrityError::AnsweredEarly { sent: 2, expected: 3 });
    }

    #[test]
    fn the_checksum_is_that_of_the_body_or_of_its_parts() {
        let wrong = answer(&[("x-oss-hash-crc64ecma", "8")]);
        for checksum in [Checksum::OfBody, Checksum::Of(7)] {
            let error = check(checksum).finish(&wrong, Vec::new(), true, 1).unwrap_err();
            let expected = IntegrityError::Crc { local: 7, remote: 8 };
            assert!(matches!(error, TransferError::Integrity(found) if found == expected), "{error:?}");
        }
        let unreadable = check(Checksum::OfBody).check_head(&answer(&[("x-oss-hash-crc64ecma", "seven")]));
        assert_eq!(unreadable, Err(IntegrityError::Unreadable));
        let stored = check(Checksum::Of(8)).finish(&wrong, Vec::new(), true, 2).unwrap();
        assert_eq!((stored.crc64, stored.verified, stored.bytes, stored.attempts), (8, true, 3, 2));
        let unchecked = UploadCheck::new(Checksum::OfBody, 3, 3, 7, false).unwrap();
        assert!(!unchecked.finish(&wrong, Vec::new(), true, 1).unwrap().verified);
    }

    #[test]
    fn a_success_names_the_object_in_its_head_or_its_body() {
        let named =
            |xml: &str, headers| check(Checksum::OfBody).finish(&answer(headers), xml.into(), true, 1);
        assert!(matches!(named("", &[]), Err(TransferError::UnexpectedAnswer { .. })));
        assert_eq!(named("", &[("etag", "\"A\"")]).unwrap().etag.as_deref(), Some("\"A\""));
        assert_eq!(named("<R><ETag>\"B\"</ETag></R>", &[]).unwrap().etag.as_deref(), Some("\"B\""));
        assert_eq!(
            named("<R><ETag>\"B\"</ETag></R>", &[("etag", "\"A\"")]).unwrap().etag.as_deref(),
            Some("\"A\"")
        );
    }

    #[test]
    fn a_completion_can_fail_after_its_head() {
        let xml = b"<Error><Code>InternalError</Code></Error>".to_vec();
        let error = check(Checksum::Of(7)).finish(&answer(&[]), xml, true, 1).unwrap_err();
        let TransferError::Service(error) = error else { panic!("{error:?}") };
        assert_eq!((error.status(), error.code()), (500, "InternalError"));
    }

    /// The answer to an initiating request is needed for what is in it.
    #[test]
    fn an_answer_about_no_object_must_be_complete() {
        let cut = check(Checksum::None).finish(&answer(&[]), Vec::new(), false, 1);
        assert!(matches!(cut, Err(TransferError::Connection(_))));
        assert!(check(Checksum::None).finish(&answer(&[]), Vec::new(), true, 1).is_ok());
        assert!(check(Checksum::OfBody).finish(&answer(&[("etag", "E")]), Vec::new(), false, 1).is_ok());
    }
}
