//! Both adapters against the strict server: what is signed by the core goes through them and is accepted.

use std::sync::{Arc, Mutex};

use oss_local::{Clock, Credential, Fault, FaultRule};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, Method, ObjectKey, PresignedRequest, Region, Request, Scheme,
    Signer, Timestamp,
};
use oss_upload::driver::MultipartUpload;
use oss_upload::{IntegrityError, MultipartPlan, PartLayout, PlanStep, TransferError};

use super::pattern;
use super::scenarios::{Action, Ending, Job, Multipart, Outcome};

/// 2024-11-12T08:32:38Z, the time of OSS's own examples.
const NOW: u64 = 1_731_400_358;
const KEY: &str = "photos/ü +1.jpg";
const PART: u64 = 100 << 10;
const SIZE: u64 = 5 * PART + 17;

/// What is signed: method, query, headers, at a time, for so many seconds.
struct Wish<'a> {
    method: &'a str,
    query: &'a [(&'a str, String)],
    headers: &'a [(&'a str, &'a str)],
    at: u64,
    life: u32,
}

fn sign(host: &str, wish: &Wish<'_>) -> PresignedRequest {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
    let at = Timestamp::from_unix(wish.at).unwrap();
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), at);
    let method = Method::parse(wish.method).unwrap();
    let (bucket, key) = (Bucket::new("examplebucket").unwrap(), ObjectKey::new(KEY).unwrap());
    let mut request = Request::new(method, bucket, key);
    for (name, value) in wish.query {
        request.query(name, Some(value.as_str()).filter(|value| !value.is_empty())).unwrap();
    }
    for (name, value) in wish.headers {
        request.header(name, value).unwrap();
    }
    let endpoint = Endpoint::path_style(host).unwrap().with_scheme(Scheme::Http);
    let mut buffer = [0; 1024];
    let expiry = Expiry::secs(wish.life).unwrap();
    PresignedRequest::from(&signer.presign(&request, &endpoint, at, expiry, &mut buffer).unwrap())
}

fn sign_simply(host: &str, method: &str) -> PresignedRequest {
    sign(host, &Wish { method, query: &[], headers: &[], at: NOW, life: 600 })
}

fn sign_step(host: &str, step: PlanStep, id: &str, at: u64) -> PresignedRequest {
    sign(host, &Wish { method: step.method().as_str(), query: &step.query(id), headers: &[], at, life: 3600 })
}

/// Runs everything.
pub fn everything(adapter: impl Fn(Job) -> Ending) {
    let clock = Clock::fixed(NOW);
    let server = oss_local::Server::new()
        .credential(Credential::new("fake-access-key-id", "fake-access-key-secret"))
        .clock(clock.clone())
        .start_blocking()
        .unwrap();
    let host = server.host();
    let folder = tempfile::tempdir().unwrap();
    let job = |request: PresignedRequest, action: Action| Job {
        request,
        extra: Vec::new(),
        action,
        attempts: 3,
        idle: None,
        fresh: Vec::new(),
        clock: Some(Arc::new(|| NOW)),
        allow_plain_http: false,
    };
    let bytes = pattern(SIZE as usize);
    let file = folder.path().join("a");
    std::fs::write(&file, &bytes).unwrap();

    // A file goes up with bound headers, and comes down in every way.
    let headers = [("content-type", "image/jpeg"), ("x-oss-meta-owner", "42")];
    let put = sign(&host, &Wish { method: "PUT", query: &[], headers: &headers, at: NOW, life: 600 });
    let ending = adapter(job(put.clone(), Action::PutFile(file.clone())));
    assert!(
        matches!(&ending, Ok(Outcome::Uploaded(done)) if done.verified && done.bytes == SIZE),
        "{ending:?}"
    );
    let ending = adapter(job(sign_simply(&host, "HEAD"), Action::Head));
    assert!(
        matches!(&ending, Ok(Outcome::Info(info)) if info.bytes == SIZE && info.content_type.as_deref() == Some("image/jpeg")),
        "{ending:?}"
    );
    let get = sign_simply(&host, "GET");
    let out = folder.path().join("out");
    for action in [Action::GetFile(out.clone()), Action::GetParallel(out.clone(), 3, 60_000)] {
        let ending = adapter(job(get.clone(), action));
        assert!(matches!(&ending, Ok(Outcome::File(done)) if done.verified), "{ending:?}");
        assert!(std::fs::read(&out).unwrap() == bytes);
        std::fs::remove_file(&out).unwrap();
    }
    let ending = adapter(job(get.clone(), Action::GetRange(100, 200)));
    assert!(matches!(&ending, Ok(Outcome::Bytes(got)) if *got == bytes[100..=200]), "{ending:?}");

    // What the server refuses comes back with its code and a diagnosis.
    let tampered =
        PresignedRequest::new("PUT", put.url().to_string() + "&x=1", Vec::new(), put.expires_at()).unwrap();
    let ending = adapter(job(tampered, Action::PutBytes(b"x".to_vec())));
    match &ending {
        Err(TransferError::Service(error)) => {
            assert_eq!(
                (error.status(), error.code(), error.ec()),
                (403, "SignatureDoesNotMatch", "0002-00000201")
            );
            assert!(error.diagnosis().is_some() && !error.request_id().is_empty());
        }
        other => panic!("{other:?}"),
    }

    // The server's own faults: a wrong checksum in either direction, and one that a retry gets over.
    server
        .add_fault(FaultRule::new(Fault::Status { status: 503, code: "ServiceUnavailable".into() }).times(2));
    let ending = adapter(job(sign_simply(&host, "PUT"), Action::PutFile(file.clone())));
    assert!(matches!(&ending, Ok(Outcome::Uploaded(done)) if done.attempts == 3), "{ending:?}");
    server.add_fault(FaultRule::new(Fault::WrongCrc).times(3));
    let ending = adapter(job(sign_simply(&host, "PUT"), Action::PutFile(file.clone())));
    assert!(matches!(&ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))), "{ending:?}");
    server.clear_faults();

    // The holder's clock stands still, the server's does not: the service says so, and a fresh request helps.
    clock.set(NOW + 700);
    let stale = sign_simply(&host, "PUT");
    let ending = adapter(job(stale.clone(), Action::PutBytes(b"x".to_vec())));
    assert!(
        matches!(&ending, Err(TransferError::Service(error)) if error.ec() == "0002-00000069"),
        "{ending:?}"
    );
    let fresh = sign(&host, &Wish { method: "PUT", query: &[], headers: &[], at: NOW + 700, life: 600 });
    let ending = adapter(Job { fresh: vec![fresh], ..job(stale, Action::PutBytes(b"x".to_vec())) });
    assert!(matches!(&ending, Ok(Outcome::Uploaded(done)) if done.attempts == 2), "{ending:?}");
    clock.set(NOW);

    // Parts: initiated by the holder, signed step by step, two of the URLs dying on the way.
    let signed = Arc::new(Mutex::new(Vec::new()));
    let layout = PartLayout::new(SIZE, PART).unwrap();
    let noted = signed.clone();
    let later = clock.clone();
    let parts = Multipart {
        plan: MultipartPlan::to_initiate(layout, sign_step(&host, PlanStep::Initiate, "", NOW)),
        file: file.clone(),
        checkpoint: Some(folder.path().join("checkpoint")),
        parallel: 2,
        sign: Some(Arc::new(move |host, step, id| {
            let mut signed = noted.lock().unwrap();
            // The first two are signed two hours ago.
            let age = if signed.len() < 2 { 7200 } else { 0 };
            signed.push(step);
            sign_step(host, step, id, later.now() - age)
        })),
        server: host.clone(),
    };
    // A holder whose clock is behind does not see it.
    let ending =
        adapter(Job { clock: Some(Arc::new(|| NOW - 10_000)), ..job(put.clone(), Action::Multipart(parts)) });
    assert!(
        matches!(&ending, Ok(Outcome::Uploaded(done)) if done.verified && done.bytes == SIZE),
        "{ending:?}"
    );
    // Six parts and the completion, two of them twice.
    assert_eq!(signed.lock().unwrap().len(), 9);
    assert!(!folder.path().join("checkpoint").exists());
    let ending = adapter(job(get.clone(), Action::GetBytes(SIZE)));
    assert!(matches!(&ending, Ok(Outcome::Bytes(got)) if *got == bytes), "{ending:?}");

    // A plan made by the server side, aborted by the holder: its upload is gone afterwards.
    let id = initiate(&host);
    let plan =
        MultipartPlan::sign(layout, &id, |step| Ok::<_, ()>(sign_step(&host, step, &id, NOW))).unwrap();
    let ending = adapter(job(put.clone(), Action::Abort(plan.clone(), None)));
    assert!(matches!(&ending, Ok(Outcome::Aborted)), "{ending:?}");
    let parts = Multipart { plan, file, checkpoint: None, parallel: 2, sign: None, server: host.clone() };
    let ending = adapter(job(put, Action::Multipart(parts)));
    assert!(
        matches!(&ending, Err(TransferError::Service(error)) if error.code() == "NoSuchUpload"),
        "{ending:?}"
    );

    let ending = adapter(job(sign_simply(&host, "DELETE"), Action::Delete));
    assert!(matches!(&ending, Ok(Outcome::Deleted)), "{ending:?}");
    let ending = adapter(job(sign_simply(&host, "HEAD"), Action::Head));
    assert!(
        matches!(&ending, Err(TransferError::Service(error)) if error.status() == 404 && error.code() == "NoSuchKey"),
        "{ending:?}"
    );
}

/// Initiates an upload as a server would, by hand.
fn initiate(host: &str) -> String {
    use std::io::{Read, Write};
    let request = sign_step(host, PlanStep::Initiate, "", NOW);
    let target = request.url().split_once(host).unwrap().1;
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let at = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    MultipartUpload::read_upload_id(&answer[at + 4..]).unwrap()
}
