//! `oss-presign download`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oss_presign::Bucket;
use oss_presign_std::Method;
use percent_encoding::percent_decode_str;

use crate::arguments::{Download, Named, doubt_encoded};
use crate::existing;
use crate::failure::{Class, Failure};
use crate::files::Filter;
use crate::listing;
use crate::log;
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::output;
use crate::presigned_input::{self, PresignedInput};
use crate::transfer::{Done, Outcome, Problem, Session, uploader};

/// The bytes in one range of a download: enough to be worth a request.
const RANGE_BYTES: u64 = 8 << 20;

/// Downloads from one URL, or from any number of oss://.
pub(crate) fn run(arguments: &Download, json: bool) -> Result<ExitCode, Failure> {
    let to_output = arguments.file == Path::new("-");
    let (jobs, bytes) = match arguments.recursive {
        true => prefix_jobs(arguments, to_output)?,
        false => (jobs(arguments, to_output)?, None),
    };
    let session = Session::new(&arguments.transfer, jobs.len(), bytes, to_output, json)?;
    session.run(&jobs, arguments.transfer.parallel, |job| {
        let result = receive_unless_there(&session, job, arguments);
        let label = if to_output { "standard output".to_owned() } else { job.file.display().to_string() };
        Outcome { file: label, object: job.object(), result }
    })
}

struct Job {
    file: PathBuf,
    from: From,
    /// The object's size, where a list named it.
    bytes: Option<u64>,
}

enum From {
    Request(PresignedInput),
    Signed {
        signer: ObjectSigner,
        key: String,
        headers: Vec<(String, String)>,
    },
    /// An object of a prefix whose key is no path below the folder.
    Refused {
        object: String,
        reason: String,
    },
}

impl Job {
    fn object(&self) -> Option<String> {
        match &self.from {
            From::Request(_) => None,
            From::Signed { signer, key, .. } => Some(format!("oss://{}/{key}", signer.bucket)),
            From::Refused { object, .. } => Some(object.clone()),
        }
    }
}

/// Downloads, unless the file is there or nothing is to be downloaded.
fn receive_unless_there(session: &Session, job: &Job, arguments: &Download) -> Result<Done, Problem> {
    if let From::Signed { signer, key, .. } = &job.from {
        if arguments.skip_existing && existing::is_same(session, signer, key, &job.file)? {
            return Ok(Done::without_transfer(
                "same",
                job.file.metadata().map_or(0, |metadata| metadata.len()),
            ));
        }
        if arguments.dry_run {
            return match job.bytes {
                Some(bytes) => Ok(Done::without_transfer("planned", bytes)),
                None => {
                    let request = signer.sign(Method::Head, key, &[], &[])?;
                    let info = session.uploader.head(&request).send();
                    let info = info.map_err(|error| Problem::of(None, &error))?;
                    Ok(Done::without_transfer("planned", info.bytes))
                }
            };
        }
    }
    if let (true, Some(folder)) = (arguments.recursive, job.file.parent()) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    receive(session, job, arguments)
}

fn receive(session: &Session, job: &Job, arguments: &Download) -> Result<Done, Problem> {
    let signed;
    let presigned = match &job.from {
        From::Request(presigned) => presigned,
        From::Signed { signer, key, headers } => {
            let request = signer.sign(Method::Get, key, headers, &[])?;
            signed = PresignedInput::signed_here(request);
            &signed
        }
        From::Refused { reason, .. } => return Err(Problem::new(Class::Refused, reason.clone())),
    };
    let get = session
        .uploader
        .get(&presigned.request)
        .cancel_with(&session.cancel)
        .on_progress(session.bar.watch());
    let get = get.resume(arguments.resume);
    let ranges = arguments.ranges;
    let mut get = if ranges > 1 { get.parallel(ranges, RANGE_BYTES) } else { get };
    for (name, value) in &presigned.extra {
        get = get.header(name, value);
    }
    if let From::Signed { signer, key, headers } = &job.from {
        let (signer, key, headers) = (signer.clone(), key.clone(), headers.clone());
        get = get.refresh_with(move |_| Ok(signer.sign(Method::Get, &key, &headers, &[])?));
    }
    log::request(&presigned.request);
    let received = if job.file == Path::new("-") {
        get.to_writer(&mut std::io::stdout().lock())
    } else {
        get.to_file(&job.file)
    };
    if let Ok(done) = &received {
        log::answered(done.attempts, None);
    }
    received.map(Done::received).map_err(|error| Problem::of(Some(presigned), &error))
}

fn jobs(arguments: &Download, to_output: bool) -> Result<Vec<Job>, Failure> {
    let from = sources(&arguments.from);
    let several = from.len() > 1;
    if several && to_output {
        return Err(Failure::unusable("standard output takes one object"));
    }
    if arguments.resume && to_output {
        return Err(Failure::unusable("standard output cannot be resumed: write to a file"));
    }
    let folder = arguments.file.is_dir() || ends_in_separator(&arguments.file);
    if several && !folder {
        return Err(Failure::unusable(format!(
            "several objects go to a folder: write its name with a slash, as in {}/",
            arguments.file.display()
        )));
    }
    let mut jobs = Vec::new();
    let mut signed_here: Option<ObjectSigner> = None;
    let mut files = HashSet::new();
    for from in &from {
        let (name, from) = match from.strip_prefix("oss://") {
            Some(object) => {
                let Some((bucket, key)) = object.split_once('/').filter(|(_, key)| !key.is_empty()) else {
                    return Err(Failure::unusable("an object is oss://BUCKET/KEY"));
                };
                let signer = match &signed_here {
                    Some(signer) => signer.for_bucket(bucket),
                    None => ObjectSigner::new(bucket, &arguments.signing)?,
                };
                signed_here.get_or_insert_with(|| signer.clone());
                doubt_encoded(key);
                let headers = bound_headers(None, &arguments.headers)?;
                (key.to_owned(), From::Signed { signer, key: key.to_owned(), headers })
            }
            None if several => {
                return Err(Failure::unusable("several objects need oss://BUCKET/KEY each, signed here"));
            }
            None if arguments.dry_run || arguments.skip_existing => {
                return Err(Failure::unusable(
                    "--dry-run and --skip-existing are for downloads from oss://BUCKET/KEY",
                ));
            }
            None => {
                let presigned = presigned_input::read(from, "GET", &arguments.headers)?;
                let path = presigned.request.url().split('?').next().unwrap_or_default();
                (percent_decode_str(path).decode_utf8_lossy().into_owned(), From::Request(presigned))
            }
        };
        let file = match folder {
            true => arguments.file.join(file_name(&name)?),
            false => arguments.file.clone(),
        };
        if !files.insert(file.clone()) {
            let file = file.display();
            return Err(Failure::unusable(format!(
                "two of the objects would become `{file}`: use two folders"
            )));
        }
        jobs.push(Job { file, from, bytes: None });
    }
    if folder && !arguments.dry_run {
        std::fs::create_dir_all(&arguments.file).map_err(|error| Failure::file(&arguments.file, &error))?;
    }
    Ok(jobs)
}

/// Every object under a prefix, with their bytes together.
fn prefix_jobs(arguments: &Download, to_output: bool) -> Result<(Vec<Job>, Option<u64>), Failure> {
    if to_output || arguments.file.is_file() {
        let file = arguments.file.display();
        return Err(Failure::unusable(format!(
            "-r downloads into a folder, and `{file}` is none: name another"
        )));
    }
    let names = sources(&arguments.from);
    let filter = Filter::new(&arguments.include, &arguments.exclude)?;
    let headers = bound_headers(None, &arguments.headers)?;
    let uploader = uploader(&arguments.transfer.network)?;
    let (mut jobs, mut files, mut bytes) = (Vec::new(), HashSet::new(), 0);
    for name in &names {
        let Named { bucket, key } = Named::of(name, None)?;
        let prefix = key.unwrap_or_default();
        let signer = ObjectSigner::new(&bucket, &arguments.signing)?;
        listing::each_object(&signer, &prefix, &uploader, |object| {
            let relative = listing::below(&object.key, &prefix);
            // What other tools show as an empty folder is no file.
            let is_folder = object.key.ends_with('/') && object.size == 0;
            if is_folder || !filter.takes(relative) {
                return Ok(());
            }
            let file = below_folder(relative).map(|relative| arguments.file.join(relative));
            let job = match file
                .and_then(|file| if files.insert(file.clone()) { Ok(file) } else { Err(TWICE) })
            {
                Ok(file) => {
                    bytes += object.size;
                    let from =
                        From::Signed { signer: signer.clone(), key: object.key, headers: headers.clone() };
                    Job { file, from, bytes: Some(object.size) }
                }
                Err(reason) => {
                    let file = arguments.file.join(output::escaped(relative).into_owned());
                    let object = format!("oss://{bucket}/{}", object.key);
                    Job { file, from: From::Refused { object, reason: reason.to_owned() }, bytes: None }
                }
            };
            if jobs.len() == MOST_OBJECTS {
                return Err(Failure::unusable(format!("there are more than {MOST_OBJECTS} objects"))
                    .with_hint("download them prefix by prefix"));
            }
            jobs.push(job);
            Ok(())
        })?;
    }
    Ok((jobs, Some(bytes)))
}

/// What is to be downloaded is kept in memory: a few hundred bytes for each object.
const MOST_OBJECTS: usize = 1_000_000;

const TWICE: &str = "another object goes to this file already: use two folders";

/// What is fetched. In `download BUCKET KEY FILE`, the first two arguments name one object.
fn sources(from: &[String]) -> Vec<String> {
    if let [bucket, key] = from
        && Bucket::new(bucket).is_ok()
        && !Path::new(bucket).exists()
        && !presigned_input::is_url_or_json(key)
    {
        return vec![format!("oss://{bucket}/{key}")];
    }
    from.to_vec()
}

fn ends_in_separator(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(std::path::is_separator))
}

/// A key as a path below a folder, where it cannot lead out of it.
fn below_folder(relative: &str) -> Result<PathBuf, &'static str> {
    if relative.split('/').all(is_file_name) {
        Ok(relative.split('/').collect())
    } else {
        Err("the key is no path below the folder: download it by its name, to a file of your choice")
    }
}

fn is_file_name(name: &str) -> bool {
    // Windows knows drives and streams by a colon.
    let reserved: &[char] = if cfg!(windows) { &['\\', '\0', ':'] } else { &['\\', '\0'] };
    !name.is_empty() && !matches!(name, "." | "..") && !name.contains(reserved)
}

/// The last part of a key, where it is a name and nothing that leads elsewhere.
fn file_name(key: &str) -> Result<&str, Failure> {
    let name = key.rsplit('/').next().unwrap_or_default();
    if !is_file_name(name) {
        let name = key.escape_debug();
        return Err(Failure::unusable(format!(
            "`{name}` gives no name for a file: write the file's whole name"
        )));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_below_their_folder() {
        assert_eq!(below_folder("a/ü +1.jpg").unwrap(), Path::new("a").join("ü +1.jpg"));
        for key in ["../a", "a/../../b", "/etc/passwd", "a//b", "a/", "a/./b", "a\\..\\b", ""] {
            assert!(below_folder(key).is_err(), "{key}");
        }
    }

    #[test]
    fn file_names_stay_in_their_folder() {
        assert_eq!(file_name("photos/ü +1.jpg").unwrap(), "ü +1.jpg");
        for key in ["photos/", "a/..", "..", ".", "a/b\\..\\c", "a\0"] {
            assert!(file_name(key).is_err(), "{key}");
        }
    }
}
