//! This adapter behind the face that the shared tests know.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::stream::{StreamExt, once, pending};
use oss_upload_reqwest::{Body, Error, Options, RetryPolicy, Timeouts, Uploader};

use crate::support::scenarios::{Action, Ending, Job, Outcome};

pub(crate) async fn run(job: Job) -> Ending {
    let mut options = Options::default()
        .retry(RetryPolicy::default().max_attempts(job.attempts).backoff(Duration::ZERO, Duration::ZERO))
        .allow_plain_http(job.allow_plain_http);
    if let Some(idle) = job.idle {
        options = options.timeouts(Timeouts::default().idle(idle));
    }
    let mut uploader = Uploader::with_defaults()?.options(options);
    if let Some(now) = job.clock {
        uploader = uploader.clock(move || now());
    }
    let refreshable = !job.fresh.is_empty();
    let fresh = std::sync::Arc::new(Mutex::new(job.fresh.into_iter()));
    let supply = move |_| {
        let next = fresh.lock().unwrap().next();
        async move { next.ok_or_else(|| "nothing left".into()) }
    };
    let body = match &job.action {
        Action::PutBytes(bytes) => Some(Body::bytes(bytes.clone())),
        Action::PutFile(path) => Some(Body::file(path).await?),
        Action::PutOnce(bytes, length) => Some(Body::reader(std::io::Cursor::new(bytes.clone()), *length)),
        _ => None,
    };
    if let Action::PutAnswered([first, rest], _) = job.action {
        let length = (first.len() + rest.len()) as u64;
        // What listens while it sends needs no rest.
        let stream = once(async { Ok(first.into()) }).chain(pending());
        return uploader.put(&job.request, Body::stream(stream, length)).send().await.map(Outcome::Uploaded);
    }
    if let Some(body) = body {
        let mut put = uploader.put(&job.request, body);
        if refreshable {
            put = put.refresh_with(supply);
        }
        let put = job.extra.iter().fold(put, |put, (name, value)| put.header(*name, *value));
        return put.send().await.map(Outcome::Uploaded);
    }
    let get = uploader.get(&job.request);
    match job.action {
        Action::Head => uploader.head(&job.request).send().await.map(Outcome::Info),
        Action::Delete => uploader.delete(&job.request).send().await.map(|()| Outcome::Deleted),
        Action::GetBytes(limit) => get.bytes(limit).await.map(Outcome::Bytes),
        Action::GetRange(first, last) => {
            get.range(first, Some(last)).bytes(1 << 20).await.map(Outcome::Bytes)
        }
        Action::GetFile(path) => get.to_file(path).await.map(Outcome::File),
        Action::GetResumed(path) => get.resume(true).to_file(path).await.map(Outcome::File),
        Action::GetParallel(path, parallel, size) => {
            get.parallel(parallel, size).to_file(path).await.map(Outcome::File)
        }
        Action::Multipart(job) => {
            let mut multipart =
                uploader.multipart(job.plan, Body::file(&job.file).await?).parallel(job.parallel);
            if let Some(path) = job.checkpoint {
                multipart = multipart.checkpoint(path);
            }
            if let Some(sign) = job.sign {
                let server = job.server;
                multipart = multipart.sign_with(move |step, id| {
                    let signed = sign(&server, step, &id);
                    async move { Ok(signed) }
                });
            }
            multipart.send().await.map(Outcome::Uploaded)
        }
        Action::Abort(plan, checkpoint) => {
            let mut multipart = uploader.multipart(plan, Body::bytes(""));
            if let Some(path) = checkpoint {
                multipart = multipart.checkpoint(path);
            }
            multipart.abort().await.map(|()| Outcome::Aborted)
        }
        _ => {
            let mut bytes = Vec::new();
            get.to_writer(&mut bytes).await?;
            Ok::<_, Error>(Outcome::Bytes(bytes))
        }
    }
}
