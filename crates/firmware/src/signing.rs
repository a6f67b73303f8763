//! The one request that flash, stack and instructions are measured with.

use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Region, Request, Signer, Timestamp,
};

/// 2024-11-12T08:32:38Z.
pub const NOW: u64 = 1_731_400_358;

/// Room for the URL; what a caller needs at most is told by `Signer::url_length`.
pub const URL_BYTES: usize = 512;

/// From the strings of a configuration to a URL: everything that a device does for one upload, the day's key included.
///
/// `CAPACITY` 4 instead of the default 32 saves more than 1 KiB of stack: this request has one header.
#[inline(never)]
pub fn sign(unix: u64, url: &mut [u8]) -> Result<usize, Error> {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let region = Region::new("cn-hangzhou")?;
    let now = Timestamp::from_unix(unix)?;
    let request = Request::<4>::with_capacity(
        Method::Put,
        Bucket::new("examplebucket")?,
        ObjectKey::new("devices/7f3a9c/photos/2024-11-12/ü +1.jpg")?,
    )
    .content_type("image/jpeg")?;
    let endpoint = Endpoint::public(region);
    let signer = Signer::new(&credentials, region, now);
    let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, url)?;
    Ok(presigned.url().len())
}
