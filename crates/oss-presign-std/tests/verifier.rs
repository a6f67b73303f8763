//! Requests as a server's HTTP library hands them over, verified in one call.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use oss_presign_std::oss_presign::BucketError;
use oss_presign_std::oss_presign::verify::VerifyError;
use oss_presign_std::{Addressing, Credentials, Error, ManualClock, Presigner, Product, Verifier};
use support::{BUCKET, ID, REGION, SECRET, at, builder};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;
const VIRTUAL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com";

fn presigner() -> Presigner {
    builder().clock(ManualClock::new(at(NOW))).build().unwrap()
}

fn verifier_of(credentials: Credentials) -> Verifier {
    Verifier::with_clock(REGION, [credentials], ManualClock::new(at(NOW))).unwrap()
}

fn verifier() -> Verifier {
    verifier_of(Credentials::new(ID, SECRET).unwrap())
}

fn refusal<B>(verifier: &Verifier, request: &Request<B>) -> VerifyError {
    match verifier.verify(Some(BUCKET), request).unwrap_err() {
        Error::Refused(reason) => reason,
        other => panic!("{other}"),
    }
}

/// A request as an HTTP/1.1 server has it: the path and query of the URL, and a `Host` header.
fn in_origin_form(url: &str) -> Request<()> {
    let target = url.strip_prefix(VIRTUAL).unwrap();
    Request::get(target).header("Host", "examplebucket.oss-cn-hangzhou.aliyuncs.com").body(()).unwrap()
}

#[test]
fn a_presigned_url_is_verified_with_its_method_headers_and_time() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let known = Credentials::new(ID, SECRET).unwrap();
    let verifier = Verifier::with_clock(REGION, [known], Arc::clone(&clock)).unwrap();
    let presigner = presigner();
    let put = presigner.put(BUCKET, "ü +1.jpg").content_type("image/jpeg");
    let url = put.presign_for(Duration::from_secs(600)).unwrap().url().to_owned();
    let request = |media_type| Request::put(&url).header("Content-Type", media_type).body(()).unwrap();

    let verified = verifier.verify(Some(BUCKET), &request("image/jpeg")).unwrap();
    assert_eq!((verified.access_key_id(), verified.expires_at()), (ID, Some(at(NOW + 600))));
    assert_eq!(refusal(&verifier, &request("image/png")), VerifyError::SignatureMismatch);
    let (parts, ()) = request("image/jpeg").into_parts();
    assert!(verifier.verify_parts(Some(BUCKET), &parts).is_ok());
    clock.advance(600);
    let expired = VerifyError::Expired { expired_at: at(NOW + 600), now: at(NOW + 600) };
    assert_eq!(refusal(&verifier, &request("image/jpeg")), expired);
}

#[test]
fn the_host_is_that_of_the_header_or_of_http2s_uri() {
    let url = presigner().get(BUCKET, "a.txt").sign_host().presign_url().unwrap();
    assert!(verifier().verify(Some(BUCKET), &in_origin_form(&url)).is_ok());
    assert!(verifier().verify(Some(BUCKET), &Request::get(&url).body(()).unwrap()).is_ok());
    let elsewhere = Request::get(&url).header("host", "static.example.com").body(()).unwrap();
    assert_eq!(refusal(&verifier(), &elsewhere), VerifyError::SignatureMismatch);
    let nowhere = Request::get(url.strip_prefix(VIRTUAL).unwrap()).body(()).unwrap();
    assert!(matches!(refusal(&verifier(), &nowhere), VerifyError::HeaderMissing { .. }));
}

#[test]
fn a_bucket_in_the_path_needs_no_other() {
    let presigner = builder().path_style("http://127.0.0.1:9000").clock(ManualClock::new(at(NOW)));
    let url = presigner.build().unwrap().get(BUCKET, "a.txt").presign_url().unwrap();
    let request = Request::get(&url).body(()).unwrap();
    assert!(verifier().verify(None, &request).is_ok());
    assert_eq!(refusal(&verifier(), &request), VerifyError::SignatureMismatch);
    let error = verifier().verify(Some("example/bucket"), &request).unwrap_err();
    assert!(matches!(error, Error::Core(oss_presign_std::oss_presign::Error::Bucket(_))), "{error}");
    assert_eq!(error.code(), BucketError::Character.code());
}

#[test]
fn an_authorization_header_decides_also_beside_a_presigned_url() {
    let mut signed = Request::get([VIRTUAL, "/a.txt?acl"].concat()).body(()).unwrap();
    presigner().http(BUCKET, Addressing::VirtualHosted).sign(&mut signed).unwrap();
    let verified = verifier().verify(Some(BUCKET), &signed).unwrap();
    assert_eq!((verified.access_key_id(), verified.expires_at()), (ID, None));

    let url = presigner().get(BUCKET, "a.txt").presign_url().unwrap();
    *signed.uri_mut() = url.parse().unwrap();
    assert_eq!(refusal(&verifier(), &signed), VerifyError::SignatureMismatch);
    let bearer = Request::get(&url).header("authorization", "Bearer fake").body(()).unwrap();
    assert_eq!(refusal(&verifier(), &bearer), VerifyError::SignatureVersion);
    let unsigned = Request::get([VIRTUAL, "/a.txt"].concat()).body(()).unwrap();
    assert!(matches!(refusal(&verifier(), &unsigned), VerifyError::MissingParameter { .. }));
}

#[test]
fn credentials_count_with_their_token_expiry_and_scope() {
    let sts = Credentials::with_security_token(ID, SECRET, "fake-security-token").unwrap();
    let presigner = builder().credentials(sts.clone()).clock(ManualClock::new(at(NOW))).build().unwrap();
    let url = presigner.get(BUCKET, "a.txt").presign_url().unwrap();
    let request = Request::get(&url).body(()).unwrap();
    assert!(verifier_of(sts.clone()).verify(Some(BUCKET), &request).is_ok());
    assert_eq!(refusal(&verifier(), &request), VerifyError::SecurityToken { missing: false });
    let ended = verifier_of(sts.clone().expiring_at(at(NOW)));
    assert!(matches!(refusal(&ended, &request), VerifyError::CredentialsExpired { .. }));
    let stranger = verifier_of(Credentials::new("another-id", SECRET).unwrap());
    assert!(matches!(refusal(&stranger, &request), VerifyError::UnknownAccessKeyId { .. }));
    let cloud_box = verifier_of(sts.clone()).product(Product::CloudBox);
    assert!(matches!(refusal(&cloud_box, &request), VerifyError::WrongScope { .. }));
    assert!(Verifier::with_clock("cn hangzhou", [sts], ManualClock::new(at(NOW))).is_err());
}

#[test]
fn debug_shows_no_secret() {
    let sts = Credentials::with_security_token(ID, SECRET, "fake-security-token").unwrap();
    let shown = format!("{:?}", verifier_of(sts));
    assert!(
        shown.contains(ID) && !shown.contains(SECRET) && !shown.contains("fake-security-token"),
        "{shown}"
    );
}
