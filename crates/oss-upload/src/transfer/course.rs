//! One request over all its attempts: checked before each of them, tried again where that helps.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use oss_presign::{Method, PresignedRequest};

use super::answer_text::AnswerText;
use super::{Action, Surroundings};
use crate::checked_request::CheckedRequest;
use crate::error::{TimeoutKind, TransferError};
use crate::options::{Options, Timeouts};
use crate::response_head::{ResponseHead, Verdict};
use crate::retry::{Attempt, Failure};
use crate::retry_state::{RefreshReason, RetryState};
use crate::service_error::ServiceError;
use crate::url::UrlParts;

/// What a transfer is about.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The request that somebody signed.
    pub presigned: PresignedRequest,
    /// Headers of the caller's.
    pub extra: Vec<(String, String)>,
    /// When to try again, how long that may take, and how careful to be.
    pub options: Options,
    /// Whether a freshly signed request can be had ([`Action::Sign`]).
    pub refreshable: bool,
}

impl Setup {
    /// A request as it was presigned, with these options.
    pub fn new(presigned: PresignedRequest, options: Options) -> Self {
        Self { presigned, extra: Vec::new(), options, refreshable: false }
    }
}

impl Setup {
    /// Where an attempt stands that has failed.
    pub(super) fn attempt(&self, rereadable: bool, surroundings: &dyn Surroundings) -> Attempt {
        let now = surroundings.unix().saturating_add_signed(self.options.clock_offset);
        let life = self.presigned.expires_at().unix().saturating_sub(now);
        Attempt {
            number: 1,
            elapsed: surroundings.elapsed(),
            rereadable,
            refreshable: self.refreshable,
            random: surroundings.random(),
            url_life: Some(Duration::from_secs(life)),
        }
    }
}

/// A request that has passed every check. A driver sends exactly this.
#[derive(Clone, Debug)]
pub struct RequestToSend {
    checked: Arc<CheckedRequest>,
    more: Vec<(&'static str, String)>,
    /// Bytes in its body; `None` where it has none.
    pub body_length: Option<u64>,
    /// How long its steps may take; `attempt` keeps within the deadline of the whole operation.
    pub timeouts: Timeouts,
    /// Which attempt it is, from 1.
    pub attempt: u32,
}

impl RequestToSend {
    /// The method.
    pub fn method(&self) -> &'static str {
        self.checked.method
    }

    /// The URL, to be sent to the letter.
    pub fn url(&self) -> &str {
        &self.checked.url
    }

    /// Host and port, for logs.
    pub fn authority(&self) -> &str {
        &self.checked.authority
    }

    /// Whether it goes to this machine, which no proxy is asked for.
    pub fn is_local(&self) -> bool {
        self.checked.is_local()
    }

    /// All headers but `host`, each once.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let more = self.more.iter().map(|(name, value)| (*name, value.as_str()));
        self.checked.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(more)
    }
}

/// The attempts of one request.
#[derive(Debug)]
pub(super) struct Course {
    setup: Setup,
    method: Method,
    body_length: Option<u64>,
    pub(super) attempts: RetryState,
    /// The request of the current attempt.
    checked: Option<Arc<CheckedRequest>>,
    /// Whether the deadline is what bounds the current attempt.
    up_to_deadline: bool,
    /// Why a freshly signed request is waited for.
    unsigned: Option<RefreshReason>,
}

impl Course {
    pub(super) fn new(setup: Setup, method: Method, body_length: Option<u64>) -> Self {
        let attempts = RetryState::new(setup.options.retry);
        Self { setup, method, body_length, attempts, checked: None, up_to_deadline: false, unsigned: None }
    }

    pub(super) fn options(&self) -> &Options {
        &self.setup.options
    }

    pub(super) fn presigned(&self) -> &PresignedRequest {
        &self.setup.presigned
    }

    /// Whether the caller, or the signature, has a header of this name.
    pub(super) fn has_header(&self, name: &str) -> bool {
        let required = self.setup.presigned.headers().map(|(known, _)| known);
        let mut all = required.chain(self.setup.extra.iter().map(|(known, _)| known.as_str()));
        all.any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Checks the request for an attempt that begins now.
    pub(super) fn check(&self, surroundings: &dyn Surroundings) -> Result<CheckedRequest, TransferError> {
        let Setup { presigned, extra, options, .. } = &self.setup;
        let method = self.method.as_str();
        Ok(CheckedRequest::check(
            presigned,
            method,
            extra,
            self.body_length,
            Some(surroundings.unix()),
            options,
        )?)
    }

    /// The next attempt: to be signed first, or to be sent with these headers beside the signed ones.
    pub(super) fn begin<T>(
        &mut self,
        mut more: Vec<(&'static str, String)>,
        surroundings: &dyn Surroundings,
    ) -> Result<Action<T>, TransferError> {
        if let Some(reason) = self.unsigned {
            return Ok(Action::Sign(reason));
        }
        let options = &self.setup.options;
        let left = match options.retry.deadline {
            None => None,
            Some(deadline) => match deadline.checked_sub(surroundings.elapsed()) {
                Some(left) if !left.is_zero() => Some(left),
                _ => return Err(TransferError::DeadlineReached { last: None }),
            },
        };
        let mut timeouts = options.timeouts;
        timeouts.attempt = [left, timeouts.attempt].into_iter().flatten().min();
        let checked = Arc::new(self.check(surroundings)?);
        self.up_to_deadline = left.is_some() && left == timeouts.attempt;
        self.checked = Some(checked.clone());
        // Without it a body goes out in chunks, and neither progress nor a signed length would hold.
        more.extend(self.body_length.map(|length| ("content-length", length.to_string())));
        let (body_length, attempt) = (self.body_length, self.attempts.number());
        Ok(Action::Send(RequestToSend { checked, more, body_length, timeouts, attempt }))
    }

    pub(super) fn signed(&mut self, request: PresignedRequest) {
        self.setup.presigned = request;
        self.unsigned = None;
    }

    /// What the failure of an exchange means: an attempt that was bounded by the deadline has reached it.
    pub(super) fn interpret(&self, error: TransferError) -> TransferError {
        match error {
            TransferError::Timeout(TimeoutKind::Attempt) if self.up_to_deadline => {
                TransferError::DeadlineReached { last: None }
            }
            other => other,
        }
    }

    /// Waits for another attempt, or ends with the error. `repeatable` says whether the same can be done again.
    pub(super) fn retry<T>(
        &mut self,
        error: TransferError,
        failure: Failure,
        repeatable: bool,
        surroundings: &dyn Surroundings,
    ) -> Result<Action<T>, TransferError> {
        let attempts = self.attempts.number();
        let next = self.attempts.after(error, failure, self.setup.attempt(repeatable, surroundings));
        let next = next.map_err(|error| error.after_attempts(self.authority(), attempts))?;
        self.unsigned = next.refresh;
        Ok(Action::Wait { after: next.after, attempt: self.attempts.number(), cause: next.cause })
    }

    /// Host and port of the request.
    fn authority(&self) -> &str {
        let url = UrlParts::parse(self.setup.presigned.url());
        url.map_or("", |url| url.authority)
    }

    /// The error of an answer that is no success, once its text has been read.
    pub(super) fn refusal(&self, read: &AnswerText, surroundings: &dyn Surroundings) -> TransferError {
        let answer = read.head.parsed();
        let mut error = ServiceError::read(&answer, &read.text);
        if let Some(checked) = &self.checked {
            error = error.diagnosed(checked, &answer, surroundings.unix());
        }
        TransferError::Service(Box::new(if read.complete { error } else { error.cut_off() }))
    }
}

/// Whether the head of an answer is a success; `false` says that the text is a service error.
pub(super) fn is_success(answer: &ResponseHead<'_>) -> Result<bool, TransferError> {
    match answer.verdict() {
        Verdict::Done | Verdict::DoneCallbackFailed => Ok(true),
        Verdict::Redirected => Err(TransferError::Redirected {
            status: answer.status,
            location: answer.location.unwrap_or_default().to_string(),
        }),
        Verdict::Failed => Ok(false),
    }
}
