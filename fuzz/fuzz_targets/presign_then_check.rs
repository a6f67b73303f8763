//! Whatever is signed verifies, and does not when one byte of what is signed is another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, VerifyError, verify_presigned};
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Product, Region, RequestWithCapacity, Signer,
    SigningKey, Timestamp,
};

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    key: &'a str,
    token: Option<&'a str>,
    headers: Vec<(&'a str, &'a str)>,
    query: Vec<(&'a str, Option<&'a str>)>,
    additional: Vec<&'a str>,
    now: u32,
    expires: u32,
}

/// Signs and verifies; an error is a refusal of the input, before anything is signed.
fn check(input: &Input<'_>) -> Result<(), Error> {
    const SECRET: &str = "fake-access-key-secret";
    let mut credentials = Credentials::new("fake-access-key-id", SECRET)?;
    if let Some(token) = input.token {
        credentials = credentials.with_security_token(token)?;
    }
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
    for name in &input.additional {
        request.additional_header(name)?;
    }
    let (now, region) = (Timestamp::from_unix(input.now.into())?, Region::new("cn-hangzhou")?);
    let endpoint = Endpoint::public(region);
    let signer = Signer::new(&credentials, region, now);
    let mut buffer = vec![0; signer.url_length(&request, &endpoint, now, Expiry::secs(input.expires)?)?];
    let signed = signer.presign(&request, &endpoint, now, Expiry::secs(input.expires)?, &mut buffer)?;

    let host = ("host", signed.host().as_bytes());
    let headers: Vec<_> =
        signed.headers().map(|(name, value)| (name, value.as_bytes())).chain([host]).collect();
    let (path, query) = signed.target().split_once('?').expect("a presigned URL has a query");
    let verify = |method, path| {
        let received =
            ReceivedRequest { method, bucket: Some("examplebucket"), path, query, headers: &headers };
        verify_presigned(&received, &ExpectedScope { region, product: Product::Oss }, now, |_, scope| {
            let known = VerificationKey::new(SigningKey::derive(SECRET, scope));
            Some(match input.token {
                Some(token) => known.with_security_token(token),
                None => known,
            })
        })
    };
    match verify("PUT", path) {
        Ok(_) => {
            let other_path = format!("{path}x");
            assert_eq!(verify("GET", path).unwrap_err(), VerifyError::SignatureMismatch);
            assert_eq!(verify("PUT", &other_path).unwrap_err(), VerifyError::SignatureMismatch);
        }
        // A signer may have room for more than a server reads.
        Err(VerifyError::TooMany { .. }) => {}
        Err(error) => panic!("{}: {error}", signed.url()),
    }
    Ok(())
}

fuzz_target!(|input: Input<'_>| {
    let _ = check(&input);
});
