//! The table of scenarios that both adapters must pass.

mod attempts;
mod downloads;
mod multiparts;
mod parallel_downloads;
mod refusals;
mod resumed_downloads;
mod uploads;

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
    let mut all = uploads::uploads();
    all.extend(attempts::attempts());
    all.extend(refusals::refusals());
    all.extend(downloads::downloads());
    all.extend(multiparts::multiparts());
    all.extend(parallel_downloads::parallel_downloads());
    all.extend(resumed_downloads::resumed_downloads());
    all
}
