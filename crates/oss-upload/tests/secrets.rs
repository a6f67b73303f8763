//! No `Debug`, no `Display`, no error and no file shows a signature or a security token, whatever the service repeats.

#![cfg(feature = "files")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::fmt::{Debug, Display};
use std::time::Duration;

use oss_presign::{PresignedRequest, Timestamp};
use oss_upload::driver::{
    Abort, Action, Ask, CheckedRequest, Checksum, ErrorFields, Event, Get, Multipart, OwnedHead, Put, Ranges,
    ResponseHead, RetryState, SentBody, Setup, Surroundings, Transfer, UrlParts, XmlDocument,
};
use oss_upload::{
    Checkpoint, MultipartPlan, Options, PartLayout, PlanStep, RetryPolicy, ServiceError, TransferError, files,
};

const NOW: u64 = 1_731_400_358;
const SIGNATURE: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f";
const TOKEN: &str = "CAIStK7uXw3eVn9Jr5bQm2xGh8zTc6yDf4k";

/// Everything that was shown.
#[derive(Default)]
struct Shown(Vec<String>);

impl Shown {
    fn debug(&mut self, value: &impl Debug) {
        self.0.push(format!("{value:?}"));
        self.0.push(format!("{value:#?}"));
    }

    fn error(&mut self, error: &(impl Debug + Display)) {
        self.debug(error);
        self.0.push(error.to_string());
    }

    /// A piece of a secret gives it away too, and so do its bytes in decimal, as `Debug` shows them.
    fn check(&self, at_least: usize) {
        assert!(self.0.len() >= at_least, "{}", self.0.len());
        for piece in [SIGNATURE, TOKEN].iter().flat_map(|hidden| hidden.as_bytes().windows(12)) {
            let decimal = format!("{piece:?}");
            let decimal = decimal.trim_matches(['[', ']']);
            let piece = std::str::from_utf8(piece).unwrap();
            for text in &self.0 {
                let dense = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(!text.contains(piece) && !dense.contains(decimal), "`{piece}` is shown: {text}");
            }
        }
    }
}

struct World;

impl Surroundings for World {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn unix(&self) -> u64 {
        NOW
    }

    fn random(&self) -> u64 {
        0
    }
}

fn presigned(method: &str) -> PresignedRequest {
    let query = format!("x-oss-security-token={TOKEN}&x-oss-signature={SIGNATURE}");
    let headers = vec![("content-type".to_owned(), "a/b".to_owned())];
    let expiry = Timestamp::from_unix(NOW + 3600).unwrap();
    PresignedRequest::new(method, format!("https://b.example.com/k?{query}"), headers, expiry).unwrap()
}

fn setup(method: &str) -> Setup {
    Setup::new(presigned(method), Options::default().retry(RetryPolicy::never()))
}

/// What OSS says of a signature that does not match: it repeats what it computed.
fn refusal() -> String {
    format!(
        "<Error><Code>SignatureDoesNotMatch</Code><Message>no: https://b.example.com/k?x-oss-signature={SIGNATURE}</Message>\
         <SignatureProvided>{SIGNATURE}</SignatureProvided>\
         <CanonicalRequest>PUT\n/b/k\nx-oss-security-token={TOKEN}\n</CanonicalRequest></Error>"
    )
}

fn head(status: u16) -> OwnedHead {
    let location = format!("https://b.example.com/k?x-oss-signature={SIGNATURE}");
    let headers = [("location", location.as_bytes()), ("x-oss-err", TOKEN.as_bytes()), ("etag", b"\"E\"")];
    OwnedHead::new(status, headers)
}

/// Drives a transfer into a refusal, and shows it and what it asks for at every step.
fn refused<T: Transfer + Debug>(mut transfer: T, shown: &mut Shown) -> TransferError
where
    T::Output: Debug,
{
    shown.debug(&transfer);
    let text = refusal();
    let mut told = false;
    loop {
        let action = match transfer.next(&World) {
            Ok(action) => action,
            Err(error) => return error,
        };
        shown.debug(&action);
        match action {
            Action::Send(request) => {
                assert!(request.url().contains(SIGNATURE), "the signature is there to be shown");
                shown.debug(&request);
                transfer.handle(Event::Sent(SentBody::default()));
                transfer.handle(Event::Answered(head(403)));
            }
            Action::Receive { .. } if !told => {
                told = true;
                transfer.handle(Event::Received(text.as_bytes()));
            }
            Action::Receive { .. } => transfer.handle(Event::Ended),
            other => panic!("{other:?}"),
        }
        shown.debug(&transfer);
    }
}

#[test]
fn transfers_and_their_errors() {
    let mut shown = Shown::default();
    shown.debug(&setup("PUT"));
    shown.debug(&head(302));
    shown.debug(&Event::Answered(head(302)));
    let put = refused(Put::object(setup("PUT"), 0, true), &mut shown);
    let TransferError::Service(service) = &put else { panic!("{put:?}") };
    assert_eq!(service.code(), "SignatureDoesNotMatch", "the answer was read");
    let get = refused(Get::new(setup("GET"), None, true), &mut shown);
    let initiate = refused(Put::initiate(setup("POST")), &mut shown);
    let delete = refused(Ask::delete(setup("DELETE")), &mut shown);
    for error in [put, get, initiate, delete] {
        shown.error(&error);
        let attempt = setup("GET");
        shown.debug(&attempt);
    }
    shown.debug(&RetryState::new(RetryPolicy::never()));
    let mut ranges = Ranges::new(setup("GET"), 100);
    shown.debug(&ranges.first());
    shown.debug(&ranges);
    shown.check(60);
}

#[test]
fn answers_and_requests() {
    let mut shown = Shown::default();
    let (presigned, text) = (presigned("PUT"), refusal());
    shown.debug(&UrlParts::parse(presigned.url()).unwrap());
    shown.debug(&XmlDocument::new(text.as_bytes()));
    let location = format!("https://b.example.com/k?x-oss-signature={SIGNATURE}");
    let mut answer = ResponseHead::new(403);
    answer.record("location", location.as_bytes());
    answer.record("x-oss-err", TOKEN.as_bytes());
    shown.debug(&answer);
    let mut scratch = [0; 100];
    shown.debug(&ErrorFields::read(&answer, text.as_bytes(), &mut scratch));
    let error = ServiceError::read(&answer, text.as_bytes());
    shown.error(&error);
    let options = Options::default();
    let checked = CheckedRequest::check(&presigned, "PUT", &[], Some(1), Some(NOW), &options).unwrap();
    assert!(checked.url.contains(TOKEN));
    shown.debug(&checked);
    shown.error(&error.diagnosed(&checked, &answer, NOW));
    let extra = [("authorization".to_owned(), TOKEN.to_owned())];
    for refused in [
        CheckedRequest::check(&presigned, "GET", &[], None, Some(NOW), &options),
        CheckedRequest::check(&presigned, "PUT", &extra, Some(1), Some(NOW), &options),
        CheckedRequest::check(&presigned, "PUT", &[], Some(1), Some(NOW + 9999), &options),
        CheckedRequest::check(&presigned, "PUT", &[], Some(u64::MAX), Some(NOW), &options),
    ] {
        shown.error(&refused.unwrap_err());
    }
    shown.debug(&Checksum::OfBody);
    shown.check(28);
}

#[test]
fn plans_and_checkpoints() {
    let mut shown = Shown::default();
    let layout = PartLayout::new(300 << 10, 100 << 10).unwrap();
    let sign = |step: PlanStep| Ok::<_, ()>(presigned(step.method().as_str()));
    let plan = MultipartPlan::sign(layout, "fake-upload", sign).unwrap();
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.contains(SIGNATURE), "a plan is for its holder");
    shown.debug(&plan);
    // JSON that is damaged where its secrets are.
    for damaged in [json.replace("\"url\":\"https", "\"url\":\"ftp"), json.replace("x-oss-signature=", "")] {
        if let Err(error) = serde_json::from_str::<MultipartPlan>(&damaged) {
            shown.error(&error);
        }
    }
    let checkpoint = Checkpoint::new(&plan, "fake-upload", None);
    shown.debug(&checkpoint);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    files::checkpoint_file::replace(&path, &checkpoint).unwrap();
    shown.0.push(std::fs::read_to_string(&path).unwrap());
    shown.debug(&Abort::new(&plan, Some(&checkpoint), Options::default(), true).unwrap());
    let mut upload = Multipart::new(plan, 300 << 10, None, None, Options::default(), true).unwrap();
    shown.debug(&upload);
    for _ in 0..3 {
        shown.debug(&upload.next_action().unwrap());
        upload.saved();
        shown.debug(&upload);
    }
    shown.check(15);
}
