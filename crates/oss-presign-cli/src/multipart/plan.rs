//! `multipart plan`, and how plans are read.

use std::io::Read as _;
use std::path::Path;

use oss_upload_ureq::{Body, MultipartPlan, PartLayout, PlanStep, Uploader};

use super::SignedUpload;
use crate::arguments::MultipartPlanArguments;
use crate::failure::Failure;
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::output;
use crate::transfer::uploader;

/// A plan of 10 000 parts with long keys and tokens stays well below.
const PLAN_LIMIT: u64 = 256 << 20;

/// Begins an upload, and prints its plan.
pub(super) fn run(arguments: &MultipartPlanArguments) -> Result<(), Failure> {
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
        return output::json(&MultipartPlan::to_initiate(layout, upload.sign(PlanStep::Initiate, "")?));
    }
    let uploader = uploader(&arguments.network)?;
    let plan = upload.plan(&uploader, layout)?;
    output::json(&plan).map_err(|failure| given_up(&uploader, plan, failure))
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

/// Reads a plan from a file, or from standard input for `-`.
pub(super) fn read(path: &Path) -> Result<MultipartPlan, Failure> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(PLAN_LIMIT).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(PLAN_LIMIT).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::file(path, &error))?;
    serde_json::from_slice(&text).map_err(|error| {
        let message = match error.classify() {
            serde_json::error::Category::Data => format!("this is no plan: {error}"),
            // Its own text could quote a URL.
            _ => format!(
                "this is no plan: it breaks off or is damaged at line {}, column {}",
                error.line(),
                error.column()
            ),
        };
        Failure::unusable(message).with_hint("a plan is what `oss-presign multipart plan` prints")
    })
}
