//! Signing without the secret, by a day key and by an external signer: for every vector, the same bytes as by the secret.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use hmac::{Hmac, KeyInit, Mac};
use oss_presign::{
    Bucket, Credentials, DayKey, Endpoint, Error, Expiry, ExpiryError, ExternalSigner, Identity, ObjectKey,
    PostPolicy, PresignError, Product, Region, Request, Scope, Signer, SigningKey, Timestamp,
};
use sha2::Sha256;
use support::Vector;

/// The other party: it has the secret, and knows nothing of this crate.
fn sign_elsewhere(secret: &str, scope: &str, string_to_sign: &str) -> [u8; 32] {
    let key = scope
        .split('/')
        .fold(format!("aliyun_v4{secret}").into_bytes(), |key, part| code(&key, part).to_vec());
    code(&key, string_to_sign)
}

fn code(key: &[u8], message: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}

fn identity(vector: &Vector) -> Identity<'_> {
    let identity = Identity::new(vector.text("access_key_id")).unwrap();
    match vector.optional("security_token") {
        Some(token) => identity.with_security_token(token).unwrap(),
        None => identity,
    }
}

/// The URL, or the URL and the headers, that each of the three ways leads to.
type Ways = [Result<String, Error>; 3];

fn presign(vector: &Vector) -> Ways {
    let (request, endpoint) = (vector.request(), vector.endpoint());
    let request = match request {
        Ok(request) => request,
        Err(error) => return [(); 3].map(|()| Err(error.clone())),
    };
    let (now, expiry) = (vector.time(), vector.expiry());
    let bytes = SigningKey::derive_bytes(vector.text("access_key_secret"), &vector.scope());
    let day_key = DayKey::from_bytes(identity(vector), vector.scope(), bytes.as_bytes());
    let [by_secret, by_day_key] = [vector.signer(), Signer::from_day_key(&day_key)].map(|signer| {
        let mut buffer = [0; 8192];
        let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer)?;
        Ok(url.url().to_owned())
    });
    let external = || {
        let signer = ExternalSigner::new(identity(vector), vector.scope());
        let mut buffer = [0; 8192];
        let unsigned = signer.prepare(&request, &endpoint, now, expiry, &mut buffer)?;
        let scope = signer.scope().to_string();
        let signature = sign_elsewhere(vector.text("access_key_secret"), &scope, unsigned.string_to_sign());
        Ok(unsigned.finish(&signature)?.url().to_owned())
    };
    [by_secret, by_day_key, external()]
}

fn sign_header(vector: &Vector) -> Ways {
    let (request, endpoint) = (vector.request(), vector.endpoint());
    let request = match request {
        Ok(request) => request,
        Err(error) => return [(); 3].map(|()| Err(error.clone())),
    };
    let shown = |authorized: &oss_presign::Authorized<'_>| {
        let headers: Vec<_> = authorized.headers().collect();
        format!("{} {} {headers:?}", authorized.url(), authorized.signature())
    };
    let bytes = SigningKey::derive_bytes(vector.text("access_key_secret"), &vector.scope());
    let day_key = DayKey::from_bytes(identity(vector), vector.scope(), bytes.as_bytes());
    let [by_secret, by_day_key] = [vector.signer(), Signer::from_day_key(&day_key)].map(|signer| {
        let mut buffer = [0; 8192];
        Ok(shown(&signer.sign_header(&request, &endpoint, vector.time(), &mut buffer)?))
    });
    let external = || {
        let signer = ExternalSigner::new(identity(vector), vector.scope());
        let mut buffer = [0; 8192];
        let unsigned = signer.prepare_header(&request, &endpoint, vector.time(), &mut buffer)?;
        let scope = signer.scope().to_string();
        let signature = sign_elsewhere(vector.text("access_key_secret"), &scope, unsigned.string_to_sign());
        Ok(shown(&unsigned.finish(&signature)?))
    };
    [by_secret, by_day_key, external()]
}

/// Compares the three ways of every vector, and counts those that were signed with the signature of the official SDKs.
fn compare(files: [&str; 2], kind: &str, ways: impl Fn(&Vector) -> Ways) -> usize {
    let mut signed_as_sdks = 0;
    for vector in files.iter().flat_map(|file| support::read(file)) {
        if vector.optional("kind").is_some_and(|other| other != kind) {
            continue;
        }
        let [by_secret, by_day_key, external] = ways(&vector);
        assert_eq!(by_day_key, by_secret, "{}", vector.id());
        assert_eq!(external, by_secret, "{}", vector.id());
        if external.is_ok_and(|text| text.contains(vector.text("signature"))) {
            signed_as_sdks += 1;
        }
    }
    signed_as_sdks
}

#[test]
fn urls() {
    // 235 that all SDKs agree on, 8 of the documentation, and those that some SDKs sign by the rule.
    let signed = compare(["presign.jsonl", "known.jsonl"], "presign", presign);
    assert!(signed >= 243, "{signed}");
}

#[test]
fn headers() {
    let signed = compare(["header.jsonl", "known.jsonl"], "header", sign_header);
    assert!(signed >= 79, "{signed}");
}

#[test]
fn policies_by_a_day_key() {
    let mut count = 0;
    for vector in support::read("post-policy.jsonl") {
        let bytes = SigningKey::derive_bytes(vector.text("access_key_secret"), &vector.scope());
        let day_key = DayKey::from_bytes(identity(&vector), vector.scope(), bytes.as_bytes());
        let (signer, mut buffer) = (Signer::from_day_key(&day_key), [0; 4096]);
        let signed =
            signer.sign_policy_base64(vector.text("policy_base64"), vector.time(), &mut buffer).unwrap();
        assert_eq!(signed.signature(), vector.text("signature"), "{}", vector.id());
        let secret = vector.text("access_key_secret");
        let elsewhere = sign_elsewhere(secret, &vector.scope().to_string(), vector.text("policy_base64"));
        let elsewhere: String = elsewhere.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(elsewhere, signed.signature());
        count += 1;
    }
    assert_eq!(count, 60);
}

const SECRET: &str = "fake-access-key-secret";

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn scope() -> Scope<'static> {
    Scope::new(now(), Region::new("cn-hangzhou").unwrap(), Product::Oss)
}

fn credentials<'a>(token: Option<&'a str>) -> Credentials<'a> {
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    match token {
        Some(token) => credentials.with_security_token(token).unwrap(),
        None => credentials,
    }
}

#[test]
fn forms() {
    let endpoint = Endpoint::public(scope().region());
    let bucket = Bucket::new("examplebucket").unwrap();
    for token in [None, Some("fake/token+")] {
        let credentials = credentials(token);
        let signer = Signer::for_scope(&credentials, scope());
        let elsewhere = ExternalSigner::new(credentials.identity(), scope());
        let mut by_key = PostPolicy::for_key(bucket, ObjectKey::new("a/ü.jpg").unwrap()).unwrap();
        by_key.equals("x-oss-meta-a", "b").unwrap();
        for policy in [by_key, PostPolicy::for_prefix(bucket, "user/").unwrap()] {
            let (mut buffer, mut other) = ([0; 4096], [0; 4096]);
            let expiry = Expiry::secs(600).unwrap();
            let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).unwrap();
            let unsigned = elsewhere.prepare_form(&policy, &endpoint, now(), expiry, &mut other).unwrap();
            let signature = sign_elsewhere(SECRET, &scope().to_string(), unsigned.string_to_sign());
            let finished = unsigned.finish(&signature).unwrap();
            assert_eq!(finished.url(), form.url());
            assert!(finished.fields().eq(form.fields()));
            assert_eq!(finished.expires_at(), form.expires_at());
        }
    }
}

#[test]
fn a_date_key_leads_to_the_same_bytes() {
    let bytes = SigningKey::derive_bytes(SECRET, &scope());
    let date_key = code(format!("aliyun_v4{SECRET}").as_bytes(), "20241112");
    assert_eq!(SigningKey::derive_bytes_from_date_key(&date_key, &scope()).as_bytes(), bytes.as_bytes());
    // And to the bytes of the documented chain.
    let expected =
        ["cn-hangzhou", "oss", "aliyun_v4_request"].iter().fold(date_key, |key, part| code(&key, part));
    assert_eq!(bytes.as_bytes(), &expected);
}

#[test]
fn what_the_secret_refuses_is_refused_without_it() {
    let (endpoint, expiry) = (Endpoint::public(scope().region()), Expiry::secs(600).unwrap());
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
    let bytes = SigningKey::derive_bytes(SECRET, &scope());
    let identity = Identity::new("fake-access-key-id").unwrap();
    // date -u -d 2024-11-13T00:00:00Z +%s
    let midnight = Timestamp::from_unix(1_731_456_000).unwrap();
    let before_midnight = Timestamp::from_unix(1_731_455_999).unwrap();
    let policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
    let mut buffer = [0; 2048];

    let day_key = DayKey::from_bytes(identity, scope(), bytes.as_bytes());
    assert_eq!(day_key.signs_until(), midnight);
    let (signer, elsewhere) = (Signer::from_day_key(&day_key), ExternalSigner::new(identity, scope()));
    assert!(signer.presign(&request, &endpoint, before_midnight, expiry, &mut buffer).is_ok());
    assert!(elsewhere.prepare(&request, &endpoint, before_midnight, expiry, &mut buffer).is_ok());
    let stale = Some(PresignError::StaleKey { key_date: *b"20241112", now: midnight });
    assert_eq!(signer.presign(&request, &endpoint, midnight, expiry, &mut buffer).err(), stale);
    assert_eq!(signer.sign_header(&request, &endpoint, midnight, &mut buffer).err(), stale);
    assert_eq!(signer.sign_form(&policy, &endpoint, midnight, expiry, &mut buffer).err(), stale);
    assert_eq!(signer.at(midnight).err(), stale);
    assert_eq!(elsewhere.prepare(&request, &endpoint, midnight, expiry, &mut buffer).err(), stale);
    assert_eq!(elsewhere.prepare_header(&request, &endpoint, midnight, &mut buffer).err(), stale);
    assert_eq!(elsewhere.prepare_form(&policy, &endpoint, midnight, expiry, &mut buffer).err(), stale);

    // A key of temporary credentials ends with them, and so do its URLs.
    let identity = identity.expiring_at(now().saturating_add(300));
    let day_key = DayKey::from_bytes(identity, scope(), bytes.as_bytes());
    assert_eq!(day_key.signs_until(), now().saturating_add(300));
    let (signer, elsewhere) = (Signer::from_day_key(&day_key), ExternalSigner::new(identity, scope()));
    let outlives = Some(PresignError::Expiry(ExpiryError::OutlivesCredentials {
        url_end: now().saturating_add(600),
        credentials_end: now().saturating_add(300),
    }));
    assert_eq!(signer.presign(&request, &endpoint, now(), expiry, &mut buffer).err(), outlives);
    assert_eq!(elsewhere.prepare(&request, &endpoint, now(), expiry, &mut buffer).err(), outlives);
    let clamped = expiry.clamped_to_credentials();
    let unsigned = elsewhere.prepare(&request, &endpoint, now(), clamped, &mut buffer).unwrap();
    assert_eq!(unsigned.finish(&[0; 32]).unwrap().expires_at(), now().saturating_add(300));
    let after = now().saturating_add(300);
    let expired = Some(PresignError::Expiry(ExpiryError::CredentialsExpired { at: after, now: after }));
    assert_eq!(elsewhere.prepare_header(&request, &endpoint, after, &mut buffer).err(), expired);
}

/// While the other party is at work, and if it never answers, nobody can take the buffer's text for a URL.
#[test]
fn an_unfinished_url_is_none() {
    let endpoint = Endpoint::public(scope().region());
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
    let elsewhere = ExternalSigner::new(Identity::new("fake-access-key-id").unwrap(), scope());
    let mut buffer = [0; 1024];
    drop(elsewhere.prepare(&request, &endpoint, now(), Expiry::secs(600).unwrap(), &mut buffer).unwrap());
    assert!(!buffer.contains(&b'?'));
    let text = std::str::from_utf8(&buffer).unwrap();
    assert!(text.contains(&format!("x-oss-signature={}", "0".repeat(64))));
}

#[test]
fn the_longest_scope_fits() {
    let id = format!("cb-{}", "1".repeat(61));
    let scope = Scope::new(now(), Region::new(&id).unwrap(), Product::CloudBox);
    let endpoint = Endpoint::path_style("127.0.0.1").unwrap();
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
    let elsewhere = ExternalSigner::new(Identity::new("fake-access-key-id").unwrap(), scope);
    let mut buffer = [0; 1024];
    let unsigned =
        elsewhere.prepare(&request, &endpoint, now(), Expiry::secs(600).unwrap(), &mut buffer).unwrap();
    assert_eq!(unsigned.string_to_sign().len(), 203);
    assert!(unsigned.string_to_sign().contains(&id));
}
