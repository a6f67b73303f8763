//! Attempts that take too long, requests that are signed again, and requests without a body.

use super::*;

pub(super) fn attempts() -> Vec<Scenario> {
    vec![
        Scenario {
            name: "silence ends after the idle time",
            script: || vec![Reply::stall()],
            job: |server, _| Job {
                attempts: 1,
                idle: Some(std::time::Duration::from_millis(50)),
                ..job("PUT", server, Action::PutBytes(b"x".to_vec()))
            },
            check: |ending, _, _| {
                let Err(TransferError::NoAnswer { last, attempts: 1, .. }) = ending else {
                    panic!("{ending:?}")
                };
                assert!(matches!(*last, TransferError::Timeout(oss_upload::TimeoutKind::Idle)), "{last:?}");
            },
        },
        Scenario {
            name: "who does not answer is named, and how often it was tried",
            script: || vec![Reply::hang_up(); 3],
            job: |server, _| job("PUT", server, Action::PutBytes(b"x".to_vec())),
            check: |ending, requests, _| {
                let Err(error @ TransferError::NoAnswer { .. }) = ending else { panic!("{ending:?}") };
                let host = requests[0].header("host").unwrap();
                assert!(
                    error.to_string().starts_with(&format!("no answer from {host} in 3 attempts: ")),
                    "{error}"
                );
                assert!(matches!(error.last_attempt(), TransferError::Connection(_)));
            },
        },
        Scenario {
            name: "interim answers are no sign of life",
            script: || vec![Reply { interim: 500, ..stored(b"x") }],
            job: |server, _| Job {
                attempts: 1,
                idle: Some(std::time::Duration::from_millis(200)),
                ..job("PUT", server, Action::PutBytes(b"x".to_vec()))
            },
            check: |ending, _, _| {
                let Err(TransferError::NoAnswer { last, attempts: 1, .. }) = ending else {
                    panic!("{ending:?}")
                };
                assert!(matches!(*last, TransferError::Timeout(oss_upload::TimeoutKind::Idle)), "{last:?}");
            },
        },
        Scenario {
            name: "an expired URL is refreshed, before sending and after the server's word",
            script: || vec![error(403, "SecurityTokenExpired"), stored(b"x")],
            job: |server, _| {
                let fresh = |path: &str| presigned("PUT", server.url() + path, &[]);
                let old = oss_presign::Timestamp::from_unix(1_731_400_358).unwrap();
                Job {
                    request: PresignedRequest::new("PUT", server.url() + "/old", Vec::new(), old).unwrap(),
                    fresh: vec![fresh("/first"), fresh("/second")],
                    ..job("PUT", server, Action::PutBytes(b"x".to_vec()))
                }
            },
            check: |ending, requests, _| {
                assert_eq!(uploaded(ending).attempts, 3);
                assert_eq!(lines(requests), ["PUT /first HTTP/1.1", "PUT /second HTTP/1.1"]);
            },
        },
        Scenario {
            name: "a failing refresh is the result",
            script: || vec![error(403, "RequestTimeTooSkewed")],
            job: |server, _| {
                let old = oss_presign::Timestamp::from_unix(1).unwrap();
                let expired = PresignedRequest::new("PUT", server.url() + "/old", Vec::new(), old).unwrap();
                // The hook has nothing more to give after these two.
                Job {
                    request: expired.clone(),
                    fresh: vec![expired],
                    ..job("PUT", server, Action::PutBytes(b"x".to_vec()))
                }
            },
            check: |ending, requests, _| {
                assert!(requests.is_empty());
                assert!(matches!(ending, Err(TransferError::Refresh(_))), "{ending:?}");
            },
        },
        Scenario {
            name: "HEAD tells length and checksum",
            script: || {
                vec![Reply { bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\netag: \"E\"\r\nx-oss-hash-crc64ecma: 7\r\ncontent-type: a/b\r\n\r\n".to_vec(), ..Reply::default() }]
            },
            job: |server, _| job("HEAD", server, Action::Head),
            check: |ending, requests, _| {
                let Ok(Outcome::Info(info)) = ending else { panic!("{ending:?}") };
                assert_eq!(
                    (info.bytes, info.etag.as_deref(), info.crc64, info.content_type.as_deref()),
                    (9, Some("\"E\""), Some(7), Some("a/b"))
                );
                assert_eq!(requests[0].names(), ["accept", "host", "user-agent"]);
            },
        },
        Scenario {
            name: "an error of HEAD comes from headers",
            // base64 of <Error><Code>NoSuchKey</Code></Error>
            script: || {
                vec![Reply { bytes: b"HTTP/1.1 404 X\r\ncontent-length: 300\r\nx-oss-err: PEVycm9yPjxDb2RlPk5vU3VjaEtleTwvQ29kZT48L0Vycm9yPg==\r\nx-oss-ec: 0026-1\r\nx-oss-request-id: 42\r\n\r\n".to_vec(), ..Reply::default() }]
            },
            job: |server, _| job("HEAD", server, Action::Head),
            check: |ending, _, _| {
                let Err(TransferError::Service(error)) = ending else { panic!("{ending:?}") };
                assert_eq!((error.code(), error.ec(), error.request_id()), ("NoSuchKey", "0026-1", "42"));
            },
        },
        Scenario {
            name: "DELETE deletes",
            script: || vec![Reply::new(204, &[], b"")],
            job: |server, _| job("DELETE", server, Action::Delete),
            check: |ending, requests, _| {
                assert!(matches!(ending, Ok(Outcome::Deleted)), "{ending:?}");
                assert_eq!(requests[0].names(), ["accept", "host", "user-agent"]);
            },
        },
    ]
}
