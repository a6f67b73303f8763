//! What official SDKs signed verifies; what was changed on the way does not.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, VerifyError};
use oss_presign::{Region, SigningKey, Timestamp};
use support::Vector;

/// A vector as a server receives it.
struct Arrived {
    method: String,
    bucket: Option<String>,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Arrived {
    /// The SDK's own URL where it has one, and the headers it was signed with.
    fn new(vector: &Vector) -> Self {
        let mut headers: Vec<(String, Vec<u8>)> = vector
            .pairs("headers")
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.unwrap_or_default().as_bytes().to_vec()))
            .collect();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            headers.push(("Host".to_owned(), vector.text("host").as_bytes().to_vec()));
        }
        let (method, bucket) = (vector.text("method").to_owned(), vector.text("bucket").to_owned());
        let after_scheme = vector.text("url").split_once("://").unwrap().1;
        let target = &after_scheme[after_scheme.find('/').unwrap()..];
        let (path, query) = target.split_once('?').unwrap();
        let bucket = (vector.text("style") != "path").then_some(bucket);
        Self { method, bucket, path: path.to_owned(), query: query.to_owned(), headers }
    }

    fn verify(&self, vector: &Vector, now: Timestamp) -> Result<(), VerifyError> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let received = ReceivedRequest {
            method: &self.method,
            bucket: self.bucket.as_deref(),
            path: &self.path,
            query: &self.query,
            headers: &headers,
        };
        let scope = vector.scope();
        let expected =
            ExpectedScope { region: Region::new(vector.text("region")).unwrap(), product: scope.product() };
        let verified = received.presigned()?.verify(&expected, now, |id, scope| {
            let key = VerificationKey::new(SigningKey::derive(vector.text("access_key_secret"), scope));
            let key = match vector.optional("security_token") {
                Some(token) => key.with_security_token(token),
                None => key,
            };
            (id == vector.text("access_key_id")).then_some(key)
        })?;
        assert_eq!(verified.access_key_id(), vector.text("access_key_id"));
        Ok(())
    }
}

fn agreed() -> impl Iterator<Item = Vector> {
    support::read("presign.jsonl").into_iter().filter(|vector| vector.disputes().is_empty())
}

#[test]
fn every_agreed_url_verifies() {
    let mut count = 0;
    for vector in agreed() {
        let outcome = Arrived::new(&vector).verify(&vector, vector.time());
        assert_eq!(outcome, Ok(()), "{}", vector.id());
        count += 1;
    }
    assert_eq!(count, 235);
}

#[test]
fn its_life_ends_with_its_last_second() {
    for vector in agreed().take(20) {
        let arrived = Arrived::new(&vector);
        let (start, seconds) = (vector.time(), u64::from(vector.expiry().seconds()));
        assert_eq!(arrived.verify(&vector, start.saturating_add(seconds - 1)), Ok(()), "{}", vector.id());
        let expired_at = start.saturating_add(seconds);
        assert_eq!(
            arrived.verify(&vector, expired_at),
            Err(VerifyError::Expired { expired_at, now: expired_at })
        );
        if start.unix() > 901 {
            let early = Timestamp::from_unix(start.unix() - 900).unwrap();
            assert_eq!(arrived.verify(&vector, early), Ok(()));
            let earlier = Timestamp::from_unix(start.unix() - 901).unwrap();
            assert_eq!(
                arrived.verify(&vector, earlier),
                Err(VerifyError::NotYetValid { signed_at: start, now: earlier })
            );
        }
    }
}

/// The bucket of a host would run into such a path: `foo` and `bar/x` into `foobar`.
#[test]
fn a_path_begins_with_a_slash() {
    let plain = |vector: &Vector| vector.text("style") == "virtual" && !vector.text("url").contains(".com//");
    let vector = agreed().find(plain).unwrap();
    let mut arrived = Arrived::new(&vector);
    arrived.path.remove(0);
    assert_eq!(arrived.verify(&vector, vector.time()), Err(VerifyError::PathMalformed));
}

/// RFC 9110, section 11.4.
#[test]
fn a_blank_ends_the_authentication_scheme() {
    let received = |authorization: &str| {
        let headers = [("authorization", authorization.as_bytes())];
        let received =
            ReceivedRequest { method: "GET", bucket: None, path: "/", query: "", headers: &headers };
        received.authorized().err()
    };
    let fields = "Credential=id/20241112/cn-hangzhou/oss/aliyun_v4_request,Signature=00";
    let missing = Some(VerifyError::MissingParameter { name: "x-oss-date" });
    assert_eq!(received(&format!("OSS4-HMAC-SHA256 {fields}")), missing);
    for bad in [format!("OSS4-HMAC-SHA256{fields}"), format!("OSS4-HMAC-SHA256\t{fields}")] {
        assert_eq!(received(&bad), Some(VerifyError::AuthorizationMalformed));
    }
}
