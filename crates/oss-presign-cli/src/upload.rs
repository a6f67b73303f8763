//! `oss-presign upload`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oss_presign::Bucket;
use oss_presign_std::Method;
use oss_upload_ureq::Body;

use crate::arguments::{Upload, doubt_encoded};
use crate::checkpoint::Checkpoint;
use crate::content_type;
use crate::existing;
use crate::failure::{Class, Failure};
use crate::files::{self, Filter, Found};
use crate::key_template::KeyTemplate;
use crate::log;
use crate::multipart::SignedUpload;
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::output;
use crate::presigned_input::{self, PresignedInput};
use crate::transfer::{Done, Outcome, Problem, Session};

/// The largest body of one PUT: 5 GiB.
const MAX_BODY: u64 = 5 << 30;

/// Uploads one file to a URL, or any number to oss://.
pub(crate) fn run(arguments: &Upload, json: bool) -> Result<ExitCode, Failure> {
    let (files, to) = destination(arguments);
    if let Some((_, key)) = to.strip_prefix("oss://").and_then(|object| object.split_once('/')) {
        doubt_encoded(key);
    }
    match KeyTemplate::parse(&to) {
        Some(template) => signed_here(arguments, files, &template.map_err(Failure::unusable)?, json),
        None => with_request(arguments, files, &to, json),
    }
}

/// The files and where they go. The last argument is that; in `upload FILE BUCKET KEY`, the last two.
fn destination(arguments: &Upload) -> (&[PathBuf], String) {
    let to = arguments.to.as_str();
    if let [file, bucket] = &arguments.files[..]
        && let Some(bucket) = bucket.to_str()
        && Bucket::new(bucket).is_ok()
        && !Path::new(bucket).exists()
        && to != "-"
        && !presigned_input::is_url_or_json(to)
        && !Path::new(to).exists()
    {
        return (std::slice::from_ref(file), format!("oss://{bucket}/{to}"));
    }
    (&arguments.files, to.to_owned())
}

/// Where the bytes come from.
enum Source {
    File(PathBuf),
    /// Read into a nameless temporary file, for its length.
    Input,
    /// Found in a folder, and not to be had: why.
    Unusable(PathBuf, String),
}

impl Source {
    fn body(&self) -> Result<Body, Problem> {
        let body = match self {
            Self::File(path) => Body::file(path),
            Self::Input => Body::spool(std::io::stdin().lock()),
            Self::Unusable(_, reason) => return Err(Problem::new(Class::LocalFile, reason.clone())),
        };
        body.map_err(|error| Problem::new(Class::of(&error), error.to_string()))
    }

    /// What can be read again by a later run.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Input | Self::Unusable(..) => None,
        }
    }

    fn of(path: &Path) -> Self {
        if path == Path::new("-") { Self::Input } else { Self::File(path.to_owned()) }
    }

    fn label(&self) -> String {
        match self {
            Self::File(path) | Self::Unusable(path, _) => path.display().to_string(),
            Self::Input => "standard input".to_owned(),
        }
    }
}

/// Uploads one file with a request that was signed elsewhere.
fn with_request(arguments: &Upload, files: &[PathBuf], to: &str, json: bool) -> Result<ExitCode, Failure> {
    let [file] = files else {
        return Err(Failure::unusable(
            "several files go to oss://BUCKET/PREFIX/: a URL is good for one object, and needs one file",
        ));
    };
    if arguments.dry_run || arguments.skip_existing || arguments.checkpoint_dir.is_some() {
        return Err(Failure::unusable(
            "--dry-run, --skip-existing and --checkpoint-dir are for uploads to oss://BUCKET/KEY",
        ));
    }
    let source = Source::of(file);
    if matches!(source, Source::Input) && to == "-" {
        return Err(Failure::unusable("standard input cannot hold both the file and the URL"));
    }
    let mut headers = arguments.headers.clone();
    headers.extend(arguments.content_type.iter().map(|media_type| format!("content-type: {media_type}")));
    let presigned = presigned_input::read(to, "PUT", &headers)?;
    let body = source
        .body()
        .map_err(|problem| Failure::new(problem.class, format!("{}: {}", source.label(), problem.message)))?;
    let session = Session::new(&arguments.transfer, 1, Some(body.length()), false, json)?;
    let body = std::sync::Mutex::new(Some(body));
    session.run(&[()], 1, |()| {
        let body = body.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let result = match body {
            Some(body) => send(&session, &presigned, body, None),
            None => Err(Problem::new(Class::Failed, "sent already")),
        };
        Outcome { file: source.label(), object: None, result }
    })
}

struct Job {
    source: Source,
    key: String,
}

impl Job {
    fn object(&self, bucket: &str) -> Option<String> {
        (!matches!(self.source, Source::Unusable(..))).then(|| format!("oss://{bucket}/{}", self.key))
    }
}

/// Any number of files, each request signed when it is its turn.
fn signed_here(
    arguments: &Upload,
    files: &[PathBuf],
    template: &KeyTemplate,
    json: bool,
) -> Result<ExitCode, Failure> {
    let headers = bound_headers(arguments.content_type.as_deref(), &arguments.headers)?;
    let signer = ObjectSigner::new(&template.bucket, &arguments.signing)?;
    if let Some(folder) = &arguments.checkpoint_dir {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    let (jobs, bytes) = jobs(arguments, files, template)?;
    let session = Session::new(&arguments.transfer, jobs.len(), bytes, false, json)?;
    session.run(&jobs, arguments.transfer.parallel, |job| {
        let headers = content_type::with_guessed(&headers, &job.key, !arguments.no_guess);
        let result = job.source.body().and_then(|body| {
            if let Source::File(file) = &job.source
                && arguments.skip_existing
                && existing::is_same(&session, &signer, &job.key, file)?
            {
                return Ok(Done::without_transfer("same", body.length()));
            }
            if arguments.dry_run {
                return Ok(Done::without_transfer("planned", body.length()));
            }
            if body.length() > arguments.multipart_above.min(MAX_BODY) {
                let upload = SignedUpload { signer: &signer, key: &job.key, headers: &headers };
                let checkpoint = checkpoint(&session, &signer, job, arguments.checkpoint_dir.as_deref())?;
                let file = job.source.file();
                return upload.send(&session, body, file, &checkpoint, arguments.transfer.parallel);
            }
            let request = signer.sign(Method::Put, &job.key, &headers, &[])?;
            let presigned = PresignedInput::signed_here(request);
            send(&session, &presigned, body, Some((signer.clone(), job.key.clone(), headers.clone())))
        });
        let object = job.object(&template.bucket);
        Outcome { file: job.source.label(), object, result }
    })
}

/// Where the parts of a job that are stored are noted. A file in a folder that cannot be written is uploaded all the
/// same.
fn checkpoint(
    session: &Session,
    signer: &ObjectSigner,
    job: &Job,
    folder: Option<&Path>,
) -> Result<Checkpoint, Problem> {
    let temporary =
        || Checkpoint::temporary().map_err(|error| Failure::file(&std::env::temp_dir(), &error).into());
    let Some(file) = job.source.file() else { return temporary() };
    let request = signer.sign(Method::Put, &job.key, &[], &[])?;
    let target = request.url().split('?').next().unwrap_or_default();
    match (Checkpoint::of(file, target, folder), folder) {
        (Ok(checkpoint), _) => Ok(checkpoint),
        (Err(error), Some(folder)) => Err(Failure::file(folder, &error).into()),
        (Err(error), None) => {
            let text = format!(
                "{}: no checkpoint is kept, because its folder cannot be written ({error}): --checkpoint-dir names \
                 another",
                file.display()
            );
            session.bar.suspend(|| output::note(output::escaped(&text)));
            temporary()
        }
    }
}

type Again = (ObjectSigner, String, Vec<(String, String)>);

fn send(
    session: &Session,
    presigned: &PresignedInput,
    body: Body,
    again: Option<Again>,
) -> Result<Done, Problem> {
    let mut put = session
        .uploader
        .put(&presigned.request, body)
        .cancel_with(&session.cancel)
        .on_progress(session.bar.watch());
    for (name, value) in &presigned.extra {
        put = put.header(name, value);
    }
    if let Some((signer, key, headers)) = again {
        put = put.refresh_with(move |_| Ok(signer.sign(Method::Put, &key, &headers, &[])?));
    }
    log::request(&presigned.request);
    match put.send() {
        Ok(done) => {
            log::answered(done.attempts, done.request_id.as_deref());
            Done::stored(done)
        }
        Err(error) => Err(Problem::of(Some(presigned), &error)),
    }
}

/// The files with their keys, and their bytes together where all are files.
fn jobs(
    arguments: &Upload,
    files: &[PathBuf],
    template: &KeyTemplate,
) -> Result<(Vec<Job>, Option<u64>), Failure> {
    if let [file] = files
        && let source @ Source::Input = Source::of(file)
    {
        let Some(key) = template.fixed() else {
            return Err(Failure::unusable("standard input has no name: write the whole key"));
        };
        return Ok((vec![Job { source, key }], None));
    }
    if files.iter().any(|file| file == Path::new("-")) {
        return Err(Failure::unusable(
            "standard input cannot be uploaded together with files: give - by itself",
        ));
    }
    let filter = Filter::new(&arguments.include, &arguments.exclude)?;
    let found = files::find(files, arguments.recursive, &filter)?;
    let mut keys: HashMap<String, &Found> = HashMap::new();
    let mut bytes = 0;
    let mut jobs = Vec::new();
    for file in &found.files {
        let key = template.key(&file.relative);
        if let Some(other) = keys.insert(key.clone(), file) {
            return Err(Failure::unusable(format!(
                "`{}` and `{}` would both become `{}`: use {{path}} or {{name}} in the key",
                other.path.display(),
                file.path.display(),
                key.escape_debug()
            )));
        }
        bytes += file.path.metadata().map_or(0, |metadata| metadata.len());
        jobs.push(Job { source: Source::File(file.path.clone()), key });
    }
    let unusable = found.unusable.into_iter().map(|(path, reason)| Source::Unusable(path, reason));
    jobs.extend(unusable.map(|source| Job { source, key: String::new() }));
    Ok((jobs, Some(bytes)))
}
