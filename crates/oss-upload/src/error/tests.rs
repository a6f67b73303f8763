//! Every error of this crate, as programs print it with its causes.

use std::collections::BTreeSet;
use std::io;
use std::string::ToString as _;
use std::time::Duration;
use std::vec::Vec;

use oss_presign::Excerpt;

use super::*;
use crate::part_layout::LayoutError;
use crate::response_head::ResponseHead;

/// A value of each variant. The match has no wildcard, so that a new variant does not go without a test.
macro_rules! every_variant {
    ($type:ident: $($variant:ident $({ $($field:ident: $value:expr),* })? $(($inner:expr))?),* $(,)?) => {{
        let _ = |error: &$type| match error { $($type::$variant { .. } => {})* };
        [$($type::$variant $({ $($field: $value),* })? $(($inner))?),*]
    }};
}

/// Fails if the text of an error is not all that is printed of it, or says something twice.
fn assert_says_all_once(error: impl core::error::Error + Send + Sync + 'static) {
    let text = error.to_string();
    assert_eq!(std::format!("{:#}", anyhow::Error::new(error)), text);
    assert!(text.len() > 8, "{text} says too little");
    let parts: Vec<&str> = text.split([':', ';']).map(str::trim).filter(|part| part.contains(' ')).collect();
    assert_eq!(parts.iter().collect::<BTreeSet<_>>().len(), parts.len(), "{text}");
}

/// An error of an HTTP client, whose text leaves out its cause.
#[derive(Debug)]
struct OfClient(io::Error);

impl fmt::Display for OfClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("error sending the request")
    }
}

impl core::error::Error for OfClient {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn refused_connection() -> TransferError {
    let cause = io::Error::new(io::ErrorKind::ConnectionRefused, "nobody listens there");
    TransferError::Connection(Box::new(OfClient(cause)))
}

fn service_error() -> Box<ServiceError> {
    let head = ResponseHead { status: 403, ..ResponseHead::default() };
    let body = b"<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>";
    Box::new(ServiceError::read(&head, body))
}

#[test]
fn a_chain_of_causes_says_no_sentence_twice() {
    let last = || Box::new(refused_connection());
    let (asked, allowed) = (Duration::from_secs(9), Duration::from_secs(1));
    let source = || io::Error::other("the disk is full");
    #[cfg(not(feature = "serde"))]
    let all = every_variant!(TransferError: Refused(Refusal::PlainHttp), Io { doing: "writing", source: source() },
        NoAnswer { host: "127.0.0.1:1".into(), attempts: 2, last: last() }, Connection(Box::new(OfClient(source()))),
        Untrusted(Untrusted::UnknownAuthority), Timeout(TimeoutKind::Idle), DeadlineReached { last: Some(last()) },
        WaitTooLong { asked: asked, allowed: allowed, last: last() },
        Redirected { status: 302, location: "b".into() }, Service(service_error()), Integrity(IntegrityError::Md5),
        UnexpectedAnswer { what: "no ETag" }, TooLarge { limit: 1 }, Changed { what: "the file" }, Cancelled,
        Refresh(Box::new(source())));
    #[cfg(feature = "serde")]
    let all = {
        use crate::checkpoint::CheckpointError;
        use crate::plan::{PlanError, PlanStep};
        let layout = LayoutError::ObjectTooLarge { size: u64::MAX };
        every_variant!(PlanError: Layout(layout), Version { version: 2 }, PartCount { expected: 1, found: 2 },
            Method { step: PlanStep::Abort }, Missing { step: PlanStep::Complete }, Size { planned: 1, found: 2 },
            NotSeekable)
        .into_iter().for_each(assert_says_all_once);
        every_variant!(CheckpointError: Unreadable, OtherFile, OtherPlan)
            .into_iter()
            .for_each(assert_says_all_once);
        every_variant!(TransferError: Refused(Refusal::PlainHttp), Io { doing: "writing", source: source() },
            NoAnswer { host: "127.0.0.1:1".into(), attempts: 2, last: last() },
            Connection(Box::new(OfClient(source()))), Untrusted(Untrusted::UnknownAuthority),
            Timeout(TimeoutKind::Idle), DeadlineReached { last: Some(last()) },
            WaitTooLong { asked: asked, allowed: allowed, last: last() },
            Redirected { status: 302, location: "b".into() }, Service(service_error()),
            Integrity(IntegrityError::Md5), UnexpectedAnswer { what: "no ETag" }, TooLarge { limit: 1 },
            Changed { what: "the file" }, Cancelled, Refresh(Box::new(source())), Plan(PlanError::Layout(layout)),
            Checkpoint(CheckpointError::OtherPlan))
    };
    all.into_iter().for_each(assert_says_all_once);
    assert_says_all_once(TransferError::Service(Box::new(service_error().after_attempts("127.0.0.1:1", 2))));
}

#[test]
fn nor_do_the_errors_within() {
    let name = || Excerpt::of("x-oss-meta-a");
    every_variant!(Refusal: UnusableUrl, UrlRewritten, UnknownMethod { method: "BREW" },
        WrongMethod { presigned: Excerpt::of("GET"), wanted: "PUT" }, Expired { seconds_ago: 1 }, PlainHttp,
        HeaderConflict { name: name() }, HeaderNotSigned { name: name() }, HeaderForbidden { name: name() },
        HeaderRepeated { name: name() }, HeaderInvalid { name: name() }, HeaderMissing { name: name() },
        LengthMismatch { signed: 1, body: 2 }, Md5Mismatch, BodyTooLarge { length: u64::MAX })
    .into_iter()
    .for_each(assert_says_all_once);
    every_variant!(Untrusted: NoRoots, UnknownAuthority, WrongName, Expired, NotYetValid,
        Certificate { what: "it is no certificate".into() }, NothingInCommon { what: "no version".into() }, NoProvider)
    .into_iter().for_each(assert_says_all_once);
    every_variant!(IntegrityError: Crc { local: 1, remote: 2 }, Unreadable, Length { expected: 1, found: 2 }, Md5,
        AnsweredEarly { sent: 1, expected: 2 })
    .into_iter().for_each(assert_says_all_once);
    every_variant!(LayoutError: PartTooSmall { part_size: 1 }, PartTooLarge { part_size: u64::MAX },
        TooManyParts { least_part_size: 1 }, ObjectTooLarge { size: u64::MAX })
    .into_iter()
    .for_each(assert_says_all_once);
    assert_says_all_once(*service_error());
}
