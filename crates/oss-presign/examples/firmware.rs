//! A device signs an upload with what it has: no allocator, a clock that somebody set, and a buffer. The function builds
//! for `no_std` as it is; `main` stands for the rest of the firmware.
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Region, RequestWithCapacity, Signer, Timestamp,
};

/// Writes the URL of a PutObject; its sender must send `Content-Type: text/plain`.
fn sign<'b>(unix_seconds: u64, key: &str, buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    let (now, region) = (Timestamp::from_unix(unix_seconds)?, Region::new("cn-hangzhou")?);
    let signer = Signer::new(&Credentials::new("fake-access-key-id", "fake-access-key-secret")?, region, now);
    let mut request = RequestWithCapacity::<1>::put(Bucket::new("examplebucket")?, ObjectKey::new(key)?);
    request.content_type("text/plain")?;
    Ok(signer.presign(&request, &Endpoint::public(region), now, Expiry::secs(600)?, buffer)?.into_url())
}

fn main() -> Result<(), Error> {
    let mut buffer = [0; 512];
    println!("{}", sign(1_731_400_358, "log/7.txt", &mut buffer)?);
    Ok(())
}
