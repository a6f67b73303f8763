//! `oss-presign multipart`, and large files of `upload`.

mod holder;
mod orphans;
mod parts;
mod plan;
mod renew;
mod signed_upload;

use std::process::ExitCode;

use crate::arguments::MultipartStep;
use crate::failure::Failure;

pub(crate) use signed_upload::SignedUpload;

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
