//! Objects that are fetched in ranges.

use super::*;

pub(super) fn parallel_downloads() -> Vec<Scenario> {
    fn head(range: &str) -> Vec<(&str, String)> {
        vec![
            ("etag", "\"E\"".into()),
            ("content-range", range.into()),
            ("x-oss-hash-crc64ecma", "11051210869376104954".into()),
        ]
    }
    fn range(range: &str, body: &[u8]) -> Reply {
        let head = head(range);
        let head: Vec<_> = head.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Reply::new(206, &head, body)
    }
    fn get(server: &Recorder, folder: &std::path::Path) -> Job {
        job("GET", server, Action::GetParallel(folder.join("out"), 1, 4))
    }
    vec![
        Scenario {
            name: "ranges make a file",
            script: || {
                vec![range("bytes 0-3/9", b"1234"), range("bytes 4-7/9", b"5678"), range("bytes 8-8/9", b"9")]
            },
            job: get,
            check: |ending, requests, folder| {
                assert!(
                    matches!(ending, Ok(Outcome::File(done)) if done.verified && done.bytes == 9 && done.sync_time.is_some())
                );
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"123456789");
                let ranges: Vec<_> =
                    requests.iter().map(|request| request.header("range").unwrap()).collect();
                assert_eq!(ranges, ["bytes=0-3", "bytes=4-7", "bytes=8-8"]);
                assert_eq!(requests[2].header("if-match"), Some("\"E\""));
            },
        },
        Scenario {
            name: "a server without ranges is fetched as usual",
            script: || {
                vec![
                    Reply::new(200, &[("etag", "\"E\"")], b"123456789"),
                    Reply::new(200, &[("etag", "\"E\"")], b"123456789"),
                ]
            },
            job: get,
            check: |ending, _, folder| {
                assert!(ending.is_ok(), "{ending:?}");
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"123456789");
            },
        },
        Scenario {
            name: "an empty object has no ranges",
            script: || vec![error(416, "InvalidRange"), Reply::new(200, &[("etag", "\"E\"")], b"")],
            job: get,
            check: |ending, _, folder| {
                assert!(ending.is_ok(), "{ending:?}");
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"");
            },
        },
        Scenario {
            name: "an object that changes between ranges is fetched anew",
            script: || {
                vec![
                    range("bytes 0-3/9", b"1234"),
                    error(412, "PreconditionFailed"),
                    range("bytes 0-3/9", b"1234"),
                    range("bytes 4-7/9", b"5678"),
                    range("bytes 8-8/9", b"9"),
                ]
            },
            job: get,
            check: |ending, _, folder| {
                assert!(ending.is_ok(), "{ending:?}");
                assert_eq!(std::fs::read(folder.join("out")).unwrap(), b"123456789");
                assert_eq!(folder.read_dir().unwrap().count(), 1);
            },
        },
        Scenario {
            name: "wrong ranges leave no file",
            script: || {
                vec![
                    range("bytes 0-3/9", b"1234"),
                    range("bytes 4-7/9", b"56x8"),
                    range("bytes 8-8/9", b"9"),
                    error(404, "NoSuchKey"),
                ]
            },
            job: get,
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::Service(error)) if error.code() == "NoSuchKey"));
                assert!(is_empty(folder));
            },
        },
    ]
}
