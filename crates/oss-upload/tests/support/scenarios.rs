//! The table of scenarios that both adapters must pass.

use std::path::PathBuf;

use oss_presign::PresignedRequest;
use oss_upload::{
    CheckpointError, Crc64, Downloaded, IntegrityError, MultipartPlan, ObjectInfo, PartLayout, PlanError,
    PlanStep, Refusal, TransferError, Uploaded,
};

use super::recorder::{Recorded, Recorder, Reply};
use super::{pattern, presigned};

/// What an adapter is asked to do.
pub struct Job {
    pub request: PresignedRequest,
    pub extra: Vec<(&'static str, &'static str)>,
    pub action: Action,
    pub attempts: u32,
    /// The idle time, where it matters.
    pub idle: Option<std::time::Duration>,
    /// Requests that the refresh hook hands out, first one first.
    pub fresh: Vec<PresignedRequest>,
    /// The clock, in seconds since 1970, if not the system's.
    pub clock: Option<std::sync::Arc<dyn Fn() -> u64 + Send + Sync>>,
    pub allow_plain_http: bool,
}

pub enum Action {
    PutBytes(Vec<u8>),
    PutFile(PathBuf),
    /// A body that can be read once.
    PutOnce(Vec<u8>, u64),
    /// A small body of two halves, the second one only after the service has answered.
    PutAnswered([Vec<u8>; 2], std::sync::mpsc::Receiver<()>),
    Head,
    Delete,
    GetBytes(u64),
    GetRange(u64, u64),
    GetFile(PathBuf),
    GetWriter,
    /// To a file, going on with what was left beside it.
    GetResumed(PathBuf),
    /// Ranges of this size, this many at once.
    GetParallel(PathBuf, usize, u64),
    Multipart(Multipart),
    /// Abort with this plan and checkpoint.
    Abort(MultipartPlan, Option<PathBuf>),
}

/// Signs a step of an upload at this server with this id.
pub type Sign = std::sync::Arc<dyn Fn(&str, PlanStep, &str) -> PresignedRequest + Send + Sync>;

/// A file in parts, with a checkpoint beside it.
pub struct Multipart {
    pub plan: MultipartPlan,
    pub file: PathBuf,
    pub checkpoint: Option<PathBuf>,
    pub parallel: usize,
    /// Signs every step of the plan that has no request, or an expired one.
    pub sign: Option<Sign>,
    pub server: String,
}

#[derive(Debug)]
pub enum Outcome {
    Uploaded(Uploaded),
    Info(ObjectInfo),
    Deleted,
    Aborted,
    Bytes(Vec<u8>),
    File(Downloaded),
}

pub type Ending = Result<Outcome, TransferError>;

/// One row: what the server answers, what the adapter does, what must come of it.
pub struct Scenario {
    pub name: &'static str,
    script: fn() -> Vec<Reply>,
    job: fn(&Recorder, &std::path::Path) -> Job,
    check: fn(Ending, &[Recorded], &std::path::Path),
}

impl Scenario {
    /// Runs it with an adapter.
    pub fn run(&self, adapter: impl FnOnce(Job) -> Ending) {
        let folder = tempfile::tempdir().unwrap();
        let server = Recorder::start((self.script)());
        let job = (self.job)(&server, folder.path());
        let ending = adapter(job);
        (self.check)(ending, &server.requests(), folder.path());
    }
}

const TARGET: &str = "/bucket/%E4%B8%AD%20%2B%2A/b.jpg?acl&x=%2F&x-oss-signature=fake";

fn job(method: &str, server: &Recorder, action: Action) -> Job {
    Job {
        request: presigned(method, server.url() + TARGET, &[]),
        extra: Vec::new(),
        action,
        attempts: 3,
        idle: None,
        fresh: Vec::new(),
        clock: None,
        allow_plain_http: false,
    }
}

fn crc(bytes: &[u8]) -> String {
    oss_upload::Crc64::of(bytes).to_string()
}

fn stored(bytes: &[u8]) -> Reply {
    Reply::new(
        200,
        &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", &crc(bytes)), ("x-oss-request-id", "42")],
        b"",
    )
}

fn error(status: u16, code: &str) -> Reply {
    let xml = format!(
        "<Error><Code>{code}</Code><Message>m &lt;1&gt;</Message><RequestId>42</RequestId><HostId>h</HostId><EC>0002-1</EC></Error>"
    );
    Reply::new(status, &[("content-type", "application/xml")], xml.as_bytes())
}

fn lines(requests: &[Recorded]) -> Vec<&str> {
    requests.iter().map(Recorded::line).collect()
}

#[track_caller]
fn uploaded(ending: Ending) -> Uploaded {
    match ending {
        Ok(Outcome::Uploaded(done)) => done,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn bytes(ending: Ending) -> Vec<u8> {
    match ending {
        Ok(Outcome::Bytes(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refusal(ending: Ending, requests: &[Recorded]) -> Refusal {
    assert_eq!(lines(requests), Vec::<&str>::new(), "nothing may be sent");
    match ending {
        Err(TransferError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn is_empty(folder: &std::path::Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

/// The whole table.
pub fn all() -> Vec<Scenario> {
    let mut all = uploads();
    all.extend(refusals());
    all.extend(downloads());
    all.extend(multiparts());
    all.extend(parallel_downloads());
    all.extend(resumed_downloads());
    all
}

fn uploads() -> Vec<Scenario> {
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

fn refusals() -> Vec<Scenario> {
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

fn downloads() -> Vec<Scenario> {
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

/// A request for a step, at this server, that never expires.
pub fn sign(server: &str, step: PlanStep, id: &str) -> PresignedRequest {
    let query: Vec<_> = step.query(id).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    presigned(step.method().as_str(), format!("{server}/b/k?{}", query.join("&")), &[])
}

const PART: usize = 100 << 10;
const SIZE: usize = 2 * PART + 17;

fn plan(server: &Recorder) -> MultipartPlan {
    let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
    MultipartPlan::sign(layout, "ID", |step| Ok::<_, ()>(sign(&server.url(), step, "ID"))).unwrap()
}

fn part(number: usize) -> Vec<u8> {
    let bytes = pattern(SIZE);
    bytes[(number - 1) * PART..SIZE.min(number * PART)].to_vec()
}

fn part_stored(number: usize) -> Reply {
    Reply::new(
        200,
        &[("etag", &format!("\"P{number}\"")), ("x-oss-hash-crc64ecma", &crc(&part(number)))],
        b"",
    )
}

fn completed(bytes: &[u8]) -> Reply {
    Reply::new(
        200,
        &[("x-oss-hash-crc64ecma", &crc(bytes))],
        b"<CompleteMultipartUploadResult><ETag>\"M-3\"</ETag></CompleteMultipartUploadResult>",
    )
}

fn multipart(server: &Recorder, folder: &std::path::Path, plan: MultipartPlan) -> Multipart {
    let file = folder.join("a");
    std::fs::write(&file, pattern(SIZE)).unwrap();
    Multipart {
        plan,
        file,
        checkpoint: Some(folder.join("a.checkpoint")),
        parallel: 1,
        sign: None,
        server: server.url(),
    }
}

fn parts_job(server: &Recorder, multipart: Multipart) -> Job {
    job("PUT", server, Action::Multipart(multipart))
}

fn multiparts() -> Vec<Scenario> {
    const BODY: &str = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"P1\"</ETag></Part>\
        <Part><PartNumber>2</PartNumber><ETag>\"P2\"</ETag></Part><Part><PartNumber>3</PartNumber><ETag>\"P3\"</ETag></Part></CompleteMultipartUpload>";
    vec![
        Scenario {
            name: "parts make an object, and the checkpoint goes",
            script: || vec![part_stored(1), part_stored(2), part_stored(3), completed(&pattern(SIZE))],
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, folder| {
                let done = uploaded(ending);
                assert_eq!(
                    (done.bytes, done.verified, done.etag.as_deref()),
                    (SIZE as u64, true, Some("\"M-3\""))
                );
                assert_eq!(done.crc64, Crc64::of(&pattern(SIZE)));
                assert_eq!(
                    lines(requests),
                    [
                        "PUT /b/k?partNumber=1&uploadId=ID HTTP/1.1",
                        "PUT /b/k?partNumber=2&uploadId=ID HTTP/1.1",
                        "PUT /b/k?partNumber=3&uploadId=ID HTTP/1.1",
                        "POST /b/k?uploadId=ID HTTP/1.1"
                    ]
                );
                assert!(requests[1].body == part(2));
                assert_eq!(std::str::from_utf8(&requests[3].body).unwrap(), BODY);
                for request in requests {
                    assert_eq!(request.names(), ["accept", "content-length", "host", "user-agent"]);
                }
                assert_eq!(folder.read_dir().unwrap().count(), 1);
            },
        },
        Scenario {
            name: "a failed part leaves a checkpoint with the others",
            script: || vec![part_stored(1), error(403, "AccessDenied")],
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, folder| {
                assert!(
                    matches!(ending, Err(TransferError::Service(error)) if error.code() == "AccessDenied")
                );
                assert_eq!(requests.len(), 2);
                let kept = std::fs::read_to_string(folder.join("a.checkpoint")).unwrap();
                assert!(kept.contains("\"parts\":[{\"number\":1,\"etag\":\"\\\"P1\\\"\""), "{kept}");
                assert_eq!(folder.read_dir().unwrap().count(), 2);
            },
        },
        Scenario {
            name: "a part is tried again by itself",
            script: || {
                vec![
                    part_stored(1),
                    Reply::hang_up(),
                    error(500, "InternalError"),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests.len(), 6);
            },
        },
        Scenario {
            name: "the holder initiates, and has the rest signed",
            script: || {
                vec![
                Reply::new(200, &[], b"<InitiateMultipartUploadResult><UploadId>NEW</UploadId></InitiateMultipartUploadResult>"),
                part_stored(1), part_stored(2), part_stored(3), completed(&pattern(SIZE)),
            ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                parts_job(
                    server,
                    Multipart { sign: Some(std::sync::Arc::new(sign)), ..multipart(server, folder, plan) },
                )
            },
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests[0].line(), "POST /b/k?uploads= HTTP/1.1");
                assert_eq!(requests[3].line(), "PUT /b/k?partNumber=3&uploadId=NEW HTTP/1.1");
                assert_eq!(requests[4].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "without somebody to sign, the missing step is named",
            script: || vec![Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>")],
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                parts_job(server, multipart(server, folder, plan))
            },
            check: |ending, _, _| {
                assert!(
                    matches!(
                        ending,
                        Err(TransferError::Plan(PlanError::Missing { step: PlanStep::Part { number: 1 } }))
                    ),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a file of another size than the plan is refused",
            script: Vec::new,
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                std::fs::write(&multipart.file, b"short").unwrap();
                parts_job(server, multipart)
            },
            check: |ending, requests, _| {
                assert!(requests.is_empty());
                assert!(
                    matches!(ending, Err(TransferError::Plan(PlanError::Size { found: 5, .. }))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a checkpoint of a changed file is refused",
            script: Vec::new,
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                let kept =
                    oss_upload::Checkpoint::new(&multipart.plan, "ID", Some(oss_upload::Modified::new(1, 2)));
                std::fs::write(folder.join("a.checkpoint"), serde_json::to_vec(&kept).unwrap()).unwrap();
                parts_job(server, multipart)
            },
            check: |ending, requests, _| {
                assert!(requests.is_empty());
                assert!(
                    matches!(ending, Err(TransferError::Checkpoint(CheckpointError::OtherFile))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a wrong combined checksum is never done",
            script: || {
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(b"x"),
                    completed(b"x"),
                    completed(b"x"),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, folder| {
                assert!(
                    matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))),
                    "{ending:?}"
                );
                assert!(folder.join("a.checkpoint").exists());
            },
        },
        Scenario {
            name: "an error inside a 200 of the completion is an error",
            script: || {
                let failed = Reply::new(200, &[], b"<Error><Code>InternalError</Code></Error>");
                vec![part_stored(1), part_stored(2), part_stored(3), failed, completed(&pattern(SIZE))]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                assert_eq!(uploaded(ending).attempts, 2);
                assert_eq!(requests.len(), 5);
            },
        },
        Scenario {
            name: "a completion whose answer was lost is found out",
            script: || {
                let there = Reply {
                    bytes: format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\nx-oss-hash-crc64ecma: {}\r\n\r\n",
                        crc(&pattern(SIZE))
                    )
                    .into_bytes(),
                    close: false,
                    ..Reply::default()
                };
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    Reply::hang_up(),
                    error(404, "NoSuchUpload"),
                    there,
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                assert!(uploaded(ending).verified);
                assert_eq!(requests[5].line(), "HEAD /b/k? HTTP/1.1");
            },
        },
        Scenario {
            name: "a completion with a wrong checksum stays one when the upload is gone",
            script: || {
                let there = Reply {
                    bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nx-oss-hash-crc64ecma: 7\r\n\r\n"
                        .to_vec(),
                    close: false,
                    ..Reply::default()
                };
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(b"x"),
                    error(404, "NoSuchUpload"),
                    there,
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, _| {
                assert!(
                    matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "an initiation whose answer is cut off is tried again",
            script: || {
                vec![
                    Reply::headless(200, &[], 90).cut(b"<InitiateMultipartUploadResult><Upl"),
                    Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>"),
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                let sign = Some(std::sync::Arc::new(sign) as Sign);
                parts_job(server, Multipart { sign, ..multipart(server, folder, plan) })
            },
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests[5].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "an initiation whose answer falls silent is tried again",
            script: || {
                let silent = Reply { stall: true, ..Reply::headless(200, &[], 90) };
                vec![
                    silent,
                    Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>"),
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                let sign = Some(std::sync::Arc::new(sign) as Sign);
                let job = parts_job(server, Multipart { sign, ..multipart(server, folder, plan) });
                Job { idle: Some(std::time::Duration::from_millis(500)), ..job }
            },
            check: |ending, requests, _| {
                uploaded(ending);
                let initiated = lines(requests).iter().filter(|line| line.contains("?uploads=")).count();
                assert_eq!(initiated, 2);
                assert_eq!(requests[5].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "an upload that is gone is an error",
            script: || {
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    error(404, "NoSuchUpload"),
                    error(404, "NoSuchKey"),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, _| {
                assert!(
                    matches!(ending, Err(TransferError::Service(error)) if error.code() == "NoSuchUpload")
                );
            },
        },
        Scenario {
            name: "an abort throws the parts away and the checkpoint too",
            script: || vec![Reply::new(204, &[], b"")],
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                std::fs::write(
                    folder.join("c"),
                    serde_json::to_vec(&oss_upload::Checkpoint::new(&multipart.plan, "ID", None)).unwrap(),
                )
                .unwrap();
                job("DELETE", server, Action::Abort(multipart.plan, Some(folder.join("c"))))
            },
            check: |ending, requests, folder| {
                assert!(matches!(ending, Ok(Outcome::Aborted)), "{ending:?}");
                assert_eq!(lines(requests), ["DELETE /b/k?uploadId=ID HTTP/1.1"]);
                assert!(!folder.join("c").exists());
            },
        },
    ]
}

fn parallel_downloads() -> Vec<Scenario> {
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

fn resumed_downloads() -> Vec<Scenario> {
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
