//! A server without the secret, which has the keys of two days: it signs by the one of its day, and verifies by both.
#![allow(clippy::unwrap_used)]

mod support;

use oss_presign_std::oss_presign::verify::{
    ExpectedScope, ReceivedRequest, VerificationKey, VerifyError, verify_presigned,
};
use oss_presign_std::oss_presign::{Region, Scope};
use oss_presign_std::{Credentials, DayKey, ManualClock, Presigner, Product, Timestamp};
use support::{BUCKET, ID, REGION, SECRET, at};

/// 2024-11-13T00:00:00Z.
const MIDNIGHT: u64 = 1_731_456_000;

fn day_key(day: u64) -> DayKey {
    DayKey::derive(&Credentials::new(ID, SECRET).unwrap(), REGION, Product::Oss, at(day)).unwrap()
}

/// A presigner of the key whose day it is.
fn presigner(keys: &[DayKey], now: u64) -> Presigner {
    let key = keys.iter().find(|key| key.to_core().unwrap().scope().covers(at(now))).unwrap();
    Presigner::builder().day_key(key.clone()).clock(ManualClock::new(at(now))).build().unwrap()
}

fn verify(keys: &[DayKey], url: &str, now: Timestamp) -> Result<(), VerifyError> {
    let (host, target) = url.strip_prefix("https://").unwrap().split_once('/').unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let received = ReceivedRequest {
        method: "GET",
        bucket: host.split('.').next(),
        path: &format!("/{path}"),
        query,
        headers: &[("host", host.as_bytes())],
    };
    let expected = ExpectedScope { region: Region::new(REGION).unwrap(), product: Product::Oss };
    let known = |id: &str, scope: &Scope<'_>| {
        let mut keys = keys.iter().filter(|key| key.access_key_id() == id).map(|key| key.to_core().unwrap());
        let key = keys.find(|key| key.scope() == scope)?;
        Some(VerificationKey::new(key.signing_key()))
    };
    verify_presigned(&received, &expected, now, known).map(drop)
}

#[test]
fn signing_and_verifying_go_on_over_midnight() {
    let keys = [day_key(MIDNIGHT - 1), day_key(MIDNIGHT)];
    let [before, after] = [MIDNIGHT - 1, MIDNIGHT]
        .map(|second| presigner(&keys, second).get(BUCKET, "a.txt").presign_url().unwrap());
    assert!(before.contains("%2F20241112%2F") && after.contains("%2F20241113%2F"), "{before}\n{after}");
    for url in [&before, &after] {
        verify(&keys, url, at(MIDNIGHT + 60)).unwrap();
    }
    // A key that was dropped too early: URLs of its day still live.
    let refused = verify(&keys[1..], &before, at(MIDNIGHT + 60)).unwrap_err();
    assert!(matches!(refused, VerifyError::UnknownAccessKeyId { .. }), "{refused}");
    // By the wrong day's key nothing is genuine.
    let forged = after.replace("20241113", "20241112");
    assert_ne!(verify(&keys, &forged, at(MIDNIGHT + 60)), Ok(()));
}
