//! `oss-presign multipart`, and large files of `upload`.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use oss_presign_std::{Method, PresignedRequest};
use oss_upload_ureq::{Body, MultipartPlan, PartLayout, PlanStep, Uploader};
use serde_json::json;

use crate::arguments::{
    Continuation, Life, MultipartAbort, MultipartPlanArguments, MultipartStep, MultipartUpload, Named,
    Signing,
};
use crate::failure::{Class, Failure};
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::output;
use crate::transfer::{Done, Outcome, Problem, Session, uploader};

/// A plan of 10 000 parts with long keys and tokens stays well below.
const PLAN_LIMIT: u64 = 256 << 20;

pub(crate) fn run(step: &MultipartStep, json: bool) -> Result<ExitCode, Failure> {
    match step {
        MultipartStep::Plan(arguments) => plan(arguments),
        MultipartStep::Upload(arguments) => upload(arguments, json),
        MultipartStep::Abort(arguments) => abort(arguments, json),
    }
}

fn plan(arguments: &MultipartPlanArguments) -> Result<ExitCode, Failure> {
    let size = match (&arguments.file, arguments.size) {
        (Some(file), _) => std::fs::metadata(file).map_err(|error| Failure::file(file, &error))?.len(),
        (None, size) => size.unwrap_or_default(),
    };
    let layout = match arguments.part_size {
        Some(part_size) => PartLayout::new(size, part_size),
        None => PartLayout::automatic(size),
    };
    let layout = layout.map_err(Failure::unusable)?;
    let (bucket, key) = arguments.name.bucket_and_key()?;
    let signer = ObjectSigner::new(&bucket, &arguments.signing)?;
    let headers = bound_headers(arguments.content_type.as_deref(), &arguments.headers)?;
    let upload = SignedUpload { signer: &signer, key: &key, headers: &headers };
    if arguments.presigned_initiate {
        let plan = MultipartPlan::to_initiate(layout, upload.sign(PlanStep::Initiate, "")?);
        output::json(&plan)?;
        return Ok(ExitCode::SUCCESS);
    }
    let uploader = uploader(&arguments.network);
    let plan = upload.plan(&uploader, layout)?;
    output::json(&plan).map_err(|failure| given_up(&uploader, plan, failure))?;
    Ok(ExitCode::SUCCESS)
}

/// Ends the upload whose plan nobody has: only its parts would be left, and be charged for.
fn given_up(uploader: &Uploader, plan: MultipartPlan, failure: Failure) -> Failure {
    let id = plan.upload_id().unwrap_or_default().to_owned();
    let aborted = match uploader.multipart(plan, Body::bytes([])).abort() {
        Ok(()) => "the upload that was begun is aborted".to_owned(),
        Err(error) => {
            format!("the upload {id} is left in the bucket, because it could not be aborted: {error}")
        }
    };
    Failure { message: format!("the plan was not printed: {}; {aborted}", failure.message), ..failure }
}

fn upload(arguments: &MultipartUpload, json: bool) -> Result<ExitCode, Failure> {
    let plan = read_plan(&arguments.plan)?;
    let sign = sign_hook(&arguments.more)?;
    if plan.upload_id().is_none() && sign.is_none() {
        return Err(Failure::unusable(
            "the plan leaves the beginning to its holder: give --sign oss://BUCKET/KEY and credentials for the rest",
        ));
    }
    let file = arguments.file.display().to_string();
    let body = Body::file(&arguments.file)
        .map_err(|error| Failure::new(Class::of(&error), format!("{file}: {error}")))?;
    let session = Session::new(&arguments.transfer, 1, Some(body.length()), false, json);
    let mut transfer = session.uploader.multipart(plan, body);
    transfer = transfer
        .parallel(arguments.transfer.parallel)
        .cancel_with(&session.cancel)
        .on_progress(session.bar.watch());
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
            Some(Err(error)) => Err(Problem::of(None, &error)),
            None => Err(Problem::new(Class::Failed, "sent already")),
        };
        Outcome { file: file.clone(), object: None, result }
    })
}

fn abort(arguments: &MultipartAbort, json: bool) -> Result<ExitCode, Failure> {
    let plan = read_plan(&arguments.plan)?;
    let kept = arguments.more.checkpoint.as_ref().is_some_and(|path| path.exists());
    if plan.upload_id().is_none() && !kept {
        return Err(Failure::unusable(
            "neither plan nor checkpoint has an upload id: what nobody began cannot be aborted",
        ));
    }
    let mut transfer = uploader(&arguments.network).multipart(plan, Body::bytes([]));
    if let Some(path) = &arguments.more.checkpoint {
        transfer = transfer.checkpoint(path);
    }
    if let Some(sign) = sign_hook(&arguments.more)? {
        transfer = transfer.sign_with(move |step, id| Ok(sign.sign(step, &id)?));
    }
    transfer.abort().map_err(|error| Problem::of(None, &error))?;
    if json {
        output::line(json!({ "aborted": true }))?;
    } else {
        output::line("aborted")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_plan(path: &Path) -> Result<MultipartPlan, Failure> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(PLAN_LIMIT).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(PLAN_LIMIT).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::file(path, &error))?;
    serde_json::from_slice(&text).map_err(|error| {
        Failure::unusable(match error.classify() {
            serde_json::error::Category::Data => format!("no plan: {error}"),
            // Its own text could quote a URL.
            _ => format!(
                "no plan: it breaks off or is damaged at line {}, column {}",
                error.line(),
                error.column()
            ),
        })
    })
}

/// Signs steps as they are needed.
struct StepSigner {
    signer: ObjectSigner,
    key: String,
}

impl StepSigner {
    fn sign(&self, step: PlanStep, id: &str) -> Result<PresignedRequest, oss_presign_std::Error> {
        SignedUpload { signer: &self.signer, key: &self.key, headers: &[] }.sign(step, id)
    }
}

fn sign_hook(more: &Continuation) -> Result<Option<StepSigner>, Failure> {
    let Some(object) = &more.sign else { return Ok(None) };
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

/// An upload in parts by somebody with credentials.
pub(crate) struct SignedUpload<'a> {
    pub(crate) signer: &'a ObjectSigner,
    pub(crate) key: &'a str,
    /// Of the object: they go with the request that begins the upload.
    pub(crate) headers: &'a [(String, String)],
}

impl SignedUpload<'_> {
    fn sign(&self, step: PlanStep, id: &str) -> Result<PresignedRequest, oss_presign_std::Error> {
        let method = match step.method() {
            "POST" => Method::Post,
            "DELETE" => Method::Delete,
            "HEAD" => Method::Head,
            _ => Method::Put,
        };
        let headers = if step == PlanStep::Initiate { self.headers } else { &[] };
        self.signer.sign(method, self.key, headers, &step.query(id))
    }

    /// Begins the upload and plans it.
    fn plan(&self, uploader: &Uploader, layout: PartLayout) -> Result<MultipartPlan, Problem> {
        let id = self.initiate(uploader)?;
        Ok(MultipartPlan::sign(layout, id.clone(), |step| self.sign(step, &id))?)
    }

    /// Has the service begin an upload. The adapter does that for a plan that leaves it to its holder, retries
    /// included; the upload itself ends where it asks for the first part, before a byte is sent.
    fn initiate(&self, uploader: &Uploader) -> Result<String, Problem> {
        let layout =
            PartLayout::automatic(0).map_err(|error| Problem::new(Class::Failed, error.to_string()))?;
        let plan = MultipartPlan::to_initiate(layout, self.sign(PlanStep::Initiate, "")?);
        let found = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&found);
        let ended = uploader.multipart(plan, Body::bytes([])).parallel(1).sign_with(move |step, id| {
            if step != PlanStep::Initiate {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
            }
            Err("the upload is begun; that was all".into())
        });
        let ended = ended.send();
        let id = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (id, ended) {
            (Some(id), _) => Ok(id),
            (None, Err(error)) => Err(Problem::of(None, &error)),
            (None, Ok(_)) => Err(Problem::new(Class::Service, "the service gave no upload id")),
        }
    }

    /// Uploads a large file. Where that fails, its parts are thrown away.
    pub(crate) fn send(&self, session: &Session, body: Body, parallel: usize) -> Result<Done, Problem> {
        let layout = PartLayout::automatic(body.length())
            .map_err(|error| Problem::new(Class::Refused, error.to_string()))?;
        let plan = self.plan(&session.uploader, layout)?;
        let again = StepSigner { signer: self.signer.clone(), key: self.key.to_owned() };
        let transfer = session
            .uploader
            .multipart(plan.clone(), body)
            .parallel(parallel)
            .cancel_with(&session.cancel)
            .on_progress(session.bar.watch())
            .sign_with(move |step, id| Ok(again.sign(step, &id)?));
        transfer.send().map_err(|error| Problem::of(None, &error)).and_then(Done::stored).map_err(
            |mut problem| {
                // A callback fails after the object is complete.
                if problem.class != Class::Callback {
                    let aborted = session.uploader.multipart(plan, Body::bytes([])).abort();
                    problem.message.push_str(match aborted {
                        Ok(()) => "; its parts were thrown away",
                        Err(_) => "; its parts may be left in the bucket",
                    });
                }
                problem
            },
        )
    }
}
