//! Presigners without a secret: day keys, their JSON, and what refuses them.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "serde")]

mod support;

use std::sync::Arc;

use oss_presign_std::{Credentials, DayKey, Error, ManualClock, Presigner, Product, ReadDayKeyError};
use support::{BUCKET, ID, REGION, SECRET, at, builder, verify};

const NOW: u64 = 1_731_400_358;
/// 2024-11-13T00:00:00Z.
const MIDNIGHT: u64 = 1_731_456_000;

fn day_key() -> DayKey {
    DayKey::derive(&Credentials::new(ID, SECRET).unwrap(), REGION, Product::Oss, at(NOW)).unwrap()
}

/// The key by RFC 2104 with Python's `hmac`, from "aliyun_v4" + the secret over 20241112, cn-hangzhou, oss, aliyun_v4_request.
const KEY: &str = "ff038d20d532dfaacf0af29b90c350a60818127981efb796476cc39845ec3155";

fn json() -> String {
    format!(
        r#"{{"access_key_id":"{ID}","scope":"20241112/cn-hangzhou/oss/aliyun_v4_request","signing_key":"{KEY}","signs_until":{MIDNIGHT}}}"#
    )
}

#[test]
fn signs_until_midnight_then_the_key_is_stale() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let by_secret = builder().clock(Arc::clone(&clock)).build().unwrap();
    let presigner = Presigner::builder().day_key(day_key()).clock(Arc::clone(&clock)).build().unwrap();
    assert_eq!(presigner.access_key_id(), ID);
    for second in [NOW, MIDNIGHT - 1] {
        clock.set(at(second));
        let url = presigner.put(BUCKET, "a").content_type("image/jpeg").presign().unwrap();
        verify(&url, at(second)).unwrap();
        assert_eq!(url, by_secret.put(BUCKET, "a").content_type("image/jpeg").presign().unwrap());
        let authorized = presigner.put(BUCKET, "a").authorize().unwrap();
        assert_eq!(authorized, by_secret.put(BUCKET, "a").authorize().unwrap());
    }
    clock.set(at(MIDNIGHT));
    for result in [
        presigner.put(BUCKET, "a").presign().map(drop),
        presigner.put(BUCKET, "a").presign_url().map(drop),
        presigner.put(BUCKET, "a").authorize().map(drop),
        Presigner::builder().day_key(day_key()).clock(Arc::clone(&clock)).build().map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), "StaleKey");
    }
    // It is not spoilt by that: a clock that was wrong for a moment is no reason for another key.
    clock.set(at(NOW));
    presigner.put(BUCKET, "a").presign().unwrap();
}

#[test]
fn another_region_or_product_is_refused_when_the_presigner_is_built() {
    let build = |region: Option<&str>, product: Option<Product>| {
        let mut builder = Presigner::builder().day_key(day_key()).clock(ManualClock::new(at(NOW)));
        if let Some(region) = region {
            builder = builder.region(region);
        }
        if let Some(product) = product {
            builder = builder.product(product);
        }
        builder.build().map(drop)
    };
    build(None, None).unwrap();
    build(Some(REGION), Some(Product::Oss)).unwrap();
    let error = build(Some("cn-beijing"), None).unwrap_err();
    assert_eq!(error.code(), "DayKeyOtherRegion");
    assert!(error.to_string().contains("`cn-hangzhou`, not for `cn-beijing`"), "{error}");
    assert_eq!(build(None, Some(Product::CloudBox)).unwrap_err().code(), "DayKeyOtherProduct");
    // An endpoint of another region was never signed for.
    let elsewhere = Presigner::builder().day_key(day_key()).endpoint("oss-cn-beijing.aliyuncs.com");
    assert_eq!(elsewhere.clock(ManualClock::new(at(NOW))).build().unwrap_err().code(), "EndpointOtherRegion");
    // Of two sources, the later one counts, as with credentials and providers.
    let by_secret = builder().day_key(day_key()).credentials(Credentials::new("fake-other", SECRET).unwrap());
    assert_eq!(by_secret.clock(ManualClock::new(at(NOW))).build().unwrap().access_key_id(), "fake-other");
    // The environment's region must be that of the key, too.
    let from_env = Presigner::builder().day_key(day_key()).clock(ManualClock::new(at(NOW)));
    let variables = |name: &str| (name == "OSS_REGION").then(|| "cn-beijing".into());
    assert_eq!(from_env.with_variables(variables).unwrap().build().unwrap_err().code(), "DayKeyOtherRegion");
    let from_env = Presigner::builder().day_key(day_key()).clock(ManualClock::new(at(NOW)));
    from_env.with_variables(|_| None).unwrap().build().unwrap();
}

#[test]
fn temporary_credentials_bound_the_key() {
    let credentials =
        |end: u64| Credentials::with_security_token(ID, SECRET, "fake/token").unwrap().expiring_at(at(end));
    let day_key = DayKey::derive(&credentials(NOW + 600), REGION, Product::Oss, at(NOW)).unwrap();
    let read = DayKey::from_json(&day_key.to_json()).unwrap();
    assert_eq!(read.expires_at(), Some(at(NOW + 600)));
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let presigner = Presigner::builder().day_key(read).clock(Arc::clone(&clock)).build().unwrap();
    let url = presigner.get(BUCKET, "a").expires_in(std::time::Duration::from_secs(600)).presign().unwrap();
    assert!(url.url().contains("&x-oss-security-token=fake%2Ftoken&"), "{}", url.url());
    let long = presigner.get(BUCKET, "a").expires_in(std::time::Duration::from_secs(601)).presign();
    assert_eq!(long.unwrap_err().code(), "ExpiryOutlivesCredentials");
    clock.set(at(NOW + 600));
    assert_eq!(presigner.get(BUCKET, "a").presign().unwrap_err().code(), "CredentialsExpired");
    // A key that could sign nothing is not made.
    let too_late = DayKey::derive(&credentials(MIDNIGHT), REGION, Product::Oss, at(MIDNIGHT));
    assert_eq!(too_late.unwrap_err().code(), "CredentialsExpired");
    DayKey::derive(&credentials(MIDNIGHT + 1), REGION, Product::Oss, at(MIDNIGHT)).unwrap();
}

#[test]
fn the_json_has_the_documented_members() {
    assert_eq!(*day_key().to_json(), json());
    let read = DayKey::from_json(&json()).unwrap();
    assert_eq!(read.access_key_id(), ID);
    assert_eq!(read.scope().unwrap().to_string(), "20241112/cn-hangzhou/oss/aliyun_v4_request");
    assert_eq!(read.to_json(), day_key().to_json());
}

#[test]
fn what_is_no_day_key_is_refused_and_not_shown() {
    let (upper, short) = (KEY.to_ascii_uppercase(), &KEY[..62]);
    // Hex in capital letters is hex.
    DayKey::from_json(&json().replace(KEY, &upper)).unwrap();
    for (broken, code) in [
        (String::new(), "DayKeyMalformed"),
        ("{}".to_owned(), "DayKeyMalformed"),
        (json().replace(r#","signs_until":1731456000"#, ""), "DayKeyMalformed"),
        (json().replace(&format!("\"{KEY}\""), "1"), "DayKeyMalformed"),
        (json() + KEY, "DayKeyMalformed"),
        (json().replace(KEY, short), "DayKeySigningKey"),
        (json().replace(KEY, &format!("{KEY}00")), "DayKeySigningKey"),
        (json().replace(KEY, &format!("+f{short}")), "DayKeySigningKey"),
        (json().replace("1731456000", "1731456001"), "DayKeySignsUntil"),
        (json().replace("20241112", "20241113"), "DayKeySignsUntil"),
        (json().replace("/oss/", "/s3/"), "ProductUnknown"),
        (json().replace("/aliyun_v4_request", ""), "ScopeMalformed"),
        (json().replace("cn-hangzhou", "oss-cn-hangzhou"), "RegionDecorated"),
        (json().replace(ID, "a/b"), "CredentialsAccessKeyIdSeparator"),
    ] {
        let error = DayKey::from_json(&broken).unwrap_err();
        assert_eq!(error.code(), code, "{broken}");
        let shown = format!("{error} {error:?} {}", Error::from(error.clone()));
        assert!(!shown.contains(&KEY[..12]), "{shown}");
    }
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let missing = DayKey::from_file(&path).unwrap_err();
    assert_eq!(missing, ReadDayKeyError::Unreadable { reason: std::io::ErrorKind::NotFound });
    std::fs::write(&path, json() + "\n").unwrap();
    assert_eq!(DayKey::from_file(&path).unwrap().access_key_id(), ID);
    let padded = |length: usize| json() + &" ".repeat(length - json().len());
    std::fs::write(&path, padded(16 * 1024)).unwrap();
    DayKey::from_file(&path).unwrap();
    std::fs::write(&path, padded(16 * 1024 + 1)).unwrap();
    assert_eq!(DayKey::from_file(&path).unwrap_err(), ReadDayKeyError::TooLong);
}

#[test]
fn debug_shows_neither_key_nor_token() {
    let credentials = Credentials::with_security_token(ID, SECRET, "fake-token").unwrap();
    let day_key = DayKey::derive(&credentials, REGION, Product::Oss, at(NOW)).unwrap();
    let builder = Presigner::builder().day_key(day_key.clone()).clock(ManualClock::new(at(NOW)));
    let mut shown = format!("{day_key:?} {builder:?}");
    let presigner = builder.build().unwrap();
    shown += &format!("{presigner:?} {presigner:#?}");
    assert!(shown.contains(ID) && shown.contains("20241112/cn-hangzhou"));
    for hidden in [&KEY[..12], "fake-token", SECRET] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    // As the bytes are shown by `Debug`.
    let bytes = (0..4).map(|at| u8::from_str_radix(&KEY[2 * at..2 * at + 2], 16).unwrap().to_string());
    assert!(!shown.contains(&bytes.collect::<Vec<_>>().join(", ")), "{shown}");
}
