//! Signing and verification allocate nothing; a result of one's own costs one allocation.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use allocation_counter::measure;
use oss_presign::verify::{ExpectedScope, ReceivedForm, ReceivedRequest, VerificationKey, verify_form};
use oss_presign::{
    Bucket, ContentLength, Credentials, Endpoint, Expiry, MetaName, ObjectKey, PostPolicy, Product, Region,
    Request, Signer, SigningKey, Timestamp,
};

const SECRET: &str = "fake-access-key-secret";
const TOKEN: &str = "fake-security-token";

/// Counts what `run` allocates.
fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn region() -> Region<'static> {
    Region::new("cn-hangzhou").unwrap()
}

fn signer() -> Signer<'static> {
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    Signer::new(&credentials.with_security_token(TOKEN).unwrap(), region(), now())
}

fn key_of(scope: &oss_presign::Scope<'_>) -> VerificationKey<'static> {
    VerificationKey::new(SigningKey::derive(SECRET, scope)).with_security_token(TOKEN)
}

fn expected() -> ExpectedScope<'static> {
    ExpectedScope { region: region(), product: Product::Oss }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![0u8; 10]))), 1);
}

#[test]
fn signing_allocates_nothing() {
    let mut buffer = [0; 4096];
    let counted = allocations(|| {
        let (name, length) = (MetaName::new("owner").unwrap(), ContentLength::new(5).unwrap());
        let mut request =
            Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("ü +1.jpg").unwrap());
        request
            .content_type("image/jpeg")
            .and_then(|request| request.meta(&name, "42"))
            .and_then(|request| request.content_length(&length))
            .and_then(|request| request.sign_host())
            .unwrap();
        let (signer, endpoint, expiry) = (signer(), Endpoint::public(region()), Expiry::secs(600).unwrap());
        let url = signer.presign(&request, &endpoint, now(), expiry, &mut buffer).unwrap();
        assert_eq!(url.headers().count(), 3);
        let header = signer.sign_header(&request, &endpoint, now(), &mut buffer).unwrap();
        assert_eq!(header.headers().count(), 7);
        let mut policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
        policy
            .one_of("content-type", &["image/jpeg", "image/png"])
            .and_then(|policy| policy.content_length_range(1..=10))
            .unwrap();
        let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).unwrap();
        assert_eq!(form.fields().count(), 7);
    });
    assert_eq!(counted, 0);
}

#[test]
fn verification_allocates_nothing() {
    let (signer, endpoint, expiry) = (signer(), Endpoint::public(region()), Expiry::secs(600).unwrap());
    let bucket = Bucket::new("examplebucket").unwrap();
    let mut request = Request::put(bucket, ObjectKey::new("ü +1.jpg").unwrap());
    request.content_type("image/jpeg").unwrap();
    let (mut url_buffer, mut header_buffer, mut form_buffer) = ([0; 2048], [0; 2048], [0; 2048]);
    let url = signer.presign(&request, &endpoint, now(), expiry, &mut url_buffer).unwrap();
    let header = signer.sign_header(&request, &endpoint, now(), &mut header_buffer).unwrap();
    let mut policy = PostPolicy::for_prefix(bucket, "user/").unwrap();
    policy
        .starts_with("content-type", "image/")
        .and_then(|policy| policy.value("content-type", "image/jpeg"))
        .unwrap();
    let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut form_buffer).unwrap();
    let fields: Vec<(&str, &str)> = form.fields().collect();
    let (path, query) = url.target().split_once('?').unwrap();
    let headers: Vec<(&str, &[u8])> =
        header.headers().map(|(name, value)| (name, value.as_bytes())).collect();

    let counted = allocations(|| {
        let received = ReceivedRequest {
            method: "PUT",
            bucket: Some("examplebucket"),
            path,
            query,
            headers: &[("content-type", b"image/jpeg")],
        };
        let verified = received
            .presigned()
            .and_then(|presented| presented.verify(&expected(), now(), |_, scope| Some(key_of(scope))));
        assert!(verified.is_ok());
        let received = ReceivedRequest { query: "", headers: &headers, ..received };
        let verified = received
            .authorized()
            .and_then(|presented| presented.verify(&expected(), now(), |_, scope| Some(key_of(scope))));
        assert!(verified.is_ok());
        let received = ReceivedForm { bucket: "examplebucket", fields: &fields, content_length: 5 };
        assert!(verify_form(&received, &expected(), now(), |_, scope| Some(key_of(scope))).is_ok());
    });
    assert_eq!(counted, 0);
}

#[cfg(feature = "alloc")]
#[test]
fn a_url_of_ones_own_is_one_allocation() {
    let (signer, endpoint, expiry) = (signer(), Endpoint::public(region()), Expiry::secs(600).unwrap());
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("ü +1.jpg").unwrap());
    let mut url = String::new();
    let counted = allocations(|| {
        url = signer.presign_to_string(&request, &endpoint, now(), expiry).unwrap();
    });
    assert_eq!(counted, 1);
    assert_eq!(url.len(), url.capacity());
}
