//! Requests that are refused before anything is sent.

use super::*;

pub(super) fn refusals() -> Vec<Scenario> {
    fn put(server: &Recorder, extra: Vec<(&'static str, &'static str)>, bound: &[(&str, &str)]) -> Job {
        Job {
            request: presigned("PUT", server.url() + TARGET, bound),
            extra,
            ..job("PUT", server, Action::PutBytes(b"hello".to_vec()))
        }
    }
    vec![
        Scenario {
            name: "a header that was not signed is refused",
            script: Vec::new,
            job: |server, _| put(server, vec![("x-oss-acl", "private")], &[]),
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::HeaderNotSigned { .. }))
            },
        },
        Scenario {
            name: "a content-type that was not signed is refused",
            script: Vec::new,
            job: |server, _| put(server, vec![("Content-Type", "a/b")], &[]),
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::HeaderNotSigned { .. }))
            },
        },
        Scenario {
            name: "a header that contradicts the signed one is refused",
            script: Vec::new,
            job: |server, _| put(server, vec![("content-type", "a/b")], &[("content-type", "a/c")]),
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::HeaderConflict { .. }))
            },
        },
        Scenario {
            name: "authorization is refused",
            script: Vec::new,
            job: |server, _| put(server, vec![("Authorization", "Bearer x")], &[]),
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::HeaderForbidden { .. }))
            },
        },
        Scenario {
            name: "another length than the signed one is refused",
            script: Vec::new,
            job: |server, _| put(server, vec![], &[("content-length", "6")]),
            check: |ending, requests, _| {
                assert_eq!(refusal(ending, requests), Refusal::LengthMismatch { signed: 6, body: 5 })
            },
        },
        Scenario {
            name: "a URL for another method is refused",
            script: Vec::new,
            job: |server, _| Job {
                request: presigned("GET", server.url() + TARGET, &[]),
                ..put(server, vec![], &[])
            },
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::WrongMethod { .. }))
            },
        },
        Scenario {
            name: "a URL for a method that no transfer has is refused",
            script: Vec::new,
            job: |server, _| Job {
                request: presigned("OPTIONS", server.url() + TARGET, &[]),
                ..job("GET", server, Action::GetBytes(9))
            },
            check: |ending, requests, _| {
                let refused = refusal(ending, requests);
                let told = refused.to_string();
                assert!(matches!(refused, Refusal::WrongMethod { .. }) && told.contains("OPTIONS"), "{told}");
            },
        },
        Scenario {
            name: "an expired URL is refused by the clock",
            script: Vec::new,
            job: |server, _| Job {
                clock: Some(std::sync::Arc::new(|| 4_102_444_860)),
                ..put(server, vec![], &[])
            },
            check: |ending, requests, _| {
                assert_eq!(refusal(ending, requests), Refusal::Expired { seconds_ago: 60 })
            },
        },
        Scenario {
            name: "plain http to another machine is refused",
            script: Vec::new,
            job: |server, _| Job {
                request: presigned("PUT", "http://example.com/k".into(), &[]),
                ..put(server, vec![], &[])
            },
            check: |ending, requests, _| assert_eq!(refusal(ending, requests), Refusal::PlainHttp),
        },
        Scenario {
            name: "the value of an additional header can be supplied, and must be",
            script: || vec![stored(b"hello")],
            job: |server, _| Job {
                request: presigned("PUT", server.url() + "/k?x-oss-additional-headers=cache-control", &[]),
                ..put(server, vec![("Cache-Control", "no-store")], &[])
            },
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests[0].header("cache-control"), Some("no-store"));
            },
        },
        Scenario {
            name: "an additional header without a value is refused",
            script: Vec::new,
            job: |server, _| Job {
                request: presigned("PUT", server.url() + "/k?x-oss-additional-headers=cache-control", &[]),
                ..put(server, vec![], &[])
            },
            check: |ending, requests, _| {
                assert!(matches!(refusal(ending, requests), Refusal::HeaderMissing { .. }))
            },
        },
    ]
}
