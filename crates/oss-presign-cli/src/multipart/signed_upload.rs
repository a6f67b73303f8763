//! Uploads in parts by somebody with credentials.

use std::path::Path;

use oss_presign_std::PresignedRequest;
use oss_upload::files::checkpoint_file;
use oss_upload_ureq::{Body, CheckpointError, Error, MultipartPlan, PartLayout, PlanStep, Uploader};

use super::done_bytes;
use crate::checkpoint::Checkpoint;
use crate::curl::quote;
use crate::failure::Class;
use crate::object_signer::ObjectSigner;
use crate::output;
use crate::transfer::{Done, Problem, Session};

/// An upload in parts whose requests are signed here.
#[derive(Clone, Copy)]
pub(crate) struct SignedUpload<'a> {
    pub(crate) signer: &'a ObjectSigner,
    pub(crate) key: &'a str,
    /// Headers of the object: they go with the request that begins the upload.
    pub(crate) headers: &'a [(String, String)],
}

impl SignedUpload<'_> {
    /// Signs a step of the upload with this id.
    pub(super) fn sign(&self, step: PlanStep, id: &str) -> Result<PresignedRequest, oss_presign_std::Error> {
        let headers = if step == PlanStep::Initiate { self.headers } else { &[] };
        self.signer.sign(step.method(), self.key, headers, &step.query(id))
    }

    /// Begins the upload and plans it.
    pub(super) fn plan(&self, uploader: &Uploader, layout: PartLayout) -> Result<MultipartPlan, Problem> {
        let initiate = uploader.initiate(&self.sign(PlanStep::Initiate, "")?);
        let id = initiate.send().map_err(|error| Problem::of(None, &error))?;
        Ok(MultipartPlan::sign(layout, id.clone(), |step| self.sign(step, &id))?)
    }

    /// Uploads a body, or what is missing since an earlier run with the same checkpoint. `file` is what the body was
    /// made of, where it can be read again.
    pub(crate) fn send(
        &self,
        session: &Session,
        body: Body,
        file: Option<&Path>,
        checkpoint: &Checkpoint,
        parallel: usize,
    ) -> Result<Done, Problem> {
        let run = |body: Body| {
            let layout = PartLayout::automatic(body.length())
                .map_err(|error| Problem::new(Class::Refused, error.to_string()))?;
            // Each request is signed when it is sent: only the first is known before the upload has an id.
            let plan = MultipartPlan::to_initiate(layout, self.sign(PlanStep::Initiate, "")?);
            let earlier = file.map_or(0, |file| done_bytes(&plan, file, &checkpoint.path()));
            let label = file.map(|file| file.display().to_string()).unwrap_or_default();
            let transfer = self.multipart(session, plan, body, checkpoint).cancel_with(&session.cancel);
            Ok::<_, Problem>(
                transfer.parallel(parallel).on_progress(session.watch_rest(&label, earlier)).send(),
            )
        };
        let is_resumed = checkpoint.path().exists();
        let sent = match (run(body)?, file) {
            (Err(error), Some(file)) if is_resumed && is_outdated(&error) => {
                let text = format!("{}: starting over: {}", file.display(), reason(&error));
                session.bar.suspend(|| output::note(output::escaped(&text)));
                self.give_up(session, checkpoint);
                run(Body::file(file).map_err(|error| Problem::of(None, &error))?)?
            }
            (sent, _) => sent,
        };
        sent.map_err(|error| self.ended(session, checkpoint, Problem::of(None, &error)))
            .and_then(Done::stored)
    }

    fn multipart(
        &self,
        session: &Session,
        plan: MultipartPlan,
        body: Body,
        checkpoint: &Checkpoint,
    ) -> oss_upload_ureq::Multipart {
        let (signer, key) = (self.signer.clone(), self.key.to_owned());
        let sign = move |step, id: String| {
            Ok(SignedUpload { signer: &signer, key: &key, headers: &[] }.sign(step, &id)?)
        };
        session.uploader.multipart(plan, body).checkpoint(checkpoint.path()).sign_with(sign)
    }

    /// Ends the upload that a checkpoint names, so that no parts of it stay in the bucket, and removes the checkpoint.
    fn give_up(&self, session: &Session, checkpoint: &Checkpoint) -> bool {
        let abort = || {
            let begin = self.sign(PlanStep::Initiate, "").ok()?;
            let plan = MultipartPlan::to_initiate(PartLayout::automatic(0).ok()?, begin);
            self.multipart(session, plan, Body::bytes([]), checkpoint).abort().ok()
        };
        let is_aborted = abort().is_some();
        // A damaged one names no upload.
        checkpoint_file::remove(&checkpoint.path()).is_ok() && is_aborted
    }

    /// Adds to a failure what becomes of the parts that are stored already.
    fn ended(&self, session: &Session, checkpoint: &Checkpoint, mut problem: Problem) -> Problem {
        // Without a checkpoint no upload was begun.
        let Ok(Some(state)) = checkpoint_file::read(&checkpoint.path()) else { return problem };
        if !checkpoint.is_kept() {
            problem.message.push_str(match self.give_up(session, checkpoint) {
                true => "; its parts were thrown away",
                false => "; its parts may be left in the bucket: `oss-presign multipart list` shows them",
            });
            return problem;
        }
        problem.with_hint(&format!(
            "what is stored is kept, and the same command sends the rest; to give it up instead:\n    oss-presign \
             multipart abort {} --upload-id {}",
            quote(&format!("oss://{}/{}", self.signer.bucket, self.key)),
            state.upload_id()
        ))
    }
}

/// Whether an error means that a checkpoint is good for nothing any more.
fn is_outdated(error: &Error) -> bool {
    matches!(error, Error::Checkpoint(_))
        || error.service().is_some_and(|service| service.code() == "NoSuchUpload")
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::Checkpoint(CheckpointError::OtherFile | CheckpointError::OtherPlan) => {
            "the file was changed since a part of it was uploaded"
        }
        Error::Checkpoint(_) => "its checkpoint is damaged",
        _ => "the service no longer knows the upload that was begun",
    }
}
