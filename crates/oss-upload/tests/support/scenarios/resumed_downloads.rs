//! Downloads that a later process continues.

use super::*;

pub(super) fn resumed_downloads() -> Vec<Scenario> {
    const TEXT: &[u8] = b"123456789";
    /// CRC-64/XZ of TEXT, from the catalogue: 0x995DC9BBDF1939FA.
    const HEAD: &[(&str, &str)] = &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", "11051210869376104954")];
    const NEW: &[(&str, &str)] = &[("etag", "\"F\"")];
    fn rest(range: &str, bytes: &[u8]) -> Reply {
        Reply::new(206, &[HEAD, &[("content-range", range)]].concat(), bytes)
    }
    /// A job in a folder where an earlier process left these bytes of an object with 9, at this URL.
    fn left(server: &Recorder, folder: &std::path::Path, bytes: &[u8], url: &str) -> Job {
        std::fs::write(folder.join("out.oss-part"), bytes).unwrap();
        let record = format!(
            r#"{{"version":1,"target":"{}","etag":"\"E\"","size":9,"range":null}}"#,
            url.split('?').next().unwrap()
        );
        std::fs::write(folder.join("out.oss-part.json"), record).unwrap();
        Job { attempts: 1, ..job("GET", server, Action::GetResumed(folder.join("out"))) }
    }
    fn here(server: &Recorder, folder: &std::path::Path, bytes: &[u8]) -> Job {
        left(server, folder, bytes, &(server.url() + TARGET))
    }
    #[track_caller]
    fn is(ending: &Ending, folder: &std::path::Path, bytes: &[u8]) {
        assert!(matches!(ending, Ok(Outcome::File(done)) if done.bytes == bytes.len() as u64), "{ending:?}");
        assert_eq!(std::fs::read(folder.join("out")).unwrap(), bytes);
        assert_eq!(folder.read_dir().unwrap().count(), 1, "something is left beside the file");
    }
    vec![
        Scenario {
            name: "what an earlier process left is gone on with",
            script: || vec![rest("bytes 4-8/9", b"56789")],
            job: |server, folder| here(server, folder, b"1234"),
            check: |ending, requests, folder| {
                is(&ending, folder, TEXT);
                assert!(matches!(ending, Ok(Outcome::File(done)) if done.verified));
                assert_eq!(requests.len(), 1);
                assert_eq!(requests[0].header("range"), Some("bytes=4-"));
                assert_eq!(requests[0].header("if-match"), Some("\"E\""));
            },
        },
        Scenario {
            name: "of a partial file that has everything one byte is fetched again",
            script: || vec![rest("bytes 8-8/9", b"9")],
            job: |server, folder| here(server, folder, TEXT),
            check: |ending, requests, folder| {
                is(&ending, folder, TEXT);
                assert_eq!(requests[0].header("range"), Some("bytes=8-"));
            },
        },
        Scenario {
            name: "what is left of another version is thrown away, at no attempt's cost",
            script: || vec![error(412, "PreconditionFailed"), Reply::new(200, NEW, b"abc")],
            job: |server, folder| here(server, folder, b"1234"),
            check: |ending, requests, folder| {
                is(&ending, folder, b"abc");
                assert_eq!((requests.len(), requests[1].header("range")), (2, None));
            },
        },
        Scenario {
            name: "what is left of an object that is shorter now is thrown away",
            script: || vec![error(416, "InvalidRange"), Reply::new(200, NEW, b"abc")],
            job: |server, folder| here(server, folder, b"1234"),
            check: |ending, _, folder| is(&ending, folder, b"abc"),
        },
        Scenario {
            name: "what is left counts for nothing where everything comes",
            script: || vec![Reply::new(200, NEW, b"abc")],
            job: |server, folder| here(server, folder, b"1234"),
            check: |ending, _, folder| is(&ending, folder, b"abc"),
        },
        // As one of another user's is not, which only the superuser can make.
        Scenario {
            name: "a partial file that others may change is not taken up",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, folder| {
                let elsewhere = folder.join("elsewhere");
                std::fs::create_dir(&elsewhere).unwrap();
                let job = here(server, folder, b"1234");
                std::fs::hard_link(folder.join("out.oss-part"), elsewhere.join("second")).unwrap();
                job
            },
            check: |ending, requests, folder| {
                assert_eq!(std::fs::read(folder.join("elsewhere/second")).unwrap(), b"1234");
                std::fs::remove_dir_all(folder.join("elsewhere")).unwrap();
                is(&ending, folder, TEXT);
                assert_eq!((requests.len(), requests[0].header("range")), (1, None));
            },
        },
        Scenario {
            name: "a damaged partial file is found out",
            script: || vec![rest("bytes 4-8/9", b"56789"), Reply::new(200, HEAD, TEXT)],
            job: |server, folder| Job { attempts: 2, ..here(server, folder, b"12x4") },
            check: |ending, requests, folder| {
                is(&ending, folder, TEXT);
                assert_eq!(requests[1].header("range"), None);
            },
        },
        Scenario {
            name: "a damaged partial file is not kept",
            script: || vec![rest("bytes 4-8/9", b"56789")],
            job: |server, folder| here(server, folder, b"12x4"),
            check: |ending, _, folder| {
                let crc = matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. })));
                assert!(crc, "{ending:?}");
                assert!(is_empty(folder));
            },
        },
        Scenario {
            name: "what is left of another object counts for nothing",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, folder| left(server, folder, b"abcd", "http://127.0.0.1:1/other"),
            check: |ending, requests, folder| {
                is(&ending, folder, TEXT);
                assert_eq!(requests[0].header("range"), None);
            },
        },
        Scenario {
            name: "a record that is none counts for nothing",
            script: || vec![Reply::new(200, HEAD, TEXT)],
            job: |server, folder| {
                let job = here(server, folder, b"abcd");
                std::fs::write(folder.join("out.oss-part.json"), b"{\"version\":1").unwrap();
                job
            },
            check: |ending, requests, folder| {
                is(&ending, folder, TEXT);
                assert_eq!(requests[0].header("range"), None);
            },
        },
        Scenario {
            name: "a failure leaves what is there, and no secret",
            script: || vec![Reply::headless(200, HEAD, 9).cut(b"1234"), error(403, "AccessDenied")],
            job: |server, folder| job("GET", server, Action::GetResumed(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::Service(error)) if error.status() == 403));
                assert_eq!(std::fs::read(folder.join("out.oss-part")).unwrap(), b"1234");
                let record = std::fs::read_to_string(folder.join("out.oss-part.json")).unwrap();
                assert!(
                    record.contains(r#""etag":"\"E\"","size":9"#) && !record.contains("signature"),
                    "{record}"
                );
                assert_eq!(folder.read_dir().unwrap().count(), 2);
            },
        },
        Scenario {
            name: "without an ETag nothing is left",
            script: || vec![Reply::headless(200, &HEAD[1..], 9).cut(b"1234"), error(403, "AccessDenied")],
            job: |server, folder| job("GET", server, Action::GetResumed(folder.join("out"))),
            check: |ending, _, folder| {
                assert!(matches!(ending, Err(TransferError::Service(error)) if error.status() == 403));
                assert!(is_empty(folder));
            },
        },
    ]
}
