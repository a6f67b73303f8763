//! What a log shows of a transfer. A test program of its own: whether a span is wanted is decided once for all threads.
#![allow(clippy::unwrap_used)]

#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use std::time::Duration;

use oss_upload_reqwest::{Options, RetryPolicy, Uploader};
use support::presigned;
use support::recorder::{Recorder, Reply};
use support::spans::Log;

#[tokio::test]
async fn a_log_finds_a_transfer_again_and_has_no_query() {
    let answered = Reply::new(200, &[("etag", "\"E\""), ("x-oss-request-id", "5C3D9175")], b"");
    let server = Recorder::start(vec![Reply::new(503, &[], b""), answered]);
    let put = presigned("PUT", server.url() + "/b/k?x-oss-signature=fake-signature", &[]);
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let uploader = Uploader::with_defaults().unwrap().options(Options::default().retry(retry));
    let log = Log::default();
    let guard = log.start();
    uploader.put(&put, "hello").send().await.unwrap();
    drop(guard);
    let text = log.text();
    let closed = text.lines().find(|line| line.contains("put{") && line.contains("close")).expect(&text);
    let host = server.url().replace("http://", "host=\"");
    for told in
        [host.as_str(), "status=503", "status=200", "request_id=\"5C3D9175\"", "attempts=2", "bytes=5"]
    {
        assert!(closed.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("fake-signature"), "{text}");
}
