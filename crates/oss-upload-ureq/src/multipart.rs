//! Storing an object in parts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::body::{Body, Source};
use crate::cancel::CancelToken;
use crate::context::{Context, RefreshHook};
use crate::parallel::in_parallel;
use crate::put::send_once;
use crate::uploader::Uploader;
use oss_presign::PresignedRequest;
use oss_upload::files::checkpoint_file;
use oss_upload::{
    BoxError, Checksum, DonePart, MultipartPlan, MultipartUpload, Part, PartTally, PlanError, PlanStep,
    Progress, ProgressCallback, RefreshReason, ServiceError, Silent, Tally, Totals, TransferError, Uploaded,
};

/// Signs a step of an upload with this id.
type SignHook = Arc<dyn Fn(PlanStep, String) -> Result<PresignedRequest, BoxError> + Send + Sync>;

/// A multipart upload about to be made, continued or aborted. A [`CancelToken`] stops it;
/// with a checkpoint it can be continued.
#[must_use = "nothing happens before `send` or `abort`"]
pub struct Multipart {
    uploader: Uploader,
    plan: MultipartPlan,
    body: Body,
    parallel: usize,
    checkpoint: Option<PathBuf>,
    sign: Option<SignHook>,
    callback: Option<ProgressCallback>,
    cancel: CancelToken,
}

impl Multipart {
    pub(crate) fn new(uploader: Uploader, plan: MultipartPlan, body: Body) -> Self {
        Self {
            uploader,
            plan,
            body,
            parallel: 4,
            checkpoint: None,
            sign: None,
            callback: None,
            cancel: CancelToken::new(),
        }
    }

    /// Sends up to `parts` parts at once (4 by default). Memory use grows with it, by a few MiB each.
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts.max(1);
        self
    }

    /// Keeps what is done in this file, so that a later run with the same plan and file sends only the rest. It is
    /// replaced as a whole after each part, holds no secret, and is removed when the object is complete.
    pub fn checkpoint(mut self, path: impl AsRef<Path>) -> Self {
        self.checkpoint = Some(path.as_ref().to_path_buf());
        self
    }

    /// Reports how far the upload is, all parts together, at a bounded rate.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.callback = Some(Box::new(report));
        self
    }

    /// Supplies a freshly signed request for a step (with this upload id) when the plan has none, its URL has expired
    /// or a clock was wrong.
    pub fn sign_with<F>(mut self, sign: F) -> Self
    where
        F: Fn(PlanStep, String) -> Result<PresignedRequest, BoxError> + Send + Sync + 'static,
    {
        self.sign = Some(Arc::new(sign));
        self
    }

    /// Makes the upload stop when the token is cancelled.
    pub fn cancel_with(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }

    /// Uploads the parts that are not there yet, makes the object, and compares the combined checksum.
    ///
    /// # Errors
    /// Any [`TransferError`]. What is done stays done: with a checkpoint the upload can be continued, otherwise
    /// [`abort`](Self::abort) it.
    pub fn send(mut self) -> Result<Uploaded, TransferError> {
        let span = tracing::info_span!("multipart", bytes = self.body.length, parallel = self.parallel);
        let _entered = span.enter();
        MultipartUpload::check_size(&self.plan, self.body.length)?;
        let (upload, base) = self.begin()?;
        let totals = Totals::new(base.monitor.clone(), self.body.length, upload.done_bytes());
        let run = Run {
            base,
            body: &self.body,
            sign: self.sign.clone(),
            checkpoint: self.checkpoint.as_deref(),
            totals,
            state: Mutex::new(upload),
            kept: Mutex::new(0),
        };
        // The checkpoint exists before the first part does, so that the upload id is never lost.
        run.keep()?;
        let stop = run.base.cancel.clone();
        in_parallel(self.parallel, &stop, |_| span.in_scope(|| run.work()))?;
        run.complete()
    }

    /// Has the service throw away the parts that are there, and removes the checkpoint.
    ///
    /// # Errors
    /// Any [`TransferError`]; an upload that is no longer known is no error.
    pub fn abort(self) -> Result<(), TransferError> {
        let kept = match &self.checkpoint {
            Some(path) => checkpoint_file::read(path)?,
            None => None,
        };
        if let Some(id) = MultipartUpload::known_id(&self.plan, kept.as_ref()) {
            let request = request(&self.plan, self.sign.as_ref(), PlanStep::Abort, &id)?;
            let mut context = Context::new(self.uploader.clone(), request);
            context.refresh = refresh(self.sign.as_ref(), PlanStep::Abort, &id);
            context.cancel = self.cancel.clone();
            match crate::head::send(context, "DELETE") {
                Err(TransferError::Service(error)) if error.code() == "NoSuchUpload" => {}
                other => other.map(drop)?,
            }
        }
        match self.checkpoint {
            None => Ok(()),
            Some(path) => {
                checkpoint_file::remove(&path).map_err(TransferError::io("removing the checkpoint"))
            }
        }
    }

    /// Finds out where the upload stands; initiates it if nobody has.
    fn begin(&mut self) -> Result<(MultipartUpload, Context), TransferError> {
        let modified = match &self.body.source {
            Source::Bytes(_) => None,
            Source::File(part) => part.stamp.modified(),
            _ => return Err(PlanError::NotSeekable.into()),
        };
        let kept = match &self.checkpoint {
            Some(path) => checkpoint_file::read(path)?,
            None => None,
        };
        let known = MultipartUpload::known_id(&self.plan, kept.as_ref());
        let missing = PlanError::Missing { step: PlanStep::Complete };
        let (id, request) = match known {
            Some(id) => {
                let complete =
                    self.plan.request(PlanStep::Complete).or(self.plan.request(PlanStep::Initiate));
                (id, complete.cloned().ok_or(missing)?)
            }
            None => {
                let request = self.plan.request(PlanStep::Initiate).cloned().ok_or(missing)?;
                let mut context = Context::new(self.uploader.clone(), request.clone());
                context.refresh = refresh(self.sign.as_ref(), PlanStep::Initiate, "");
                context.cancel = self.cancel.clone();
                let body = Body::bytes([]);
                let answer = send_repeatedly(&mut context, "POST", &body, Checksum::None, Arc::new(Silent))?;
                let id = MultipartUpload::read_upload_id(&answer.body);
                (id.ok_or(TransferError::UnexpectedAnswer { what: "no UploadId" })?, request)
            }
        };
        let upload = MultipartUpload::new(self.plan.clone(), &id, modified, kept)?;
        let mut base = Context::new(self.uploader.clone(), request);
        // Workers stop each other through it, and the caller's token stops them all.
        base.cancel = self.cancel.child();
        if let Some(callback) = self.callback.take() {
            base.monitor.set_callback(callback);
        }
        Ok((upload, base))
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

/// What the parallel workers share.
struct Run<'a> {
    base: Context,
    body: &'a Body,
    sign: Option<SignHook>,
    checkpoint: Option<&'a Path>,
    totals: Arc<Totals>,
    state: Mutex<MultipartUpload>,
    /// How many finished parts the checkpoint on disk has.
    kept: Mutex<usize>,
}

impl Run<'_> {
    fn state(&self) -> MutexGuard<'_, MultipartUpload> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one part after the other until none is left.
    fn work(&self) -> Result<(), TransferError> {
        loop {
            let Some(part) = self.state().next_part() else { return Ok(()) };
            let done = self.send_part(part)?;
            self.state().finish_part(done);
            self.keep()?;
        }
    }

    fn send_part(&self, part: Part) -> Result<DonePart, TransferError> {
        let mut context = self.context(PlanStep::Part { number: part.number })?;
        let body = part_of(self.body, part)?;
        let tally = PartTally::new(&self.totals);
        let _span = tracing::debug_span!("part", number = part.number).entered();
        let stored = send_repeatedly(&mut context, "PUT", &body, Checksum::OfBody, tally)?;
        if stored.etag.is_empty() {
            return Err(TransferError::UnexpectedAnswer { what: "no ETag for a part" });
        }
        Ok(DonePart::new(part.number, stored.etag, stored.crc64))
    }

    /// Writes the checkpoint, unless a parallel worker has just written what this one wants to.
    fn keep(&self) -> Result<(), TransferError> {
        let Some(path) = self.checkpoint else { return Ok(()) };
        let wanted = self.state().checkpoint().parts().len();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if wanted > 0 && *kept >= wanted {
            return Ok(());
        }
        let (json, count) = {
            let state = self.state();
            let json = serde_json::to_vec(state.checkpoint()).map_err(std::io::Error::other);
            (json.map_err(TransferError::io("writing the checkpoint"))?, state.checkpoint().parts().len())
        };
        checkpoint_file::replace(path, &json).map_err(TransferError::io("writing the checkpoint"))?;
        *kept = count;
        Ok(())
    }

    fn complete(&self) -> Result<Uploaded, TransferError> {
        let mut context = self.context(PlanStep::Complete)?;
        let (xml, crc) = {
            let state = self.state();
            (state.complete_body(&context.presigned), state.crc64())
        };
        let body = Body::bytes(xml.into_bytes());
        let mut mismatch = None;
        let answered = loop {
            let sent = send_once(&context, "POST", &body, Checksum::Of(crc), Arc::new(Silent));
            let Err(error) = sent else { break sent };
            if let TransferError::Integrity(found) = &error {
                mismatch = Some(*found);
            }
            if let Err(last) = context.after(error, true) {
                break Err(last);
            }
        };
        let mut done = match answered {
            Err(TransferError::Service(error)) if error.code() == "NoSuchUpload" => {
                let checked = self.check_completed(crc, error);
                // It may have taken place with the wrong result, which is worse than that it is not known.
                checked.map_err(|unknown| mismatch.map_or(unknown, TransferError::Integrity))?
            }
            other => other?,
        };
        done.bytes = self.body.length;
        if let Source::File(part) = &self.body.source {
            part.check_unchanged()?;
        }
        if let Some(path) = self.checkpoint {
            checkpoint_file::remove(path).map_err(TransferError::io("removing the checkpoint"))?;
        }
        Ok(done)
    }

    /// An upload that is no longer known may be one whose completion took place and whose answer was lost: then the
    /// object is there, with the right checksum.
    fn check_completed(&self, crc: u64, error: Box<ServiceError>) -> Result<Uploaded, TransferError> {
        let unknown = || TransferError::Service(error.clone());
        let context = self.context(PlanStep::Check).map_err(|_| unknown())?;
        let response = crate::head::send(context, "HEAD").map_err(|_| unknown())?;
        let answer = crate::exchange::answer(&response);
        if answer.crc64 != Some(crc) {
            return Err(unknown());
        }
        Ok(Uploaded::read(&answer, Vec::new(), crc, true, self.body.length, 1))
    }

    /// The context of a step, with its request from the plan or freshly signed.
    fn context(&self, step: PlanStep) -> Result<Context, TransferError> {
        let (request_now, id) = {
            let state = self.state();
            (state.plan().request(step).cloned(), state.upload_id().to_string())
        };
        let presigned = match request_now {
            Some(presigned) => presigned,
            None => sign_step(self.sign.as_ref(), step, &id)?,
        };
        Ok(self.base.fork(presigned, refresh(self.sign.as_ref(), step, &id)))
    }
}

/// Sends a body until it is through or the policy gives up.
fn send_repeatedly(
    context: &mut Context,
    method: &'static str,
    body: &Body,
    checksum: Checksum,
    tally: Arc<dyn Tally>,
) -> Result<Uploaded, TransferError> {
    loop {
        let error = match send_once(context, method, body, checksum, tally.clone()) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        context.after(error, true)?;
    }
}

fn request(
    plan: &MultipartPlan,
    sign: Option<&SignHook>,
    step: PlanStep,
    id: &str,
) -> Result<PresignedRequest, TransferError> {
    match plan.request(step) {
        Some(request) => Ok(request.clone()),
        None => sign_step(sign, step, id),
    }
}

fn sign_step(sign: Option<&SignHook>, step: PlanStep, id: &str) -> Result<PresignedRequest, TransferError> {
    match sign {
        Some(sign) => sign(step, id.to_string()).map_err(TransferError::Refresh),
        None => Err(PlanError::Missing { step }.into()),
    }
}

/// The hook of one step.
fn refresh(sign: Option<&SignHook>, step: PlanStep, id: &str) -> Option<RefreshHook> {
    let (sign, id) = (sign?.clone(), id.to_string());
    Some(Arc::new(move |_: RefreshReason| sign(step, id.clone())))
}

/// The bytes of one part.
fn part_of(body: &Body, part: Part) -> Result<Body, TransferError> {
    let source = match &body.source {
        Source::Bytes(bytes) => {
            let start = usize::try_from(part.offset).unwrap_or(usize::MAX).min(bytes.len());
            let end =
                start.saturating_add(usize::try_from(part.length).unwrap_or(usize::MAX)).min(bytes.len());
            Source::Bytes(bytes.get(start..end).unwrap_or_default().into())
        }
        Source::File(file) => Source::File(file.part(part)),
        _ => return Err(PlanError::NotSeekable.into()),
    };
    Ok(Body { source, length: part.length })
}
