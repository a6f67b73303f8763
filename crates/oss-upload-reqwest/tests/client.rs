//! What only this HTTP client does.
#![allow(clippy::unwrap_used)]

#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use oss_upload_reqwest::{Body, Error, Options, Refusal, RetryPolicy, Uploader};
use support::presigned;
use support::recorder::{Recorder, Reply};

/// reqwest resolves dot segments, which breaks a signature: refused, with the reason.
#[tokio::test]
async fn a_url_that_would_be_rewritten_is_refused() {
    let server = Recorder::start(Vec::new());
    for target in ["/b/a/../k?x", "/b/%2E%2E/k", "/b/./k", "/b/k?a='x'"] {
        let request = presigned("PUT", server.url() + target, &[]);
        let ending = Uploader::with_defaults().unwrap().put(&request, Body::bytes("x")).send().await;
        assert!(matches!(ending, Err(Error::Refused(Refusal::UrlRewritten))), "{target}: {ending:?}");
    }
    assert!(server.requests().is_empty());
}

/// A client of the caller's that follows redirects is noticed.
#[tokio::test]
async fn a_redirect_that_was_followed_is_refused() {
    let elsewhere = Recorder::start(vec![Reply::new(200, &[], b"other")]);
    let location = elsewhere.url() + "/x?y";
    let server = Recorder::start(vec![Reply::new(302, &[("location", &location)], b"")]);
    let following = oss_upload_reqwest::client_builder(oss_upload_reqwest::Trust::platform())
        .unwrap()
        .redirect(reqwest::redirect::Policy::limited(3))
        .build()
        .unwrap();
    let request = presigned("GET", server.url() + "/b/k", &[]);
    let ending = Uploader::new(following).get(&request).bytes(100).await;
    let Err(Error::Redirected { status: 0, location }) = ending else { panic!("{ending:?}") };
    assert_eq!(location, elsewhere.url() + "/x");
}

/// No error shows what a URL holds.
#[tokio::test]
async fn errors_show_no_query() {
    let request = presigned("PUT", "http://127.0.0.1:1/b/k?x-oss-signature=fakesignature".into(), &[]);
    let error = Uploader::with_defaults()
        .unwrap()
        .options(Options::default().retry(RetryPolicy::never()))
        .put(&request, Body::bytes("x"))
        .send()
        .await
        .unwrap_err();
    let Error::NoAnswer { host, attempts, last } = &error else { panic!("{error:?}") };
    assert_eq!((&host[..], *attempts), ("127.0.0.1:1", 1));
    assert!(matches!(**last, Error::Connection(_)), "{last:?}");
    assert!(
        error.to_string().starts_with("no answer from 127.0.0.1:1 in 1 attempt: the connection failed: ")
    );
    assert!(!format!("{error} {error:?}").contains("fakesignature"));
    // The client's own causes are told once each, and are not told again as sources.
    let text = error.to_string();
    let causes: Vec<&str> = text.split(": ").collect();
    assert!(causes.iter().enumerate().all(|(at, cause)| !causes[..at].contains(cause)), "{text}");
    assert!(std::error::Error::source(&error).is_none());
}
