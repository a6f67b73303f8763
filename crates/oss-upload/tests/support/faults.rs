//! Seeded runs through a damaged line to a failing server: the object equals the file, or the caller got an error that
//! fits what happened; and nothing temporary is left.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use oss_upload::{MultipartPlan, PartLayout, PlanStep, TransferError};

use super::pattern;
use super::proxy::{LineFault, Proxy};
use super::scenarios::{Action, Ending, Job, Multipart, Outcome};
use super::store::{ServerFault, Store, sign_step, signed};

const PART: u64 = 100 << 10;

/// How many runs: `OSS_UPLOAD_FAULT_RUNS`, or 150 (of each of the two adapters).
pub fn runs() -> u64 {
    std::env::var("OSS_UPLOAD_FAULT_RUNS").map_or(150, |text| text.parse().expect("a number of runs"))
}

/// What came of all the runs, for the log.
#[derive(Default, Debug)]
pub struct Tally {
    pub done: u64,
    pub failed: BTreeMap<String, u64>,
    pub faults: BTreeMap<String, u64>,
}

/// Runs every seed from 0 on, in two threads.
pub fn run_all(adapter: impl Fn(Job) -> Ending + Sync) -> Tally {
    let tally = std::sync::Mutex::new(Tally::default());
    let next = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= runs() {
                        return;
                    }
                    run(seed, &adapter, &tally);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

fn run(seed: u64, adapter: &impl Fn(Job) -> Ending, tally: &std::sync::Mutex<Tally>) {
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let size = match random.u8(..4) {
        0 => random.usize(..2000),
        _ => random.usize(200_000..700_000),
    };
    let bytes = pattern(size);
    std::fs::write(folder.join("a"), &bytes).unwrap();
    let kind = random.u8(..6);
    // An undisturbed run in between, and some with one side failing alone.
    let (server, line) = match seed % 7 {
        0 => (0, 0),
        1 => (3, 0),
        2 => (0, 2),
        _ => (6, 3),
    };
    let store = Store::start(random.u64(..), server);
    // Within the largest connection: a whole object and its head.
    let proxy = Proxy::start(store.address, random.u64(..), line, size as u64 + 400);
    let url = proxy.url();
    let down = matches!(kind, 2 | 3 | 5);
    if down {
        store.put("/k", bytes.clone());
    }
    let job = Job {
        request: signed(&url, if down { "GET" } else { "PUT" }, "/k"),
        extra: Vec::new(),
        action: match kind {
            0 => Action::PutBytes(bytes.clone()),
            1 => Action::PutFile(folder.join("a")),
            2 => Action::GetFile(folder.join("out")),
            3 => Action::GetParallel(folder.join("out"), 3, 70_000),
            5 => Action::GetResumed(folder.join("out")),
            _ => Action::Multipart(multipart(&url, folder, size as u64)),
        },
        attempts: 4,
        idle: Some(Duration::from_millis(700)),
        fresh: Vec::new(),
        clock: None,
        allow_plain_http: false,
    };
    let ending = adapter(job);
    let (server, line) = (store.injected(), proxy.injected());
    let story =
        format!("seed {seed}, kind {kind}, {size} bytes, server {server:?}, line {line:?}: {ending:?}");
    let mut expected = vec!["a"];
    match &ending {
        Ok(Outcome::Uploaded(done)) => {
            assert!(store.object("/k").as_deref() == Some(&bytes), "another object is stored: {story}");
            assert_eq!((done.bytes, done.crc64), (size as u64, oss_upload::Crc64::of(&bytes)), "{story}");
        }
        Ok(_) => {
            expected.push("out");
            assert!(std::fs::read(folder.join("out")).unwrap() == bytes, "another file is there: {story}");
        }
        Err(error) => {
            assert!(fits(error, &server, &line), "an error that does not fit: {story}");
            if kind == 4 {
                expected.push("checkpoint");
            }
            // What is left of a download is left with its record, and is of the object, unless the line changed it.
            if let (5, Ok(partial)) = (kind, std::fs::read(folder.join("out.oss-part"))) {
                expected.extend(["out.oss-part", "out.oss-part.json"]);
                assert!(line.contains(&LineFault::Corrupt) || bytes.starts_with(&partial), "{story}");
            }
        }
    }
    let mut left: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    expected.sort_unstable();
    // A multipart upload that failed before it began has no checkpoint yet.
    if left != expected && !(kind == 4 && ending.is_err() && left == ["a"]) {
        panic!("left behind: {left:?}; {story}");
    }
    let mut tally = tally.lock().unwrap();
    match &ending {
        Ok(_) => tally.done += 1,
        Err(error) => *tally.failed.entry(name(error)).or_default() += 1,
    }
    let server = server.iter().map(|fault| format!("{fault:?}"));
    for fault in server.chain(line.iter().map(|fault| format!("{fault:?}"))) {
        *tally.faults.entry(fault).or_default() += 1;
    }
}

fn multipart(url: &str, folder: &Path, size: u64) -> Multipart {
    let layout = PartLayout::new(size, PART).unwrap();
    Multipart {
        plan: MultipartPlan::to_initiate(layout, sign_step(url, PlanStep::Initiate, "")),
        file: folder.join("a"),
        checkpoint: Some(folder.join("checkpoint")),
        parallel: 2,
        sign: Some(std::sync::Arc::new(sign_step)),
        server: url.to_string(),
    }
}

fn name(error: &TransferError) -> String {
    let text = format!("{error:?}");
    let variant = text.split(['(', ' ', '{']).next().unwrap_or_default();
    match error {
        TransferError::Service(error) => format!("{variant} {} {}", error.status(), error.code()),
        _ => variant.to_string(),
    }
}

/// Whether one of the faults explains the error.
fn fits(error: &TransferError, server: &[ServerFault], line: &[LineFault]) -> bool {
    let by_server = server.iter().any(|fault| match (fault, error) {
        (ServerFault::WrongCrc | ServerFault::UnreadableCrc, TransferError::Integrity(_)) => true,
        (ServerFault::LongWait, TransferError::WaitTooLong { .. }) => true,
        (ServerFault::OpenEnded, TransferError::UnexpectedAnswer { .. }) => true,
        (ServerFault::InternalError, TransferError::Service(error)) => error.code() == "InternalError",
        (ServerFault::Unavailable, TransferError::Service(error)) => error.status() == 503,
        (ServerFault::Skewed, TransferError::Service(error)) => error.code() == "RequestTimeTooSkewed",
        (ServerFault::Expired, TransferError::Service(error)) => error.code() == "SecurityTokenExpired",
        (ServerFault::Garbage | ServerFault::Endless, TransferError::Service(error)) => error.status() == 500,
        _ => false,
    });
    let by_line = line.iter().any(|fault| match fault {
        LineFault::Cut | LineFault::Truncate | LineFault::Stall => match error {
            TransferError::NoAnswer { .. } | TransferError::Integrity(_) => true,
            // Of the server's own error only the status came through.
            TransferError::Service(error) => error.code().is_empty() && !server.is_empty(),
            _ => false,
        },
        LineFault::Delay => false,
        // Whatever a changed byte turns an exchange into; but never something of this machine's.
        LineFault::Corrupt => matches!(
            error,
            TransferError::NoAnswer { .. }
                | TransferError::Integrity(_)
                | TransferError::Service(_)
                | TransferError::UnexpectedAnswer { .. }
                | TransferError::Redirected { .. }
                | TransferError::Changed { .. }
        ),
    });
    by_server || by_line
}
