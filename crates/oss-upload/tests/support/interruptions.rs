//! Uploads that end before they are done: by kill -9, and by the clock.

use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use oss_upload::{Checkpoint, MultipartPlan, PartLayout, PlanStep, Refusal, TransferError};

use super::pattern;
use super::scenarios::{Action, Ending, Job, Multipart, Outcome};
use super::store::{Store, sign_step, sign_step_until, signed};

const PART: u64 = 100 << 10;
const PARTS: u64 = 12;
const PARALLEL: usize = 3;

/// Where the child finds its server and files.
const CHILD: &str = "OSS_UPLOAD_CHILD";

fn job(action: Action) -> Job {
    Job {
        request: signed("http://127.0.0.1:1", "PUT", "/k"),
        extra: Vec::new(),
        action,
        attempts: 3,
        idle: None,
        fresh: Vec::new(),
        clock: None,
        allow_plain_http: false,
    }
}

fn plan(url: &str, parts: u64, sign: impl Fn(PlanStep) -> oss_presign::PresignedRequest) -> MultipartPlan {
    assert!(!url.is_empty());
    let layout = PartLayout::new(parts * PART, PART).unwrap();
    MultipartPlan::sign(layout, "ID0", |step| Ok::<_, ()>(sign(step))).unwrap()
}

fn upload(url: &str, folder: &Path) -> Job {
    job(Action::Multipart(Multipart {
        plan: plan(url, PARTS, |step| sign_step(url, step, "ID0")),
        file: folder.join("a"),
        checkpoint: Some(folder.join("checkpoint")),
        parallel: PARALLEL,
        sign: None,
        server: url.to_string(),
    }))
}

/// What remains of a child that a failed assertion would otherwise leave behind.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The test `name` of this program starts itself as a child, kills it in the middle of its parts, and goes on.
pub fn a_killed_upload_is_continued(name: &str, adapter: impl Fn(Job) -> Ending) {
    if let Ok(place) = std::env::var(CHILD) {
        let (url, folder) = place.split_once(' ').unwrap();
        let ending = adapter(upload(url, Path::new(folder)));
        panic!("the child should have been killed: {ending:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = pattern((PARTS * PART) as usize);
    std::fs::write(folder.path().join("a"), &bytes).unwrap();
    let store = Store::start(0, 0);
    let url = format!("http://{}", store.address);
    store.begin_upload();
    store.hold_after(5);
    let mut child = start_child(name, &url, folder.path());
    store.wait_until_held(PARALLEL);
    // SIGKILL: no destructor runs.
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let before = store.seen();
    let kept: Checkpoint =
        serde_json::from_slice(&std::fs::read(folder.path().join("checkpoint")).unwrap()).unwrap();
    assert_eq!(kept.parts().len(), 5, "every answered part is kept");
    store.release();
    let ending = adapter(upload(&url, folder.path()));
    let Ok(Outcome::Uploaded(done)) = ending else { panic!("{ending:?}") };
    assert!(done.verified);
    assert!(store.object("/k").unwrap() == bytes);
    let again: Vec<_> = store.seen().into_iter().filter(|line| line.contains("partNumber")).collect();
    // Those that waited when the child died may or may not have been counted by the store; the child sent each once.
    let sent_twice =
        again.iter().filter(|line| again.iter().filter(|other| other == line).count() > 1).count() / 2;
    assert!(sent_twice <= PARALLEL, "{again:#?}");
    for part in kept.parts() {
        let line = format!("PUT /k?partNumber={}&uploadId=ID0", part.number);
        assert_eq!(
            again.iter().filter(|seen| **seen == line).count(),
            1,
            "part {} was sent again",
            part.number
        );
    }
    assert!(before.len() <= 5 + PARALLEL);
    let mut left: Vec<_> =
        folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a"]);
}

const OBJECT: usize = 10 << 20;
/// The server falls silent after so many bytes.
const SENT: usize = 6 << 20;
/// No adapter has more in its hands that is not yet in the file.
const IN_FLIGHT: u64 = 2 << 20;

/// The test `name` of this program starts itself as a child, kills it in the middle of a download, and goes on; once
/// with the same object, and once with another one under its name.
pub fn a_killed_download_is_continued(name: &str, adapter: impl Fn(Job) -> Ending) {
    let download = |url: &str, folder: &Path| Job {
        request: signed(url, "GET", "/k"),
        ..job(Action::GetResumed(folder.join("out")))
    };
    if let Ok(place) = std::env::var(CHILD) {
        let (url, folder) = place.split_once(' ').unwrap();
        let ending = adapter(download(url, Path::new(folder)));
        panic!("the child should have been killed: {ending:?}");
    }
    for changed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::start(0, 0);
        let url = format!("http://{}", store.address);
        let mut bytes = pattern(OBJECT);
        store.put("/k", bytes.clone());
        store.fall_silent_after(Some(SENT));
        let mut child = start_child(name, &url, folder.path());
        let partial = folder.path().join("out.oss-part");
        let there = || std::fs::metadata(&partial).map_or(0, |metadata| metadata.len());
        let begun = std::time::Instant::now();
        while there() + IN_FLIGHT < SENT as u64 {
            assert!(begun.elapsed().as_secs() < 120, "only {} of {SENT} bytes are in the file", there());
            std::thread::yield_now();
        }
        // SIGKILL: no destructor runs.
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        let kept = there();
        assert!(!folder.path().join("out").exists());
        if changed {
            bytes = pattern(OBJECT / 2 + 3).into_iter().rev().collect();
            store.put("/k", bytes.clone());
        }
        store.fall_silent_after(None);
        let ending = adapter(download(&url, folder.path()));
        assert!(matches!(&ending, Ok(Outcome::File(done)) if done.verified), "{ending:?}");
        assert!(std::fs::read(folder.path().join("out")).unwrap() == bytes);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "something is left beside the file");
        let resumed = Some(format!("bytes={kept}-"));
        // The child's own request is the first one.
        let expected = if changed { vec![None, resumed, None] } else { vec![None, resumed] };
        assert_eq!(store.ranges(), expected);
    }
}

fn start_child(name: &str, url: &str, folder: &Path) -> Reaped {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(CHILD, format!("{url} {}", folder.display()))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .map(Reaped)
        .unwrap()
}

/// 48 parts of 15 minutes each; URLs live an hour, tokens 40 minutes.
pub fn twelve_hours(adapter: impl Fn(Job) -> Ending) {
    const BEGIN: u64 = 1_731_400_358;
    const URL_LIFE: u64 = 3600;
    const TOKEN_LIFE: u64 = 2400;
    for holder_has_a_clock in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let bytes = pattern((48 * PART) as usize);
        std::fs::write(folder.path().join("a"), &bytes).unwrap();
        let store = Store::start(0, 0);
        let url = format!("http://{}", store.address);
        store.begin_upload();
        let now: Arc<AtomicU64> = store.run_clock(BEGIN, 900);
        let signed = Arc::new(AtomicUsize::new(0));
        let fresh = {
            let (now, signed) = (now.clone(), signed.clone());
            move |url: &str, step: PlanStep, id: &str| {
                signed.fetch_add(1, Ordering::Relaxed);
                let now = now.load(Ordering::Relaxed);
                sign_step_until(url, step, id, now + URL_LIFE, now + TOKEN_LIFE)
            }
        };
        let at_first = |step| sign_step_until(&url, step, "ID0", BEGIN + URL_LIFE, BEGIN + TOKEN_LIFE);
        let run = |sign: Option<super::scenarios::Sign>| {
            let now = now.clone();
            let mut job = job(Action::Multipart(Multipart {
                plan: plan(&url, 48, at_first),
                file: folder.path().join("a"),
                checkpoint: Some(folder.path().join("checkpoint")),
                parallel: 1,
                sign,
                server: url.clone(),
            }));
            // Without a clock of its own the holder hears of the expiry from the service.
            job.clock = Some(if holder_has_a_clock {
                Arc::new(move || now.load(Ordering::Relaxed))
            } else {
                Arc::new(|| BEGIN)
            });
            adapter(job)
        };
        // Nobody signs: the first three parts fit into the token's life, then the upload stops where it is.
        let ending = run(None);
        match &ending {
            Err(TransferError::Service(error)) => assert_eq!(error.code(), "SecurityTokenExpired"),
            other => panic!("{other:?}"),
        }
        let kept = || -> Checkpoint {
            serde_json::from_slice(&std::fs::read(folder.path().join("checkpoint")).unwrap()).unwrap()
        };
        assert_eq!(kept().parts().len(), 3);
        // Two hours later the URLs are dead as well, which a clock tells before anything is sent.
        now.fetch_add(7200, Ordering::Relaxed);
        let seen = store.seen().len();
        let ending = run(None);
        match &ending {
            Err(TransferError::Refused(Refusal::Expired { .. })) if holder_has_a_clock => {}
            Err(TransferError::Service(error)) if !holder_has_a_clock => {
                assert_eq!(error.ec(), "0002-00000069")
            }
            other => panic!("{other:?}"),
        }
        assert_eq!((store.seen().len(), kept().parts().len()), (seen, 3));
        // With somebody who signs it goes on to its end.
        let ending = run(Some(Arc::new(fresh)));
        let Ok(Outcome::Uploaded(done)) = ending else { panic!("{ending:?}") };
        assert!(done.verified && store.object("/k").unwrap() == bytes);
        assert!(now.load(Ordering::Relaxed) - BEGIN > 12 * 3600);
        // 45 parts, the completion, and no step more than once.
        assert_eq!(signed.load(Ordering::Relaxed), 46);
        let parts = store.seen().iter().filter(|line| line.contains("partNumber")).count();
        assert_eq!(parts, 48, "no part is sent twice");
    }
}
