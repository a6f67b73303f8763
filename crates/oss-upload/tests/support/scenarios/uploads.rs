//! Objects that are stored with one request.

use super::*;

pub(super) fn uploads() -> Vec<Scenario> {
    vec![
        Scenario {
            name: "exactly the required headers are sent, and the target is unchanged",
            script: || vec![stored(b"hello")],
            job: |server, _| Job {
                request: presigned(
                    "PUT",
                    server.url() + TARGET,
                    &[("content-type", "image/jpeg"), ("x-oss-meta-a", "1 2"), ("content-length", "5")],
                ),
                ..job("PUT", server, Action::PutBytes(b"hello".to_vec()))
            },
            check: |ending, requests, _| {
                let done = uploaded(ending);
                assert_eq!(
                    (done.etag.as_deref(), done.verified, done.bytes, done.attempts),
                    (Some("\"E\""), true, 5, 1)
                );
                assert_eq!(done.request_id.as_deref(), Some("42"));
                let [request] = requests else { panic!("{requests:?}") };
                assert_eq!(request.line(), format!("PUT {TARGET} HTTP/1.1"));
                assert_eq!(
                    request.names(),
                    ["accept", "content-length", "content-type", "host", "user-agent", "x-oss-meta-a"]
                );
                assert_eq!(request.header("content-type"), Some("image/jpeg"));
                assert_eq!(request.header("x-oss-meta-a"), Some("1 2"));
                assert_eq!(request.header("content-length"), Some("5"));
                assert_eq!(request.header("accept"), Some("*/*"));
                assert!(request.header("user-agent").unwrap().starts_with("oss-upload-"));
                assert_eq!(request.body, b"hello");
            },
        },
        Scenario {
            name: "an empty body has a length",
            script: || vec![stored(b"")],
            job: |server, _| job("PUT", server, Action::PutBytes(Vec::new())),
            check: |ending, requests, _| {
                assert_eq!(uploaded(ending).bytes, 0);
                assert_eq!(requests[0].names(), ["accept", "content-length", "host", "user-agent"]);
                assert_eq!(requests[0].header("content-length"), Some("0"));
            },
        },
        Scenario {
            name: "a file is streamed with its length, and again on retry",
            script: || vec![error(500, "InternalError"), Reply::hang_up(), stored(&pattern(3 << 20 | 17))],
            job: |server, folder| {
                std::fs::write(folder.join("a"), pattern(3 << 20 | 17)).unwrap();
                job("PUT", server, Action::PutFile(folder.join("a")))
            },
            check: |ending, requests, _| {
                let done = uploaded(ending);
                assert_eq!((done.bytes, done.attempts, done.verified), (3 << 20 | 17, 3, true));
                assert_eq!(requests.len(), 3);
                for request in requests {
                    assert_eq!(request.names(), ["accept", "content-length", "host", "user-agent"]);
                    assert_eq!(request.header("content-length"), Some("3145745"));
                    assert!(request.body == pattern(3 << 20 | 17));
                }
            },
        },
        Scenario {
            name: "a service error comes back parsed, and is not tried again",
            script: || vec![error(403, "SignatureDoesNotMatch")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                assert_eq!(requests.len(), 1);
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!(
                    (error.status(), error.code(), error.message()),
                    (403, "SignatureDoesNotMatch", "m <1>")
                );
                assert_eq!((error.request_id(), error.host_id(), error.ec()), ("42", "h", "0002-1"));
            },
        },
        Scenario {
            name: "the last of several failures is the result",
            script: || vec![error(503, "A"), error(500, "B"), error(429, "C")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                assert_eq!(requests.len(), 3);
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!((error.status(), error.code(), error.attempts()), (429, "C", 3));
                assert_eq!(Some(error.host()), requests[0].header("host"));
                assert!(
                    error.to_string().contains(&format!("from {} in 3 attempts", error.host())),
                    "{error}"
                );
            },
        },
        Scenario {
            name: "a service that asks to wait for years is not waited for",
            script: || vec![Reply::new(503, &[("retry-after", "999999999")], b"")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                let Err(TransferError::WaitTooLong { asked, allowed, last }) = ending else {
                    panic!("{ending:?}")
                };
                assert_eq!((asked.as_secs(), allowed.as_secs(), requests.len()), (999_999_999, 300, 1));
                assert_eq!(last.service().unwrap().status(), 503);
            },
        },
        Scenario {
            name: "an error of garbage is an error with a status",
            script: || vec![Reply::new(403, &[], b"\x00<Error><Code>")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| {
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!((error.status(), error.code()), (403, ""));
            },
        },
        Scenario {
            name: "of an error no more than 64 KiB are read",
            script: || {
                let xml =
                    b"<Error><Code>Big</Code>".iter().copied().chain(std::iter::repeat_n(b' ', 200 << 10));
                vec![Reply::headless(403, &[], 1 << 40).cut(&xml.collect::<Vec<_>>())]
            },
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| {
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!((error.code(), error.xml().len()), ("Big", 64 << 10));
            },
        },
        Scenario {
            name: "a redirect is named, without its query, and not followed",
            script: || {
                vec![Reply::new(307, &[("location", "http://127.0.0.1:9/x?x-oss-signature=fake")], b"")]
            },
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                assert_eq!(requests.len(), 1);
                let Err(TransferError::Redirected { status: 307, location }) = &ending else {
                    panic!("{ending:?}")
                };
                assert_eq!(location, "http://127.0.0.1:9/x");
            },
        },
        Scenario {
            name: "a wrong checksum is never done",
            script: || vec![stored(b"y"), stored(b"y"), stored(b"y")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                assert_eq!(requests.len(), 3);
                let Err(TransferError::Integrity(IntegrityError::Crc { local, remote })) = ending else {
                    panic!("{ending:?}")
                };
                assert_eq!((local.to_string(), remote.to_string()), (crc(b"x"), crc(b"y")));
            },
        },
        Scenario {
            name: "203 is stored, with a failed callback",
            script: || {
                vec![Reply::new(203, &[("etag", "\"E\"")], b"<Error><Code>CallbackFailed</Code></Error>")]
            },
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| {
                let done = uploaded(ending);
                assert!(!done.verified);
                assert_eq!(done.callback_error.unwrap().code(), "CallbackFailed");
            },
        },
        Scenario {
            name: "the callback's answer is handed on",
            script: || vec![Reply::new(200, &[("etag", "\"E\"")], b"{\"id\":7}")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| assert_eq!(uploaded(ending).body, b"{\"id\":7}"),
        },
        Scenario {
            name: "a success that names no object is none",
            script: || vec![Reply::new(200, &[], b"<html>Welcome</html>")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| {
                assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{ending:?}")
            },
        },
        Scenario {
            name: "an error whose text is cut off is tried again",
            script: || vec![Reply::headless(403, &[], 100).cut(b"<Error><Co"), stored(b"x")],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, _, _| assert_eq!(uploaded(ending).attempts, 2),
        },
        Scenario {
            name: "a body that can be read once is not sent twice",
            script: || vec![error(500, "InternalError"), stored(b"hello")],
            job: |server, _| job("PUT", server, Action::PutOnce(b"hello".to_vec(), 5)),
            check: |ending, requests, _| {
                assert!(matches!(ending, Err(TransferError::Service(error)) if error.status() == 500));
                assert_eq!(requests.len(), 1);
                assert_eq!(requests[0].body, b"hello");
            },
        },
        Scenario {
            name: "a success before the end of a small body is none, or the service has all of it",
            script: || vec![Reply { early: Some(4), ..Reply::new(200, &[("etag", "\"E\"")], b"") }],
            job: |server, _| Job {
                attempts: 1,
                ..job(
                    "PUT",
                    server,
                    Action::PutAnswered([b"half".to_vec(), b"rest".to_vec()], server.answered()),
                )
            },
            check: |ending, requests, _| match ending {
                // An HTTP client that listens while it sends.
                Err(TransferError::Integrity(IntegrityError::AnsweredEarly { sent: 4, expected: 8 })) => {}
                // One that sends before it listens.
                Ok(Outcome::Uploaded(done)) => {
                    assert_eq!((&requests[0].body[..], done.verified), (&b"halfrest"[..], false));
                }
                other => panic!("{other:?}"),
            },
        },
        Scenario {
            name: "a refusal that comes while a large body is sent is the result",
            script: || vec![error(403, "AccessDenied").hard_after(1 << 20)],
            job: |server, folder| {
                std::fs::File::create(folder.join("a")).unwrap().set_len(32 << 20).unwrap();
                job("PUT", server, Action::PutFile(folder.join("a")))
            },
            check: |ending, _, _| {
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!((error.status(), error.code()), (403, "AccessDenied"));
            },
        },
        Scenario {
            name: "a success that comes while a large body is sent is none",
            script: || vec![Reply::new(200, &[("etag", "\"E\"")], b"").hard_after(1 << 20)],
            job: |server, folder| {
                std::fs::File::create(folder.join("a")).unwrap().set_len(32 << 20).unwrap();
                Job { attempts: 1, ..job("PUT", server, Action::PutFile(folder.join("a"))) }
            },
            check: |ending, _, _| {
                let Err(TransferError::Integrity(IntegrityError::AnsweredEarly { sent, expected })) = ending
                else {
                    panic!("{ending:?}")
                };
                assert_eq!(expected, 32 << 20);
                assert!(sent >= 1 << 20 && sent < expected, "{sent}");
            },
        },
        Scenario {
            name: "a body shorter than announced is an error of the body",
            script: || vec![stored(b"hello"); 3],
            job: |server, _| job("PUT", server, Action::PutOnce(b"hell".to_vec(), 5)),
            check: |ending, requests, _| {
                assert!(
                    matches!(ending, Err(TransferError::Io { doing: "reading the body", .. })),
                    "{ending:?}"
                );
                assert!(requests.is_empty());
            },
        },
        Scenario {
            name: "a body longer than announced is an error of the body",
            script: || vec![stored(b"hello"); 3],
            job: |server, _| job("PUT", server, Action::PutOnce(b"hello!".to_vec(), 5)),
            check: |ending, _, _| {
                assert!(
                    matches!(ending, Err(TransferError::Io { doing: "reading the body", .. })),
                    "{ending:?}"
                );
            },
        },
    ]
}
