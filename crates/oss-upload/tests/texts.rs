//! What people read when a transfer fails, and what settings do.

#![cfg(feature = "files")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::fmt::{Display, Write as _};
use std::num::NonZeroU64;
use std::time::Duration;

use oss_presign::Excerpt;
use oss_upload::{
    CheckpointError, Failure, IntegrityError, LayoutError, Options, PlanError, PlanStep, Refusal,
    RetryPolicy, TimeoutKind, Timeouts, TransferError, Untrusted,
};

fn told<T: Display>(errors: impl IntoIterator<Item = T>) -> String {
    errors.into_iter().fold(String::new(), |mut text, error| {
        writeln!(text, "{error}").unwrap();
        text
    })
}

fn name() -> Excerpt {
    Excerpt::of("x-oss-meta-a")
}

#[test]
fn refusals() {
    let refusals = told([
        Refusal::UnusableUrl,
        Refusal::UrlRewritten,
        Refusal::UnknownMethod { method: "PATCH" },
        Refusal::WrongMethod { presigned: Excerpt::of("PUT"), wanted: "GET" },
        Refusal::Expired { seconds_ago: 5 },
        Refusal::PlainHttp,
        Refusal::HeaderConflict { name: name() },
        Refusal::HeaderNotSigned { name: name() },
        Refusal::HeaderForbidden { name: name() },
        Refusal::HeaderRepeated { name: name() },
        Refusal::HeaderInvalid { name: name() },
        Refusal::HeaderMissing { name: name() },
        Refusal::LengthMismatch { signed: 1, body: 2 },
        Refusal::Md5Mismatch,
        Refusal::BodyTooLarge { length: 6_000_000_000 },
    ]);
    insta::assert_snapshot!(refusals);
}

#[test]
fn integrity_and_trust() {
    let integrity = told([
        IntegrityError::Crc { local: 1, remote: 2 },
        IntegrityError::Unreadable,
        IntegrityError::Length { expected: 1, found: 2 },
        IntegrityError::Md5,
        IntegrityError::AnsweredEarly { sent: 1, expected: 2 },
    ]);
    let trust = told([
        Untrusted::NoRoots,
        Untrusted::UnknownAuthority,
        Untrusted::WrongName,
        Untrusted::Expired,
        Untrusted::NotYetValid,
        Untrusted::Certificate { what: "BadEncoding".into() },
        Untrusted::NothingInCommon { what: "ProtocolVersion".into() },
        Untrusted::NoProvider,
    ]);
    insta::assert_snapshot!(integrity + &trust);
}

#[test]
fn plans_and_checkpoints() {
    let steps = [
        PlanStep::Initiate,
        PlanStep::Part { number: 3 },
        PlanStep::Complete,
        PlanStep::Abort,
        PlanStep::Check,
    ];
    let plans = [
        PlanError::Layout(LayoutError::PartTooSmall { part_size: 1 }),
        PlanError::Layout(LayoutError::PartTooLarge { part_size: 6_000_000_000 }),
        PlanError::Layout(LayoutError::TooManyParts { least_part_size: 102_401 }),
        PlanError::Layout(LayoutError::ObjectTooLarge { size: 60_000_000_000_000 }),
        PlanError::Version { version: 2 },
        PlanError::PartCount { expected: 1, found: 2 },
        PlanError::Method { step: PlanStep::Complete },
        PlanError::Missing { step: PlanStep::Abort },
        PlanError::Size { planned: 1, found: 2 },
        PlanError::NotSeekable,
    ];
    let checkpoints = [CheckpointError::Unreadable, CheckpointError::OtherFile, CheckpointError::OtherPlan];
    insta::assert_snapshot!(told(steps) + &told(plans) + &told(checkpoints));
}

/// An error whose cause has a cause, as those of HTTP clients.
fn chain() -> TransferError {
    let inner = std::io::Error::other("no route to host");
    let outer = std::io::Error::other(TransferError::Io { doing: "connecting", source: inner });
    TransferError::Connection(Box::new(outer))
}

#[test]
fn transfers() {
    let boxed = || Box::new(TransferError::Timeout(TimeoutKind::Idle));
    let errors = [
        TransferError::Refused(Refusal::PlainHttp),
        TransferError::io("reading the body")(std::io::ErrorKind::NotFound.into()),
        TransferError::read_once("reading the body"),
        TransferError::NoAnswer { host: "h:80".into(), attempts: 2, last: boxed() },
        chain(),
        TransferError::Untrusted(Untrusted::WrongName),
        TransferError::Timeout(TimeoutKind::Connect),
        TransferError::Timeout(TimeoutKind::Idle),
        TransferError::Timeout(TimeoutKind::Attempt),
        TransferError::DeadlineReached { last: None },
        TransferError::DeadlineReached { last: Some(boxed()) },
        TransferError::WaitTooLong {
            asked: Duration::from_secs(900),
            allowed: Duration::from_secs(300),
            last: boxed(),
        },
        TransferError::Redirected { status: 307, location: "https://h/k".into() },
        TransferError::Redirected { status: 307, location: String::new() },
        TransferError::Integrity(IntegrityError::Md5),
        TransferError::UnexpectedAnswer { what: "no ETag" },
        TransferError::TooLarge { limit: 5 },
        TransferError::Changed { what: "the file" },
        TransferError::Cancelled,
        TransferError::Refresh("the signer is away".into()),
        TransferError::Plan(PlanError::NotSeekable),
        TransferError::Checkpoint(CheckpointError::OtherFile),
    ];
    insta::assert_snapshot!(told(&errors));
    for error in &errors {
        let expected = match error {
            TransferError::Connection(_) => Failure::Connection,
            TransferError::Timeout(_) | TransferError::NoAnswer { .. } => Failure::Timeout,
            TransferError::Integrity(_) => Failure::Corrupted,
            _ => Failure::Permanent,
        };
        assert_eq!(error.failure(), expected, "{error}");
        assert!(error.service().is_none(), "{error}");
    }
    let expired = TransferError::Refused(Refusal::Expired { seconds_ago: 1 });
    assert_eq!(expired.failure(), Failure::Expired);
    // What happened last is found through whatever stands around it.
    for around in [
        TransferError::NoAnswer { host: "h".into(), attempts: 1, last: boxed() },
        TransferError::DeadlineReached { last: Some(boxed()) },
        TransferError::WaitTooLong { asked: Duration::MAX, allowed: Duration::ZERO, last: boxed() },
    ] {
        assert!(matches!(around.last_attempt(), TransferError::Timeout(TimeoutKind::Idle)), "{around}");
    }
}

/// Each setter changes what it is called after, and nothing else.
#[test]
fn settings_are_kept() {
    let timeouts = Timeouts::default()
        .connect(Duration::from_secs(1))
        .idle(Duration::from_secs(2))
        .attempt(Duration::from_secs(3));
    assert_eq!(
        (timeouts.connect, timeouts.idle, timeouts.attempt),
        (Duration::from_secs(1), Duration::from_secs(2), Some(Duration::from_secs(3)))
    );
    let plain = Options::default();
    let limit = NonZeroU64::new(1000).unwrap();
    type Setting = (fn(Options) -> Options, fn(&mut Options));
    let settings: [Setting; 9] = [
        (|o| o.retry(RetryPolicy::never()), |o| o.retry = RetryPolicy::never()),
        (|o| o.timeouts(Timeouts::default().idle(Duration::MAX)), |o| o.timeouts.idle = Duration::MAX),
        (|o| o.bandwidth(NonZeroU64::MIN), |o| o.bandwidth = Some(NonZeroU64::MIN)),
        (|o| o.verify_crc(false), |o| o.verify_crc = false),
        (|o| o.verify_md5(true), |o| o.verify_md5 = true),
        (|o| o.allow_plain_http(true), |o| o.allow_plain_http = true),
        (|o| o.allow_close_delimited(true), |o| o.allow_close_delimited = true),
        (|o| o.clock_offset(-5), |o| o.clock_offset = -5),
        (|o| o.progress_interval(Duration::ZERO), |o| o.progress_interval = Duration::ZERO),
    ];
    for (set, expect) in settings {
        let mut expected = plain.bandwidth(limit);
        expect(&mut expected);
        assert_eq!(set(plain.bandwidth(limit)), expected);
        assert_ne!(expected, plain.bandwidth(limit));
    }
}
