//! What only this HTTP client does.
#![allow(clippy::unwrap_used)]

#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use oss_upload_ureq::{Body, Error, Options, RetryPolicy, Uploader};
use support::presigned;
use support::recorder::{Recorder, Reply};

/// ureq leaves a target alone, dot segments and quotes included.
#[test]
fn a_target_arrives_unchanged() {
    for target in ["/b/a/../k?x", "/b/%2E%2E/k", "/b//k", "/b/k?a='x'&b=%27"] {
        let server = Recorder::start(vec![Reply::new(200, &[("etag", "\"E\"")], b"")]);
        let request = presigned("PUT", server.url() + target, &[]);
        Uploader::with_defaults().put(&request, Body::bytes(*b"x")).send().unwrap();
        assert_eq!(server.requests()[0].line(), format!("PUT {target} HTTP/1.1"));
    }
}

/// The agent's own settings do not matter where a presigned URL needs others.
#[test]
fn an_agent_that_follows_redirects_does_not() {
    let server = Recorder::start(vec![Reply::new(302, &[("location", "/x")], b"")]);
    let request = presigned("GET", server.url() + "/b/k", &[]);
    let ending = Uploader::new(ureq::Agent::new_with_defaults()).get(&request).bytes(100);
    assert!(matches!(ending, Err(Error::Redirected { status: 302, .. })), "{ending:?}");
    assert_eq!(server.requests().len(), 1);
}

/// No error shows what a URL holds.
#[test]
fn errors_show_no_query() {
    let request = presigned("PUT", "http://127.0.0.1:1/b/k?x-oss-signature=fakesignature".into(), &[]);
    let uploader = Uploader::with_defaults().options(Options::default().retry(RetryPolicy::never()));
    let error = uploader.put(&request, Body::bytes(*b"x")).send().unwrap_err();
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
