//! `multipart upload --parts` and `--with`: one plan, uploaded by several processes or machines that each have a copy of
//! the file.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use oss_upload::files::{FilePart, checkpoint_file};
use oss_upload::{Crc64, DonePart, Part};
use oss_upload_ureq::{Body, Checkpoint, CheckpointError, Error, MultipartPlan, PlanError, PlanStep};

use super::holder::{StepSigner, problem};
use crate::arguments::{MultipartUpload as Arguments, PartRange};
use crate::failure::{Class, Failure};
use crate::log;
use crate::transfer::{Done, Outcome, Problem, Session};

/// Bytes that are read of a file at once.
const CHUNK: usize = 1 << 20;

/// Uploads some parts, and notes them in the checkpoint. The object is made by a later run without `--parts`.
pub(super) fn upload(
    arguments: &Arguments,
    range: PartRange,
    plan: &MultipartPlan,
    signer: Option<&StepSigner>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let count = plan.layout().count();
    if range.last > count {
        return Err(Failure::unusable(format!(
            "--parts goes to {}, and the plan has {count} parts",
            range.last
        )));
    }
    let (Some(path), Some(id)) = (&arguments.more.checkpoint, plan.upload_id()) else {
        return Err(Failure::unusable(
            "the plan leaves the beginning to its holder: parts are of an upload that is begun",
        ));
    };
    let file = arguments.file.as_path();
    let label = file.display().to_string();
    let of_file = |error: Error| Failure::new(Class::of(&error), format!("{label}: {error}"));
    let whole = FilePart::open(file).map_err(of_file)?;
    let checkpoint = begin(plan, id, &whole, path).map_err(of_file)?;
    let parts = (range.first..=range.last).filter(|number| !checkpoint.has(*number));
    let parts: Vec<Part> = parts.filter_map(|number| plan.layout().part(number)).collect();
    let bytes = parts.iter().map(|part| part.length).sum();
    let session = Session::new(&arguments.transfer, parts.len(), Some(bytes), false, json)?;
    let checkpoint = Mutex::new(checkpoint);
    session.run(&parts, arguments.transfer.parallel, |part| {
        let result = send(&session, plan, *part, file, signer, id).and_then(|(done, note)| {
            whole.check_unchanged().map_err(|error| problem(&error))?;
            let mut checkpoint = checkpoint.lock().unwrap_or_else(PoisonError::into_inner);
            checkpoint.record(note);
            checkpoint_file::replace(path, &checkpoint).map_err(|error| problem(&error))?;
            Ok(done)
        });
        Outcome { file: format!("{label}, part {}", part.number), object: None, result }
    })
}

/// What is done already, by the checkpoint.
fn begin(plan: &MultipartPlan, id: &str, file: &FilePart, path: &Path) -> Result<Checkpoint, Error> {
    let (planned, found) = (plan.layout().size(), file.stamp.length);
    if planned != found {
        return Err(PlanError::Size { planned, found }.into());
    }
    let modified = file.stamp.modified();
    match checkpoint_file::read(path)? {
        Some(earlier) => {
            earlier.check(plan, modified)?;
            Ok(earlier)
        }
        None => Ok(Checkpoint::new(plan, id, modified)),
    }
}

fn send(
    session: &Session,
    plan: &MultipartPlan,
    part: Part,
    file: &Path,
    signer: Option<&StepSigner>,
    id: &str,
) -> Result<(Done, DonePart), Problem> {
    let step = PlanStep::Part { number: part.number };
    let request = plan.request(step).ok_or_else(|| problem(&PlanError::Missing { step }.into()))?;
    let path = file.to_owned();
    let body = Body::reopening(part.length, move || bytes_of(&path, part));
    let mut put =
        session.uploader.put(request, body).cancel_with(&session.cancel).on_progress(session.bar.watch());
    if let Some(signer) = signer.cloned() {
        let id = id.to_owned();
        put = put.refresh_with(move |_| Ok(signer.sign(step, &id)?));
    }
    log::request(request);
    let stored = put.send().map_err(|error| problem(&error))?;
    let etag = stored.etag.clone().filter(|etag| !etag.is_empty());
    let etag = etag.ok_or_else(|| problem(&Error::UnexpectedAnswer { what: "no ETag for a part" }))?;
    let note = DonePart::new(part.number, etag, stored.crc64);
    Ok((Done::stored(stored)?, note))
}

fn bytes_of(file: &Path, part: Part) -> io::Result<io::Take<File>> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(part.offset))?;
    Ok(file.take(part.length))
}

/// Takes the parts that others have uploaded into the checkpoint. Each is compared with the file: an object of two
/// different copies would have a right checksum, and be neither.
pub(super) fn take_over(
    plan: &MultipartPlan,
    file: &Path,
    checkpoint: &Path,
    others: &[impl AsRef<Path>],
) -> Result<(), Failure> {
    let label = file.display().to_string();
    let of_file = |error: Error| Failure::new(Class::of(&error), format!("{label}: {error}"));
    let Some(id) = plan.upload_id() else {
        return Err(Failure::unusable("the plan has no upload id: nobody can have uploaded parts of it"));
    };
    let whole = FilePart::open(file).map_err(of_file)?;
    let mut own = begin(plan, id, &whole, checkpoint).map_err(of_file)?;
    for path in others.iter().map(AsRef::as_ref) {
        let shown = path.display();
        let other = read_other(path)?;
        other.check(plan, None).map_err(|error| {
            let reason = match error {
                CheckpointError::Unreadable => "it is not a checkpoint",
                CheckpointError::OtherFile => "its file has another size",
                _ => "it is of another upload",
            };
            Failure::new(Class::Refused, format!("{shown}: the parts in it are of no use here: {reason}"))
        })?;
        for part in other.parts() {
            if own.has(part.number) {
                continue;
            }
            let Some(place) = plan.layout().part(part.number) else { continue };
            if crc64(file, place).map_err(|error| Failure::file(file, &error))? != part.crc64 {
                let number = part.number;
                let message =
                    format!("{shown}: part {number} was uploaded from another content than {label} has");
                return Err(Failure::new(Class::Integrity, message).with_hint(
                    "have one copy of the file everywhere; without this --with, the part is uploaded again",
                ));
            }
            own.record(part.clone());
        }
    }
    whole.check_unchanged().map_err(of_file)?;
    checkpoint_file::replace(checkpoint, &own).map_err(of_file)
}

/// Reads the checkpoint of another copy, which was changed at another time.
fn read_other(path: &Path) -> Result<Checkpoint, Failure> {
    let text = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let damaged = |_| Failure::new(Class::Refused, format!("{}: this is not a checkpoint", path.display()));
    let mut fields: serde_json::Value = serde_json::from_slice(&text).map_err(damaged)?;
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("modified".to_owned(), serde_json::Value::Null);
    }
    serde_json::from_value(fields).map_err(damaged)
}

fn crc64(file: &Path, part: Part) -> io::Result<u64> {
    let mut bytes = bytes_of(file, part)?;
    let (mut crc64, mut chunk) = (Crc64::new(), vec![0; CHUNK]);
    loop {
        match bytes.read(&mut chunk)? {
            0 => return Ok(crc64.value()),
            n => crc64.update(chunk.get(..n).unwrap_or_default()),
        }
    }
}
