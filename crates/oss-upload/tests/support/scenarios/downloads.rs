//! Objects that are fetched over one connection.

use super::*;

pub(super) fn downloads() -> Vec<Scenario> {
    const TEXT: &[u8] = b"123456789";
    /// CRC-64/XZ of TEXT, from the catalogue: 0x995DC9BBDF1939FA.
    const HEAD: &[(&str, &str)] = &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", "11051210869376104954")];
    const REST: &[(&str, &str)] = &[
        ("etag", "\"E\""),
        ("content-range", "bytes 4-8/9"),
        ("x-oss-hash-crc64ecma", "11051210869376104954"),
    ];
    vec![
        Scenario {
            name: "bytes are fetched and checked",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, _| job("GET", server, Action::GetBytes(9)),
            check: |ending, requests, _| {
                assert_eq!(bytes(ending), TEXT);
                assert_eq!(requests[0].names(), ["accept", "host", "user-agent"]);
                assert_eq!(requests[0].line(), format!("GET {TARGET} HTTP/1.1"));
            },
        },
        Scenario {
            name: "more than the limit is refused",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, _| job("GET", server, Action::GetBytes(8)),
            check: |ending, _, _| {
                assert!(matches!(ending, Err(TransferError::TooLarge { limit: 8 })), "{ending:?}")
            },
        },
        Scenario {
            name: "an empty object is an empty file",
            script: || vec![Reply::new(200, &[("x-oss-hash-crc64ecma", "0")], b"")],
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(matches!(ending, Ok(Outcome::File(done)) if done.verified && done.bytes == 0));
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"");
            },
        },
        Scenario {
            name: "an object that ends with the connection and says no length is not done",
            script: || {
                let open_ended = b"HTTP/1.1 200 OK\r\netag: \"E\"\r\n\r\nhello";
                vec![Reply { bytes: open_ended.to_vec(), close: true, ..Reply::default() }]
            },
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{ending:?}");
                assert!(is_empty(folder));
            },
        },
        Scenario {
            name: "an object in chunks has an end",
            script: || {
                let chunks =
                    b"HTTP/1.1 200 OK\r\netag: \"E\"\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
                vec![Reply { bytes: chunks.to_vec(), ..Reply::default() }]
            },
            job: |server, _| job("GET", server, Action::GetBytes(9)),
            check: |ending, _, _| assert_eq!(bytes(ending), b"hello"),
        },
        Scenario {
            name: "204 is no object",
            script: || {
                let empty = b"HTTP/1.1 204 No Content\r\netag: \"E\"\r\n\r\n";
                vec![Reply { bytes: empty.to_vec(), ..Reply::default() }]
            },
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{ending:?}");
                assert!(is_empty(folder));
            },
        },
        Scenario {
            name: "a checksum that is no number is not passed",
            script: || {
                let headers = &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", "seven")];
                vec![Reply::new(200, headers, b"hello")]
            },
            job: |server, folder| Job {
                attempts: 1,
                ..job("GET", server, Action::GetFile(folder.join("out")))
            },
            check: |ending, _, folder| {
                let unreadable = Err(IntegrityError::Unreadable);
                let found = ending.map(drop).map_err(|error| match error {
                    TransferError::Integrity(found) => found,
                    other => panic!("{other:?}"),
                });
                assert_eq!(found, unreadable);
                assert!(is_empty(folder));
            },
        },
        Scenario {
            name: "a cut download is resumed where it was cut",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"1234"), Reply::new(206, REST, b"56789")],
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, requests, folder| {
                assert!(
                    matches!(ending, Ok(Outcome::File(done)) if done.verified && done.attempts == 2 && done.sync_time.is_some())
                );
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), TEXT);
                assert_eq!(folder.read_dir().unwrap().count(), 1);
                assert_eq!(requests[1].header("range"), Some("bytes=4-"));
                assert_eq!(requests[1].header("if-match"), Some("\"E\""));
                assert_eq!(requests[1].names(), ["accept", "host", "if-match", "range", "user-agent"]);
            },
        },
        Scenario {
            name: "a server without ranges makes the download start over",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"12345678"), Reply::new(200, HEAD, TEXT)],
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(ending.is_ok(), "{ending:?}");
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), TEXT);
            },
        },
        Scenario {
            name: "an object that changed is fetched anew, shorter than before",
            script: || {
                vec![
                    Reply::headless(200, HEAD, 9).cut(b"1234"),
                    error(412, "PreconditionFailed"),
                    Reply::new(200, &[("etag", "\"F\"")], b"abc"),
                ]
            },
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, requests, folder| {
                assert!(ending.is_ok(), "{ending:?}");
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"abc");
                assert_eq!(requests[2].header("range"), None);
            },
        },
        Scenario {
            name: "a wrong checksum leaves no file",
            script: || vec![Reply::new(200, HEAD, b"12345678X"); 3],
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, requests, folder| {
                assert!(
                    matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))),
                    "{ending:?}"
                );
                assert_eq!(requests.len(), 3);
                assert!(is_empty(folder));
            },
        },
        Scenario {
            name: "a failed download leaves the old file",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"1234"), error(404, "NoSuchKey")],
            job: |server, folder| {
                std::fs::write(folder.join("out"), b"old").unwrap();
                job("GET", server, Action::GetFile(folder.join("out")))
            },
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::Service(error)) if error.code() == "NoSuchKey"));
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"old");
                assert_eq!(folder.read_dir().unwrap().count(), 1);
            },
        },
        Scenario {
            name: "a range is fetched as asked",
            script: || vec![Reply::new(206, &[("content-range", "bytes 2-4/9"), ("etag", "\"E\"")], b"345")],
            job: |server, _| job("GET", server, Action::GetRange(2, 4)),
            check: |ending, requests, _| {
                assert_eq!(bytes(ending), b"345");
                assert_eq!(requests[0].header("range"), Some("bytes=2-4"));
                assert_eq!(requests[0].header("if-match"), None);
            },
        },
        Scenario {
            name: "the whole object is no answer to a range",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, _| job("GET", server, Action::GetRange(2, 4)),
            check: |ending, _, _| {
                assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{ending:?}")
            },
        },
        Scenario {
            name: "a writer gets the resumed rest",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"1234"), Reply::new(206, REST, b"56789")],
            job: |server, _| job("GET", server, Action::GetWriter),
            check: |ending, _, _| assert_eq!(bytes(ending), TEXT),
        },
        Scenario {
            name: "a writer takes nothing back",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"1234"), Reply::new(200, HEAD, TEXT)],
            job: |server, _| job("GET", server, Action::GetWriter),
            check: |ending, _, _| {
                assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{ending:?}")
            },
        },
        Scenario {
            name: "a redirected GET is named",
            script: || vec![Reply::new(302, &[("location", "/elsewhere")], b"")],
            job: |server, folder| job("GET", server, Action::GetFile(folder.join("out"))),
            check: |ending, requests, folder| {
                assert!(matches!(ending, Err(TransferError::Redirected { status: 302, .. })), "{ending:?}");
                assert_eq!(requests.len(), 1);
                assert!(is_empty(folder));
            },
        },
    ]
}
