//! Storing an object in parts.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::try_join_all;
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
use tracing::Instrument;

use crate::body::{Body, Source, blocking};
use crate::lane::{Lane, Load, SignHook, Signing};
use crate::uploader::Uploader;

/// Signs a step of an upload with this id.
type SignStep = Arc<dyn Fn(PlanStep, String) -> Signing + Send + Sync>;

/// An upload in parts, which [`send`](Self::send) starts or continues and [`abort`](Self::abort) ends. Dropping the future
/// of `send` stops the upload; it can be continued if it has a checkpoint.
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
    pub fn sign_with<F, R>(mut self, sign: F) -> Self
    where
        F: Fn(PlanStep, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<PresignedRequest, BoxError>> + Send + 'static,
    {
        self.sign = Some(Arc::new(move |step, id| Box::pin(sign(step, id))));
        self
    }

    /// Uploads the parts that are missing, completes the object, and compares the checksum of all parts together.
    ///
    /// # Errors
    /// Any [`TransferError`]. The finished parts remain: continue the upload if it has a checkpoint, otherwise
    /// [`abort`](Self::abort) it.
    pub async fn send(self) -> Result<Uploaded, TransferError> {
        let (bytes, parallel) = (self.body.length, self.parallel);
        let span = transfer_span!("multipart", bytes, parallel);
        let deadline = self.lane.uploader.options.retry.deadline;
        Lane::within_deadline(deadline, self.upload()).instrument(span).await
    }

    async fn upload(&self) -> Result<Uploaded, TransferError> {
        let modified = self.body.modified()?;
        let earlier = self.read_checkpoint().await?;
        let upload = driver::Multipart::new(
            self.plan.clone(),
            self.body.length,
            modified,
            earlier,
            self.lane.uploader.options,
            self.sign.is_some(),
        )?;
        let whole_progress =
            TransferProgress::new(self.lane.activity.clone(), self.body.length, upload.done_bytes());
        let run = Run { multipart: self, upload: Mutex::new(upload), whole_progress, disk: Arc::default() };
        if let Some(done) = run.work().await? {
            return Ok(done);
        }
        let joined = try_join_all((0..self.parallel).map(|_| run.work())).await;
        // A future that another one's failure stopped may have left the checkpoint being written.
        drop(run.disk.lock().await);
        run.state().joined(joined.map(drop));
        // Nothing but an error ends a single lane before the upload is done.
        run.work().await?.ok_or(TransferError::Cancelled)
    }

    /// Aborts the upload: the service discards its parts. Removes the checkpoint.
    ///
    /// # Errors
    /// Any [`TransferError`]. It is not an error if the service no longer knows the upload.
    pub async fn abort(self) -> Result<(), TransferError> {
        let deadline = self.lane.uploader.options.retry.deadline;
        Lane::within_deadline(deadline, self.throw_away()).instrument(transfer_span!("abort")).await
    }

    async fn throw_away(&self) -> Result<(), TransferError> {
        let (earlier, options) = (self.read_checkpoint().await?, self.lane.uploader.options);
        if let Some(abort) = Abort::new(&self.plan, earlier.as_ref(), options, self.sign.is_some()) {
            let mut signed = None;
            if let (true, Some(sign)) = (abort.is_unsigned()?, &self.sign) {
                let request = sign(PlanStep::Abort, abort.upload_id().to_string()).await;
                signed = Some(request.map_err(TransferError::Refresh)?);
            }
            let mut lane = self.lane.fork(self.hook(PlanStep::Abort, abort.upload_id()));
            let ending = lane.run(&mut abort.ask(signed)?, None).await;
            abort.finish(ending)?;
        }
        self.forget_checkpoint().await
    }

    /// What signs this step of the upload with this id.
    fn hook(&self, step: PlanStep, upload_id: &str) -> Option<SignHook> {
        let sign = self.sign.clone()?;
        let id = upload_id.to_string();
        Some(Arc::new(move |_: RefreshReason| sign(step, id.clone())))
    }

    async fn read_checkpoint(&self) -> Result<Option<Checkpoint>, TransferError> {
        let Some(path) = self.checkpoint.clone() else { return Ok(None) };
        blocking("reading the checkpoint", move || checkpoint_file::read(&path)).await
    }

    async fn forget_checkpoint(&self) -> Result<(), TransferError> {
        let Some(path) = self.checkpoint.clone() else { return Ok(()) };
        let doing = "removing the checkpoint";
        blocking(doing, move || checkpoint_file::remove(&path).map_err(TransferError::io(doing))).await
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

/// What the futures share.
struct Run<'a> {
    multipart: &'a Multipart,
    upload: Mutex<driver::Multipart>,
    whole_progress: Arc<TransferProgress>,
    /// Held while the checkpoint is written.
    disk: Arc<tokio::sync::Mutex<()>>,
}

impl Run<'_> {
    fn state(&self) -> MutexGuard<'_, driver::Multipart> {
        self.upload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what there is to do for one lane; the object, where that completed it.
    async fn work(&self) -> Result<Option<Uploaded>, TransferError> {
        loop {
            let mut action = self.state().next_action()?;
            if let MultipartAction::Sign { step, upload_id } = action {
                let missing = PlanError::Missing { step };
                let signed = self.multipart.sign.as_ref().ok_or(missing)?(step, upload_id).await;
                action = self.state().signed(step, signed)?;
            }
            match action {
                MultipartAction::Send(mut step) => {
                    let ending = self.send(&mut step).await;
                    self.state().sent(&step, ending)?;
                }
                MultipartAction::Check(mut ask, step, upload_id) => {
                    let mut lane = self.lane(step, &upload_id);
                    let ending = lane.run(ask.as_mut(), None).await;
                    self.state().checked(ending)?;
                }
                MultipartAction::Save(checkpoint) => {
                    self.save(checkpoint).await?;
                    self.state().saved();
                }
                MultipartAction::Forget => {
                    self.multipart.body.check_unchanged()?;
                    self.multipart.forget_checkpoint().await?;
                }
                MultipartAction::Done(done) => return Ok(Some(*done)),
                // The action that came of signing is none of these.
                MultipartAction::Split | MultipartAction::Join | MultipartAction::Sign { .. } => {
                    return Ok(None);
                }
            }
        }
    }

    async fn send(&self, step: &mut StepRequest) -> Result<Uploaded, TransferError> {
        let StepRequest { step, upload_id, put, body, .. } = step;
        let mut lane = self.lane(*step, upload_id);
        match body {
            StepBody::Text(text) => {
                let body = Body::bytes(std::mem::take(text));
                lane.run(put, Some(&Load { body: &body, progress: Arc::new(NoProgress) })).await
            }
            StepBody::Part(part) => {
                let source = part_of(&self.multipart.body, *part)?;
                let load = Load { body: &source, progress: PartProgress::new(&self.whole_progress) };
                let span = tracing::debug_span!("part", number = part.number);
                let stored = lane.run(put, Some(&load)).instrument(span).await?;
                source.check_unchanged().map(|()| stored)
            }
        }
    }

    fn lane(&self, step: PlanStep, upload_id: &str) -> Lane {
        let hook = self.multipart.hook(step, upload_id);
        self.multipart.lane.fork(hook)
    }

    async fn save(&self, checkpoint: Checkpoint) -> Result<(), TransferError> {
        let Some(path) = self.multipart.checkpoint.clone() else { return Ok(()) };
        let disk = self.disk.clone().lock_owned().await;
        // The lock goes along: whoever waits for it waits for the disk, even if this future is dropped.
        blocking("writing the checkpoint", move || {
            let _disk = disk;
            checkpoint_file::replace(&path, &checkpoint)
        })
        .await
    }
}

/// The bytes of one part.
fn part_of(body: &Body, part: Part) -> Result<Body, TransferError> {
    let source = match &body.source {
        Source::Bytes(bytes) => Source::Bytes(bytes.slice(part.range(bytes.len()))),
        Source::File(file) => Source::File(file.part(part)),
        _ => return Err(PlanError::NotSeekable.into()),
    };
    Ok(Body { source, length: part.length })
}
