//! Progress, pace, deadlines, cancellation, MD5 and spooled input.
#![allow(clippy::unwrap_used)]

#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use oss_upload_reqwest::{Body, Error, IntegrityError, Options, Progress, Refusal, RetryPolicy, Uploader};
use support::recorder::{Recorder, Reply};
use support::{pattern, presigned};

fn stored() -> Reply {
    Reply::new(200, &[("etag", "\"E\"")], b"")
}

fn uploader() -> Uploader {
    with(Options::default())
}

/// With these options, and without waiting between attempts.
fn with(options: Options) -> Uploader {
    let retry = options.retry.backoff(Duration::ZERO, Duration::ZERO);
    Uploader::with_defaults().unwrap().options(options.retry(retry))
}

#[tokio::test]
async fn progress_goes_from_nothing_to_everything_in_each_attempt() {
    let server = Recorder::start(vec![Reply::new(500, &[], b""), stored()]);
    let reports: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let noted = reports.clone();
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let body = Body::bytes(pattern(3 << 20));
    let wait = Duration::from_millis(1);
    let retry = RetryPolicy::default().backoff(wait, wait);
    let uploader = uploader().options(Options::default().progress_interval(Duration::ZERO).retry(retry));
    uploader.put(&put, body).on_progress(move |p| noted.lock().unwrap().push(p)).send().await.unwrap();
    let reports = reports.lock().unwrap().clone();
    let (waits, reports): (Vec<Progress>, Vec<_>) = reports.iter().partition(|p| p.waits.is_some());
    let reports: Vec<_> = reports.iter().map(|p| (p.attempt, p.transferred >> 20, p.total)).collect();
    let total = Some(3 << 20);
    let attempt = |n| [(n, 0, total), (n, 1, total), (n, 2, total), (n, 3, total)];
    assert_eq!(reports, [attempt(1), attempt(2)].concat());
    // Between them it waits, and says so.
    let [waiting] = waits[..] else { panic!("{waits:?}") };
    assert_eq!((waiting.transferred, waiting.attempt), (3 << 20, 2));
    assert!(waiting.waits > Some(Duration::ZERO) && waiting.waits <= Some(wait));
}

/// A lower bound alone: what is slower than the limit is never wrong.
#[tokio::test]
async fn a_limited_upload_takes_its_time() {
    let server = Recorder::start(vec![stored()]);
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let uploader = with(Options::default().bandwidth(NonZeroU64::new(1 << 20).unwrap()));
    let started = Instant::now();
    uploader.put(&put, Body::bytes(pattern(300 << 10))).send().await.unwrap();
    // 300 KiB in pieces of 102 KiB: the third one waits for the first two.
    assert!(started.elapsed() >= Duration::from_millis(190));
}

#[tokio::test]
async fn a_deadline_ends_everything() {
    let server = Recorder::start(vec![Reply::stall()]);
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let uploader = with(Options::default().retry(RetryPolicy::default().deadline(Duration::from_millis(50))));
    let ending = uploader.put(&put, Body::bytes("x")).send().await;
    assert!(matches!(ending, Err(Error::DeadlineReached { .. })), "{ending:?}");
}

/// A deadline that the wait would pass is not waited for.
#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = Recorder::start(vec![Reply::new(503, &[("retry-after", "3600")], b"")]);
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let uploader = with(Options::default().retry(RetryPolicy::default().deadline(Duration::from_secs(60))));
    let ending = uploader.put(&put, Body::bytes("x")).send().await;
    let Err(Error::WaitTooLong { asked, last, .. }) = ending else { panic!("{ending:?}") };
    assert_eq!(asked, Duration::from_secs(3600));
    assert_eq!(last.service().unwrap().status(), 503);
}

#[tokio::test]
async fn a_dropped_download_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Two thirds arrive, then silence.
    let mut half = Reply::headless(200, &[("etag", "\"E\"")], 3 << 20);
    half.bytes.extend_from_slice(&pattern(2 << 20));
    half.stall = true;
    let server = Recorder::start(vec![half]);
    let get = presigned("GET", server.url() + "/b/k", &[]);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let mut sender = Some(sender);
    let uploader = with(Options::default().progress_interval(Duration::ZERO));
    let download = uploader
        .get(&get)
        .on_progress(move |p| {
            if p.transferred == 2 << 20 {
                sender.take().unwrap().send(()).unwrap();
            }
        })
        .to_file(folder.path().join("out"));
    tokio::select! {
        ending = download => panic!("{ending:?}"),
        _ = receiver => {}
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn md5_is_compared_where_wanted() {
    let server = Recorder::start(vec![stored()]);
    // MD5 of "hello": 5d41402abc4b2a76b9719d911017c592
    let md5 = "XUFAKrxLKna5cZ2REBfFkg==";
    let put = presigned("PUT", server.url() + "/b/k", &[("content-md5", md5)]);
    assert_eq!(Body::bytes("hello").content_md5().await.unwrap(), md5);
    let uploader = with(Options::default().verify_md5(true));
    let ending = uploader.put(&put, Body::bytes("hullo")).send().await;
    assert!(matches!(ending, Err(Error::Refused(Refusal::Md5Mismatch))), "{ending:?}");
    assert!(server.requests().is_empty());
    uploader.put(&put, Body::bytes("hello")).send().await.unwrap();
    assert_eq!(server.requests()[0].header("content-md5"), Some(md5));

    let head: &[(&str, &str)] = &[("etag", "\"E\""), ("content-md5", md5)];
    let server = Recorder::start(vec![Reply::new(200, head, b"hello"), Reply::new(200, head, b"hullo")]);
    let get = presigned("GET", server.url() + "/b/k", &[]);
    let options = Options::default().verify_md5(true).retry(RetryPolicy::never());
    let uploader = uploader.options(options);
    assert_eq!(uploader.get(&get).bytes(5).await.unwrap(), b"hello");
    let ending = uploader.get(&get).bytes(5).await;
    assert!(matches!(ending, Err(Error::Integrity(IntegrityError::Md5))), "{ending:?}");
}

#[tokio::test]
async fn input_of_unknown_length_is_spooled_and_sent_again() {
    let server = Recorder::start(vec![Reply::new(500, &[], b""), stored()]);
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let bytes = pattern(1 << 20 | 5);
    let body = Body::spool(std::io::Cursor::new(bytes.clone())).await.unwrap();
    assert_eq!(body.length(), 1 << 20 | 5);
    uploader().put(&put, body).send().await.unwrap();
    for request in server.requests() {
        assert!(request.body == bytes);
    }
}

#[tokio::test]
async fn a_folder_has_no_length() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Body::file(folder.path()).await, Err(Error::Io { doing: "opening the file", .. })));
}

#[tokio::test]
async fn bytes_texts_and_files_are_bodies() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "hello").unwrap();
    let file = std::fs::File::open(folder.path().join("a")).unwrap();
    let bodies = [
        Body::from("hello"),
        "hello".to_owned().into(),
        b"hello".to_vec().into(),
        b"hello"[..].into(),
        file.into(),
    ];
    let server = Recorder::start(bodies.iter().map(|_| stored()).collect());
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    for body in bodies {
        uploader().put(&put, body).send().await.unwrap();
    }
    assert!(server.requests().iter().all(|request| request.body == b"hello"));
    assert_eq!(server.requests().len(), 5);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_a_length_is_refused_before_sending() {
    let server = Recorder::start(vec![stored()]);
    let put = presigned("PUT", server.url() + "/b/k", &[]);
    let file = std::fs::File::open("/dev/null").unwrap();
    let ending = uploader().put(&put, file).send().await;
    assert!(matches!(ending, Err(Error::Io { doing: "opening the file", .. })), "{ending:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_upload_is_initiated_for_its_id() {
    let answered = Reply::new(
        200,
        &[],
        b"<InitiateMultipartUploadResult><UploadId>A&amp;B</UploadId></InitiateMultipartUploadResult>",
    );
    let server = Recorder::start(vec![Reply::new(500, &[], b""), answered, Reply::new(200, &[], b"<html>")]);
    let post = presigned("POST", server.url() + "/b/k?uploads", &[]);
    assert_eq!(uploader().initiate(&post).send().await.unwrap(), "A&B");
    let ending = uploader().initiate(&post).send().await;
    assert!(matches!(ending, Err(Error::UnexpectedAnswer { what: "no UploadId" })), "{ending:?}");
}
