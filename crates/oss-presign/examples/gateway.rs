//! A gateway in front of a store checks presigned requests itself. Here it checks one that was made a minute ago.
use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, verify_presigned};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, Product, Region, Request, Scope, Signer, SigningKey,
    Timestamp,
};

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";

/// Whether a request may pass, and if not, what OSS itself would have said.
fn check(received: &ReceivedRequest<'_>, region: Region<'_>, now: Timestamp) -> Result<Timestamp, String> {
    let expected = ExpectedScope { region, product: Product::Oss };
    // A gateway keeps the derived key for the day; the secret is never needed again.
    let lookup = |id: &str, scope: &Scope<'_>| {
        (id == ID).then(|| VerificationKey::new(SigningKey::derive(SECRET, scope)))
    };
    let verified = verify_presigned(received, &expected, now, lookup);
    verified
        .map(|it| it.expires_at().unwrap_or(now))
        .map_err(|refusal| format!("{}: {refusal}", refusal.code()))
}

fn main() -> Result<(), oss_presign::Error> {
    let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
    let signer = Signer::new(&Credentials::new(ID, SECRET)?, region, now);
    let (request, endpoint) =
        (Request::get(Bucket::new("examplebucket")?, ObjectKey::new("a.txt")?), Endpoint::public(region));
    let mut buffer = [0; 512];
    let url = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;

    let (path, query) = url.target().split_once('?').unwrap_or_default();
    let headers = [("host", url.host().as_bytes())];
    let received =
        ReceivedRequest { method: "GET", bucket: Some("examplebucket"), path, query, headers: &headers };
    println!("{:?}", check(&received, region, now.saturating_add(60)));
    println!("{:?}", check(&ReceivedRequest { method: "PUT", ..received }, region, now));
    Ok(())
}
