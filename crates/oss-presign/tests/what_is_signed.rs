//! What a holder of a URL can change, and what it cannot: the claims of SECURITY.md.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use oss_presign::verify::{
    ExpectedScope, MAX_QUERY_PARAMETERS, MAX_SIGNED_HEADERS, ReceivedRequest, VerificationKey, VerifyError,
    verify_presigned,
};
use oss_presign::{
    Bucket, Credentials, Endpoint, Excerpt, Expiry, ObjectKey, PresignError, Product, Region, Request, Scope,
    Signer, SigningKey, Timestamp,
};

const SECRET: &str = "fake-access-key-secret";

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn region() -> Region<'static> {
    Region::new("cn-hangzhou").unwrap()
}

fn request() -> Request<'static> {
    Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a.jpg").unwrap())
}

/// Path and query of the request's URL.
fn sign(request: &Request<'_>) -> String {
    try_sign(request).unwrap()
}

fn try_sign(request: &Request<'_>) -> Result<String, PresignError> {
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    let (signer, mut url) = (Signer::new(&credentials, region(), now()), [0; 2048]);
    let endpoint = Endpoint::public(region());
    let presigned = signer.presign(request, &endpoint, now(), Expiry::secs(600).unwrap(), &mut url);
    presigned.map(|presigned| presigned.target().to_owned())
}

/// What a server says of a PUT to this target with these headers.
fn verify(target: &str, headers: &[(&str, &str)]) -> Result<(), VerifyError> {
    verify_with(target, headers, |scope| SigningKey::derive(SECRET, scope))
}

fn verify_with(
    target: &str,
    headers: &[(&str, &str)],
    key: impl Fn(&Scope<'_>) -> SigningKey,
) -> Result<(), VerifyError> {
    let (path, query) = target.split_once('?').unwrap();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let bucket = Some("examplebucket");
    let received = ReceivedRequest { method: "PUT", bucket, path, query, headers: &headers };
    let expected = ExpectedScope { region: region(), product: Product::Oss };
    let verified =
        received.presigned()?.verify(&expected, now(), |_, scope| Some(VerificationKey::new(key(scope))));
    verified.map(drop)
}

const HOST: &str = "examplebucket.oss-cn-hangzhou.aliyuncs.com";

#[test]
fn the_host_is_not_signed_unless_asked_for() {
    let target = sign(&request());
    assert_eq!(verify(&target, &[("Host", HOST)]), Ok(()));
    assert_eq!(verify(&target, &[("Host", "cdn.example.com")]), Ok(()));

    let mut bound = request();
    bound.sign_host().unwrap();
    let target = sign(&bound);
    assert_eq!(verify(&target, &[("Host", HOST)]), Ok(()));
    assert_eq!(verify(&target, &[("Host", "cdn.example.com")]), Err(VerifyError::SignatureMismatch));
    assert!(matches!(verify(&target, &[]), Err(VerifyError::HeaderMissing { .. })));
}

#[test]
fn a_header_beyond_those_of_oss_is_not_signed_unless_it_is_named() {
    let target = sign(&request());
    let others = [("Content-Length", "5"), ("Range", "bytes=0-1"), ("Referer", "https://example.com/")];
    for other in others {
        assert_eq!(verify(&target, &[other]), Ok(()), "{other:?}");
    }
    let mut bound = request();
    bound.header("content-length", "5").unwrap().additional_header("content-length").unwrap();
    let target = sign(&bound);
    assert_eq!(verify(&target, &[("Content-Length", "5")]), Ok(()));
    assert_eq!(verify(&target, &[("Content-Length", "6")]), Err(VerifyError::SignatureMismatch));
    let mut named_first = request();
    named_first.additional_header("Content-Length").unwrap().header("content-length", "5").unwrap();
    assert_eq!(sign(&named_first), target);
}

/// A URL whose signature names another host than the one it leads to can never be used.
#[test]
fn no_other_host_is_signed_than_that_of_the_url() {
    let mut same = request();
    same.header("host", HOST).unwrap().sign_host().unwrap();
    let mut bound = request();
    bound.sign_host().unwrap();
    assert_eq!(sign(&same), sign(&bound));
    let mut other = request();
    other.header("Host", "cdn.example.com").unwrap().sign_host().unwrap();
    let expected = PresignError::HostMismatch { given: Excerpt::of("cdn.example.com") };
    assert_eq!(try_sign(&other), Err(expected));
}

#[test]
fn a_holder_adds_no_header_and_no_parameter_that_oss_acts_on() {
    let target = sign(&request());
    for header in [
        ("Content-Type", "text/html"),
        ("Content-MD5", "ICy5YqxZB1uWSwcVLSNLcA=="),
        ("x-oss-object-acl", "public-read-write"),
        ("x-oss-meta-owner", "1"),
        ("x-oss-callback", "e30="),
        ("x-oss-copy-source", "/otherbucket/a"),
    ] {
        assert_eq!(verify(&target, &[header]), Err(VerifyError::SignatureMismatch), "{header:?}");
    }
    for parameter in
        ["acl", "versionId=1", "x-oss-process=image/info", "response-content-type=text/html", "callback=e30="]
    {
        let more = format!("{target}&{parameter}");
        assert_eq!(verify(&more, &[]), Err(VerifyError::SignatureMismatch), "{parameter}");
    }
}

#[test]
fn a_callback_is_called_as_it_was_signed() {
    let mut in_header = request();
    in_header.header("x-oss-callback", "eyJhIjoxfQ==").unwrap();
    let target = sign(&in_header);
    assert_eq!(verify(&target, &[("x-oss-callback", "eyJhIjoxfQ==")]), Ok(()));
    assert_eq!(verify(&target, &[("x-oss-callback", "eyJhIjoyfQ==")]), Err(VerifyError::SignatureMismatch));
    assert_eq!(verify(&target, &[]), Err(VerifyError::SignatureMismatch));

    let mut in_query = request();
    in_query.query("callback", Some("eyJhIjoxfQ==")).unwrap();
    let target = sign(&in_query);
    assert_eq!(verify(&target, &[]), Ok(()));
    for changed in
        [target.replace("callback=eyJhIjox", "callback=eyJhIjoy"), target.replace("callback=", "x=")]
    {
        assert_ne!(changed, target);
        assert_eq!(verify(&changed, &[]), Err(VerifyError::SignatureMismatch));
    }
}

/// A server that decodes queries as HTML forms do reads a blank where the signer meant a plus sign.
#[test]
fn a_plus_in_a_query_is_a_plus_and_is_never_written() {
    let mut special = request();
    special.query("response-content-language", Some("a+b c")).unwrap();
    let target = sign(&special);
    assert!(target.contains("=a%2Bb%20c&") && !target.contains('+'), "{target}");
    assert_eq!(verify(&target, &[]), Ok(()));
    assert_eq!(verify(&target.replace("%2B", "+"), &[]), Ok(()));
    assert_eq!(verify(&target.replace("b%20c", "b+c"), &[]), Err(VerifyError::SignatureMismatch));
}

/// A key that leaks from a signer is worth its day, region and product, and nothing more.
#[test]
fn a_signing_key_is_of_one_day_region_and_product() {
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    let (signer, mut url) = (Signer::new(&credentials, region(), now()), [0; 2048]);
    let (endpoint, expiry) = (Endpoint::public(region()), Expiry::secs(600).unwrap());
    let tomorrow = now().saturating_add(86_400);
    let described = request();
    let refused = signer.presign(&described, &endpoint, tomorrow, expiry, &mut url);
    assert_eq!(refused.map(drop).unwrap_err().code(), "StaleKey");

    // The signature holds with the key of its own scope, and with no neighbour's.
    let (target, cloud_box) = (sign(&request()), Product::parse("oss-cloudbox").unwrap());
    let beijing = Region::new("cn-beijing").unwrap();
    let own = Scope::new(now(), region(), Product::Oss);
    assert_eq!(verify_with(&target, &[], |_| SigningKey::derive(SECRET, &own)), Ok(()));
    for other in [
        Scope::new(tomorrow, region(), Product::Oss),
        Scope::new(now(), beijing, Product::Oss),
        Scope::new(now(), region(), cloud_box),
    ] {
        let refused = verify_with(&target, &[], |_| SigningKey::derive(SECRET, &other));
        assert_eq!(refused, Err(VerifyError::SignatureMismatch), "{other}");
    }
}

/// STS credentials end at their time, and so do the URLs that they signed.
#[test]
fn a_url_lives_no_longer_than_its_key() {
    let target = sign(&request());
    let (path, query) = target.split_once('?').unwrap();
    let bucket = Some("examplebucket");
    let received = ReceivedRequest { method: "PUT", bucket, path, query, headers: &[] };
    let expected = ExpectedScope { region: region(), product: Product::Oss };
    let expires_at = |key_ends: u64, at: u64| {
        let verified = verify_presigned(&received, &expected, now().saturating_add(at), |_, scope| {
            let key = VerificationKey::new(SigningKey::derive(SECRET, scope));
            Some(key.expiring_at(now().saturating_add(key_ends)))
        });
        verified.map(|verified| verified.expires_at().unwrap().unix() - now().unix())
    };
    assert_eq!(expires_at(6000, 0), Ok(600));
    assert_eq!(expires_at(60, 0), Ok(60));
    assert_eq!(expires_at(60, 59), Ok(60));
    let end = now().saturating_add(60);
    let ended = VerifyError::CredentialsExpired { expired_at: end, now: end };
    assert_eq!(expires_at(60, 60), Err(ended));
}

#[test]
fn a_server_reads_a_bounded_number_of_parameters_and_headers() {
    let target = sign(&request());
    // The signature itself is not hashed.
    let own = target.split('&').count() - 1;
    let more = |count: usize| (0..count).fold(target.clone(), |target, at| format!("{target}&a{at}=1"));
    let room = MAX_QUERY_PARAMETERS - own;
    assert_eq!(verify(&more(room), &[]), Err(VerifyError::SignatureMismatch));
    let capacity = MAX_QUERY_PARAMETERS;
    let too_many = VerifyError::TooMany { what: "query parameters", capacity };
    assert_eq!(verify(&more(room + 1), &[]), Err(too_many));

    let names: Vec<_> = (0..=MAX_SIGNED_HEADERS).map(|at| format!("x-oss-meta-{at}")).collect();
    let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(verify(&target, &headers[1..]), Err(VerifyError::SignatureMismatch));
    assert!(matches!(verify(&target, &headers), Err(VerifyError::TooMany { .. })));
}
