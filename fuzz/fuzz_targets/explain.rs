//! The search never panics, whatever was sent, keeps to its budget, and proves no mistake in a request that verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::explain::{
    BucketPlace, Evidence, Finding, FormEvidence, KnownSecret, SentRequest, explain, explain_form,
};
use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, verify_presigned};
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Product, Region, RequestWithCapacity, Signer,
    SigningKey, Timestamp,
};

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";
/// Enough for a right signature, which is found before any mistake is tried.
const RIGHT_BUDGET: u32 = 16;

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    /// How many signatures a search makes. One that finds nothing spends them all, and every number ends it at another place:
    /// among the single mistakes, of which there are some four hundred, or among the pairs.
    budget: u16,
    /// A request that is signed.
    key: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    query: Vec<(&'a str, Option<&'a str>)>,
    /// A request that was sent: anything.
    method: Option<&'a str>,
    url: &'a str,
    sent: Option<Vec<(&'a str, &'a str)>>,
    fields: Vec<(&'a str, &'a str)>,
    token: Option<&'a str>,
}

fn secret(token: Option<&str>) -> [KnownSecret<'_>; 1] {
    [KnownSecret { name: None, access_key_id: ID, access_key_secret: SECRET, security_token: token }]
}

/// Whatever was sent.
fn anything(input: &Input<'_>) {
    // Most inputs search little, because under the sanitizer a long search takes the time of many inputs.
    let budget =
        if input.budget < 0xf000 { u32::from(input.budget) % 64 } else { u32::from(input.budget) % 1024 };
    let secrets = secret(input.token);
    let sent = SentRequest { method: input.method, url: input.url, headers: input.sent.as_deref() };
    assert!(explain(&Evidence::new(sent, &secrets), budget).tried() <= budget);
    // With a signature to look for, so that the search begins.
    let signed = format!(
        "{}?{}x-oss-credential={ID}%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241112T083238Z\
         &x-oss-expires=600&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature={:064}",
        input.url, input.key, 0
    );
    let sent = SentRequest { url: &signed, ..sent };
    let explanation = explain(&Evidence::new(sent, &secrets), budget);
    assert!(explanation.tried() <= budget);
    assert!(explanation.mistakes().is_empty(), "{explanation:?}");
    let form = FormEvidence {
        fields: &input.fields,
        signed_policy: None,
        secrets: &secrets,
        region: None,
        now: None,
    };
    assert!(explain_form(&form, budget).tried() <= budget);
}

/// A request that verifies.
fn right(input: &Input<'_>) -> Result<(), Error> {
    let credentials = Credentials::new(ID, SECRET)?;
    let mut request = RequestWithCapacity::<32>::put(
        Bucket::new("examplebucket")?,
        ObjectKey::allowing_dot_segments(input.key)?,
    );
    for (name, value) in &input.headers {
        request.header(name, value)?;
    }
    for (name, value) in &input.query {
        request.query(name, *value)?;
    }
    let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
    let endpoint = Endpoint::public(region);
    let signer = Signer::new(&credentials, region, now);
    let mut buffer = vec![0; signer.url_length(&request, &endpoint, now, Expiry::secs(600)?)?];
    let signed = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
    let headers: Vec<(&str, &str)> = signed.headers().chain([("host", signed.host())]).collect();
    let received: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let (path, query) = signed.target().split_once('?').expect("a presigned URL has a query");
    let request =
        ReceivedRequest { method: "PUT", bucket: Some("examplebucket"), path, query, headers: &received };
    let expected = ExpectedScope { region, product: Product::Oss };
    let verified = verify_presigned(&request, &expected, now, |_, scope| {
        Some(VerificationKey::new(SigningKey::derive(SECRET, scope)))
    });
    if verified.is_ok() {
        let secrets = secret(None);
        let sent = SentRequest { method: Some("PUT"), url: signed.url(), headers: Some(&headers) };
        let evidence =
            Evidence { bucket: BucketPlace::Host("examplebucket"), ..Evidence::new(sent, &secrets) };
        let right = Finding::Right { method: "PUT".into() };
        assert_eq!(explain(&evidence, RIGHT_BUDGET).finding(), &right, "{}", signed.url());
    }
    Ok(())
}

fuzz_target!(|input: Input<'_>| {
    anything(&input);
    let _ = right(&input);
});
