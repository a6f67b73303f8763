//! What people read when something fails: every sentence of this crate, with the codes that programs read. The sentences of the
//! core are in its own snapshots.
#![cfg(all(feature = "http", feature = "serde"))]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use oss_presign_std::oss_presign::{CredentialsError, CredentialsPart};
use oss_presign_std::{
    ClockError, EnvironmentError, Error, HttpError, ProviderError, ReadDayKeyError, Timestamp,
};
use support::at;

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;

fn environment_errors() -> Vec<EnvironmentError> {
    vec![
        EnvironmentError::NoCredentials,
        EnvironmentError::HalfSet { missing: "OSS_ACCESS_KEY_SECRET" },
        EnvironmentError::NoRegion,
        EnvironmentError::NotText { name: "OSS_REGION" },
    ]
}

fn clock_errors() -> Vec<ClockError> {
    let too_late = Timestamp::from_unix(u64::MAX).unwrap_err();
    vec![ClockError::NotSet { now: at(86_400) }, ClockError::Time(too_late)]
}

fn provider_errors() -> Vec<ProviderError> {
    let absent = ProviderError::Absent { provider: "a credentials URI", what: "VARIABLE is not set".into() };
    let no_profile = |known: &[&str]| ProviderError::NoProfile {
        path: "/home/alice/.ossutilconfig".into(),
        profile: "wrok".into(),
        known: known.iter().map(|name| (*name).to_owned()).collect(),
    };
    vec![
        absent.clone(),
        ProviderError::File { path: "/etc/key".into(), reason: io::ErrorKind::PermissionDenied },
        ProviderError::Malformed { what: "the answer of a program has no access key id".into() },
        no_profile(&["default", "work"]),
        no_profile(&[]),
        ProviderError::FieldMissing { profile: "work".into(), field: "access_key_id" },
        ProviderError::Unsupported { mode: "Anonymous".into(), instead: "choose another profile" },
        ProviderError::Process { program: "vault".into(), reason: "took too long and was killed".into() },
        ProviderError::Unreachable { address: "http://127.0.0.1".into(), reason: "it took too long".into() },
        ProviderError::Refused { address: "http://127.0.0.1".into(), status: 403 },
        ProviderError::Expired { at: at(NOW), now: at(NOW + 1) },
        ProviderError::Exhausted { reasons: vec![absent, EnvironmentError::NoCredentials.into()] },
        ProviderError::other("my STS client", "no answer"),
    ]
}

fn day_key_errors() -> Vec<ReadDayKeyError> {
    vec![
        ReadDayKeyError::Unreadable { reason: io::ErrorKind::NotFound },
        ReadDayKeyError::TooLong,
        ReadDayKeyError::NotADayKey { line: 1, column: 20 },
        ReadDayKeyError::SigningKey,
        ReadDayKeyError::SignsUntil { given: at(NOW), expected: at(1_731_456_000) },
    ]
}

fn http_errors() -> Vec<HttpError> {
    vec![
        HttpError::NotAbsolute,
        HttpError::HostWithoutBucket,
        HttpError::PathWithoutBucket,
        HttpError::UriNotText,
        HttpError::HeaderNotText,
        HttpError::Rewritten,
    ]
}

fn own_errors() -> Vec<Error> {
    vec![Error::NoCredentials, Error::NoRegion, Error::NoClock]
}

#[test]
fn sentences_and_codes() {
    let mut told = String::new();
    let mut codes = BTreeSet::new();
    let mut tell = |error: Error| {
        writeln!(told, "{}: {error}", error.code()).unwrap();
        codes.insert(error.code())
    };
    own_errors().into_iter().for_each(|error| assert!(tell(error)));
    environment_errors().into_iter().for_each(|error| assert!(tell(error.into())));
    clock_errors().into_iter().for_each(|error| assert!(tell(error.into())));
    day_key_errors().into_iter().for_each(|error| assert!(tell(error.into())));
    http_errors().into_iter().for_each(|error| assert!(tell(error.into())));
    for error in provider_errors() {
        let known = matches!(&error, ProviderError::NoProfile { known, .. } if known.is_empty());
        assert!(tell(error.into()) || known);
    }
    insta::assert_snapshot!(told);
}

/// A program that looks for a code finds the same one, whichever error the cause is wrapped in.
#[test]
fn a_cause_keeps_its_code() {
    let cause = CredentialsError::Empty { part: CredentialsPart::AccessKeyId };
    let wrapped = [
        Error::from(cause.clone()).code(),
        ProviderError::from(cause.clone()).code(),
        Error::from(ProviderError::from(cause.clone())).code(),
    ];
    assert_eq!(wrapped, [cause.code(); 3]);
    let missing = EnvironmentError::NoCredentials;
    assert_eq!(Error::from(ProviderError::from(missing)).code(), missing.code());
}

/// A chain goes on only if nothing is configured: never after a mistake in what is.
#[test]
fn which_errors_let_a_chain_go_on() {
    let absent: Vec<_> =
        provider_errors().iter().filter(|error| error.is_absent()).map(ProviderError::code).collect();
    assert_eq!(absent, ["ProviderAbsent", "ProviderExhausted"]);
    let environment = environment_errors().into_iter().map(ProviderError::from);
    let absent: Vec<_> = environment.filter(ProviderError::is_absent).map(|error| error.code()).collect();
    assert_eq!(absent, ["EnvironmentNoCredentials"]);
}
