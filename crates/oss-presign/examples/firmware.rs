//! A device signs an upload with what it has: no allocator, a clock that somebody set, and a buffer. The function builds
//! for `no_std` as it is; `main` stands for the rest of the firmware.
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Region, RequestWithCapacity, Signer, Timestamp,
};

/// Writes the URL of a PutObject; its sender must send `Content-Type: text/plain`.
fn sign<'b>(unix_seconds: u64, key: &str, buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    let now = Timestamp::from_unix(unix_seconds)?;
    let region = Region::new("cn-hangzhou")?;
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let signer = Signer::new(&credentials, region, now);
    let bucket = Bucket::new("examplebucket")?;
    let mut request = RequestWithCapacity::<1>::put(bucket, ObjectKey::new(key)?);
    request.content_type("text/plain")?;
    let endpoint = Endpoint::public(region);
    Ok(signer.presign(&request, &endpoint, now, Expiry::secs(600)?, buffer)?.into_url())
}

fn main() -> Result<(), Error> {
    let mut buffer = [0; 512];
    println!("{}", sign(1_731_400_358, "log/7.txt", &mut buffer)?);
    Ok(())
}
