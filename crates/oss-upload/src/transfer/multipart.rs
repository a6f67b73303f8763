//! Storing an object in parts: initiate, send parts in lanes, complete, and find out what a lost answer said.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use oss_presign::PresignedRequest;

use super::ask::Ask;
use super::course::Setup;
use super::out_of_step;
use super::owned_head::OwnedHead;
use super::put::Put;
use crate::checkpoint::{Checkpoint, DonePart, Modified};
use crate::error::{BoxError, TransferError};
use crate::integrity::IntegrityError;
use crate::multipart::MultipartUpload;
use crate::options::Options;
use crate::part_layout::Part;
use crate::plan::{MultipartPlan, PlanError, PlanStep};
use crate::report::Uploaded;
use crate::service_error::ServiceError;
use crate::upload_check::Checksum;

/// A multipart upload that lanes carry out together.
///
/// One lane asks for its [`next_action`](Self::next_action) up to [`MultipartAction::Split`]; then any number of lanes ask, each
/// up to [`MultipartAction::Join`]; when all have come to an end the driver tells [`joined`](Self::joined), and one lane
/// asks again, up to the end.
#[derive(Debug)]
pub struct Multipart {
    plan: MultipartPlan,
    options: Options,
    /// Whether steps can be signed ([`MultipartAction::Sign`]).
    signable: bool,
    modified: Option<Modified>,
    /// Where an earlier run stopped, until it is taken up.
    earlier: Option<Checkpoint>,
    upload: Option<MultipartUpload>,
    /// Whether the checkpoint says less than what is known here, and whether a lane is writing it.
    unsaved: bool,
    saving: bool,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Initiate,
    Split,
    Parts,
    Complete,
    /// The upload is no longer known; why, and what an earlier answer to the completion contradicted.
    Check(Box<ServiceError>, Option<IntegrityError>),
    Completed(Uploaded),
    Done(Uploaded),
    Failed(TransferError),
    Over,
}

/// What a lane does next.
#[derive(Debug)]
pub enum MultipartAction {
    /// Have this step signed for the upload with this id, then go on with what [`Multipart::signed`] says.
    Sign {
        /// The step.
        step: PlanStep,
        /// The upload's id; empty where there is none yet.
        upload_id: String,
    },
    /// Drive this request, then tell [`Multipart::sent`].
    Send(Box<StepRequest>),
    /// Drive this question, then tell [`Multipart::checked`].
    Check(Box<Ask>, PlanStep, String),
    /// Replace the checkpoint on disk by this one, then tell [`Multipart::saved`].
    Save(Checkpoint),
    /// From here on several lanes may ask.
    Split,
    /// There is nothing more for this lane.
    Join,
    /// The object is there: the checkpoint has no further use.
    Forget,
    /// All is done.
    Done(Box<Uploaded>),
}

/// A step that sends a body.
#[derive(Debug)]
pub struct StepRequest {
    /// The step.
    pub step: PlanStep,
    /// The id to have it signed with, where it must be signed again.
    pub upload_id: String,
    /// How to send it.
    pub put: Put,
    /// What to send.
    pub body: StepBody,
}

/// The body of a step.
#[derive(Debug, PartialEq, Eq)]
pub enum StepBody {
    /// These bytes of the source.
    Part(Part),
    /// This text.
    Text(String),
}

impl Multipart {
    /// A body of `length` bytes, last changed at `modified`, that is uploaded by this plan. It goes on where `earlier`
    /// says that it stopped. `signable` says whether steps can be signed.
    ///
    /// # Errors
    /// [`TransferError::Plan`] or [`TransferError::Checkpoint`] where plan, body and checkpoint do not belong together.
    pub fn new(
        plan: MultipartPlan,
        length: u64,
        modified: Option<Modified>,
        earlier: Option<Checkpoint>,
        options: Options,
        signable: bool,
    ) -> Result<Self, TransferError> {
        MultipartUpload::check_size(&plan, length)?;
        let id = MultipartUpload::known_id(&plan, earlier.as_ref());
        let phase = Phase::Initiate;
        let (upload, unsaved, saving) = (None, false, false);
        let mut this = Self { plan, options, signable, modified, earlier, upload, unsaved, saving, phase };
        if let Some(id) = id {
            this.begin(&id)?;
        }
        Ok(this)
    }

    /// Bytes in finished parts.
    pub fn done_bytes(&self) -> u64 {
        self.upload.as_ref().map_or(0, MultipartUpload::done_bytes)
    }

    /// Takes up the upload with this id.
    fn begin(&mut self, id: &str) -> Result<(), TransferError> {
        let upload = MultipartUpload::new(self.plan.clone(), id, self.modified, self.earlier.take())?;
        self.upload = Some(upload);
        // The checkpoint is there before the first part is, so that the upload's id is never lost.
        (self.unsaved, self.phase) = (true, Phase::Split);
        Ok(())
    }

    /// What a lane does next.
    ///
    /// # Errors
    /// The error that the upload ends with.
    pub fn next_action(&mut self) -> Result<MultipartAction, TransferError> {
        if self.unsaved
            && !self.saving
            && let Some(upload) = &self.upload
        {
            (self.unsaved, self.saving) = (false, true);
            return Ok(MultipartAction::Save(upload.checkpoint().clone()));
        }
        match mem::replace(&mut self.phase, Phase::Over) {
            Phase::Initiate => {
                self.phase = Phase::Initiate;
                self.step(PlanStep::Initiate)
            }
            Phase::Split => {
                self.phase = Phase::Parts;
                Ok(MultipartAction::Split)
            }
            Phase::Parts => {
                self.phase = Phase::Parts;
                match self.upload.as_mut().and_then(MultipartUpload::next_part) {
                    Some(part) => self.step(PlanStep::Part { number: part.number }),
                    None => Ok(MultipartAction::Join),
                }
            }
            Phase::Complete => {
                self.phase = Phase::Complete;
                self.step(PlanStep::Complete)
            }
            Phase::Check(unknown, mismatch) => {
                self.phase = Phase::Check(unknown, mismatch);
                self.step(PlanStep::Check).map_err(|_| self.unknown())
            }
            Phase::Completed(done) => {
                self.phase = Phase::Done(done);
                Ok(MultipartAction::Forget)
            }
            Phase::Done(done) => Ok(MultipartAction::Done(Box::new(done))),
            Phase::Failed(error) => Err(error),
            Phase::Over => Err(out_of_step()),
        }
    }

    /// The checkpoint is on disk.
    pub fn saved(&mut self) {
        self.saving = false;
    }

    /// All lanes have come to an end, one of them with an error perhaps. What is done is then still to be saved.
    pub fn joined(&mut self, ending: Result<(), TransferError>) {
        // A lane that was stopped while it wrote the checkpoint does not say so.
        self.unsaved |= mem::take(&mut self.saving);
        self.phase = match ending {
            Ok(()) => Phase::Complete,
            Err(error) => Phase::Failed(error),
        };
    }

    /// Goes on with a step that was to be signed.
    ///
    /// # Errors
    /// [`TransferError::Refresh`] where it was not, and the upload cannot do without.
    pub fn signed(
        &mut self,
        step: PlanStep,
        request: Result<PresignedRequest, BoxError>,
    ) -> Result<MultipartAction, TransferError> {
        match (request, step) {
            (Ok(request), _) => Ok(self.send(step, request)),
            (Err(_), PlanStep::Check) => Err(self.unknown()),
            (Err(error), _) => Err(TransferError::Refresh(error)),
        }
    }

    /// Takes in what came of a step.
    ///
    /// # Errors
    /// The error that the lane ends with.
    pub fn sent(
        &mut self,
        sent: &StepRequest,
        ending: Result<Uploaded, TransferError>,
    ) -> Result<(), TransferError> {
        match sent.step {
            PlanStep::Complete => {
                self.phase = match ending {
                    Err(TransferError::Service(error)) if error.is_unknown_upload() => {
                        Phase::Check(error, sent.put.mismatch())
                    }
                    other => self.completed(other?),
                };
                Ok(())
            }
            PlanStep::Part { number } => {
                let stored = ending?;
                let etag = stored.etag.filter(|etag| !etag.is_empty());
                let etag = etag.ok_or(TransferError::UnexpectedAnswer { what: "no ETag for a part" })?;
                if let Some(upload) = &mut self.upload {
                    upload.finish_part(DonePart::new(number, etag, stored.crc64));
                }
                self.unsaved = true;
                Ok(())
            }
            _ => {
                let id = upload_id(&ending?)?;
                self.begin(&id)
            }
        }
    }

    /// Takes in what is known of the object whose upload is gone: it may be one whose completion took place and whose
    /// answer was lost. Then the object is there, with the right checksum.
    ///
    /// # Errors
    /// What the completion said, where it is not.
    pub fn checked(&mut self, ending: Result<OwnedHead, TransferError>) -> Result<(), TransferError> {
        let crc = self.crc64();
        match ending {
            Ok(head) if head.parsed().crc64() == Ok(Some(crc)) => {
                let done = Uploaded::read(&head.parsed(), Vec::new(), crc, true, 0, 1);
                self.phase = self.completed(done);
                Ok(())
            }
            _ => Err(self.unknown()),
        }
    }

    fn completed(&self, mut done: Uploaded) -> Phase {
        done.bytes = self.plan.layout().size();
        Phase::Completed(done)
    }

    fn crc64(&self) -> u64 {
        self.upload.as_ref().map_or(0, MultipartUpload::crc64)
    }

    /// Why nobody knows what became of the upload. It may have taken place with the wrong result, which is worse.
    fn unknown(&mut self) -> TransferError {
        match mem::replace(&mut self.phase, Phase::Over) {
            Phase::Check(_, Some(mismatch)) => TransferError::Integrity(mismatch),
            Phase::Check(error, None) => TransferError::Service(error),
            _ => out_of_step(),
        }
    }

    fn step(&mut self, step: PlanStep) -> Result<MultipartAction, TransferError> {
        match self.plan.request(step).cloned() {
            Some(request) => Ok(self.send(step, request)),
            None if self.signable => Ok(MultipartAction::Sign { step, upload_id: self.id() }),
            None => Err(PlanError::Missing { step }.into()),
        }
    }

    fn id(&self) -> String {
        self.upload.as_ref().map_or_else(String::new, |upload| upload.upload_id().to_string())
    }

    fn send(&self, step: PlanStep, request: PresignedRequest) -> MultipartAction {
        let upload_id = self.id();
        let mut setup = Setup::new(request, self.options);
        setup.refreshable = self.signable;
        let (put, body) = match step {
            PlanStep::Part { number } => {
                let part = self.plan.layout().part(number).unwrap_or(Part { number, offset: 0, length: 0 });
                (Put::part(setup, part.length), StepBody::Part(part))
            }
            PlanStep::Complete => {
                let body = self.upload.as_ref().map(|upload| upload.complete_body(&setup.presigned));
                let body = body.unwrap_or_default();
                let checksum = Checksum::Of(self.crc64());
                (Put::post(setup, body.len() as u64, checksum), StepBody::Text(body))
            }
            PlanStep::Initiate => (Put::initiate(setup), StepBody::Text(String::new())),
            PlanStep::Check | PlanStep::Abort => {
                return MultipartAction::Check(Box::new(Ask::head(setup)), step, upload_id);
            }
        };
        MultipartAction::Send(Box::new(StepRequest { step, upload_id, put, body }))
    }
}

/// The upload id in the answer to an initiating request ([`Put::initiate`]).
///
/// # Errors
/// [`TransferError::UnexpectedAnswer`] where there is none.
pub fn upload_id(initiated: &Uploaded) -> Result<String, TransferError> {
    let id = MultipartUpload::read_upload_id(&initiated.body);
    id.ok_or(TransferError::UnexpectedAnswer { what: "no UploadId" })
}

#[cfg(test)]
mod tests;
