//! Storing an object in parts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use oss_presign::PresignedRequest;
use oss_upload::driver::{
    self, Abort, MultipartAction, NoProgress, PartProgress, StepBody, StepRequest, TransferProgress,
};
use oss_upload::files::checkpoint_file;
use oss_upload::transfer_span;
use oss_upload::{
    BoxError, Checkpoint, MultipartPlan, Part, PlanError, PlanStep, Progress, RefreshReason, TransferError,
    Uploaded,
};

use crate::body::{Body, Source};
use crate::cancel::CancelToken;
use crate::lane::{Lane, Load, SignHook};
use crate::parallel::{in_parallel, lock};
use crate::uploader::Uploader;

/// Signs a step of an upload with this id.
type SignStep = Arc<dyn Fn(PlanStep, String) -> Result<PresignedRequest, BoxError> + Send + Sync>;

/// An upload in parts, which [`send`](Self::send) starts or continues and [`abort`](Self::abort) ends. After a
/// [`CancelToken`] has stopped it, it can be continued if it has a checkpoint.
#[must_use = "nothing happens before `send` or `abort`"]
pub struct Multipart {
    lane: Lane,
    plan: MultipartPlan,
    body: Body,
    parallel: usize,
    checkpoint: Option<PathBuf>,
    sign: Option<SignStep>,
}

impl Multipart {
    pub(crate) fn new(uploader: &Uploader, plan: MultipartPlan, body: Body) -> Self {
        Self { lane: Lane::new(uploader), plan, body, parallel: 4, checkpoint: None, sign: None }
    }

    /// Sends up to `parts` parts at once; the default is 4. Each takes a few MiB of memory.
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts.max(1);
        self
    }

    /// Records finished parts in the file at `path`, so that a later run with the same plan and the same file sends only the
    /// remaining ones. The record contains no secret, is replaced as a whole after each part, and is removed when the object
    /// is complete.
    pub fn checkpoint(mut self, path: impl AsRef<Path>) -> Self {
        self.checkpoint = Some(path.as_ref().to_path_buf());
        self
    }

    /// Calls `report` with the progress of all parts together, at most once in each
    /// [`progress_interval`](oss_upload::Options::progress_interval).
    pub fn on_progress(self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.lane.activity.set_callback(Box::new(report));
        self
    }

    /// Calls `sign` with a step and the upload id for a newly signed request, if the plan has none for the step, or its URL
    /// has expired or was signed by a clock that is wrong.
    pub fn sign_with<F>(mut self, sign: F) -> Self
    where
        F: Fn(PlanStep, String) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.sign = Some(Arc::new(sign));
        self
    }

    /// Stops the upload when `token` is cancelled.
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.lane.cancel = token.clone();
        self
    }

    /// Uploads the parts that are missing, completes the object, and compares the checksum of all parts together.
    ///
    /// # Errors
    /// Any [`TransferError`]. The finished parts remain: continue the upload if it has a checkpoint, otherwise
    /// [`abort`](Self::abort) it.
    pub fn send(self) -> Result<Uploaded, TransferError> {
        let span = transfer_span!("multipart", bytes = self.body.length, parallel = self.parallel);
        let _entered = span.enter();
        let modified = self.body.modified()?;
        let (length, options) = (self.body.length, self.lane.uploader.options);
        let (plan, earlier, signable) = (self.plan.clone(), self.read_checkpoint()?, self.sign.is_some());
        let upload = driver::Multipart::new(plan, length, modified, earlier, options, signable)?;
        let whole_progress = TransferProgress::new(self.lane.activity.clone(), length, upload.done_bytes());
        // Threads stop each other through it, and the caller's token stops them all.
        let stop = self.lane.cancel.child();
        let run = Run { multipart: &self, stop, whole_progress, upload: Mutex::new(upload) };
        if let Some(done) = run.work()? {
            return Ok(done);
        }
        let joined = in_parallel(self.parallel, &run.stop, |_| span.in_scope(|| run.work().map(drop)));
        lock(&run.upload).joined(joined);
        run.work()?.ok_or(TransferError::Cancelled)
    }

    /// Aborts the upload: the service discards its parts. Removes the checkpoint.
    ///
    /// # Errors
    /// Any [`TransferError`]. It is not an error if the service no longer knows the upload.
    pub fn abort(self) -> Result<(), TransferError> {
        let _span = transfer_span!("abort").entered();
        let earlier = self.read_checkpoint()?;
        let signable = self.sign.is_some();
        if let Some(abort) = Abort::new(&self.plan, earlier.as_ref(), self.lane.uploader.options, signable) {
            let sign = self.hook(PlanStep::Abort, abort.upload_id());
            let signed = match (abort.is_unsigned()?, &sign) {
                (true, Some(sign)) => Some(sign(RefreshReason::Expired).map_err(TransferError::Refresh)?),
                _ => None,
            };
            let mut lane = self.lane.fork(self.lane.cancel.clone(), sign);
            let ending = lane.run(&mut abort.ask(signed)?, None);
            abort.finish(ending)?;
        }
        self.forget_checkpoint()
    }

    /// What signs this step of the upload with this id.
    fn hook(&self, step: PlanStep, upload_id: &str) -> Option<SignHook> {
        let (sign, id) = (self.sign.clone()?, upload_id.to_string());
        Some(Arc::new(move |_: RefreshReason| sign(step, id.clone())))
    }

    fn read_checkpoint(&self) -> Result<Option<Checkpoint>, TransferError> {
        self.checkpoint.as_deref().map_or(Ok(None), checkpoint_file::read)
    }

    fn write_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), TransferError> {
        self.checkpoint.as_deref().map_or(Ok(()), |path| checkpoint_file::replace(path, checkpoint))
    }

    fn forget_checkpoint(&self) -> Result<(), TransferError> {
        let removed = self.checkpoint.as_deref().map_or(Ok(()), checkpoint_file::remove);
        removed.map_err(TransferError::io("removing the checkpoint"))
    }
}

impl std::fmt::Debug for Multipart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Multipart")
            .field("plan", &self.plan)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// What the threads share.
struct Run<'a> {
    multipart: &'a Multipart,
    stop: CancelToken,
    whole_progress: Arc<TransferProgress>,
    upload: Mutex<driver::Multipart>,
}

impl Run<'_> {
    /// Does what there is to do for one lane; the object, where that completed it.
    fn work(&self) -> Result<Option<Uploaded>, TransferError> {
        loop {
            let mut action = lock(&self.upload).next_action()?;
            if let MultipartAction::Sign { step, upload_id } = action {
                let sign = self.multipart.hook(step, &upload_id).ok_or(PlanError::Missing { step })?;
                let signed = sign(RefreshReason::Expired);
                action = lock(&self.upload).signed(step, signed)?;
            }
            match action {
                MultipartAction::Send(mut step) => {
                    let ending = self.send(&mut step);
                    lock(&self.upload).sent(&step, ending)?;
                }
                MultipartAction::Check(mut ask, step, upload_id) => {
                    let ending = self.lane(step, &upload_id).run(ask.as_mut(), None);
                    lock(&self.upload).checked(ending)?;
                }
                MultipartAction::Save(checkpoint) => {
                    self.multipart.write_checkpoint(&checkpoint)?;
                    lock(&self.upload).saved();
                }
                MultipartAction::Forget => {
                    self.multipart.body.check_unchanged()?;
                    self.multipart.forget_checkpoint()?;
                }
                MultipartAction::Done(done) => return Ok(Some(*done)),
                // The action that came of signing is none of these.
                MultipartAction::Split | MultipartAction::Join | MultipartAction::Sign { .. } => {
                    return Ok(None);
                }
            }
        }
    }

    fn send(&self, step: &mut StepRequest) -> Result<Uploaded, TransferError> {
        let mut lane = self.lane(step.step, &step.upload_id);
        match &step.body {
            StepBody::Text(text) => {
                let body = Body::bytes(text.as_bytes());
                lane.run(&mut step.put, Some(&Load { body: &body, progress: Arc::new(NoProgress) }))
            }
            StepBody::Part(part) => {
                let _span = tracing::debug_span!("part", number = part.number).entered();
                let body = part_of(&self.multipart.body, *part)?;
                let load = Load { body: &body, progress: PartProgress::new(&self.whole_progress) };
                let stored = lane.run(&mut step.put, Some(&load))?;
                body.check_unchanged()?;
                Ok(stored)
            }
        }
    }

    fn lane(&self, step: PlanStep, upload_id: &str) -> Lane {
        self.multipart.lane.fork(self.stop.clone(), self.multipart.hook(step, upload_id))
    }
}

/// The bytes of one part.
fn part_of(body: &Body, part: Part) -> Result<Body, TransferError> {
    let source = match &body.source {
        Source::Bytes(bytes) => Source::Bytes(bytes.get(part.range(bytes.len())).unwrap_or_default().into()),
        Source::File(file) => Source::File(file.part(part)),
        _ => return Err(PlanError::NotSeekable.into()),
    };
    Ok(Body { source, length: part.length })
}
