//! `multipart upload` and `multipart abort`: what the holder of a plan does.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use oss_presign_std::PresignedRequest;
use oss_upload_ureq::{Body, Error, PlanStep, Refusal};
use serde_json::json;

use super::{SignedUpload, done_bytes, parts, plan};
use crate::arguments::{Continuation, Life, MultipartAbort, MultipartUpload, Named, Signing};
use crate::failure::{Class, Failure};
use crate::object_signer::ObjectSigner;
use crate::output;
use crate::transfer::{Done, Outcome, Problem, Session, uploader};

/// Uploads a file as a plan says.
pub(super) fn upload(arguments: &MultipartUpload, json: bool) -> Result<ExitCode, Failure> {
    let plan = plan::read(&arguments.plan)?;
    let sign = step_signer(&arguments.more)?;
    if plan.upload_id().is_none() && sign.is_none() {
        return Err(Failure::unusable(
            "the plan leaves the beginning to its holder: give --sign oss://BUCKET/KEY and credentials for the rest",
        ));
    }
    if let Some(range) = arguments.parts {
        return parts::upload(arguments, range, &plan, sign.as_ref(), json);
    }
    if let Some(checkpoint) = arguments.more.checkpoint.as_ref().filter(|_| !arguments.with.is_empty()) {
        parts::take_over(&plan, &arguments.file, checkpoint, &arguments.with)?;
    }
    let file = arguments.file.display().to_string();
    let body = Body::file(&arguments.file)
        .map_err(|error| Failure::new(Class::of(&error), format!("{file}: {error}")))?;
    let session = Session::new(&arguments.transfer, 1, Some(body.length()), false, json)?;
    let checkpoint = arguments.more.checkpoint.as_ref();
    let earlier = checkpoint.map_or(0, |path| done_bytes(&plan, &arguments.file, path));
    let mut transfer = session.uploader.multipart(plan, body);
    transfer = transfer
        .parallel(arguments.transfer.parallel)
        .cancel_with(&session.cancel)
        .on_progress(session.watch_rest(&file, earlier));
    if let Some(path) = &arguments.more.checkpoint {
        transfer = transfer.checkpoint(path);
    }
    if let Some(sign) = sign {
        transfer = transfer.sign_with(move |step, id| Ok(sign.sign(step, &id)?));
    }
    let job = Mutex::new(Some(transfer));
    session.run(&[()], 1, |()| {
        let transfer = job.lock().unwrap_or_else(PoisonError::into_inner).take();
        let result = match transfer.map(oss_upload_ureq::Multipart::send) {
            Some(Ok(done)) => Done::stored(done),
            Some(Err(error)) => Err(problem(&error)),
            None => Err(Problem::new(Class::Failed, "sent already")),
        };
        Outcome { file: file.clone(), object: None, result }
    })
}

/// A plan that has expired is not lost, unlike a URL.
pub(super) fn problem(error: &Error) -> Problem {
    match error {
        Error::Refused(Refusal::Expired { seconds_ago }) => {
            let message = format!("a request of this plan expired {seconds_ago} s ago");
            Problem::new(Class::of(error), message).with_hint(
                "have the plan signed anew with `oss-presign multipart renew`, which needs credentials: the upload and \
                 its checkpoint stay as they are",
            )
        }
        _ => Problem::of(None, error),
    }
}

/// Gives up the upload of a plan.
pub(super) fn abort(arguments: &MultipartAbort, json: bool) -> Result<(), Failure> {
    let plan = plan::read(arguments.plan.as_ref())?;
    let kept = arguments.more.checkpoint.as_ref().is_some_and(|path| path.exists());
    if plan.upload_id().is_none() && !kept {
        return Err(Failure::unusable(
            "neither plan nor checkpoint has an upload id: what nobody began cannot be aborted",
        ));
    }
    let mut transfer = uploader(&arguments.network)?.multipart(plan, Body::bytes([]));
    if let Some(path) = &arguments.more.checkpoint {
        transfer = transfer.checkpoint(path);
    }
    if let Some(sign) = step_signer(&arguments.more)? {
        transfer = transfer.sign_with(move |step, id| Ok(sign.sign(step, &id)?));
    }
    transfer.abort().map_err(|error| problem(&error))?;
    tell_aborted(json)
}

pub(super) fn tell_aborted(json: bool) -> Result<(), Failure> {
    if json { output::line(json!({ "aborted": true })) } else { output::line("aborted") }
}

/// Signs steps as they are needed.
#[derive(Clone)]
pub(super) struct StepSigner {
    signer: ObjectSigner,
    key: String,
}

impl StepSigner {
    pub(super) fn sign(&self, step: PlanStep, id: &str) -> Result<PresignedRequest, oss_presign_std::Error> {
        SignedUpload { signer: &self.signer, key: &self.key, headers: &[] }.sign(step, id)
    }
}

fn step_signer(more: &Continuation) -> Result<Option<StepSigner>, Failure> {
    let Some(object) = &more.sign else {
        return match more.place.flag() {
            Some(flag) => Err(Failure::unusable(format!(
                "{flag} says how to sign, and nothing is signed here: leave it out, or give --sign oss://BUCKET/KEY"
            ))),
            None => Ok(None),
        };
    };
    let Named { bucket, key: Some(key) } = Named::of(object, None)? else {
        return Err(Failure::unusable("--sign takes oss://BUCKET/KEY"));
    };
    /// What is signed when it is needed need not live long: a part of 5 GiB at 1.5 MB/s.
    const LIFE_SECONDS: u32 = 3_600;
    let signer = ObjectSigner::new(
        &bucket,
        &Signing { life: Life::seconds(LIFE_SECONDS), place: more.place.clone() },
    )?;
    Ok(Some(StepSigner { signer, key }))
}
