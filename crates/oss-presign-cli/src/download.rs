//! `oss-presign download`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oss_presign::Bucket;
use oss_presign_std::Method;
use percent_encoding::percent_decode_str;

use crate::arguments::Download;
use crate::failure::Failure;
use crate::handed::{self, Handed};
use crate::log;
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::transfer::{Done, Outcome, Problem, Session};

/// Ranges of a download are so many bytes, so that each is worth a request.
const RANGE_BYTES: u64 = 8 << 20;

/// Downloads from one URL, or from any number of oss://.
pub(crate) fn run(arguments: &Download, json: bool) -> Result<ExitCode, Failure> {
    let to_output = arguments.file == Path::new("-");
    let jobs = jobs(arguments, to_output)?;
    let session = Session::new(&arguments.transfer, jobs.len(), None, to_output, json);
    session.run(&jobs, arguments.transfer.parallel, |job| {
        let result = receive(&session, job, arguments);
        let label = if to_output { "standard output".to_owned() } else { job.file.display().to_string() };
        Outcome { file: label, object: job.object(), result }
    })
}

struct Job {
    file: PathBuf,
    from: From,
}

enum From {
    Handed(Handed),
    Signed { signer: ObjectSigner, key: String, headers: Vec<(String, String)> },
}

impl Job {
    fn object(&self) -> Option<String> {
        match &self.from {
            From::Handed(_) => None,
            From::Signed { signer, key, .. } => Some(format!("oss://{}/{key}", signer.bucket)),
        }
    }
}

fn receive(session: &Session, job: &Job, arguments: &Download) -> Result<Done, Problem> {
    let signed;
    let handed = match &job.from {
        From::Handed(handed) => handed,
        From::Signed { signer, key, headers } => {
            let request = signer.sign(Method::Get, key, headers, &[])?;
            signed = Handed { request, extra: Vec::new(), complete: true };
            &signed
        }
    };
    let get =
        session.uploader.get(&handed.request).cancel_with(&session.cancel).on_progress(session.bar.watch());
    let get = get.resume(arguments.resume);
    let ranges = arguments.ranges;
    let mut get = if ranges > 1 { get.parallel(ranges, RANGE_BYTES) } else { get };
    for (name, value) in &handed.extra {
        get = get.header(name, value);
    }
    if let From::Signed { signer, key, headers } = &job.from {
        let (signer, key, headers) = (signer.clone(), key.clone(), headers.clone());
        get = get.refresh_with(move |_| Ok(signer.sign(Method::Get, &key, &headers, &[])?));
    }
    log::request(&handed.request);
    let received = if job.file == Path::new("-") {
        get.to_writer(&mut std::io::stdout().lock())
    } else {
        get.to_file(&job.file)
    };
    if let Ok(done) = &received {
        log::answered(done.attempts, "");
    }
    received.map(Done::received).map_err(|error| Problem::of(Some(handed), &error))
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
                let headers = bound_headers(None, &arguments.headers)?;
                (key.to_owned(), From::Signed { signer, key: key.to_owned(), headers })
            }
            None if several => {
                return Err(Failure::unusable("several objects need oss://BUCKET/KEY each, signed here"));
            }
            None => {
                let handed = handed::read(from, "GET", &arguments.headers)?;
                let path = handed.request.url().split('?').next().unwrap_or_default();
                (percent_decode_str(path).decode_utf8_lossy().into_owned(), From::Handed(handed))
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
        jobs.push(Job { file, from });
    }
    if folder {
        std::fs::create_dir_all(&arguments.file).map_err(|error| Failure::file(&arguments.file, &error))?;
    }
    Ok(jobs)
}

/// What is fetched. In `download BUCKET KEY FILE`, the first two arguments name one object.
fn sources(from: &[String]) -> Vec<String> {
    if let [bucket, key] = from
        && Bucket::new(bucket).is_ok()
        && !Path::new(bucket).exists()
        && !handed::is_url_or_json(key)
    {
        return vec![format!("oss://{bucket}/{key}")];
    }
    from.to_vec()
}

fn ends_in_separator(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(std::path::is_separator))
}

/// The last part of a key, where it is a name and nothing that leads elsewhere.
fn file_name(key: &str) -> Result<&str, Failure> {
    let name = key.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || matches!(name, "." | "..") || name.contains(['\\', '\0', ':']) {
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
    fn file_names_stay_in_their_folder() {
        assert_eq!(file_name("photos/ü +1.jpg").unwrap(), "ü +1.jpg");
        for key in ["photos/", "a/..", "..", ".", "a/b\\..\\c", "c:x", "a\0"] {
            assert!(file_name(key).is_err(), "{key}");
        }
    }
}
