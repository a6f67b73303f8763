//! This adapter behind the face that the shared tests know.

use std::io::{Cursor, Read};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use oss_upload_ureq::{Body, Error, Options, RetryPolicy, Timeouts, Uploader};

use crate::support::scenarios::{Action, Ending, Job, Outcome};

pub(crate) fn run(job: Job) -> Ending {
    let mut options = Options::default()
        .retry(RetryPolicy::default().max_attempts(job.attempts).backoff(Duration::ZERO, Duration::ZERO))
        .allow_plain_http(job.allow_plain_http);
    if let Some(idle) = job.idle {
        options = options.timeouts(Timeouts::default().idle(idle));
    }
    let mut uploader = Uploader::with_defaults().options(options);
    if let Some(now) = job.clock {
        uploader = uploader.clock(move || now());
    }
    let refreshable = !job.fresh.is_empty();
    let fresh = Mutex::new(job.fresh.into_iter());
    let supply = move |_| fresh.lock().unwrap().next().ok_or_else(|| "nothing left".into());
    let body = match &job.action {
        Action::PutBytes(bytes) => Some(Body::bytes(bytes.clone())),
        Action::PutFile(path) => Some(Body::file(path)?),
        Action::PutOnce(bytes, length) => Some(Body::reader(Cursor::new(bytes.clone()), *length)),
        _ => None,
    };
    if let Action::PutAnswered([first, rest], answered) = job.action {
        let length = (first.len() + rest.len()) as u64;
        let reader = Cursor::new(first).chain(Answered(answered).chain(Cursor::new(rest)));
        return uploader.put(&job.request, Body::reader(reader, length)).send().map(Outcome::Uploaded);
    }
    if let Some(body) = body {
        let mut put = uploader.put(&job.request, body);
        if refreshable {
            put = put.refresh_with(supply);
        }
        let put = job.extra.iter().fold(put, |put, (name, value)| put.header(*name, *value));
        return put.send().map(Outcome::Uploaded);
    }
    let get = uploader.get(&job.request);
    match job.action {
        Action::Head => uploader.head(&job.request).send().map(Outcome::Info),
        Action::Delete => uploader.delete(&job.request).send().map(|()| Outcome::Deleted),
        Action::GetBytes(limit) => get.bytes(limit).map(Outcome::Bytes),
        Action::GetRange(first, last) => get.range(first, Some(last)).bytes(1 << 20).map(Outcome::Bytes),
        Action::GetFile(path) => get.to_file(path).map(Outcome::File),
        Action::GetResumed(path) => get.resume(true).to_file(path).map(Outcome::File),
        Action::GetParallel(path, parallel, size) => {
            get.parallel(parallel, size).to_file(path).map(Outcome::File)
        }
        Action::Multipart(job) => {
            let mut multipart = uploader.multipart(job.plan, Body::file(&job.file)?).parallel(job.parallel);
            if let Some(path) = job.checkpoint {
                multipart = multipart.checkpoint(path);
            }
            if let Some(sign) = job.sign {
                let server = job.server;
                multipart = multipart.sign_with(move |step, id| Ok(sign(&server, step, &id)));
            }
            multipart.send().map(Outcome::Uploaded)
        }
        Action::Abort(plan, checkpoint) => {
            let mut multipart = uploader.multipart(plan, Body::bytes([]));
            if let Some(path) = checkpoint {
                multipart = multipart.checkpoint(path);
            }
            multipart.abort().map(|()| Outcome::Aborted)
        }
        _ => {
            let mut bytes = Vec::new();
            get.to_writer(&mut bytes)?;
            Ok::<_, Error>(Outcome::Bytes(bytes))
        }
    }
}

/// A reader of nothing that waits for an answer.
struct Answered(Receiver<()>);

impl Read for Answered {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.recv().map(|()| 0).map_err(std::io::Error::other)
    }
}
