//! `oss-presign multipart`, and large files of `upload`.

mod holder;
mod orphans;
mod parts;
mod plan;
mod renew;
mod signed_upload;

use std::path::Path;
use std::process::ExitCode;

use oss_upload::files::{FilePart, checkpoint_file};
use oss_upload_ureq::MultipartPlan;

use crate::arguments::MultipartStep;
use crate::failure::Failure;

pub(crate) use signed_upload::SignedUpload;

/// The bytes of a file's parts that a checkpoint has. The upload itself refuses one that is of no use.
fn done_bytes(plan: &MultipartPlan, file: &Path, checkpoint: &Path) -> u64 {
    let Ok(Some(checkpoint)) = checkpoint_file::read(checkpoint) else { return 0 };
    let modified = FilePart::open(file).ok().and_then(|file| file.stamp.modified());
    if checkpoint.check(plan, modified).is_err() {
        return 0;
    }
    let done = checkpoint.parts().iter().filter_map(|part| plan.layout().part(part.number));
    done.map(|part| part.length).sum()
}

pub(crate) fn run(step: &MultipartStep, json: bool) -> Result<ExitCode, Failure> {
    match step {
        MultipartStep::Plan(arguments) => plan::run(arguments)?,
        MultipartStep::Upload(arguments) => return holder::upload(arguments, json),
        MultipartStep::Renew(arguments) => renew::run(arguments)?,
        MultipartStep::List(arguments) => orphans::list(arguments, json)?,
        MultipartStep::Abort(arguments) => match &arguments.upload_id {
            Some(id) => orphans::abort(arguments, id, json)?,
            None => holder::abort(arguments, json)?,
        },
    }
    Ok(ExitCode::SUCCESS)
}
