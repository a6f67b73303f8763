//! A gateway in front of a store checks presigned requests itself. Here it checks one that was made a minute ago.
use oss_presign::verify::{
    ExpectedScope, ReceivedRequest, VerificationKey, Verified, VerifyError, verify_presigned,
};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, Product, Region, Request, Signer, SigningKey, Timestamp,
};

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";

/// Whether a request may pass; an error has the code that OSS itself would have answered with.
fn check(
    received: &ReceivedRequest<'_>,
    region: Region<'_>,
    now: Timestamp,
) -> Result<Verified, VerifyError> {
    let expected = ExpectedScope { region, product: Product::Oss };
    // A gateway keeps the derived key for the day; the secret is never needed again.
    verify_presigned(received, &expected, now, |id, scope| {
        (id == ID).then(|| VerificationKey::new(SigningKey::derive(SECRET, scope)))
    })
}

fn main() -> Result<(), oss_presign::Error> {
    let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
    let signer = Signer::new(&Credentials::new(ID, SECRET)?, region, now);
    let request = Request::get(Bucket::new("examplebucket")?, ObjectKey::new("a.txt")?);
    let (endpoint, mut buffer) = (Endpoint::public(region), [0; 512]);
    let url = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
    let (path, query) = url.target().split_once('?').unwrap_or_default();
    let received =
        ReceivedRequest { method: "GET", bucket: Some("examplebucket"), path, query, headers: &[] };
    println!("{:?}", check(&received, region, now.saturating_add(60)));
    println!("{:?}", check(&ReceivedRequest { method: "PUT", ..received }, region, now));
    Ok(())
}
