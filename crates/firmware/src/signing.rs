//! The one request that flash, stack and instructions are measured with.

use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Region, RequestWithCapacity, Signer, Timestamp,
};

/// 2024-11-12T08:32:38Z.
pub const NOW: u64 = 1_731_400_358;

/// Room for the URL; what a caller needs at most is told by `Signer::url_length`.
pub const URL_BYTES: usize = 512;

/// From the strings of a configuration to a URL: everything that a device does for one upload, the day's key included.
///
/// In two functions, because what one of them needs is off the stack when the other runs.
#[inline(never)]
pub fn sign(unix: u64, url: &mut [u8]) -> Option<usize> {
    let now = Timestamp::from_unix(unix).ok()?;
    // By reference: moved out of its `Result`, it would be on the stack twice.
    presign(signer(now).as_ref().ok()?, now, url).ok()
}

/// The day's key; worth keeping for the day.
#[inline(never)]
fn signer(now: Timestamp) -> Result<Signer<'static>, Error> {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    Ok(Signer::new(&credentials, Region::new("cn-hangzhou")?, now))
}

/// Writes the URL of the request to `url`, and returns its length.
///
/// Room for one header, which this request has; the default of 8 takes another 280 bytes of stack.
#[inline(never)]
pub fn presign(signer: &Signer<'_>, now: Timestamp, url: &mut [u8]) -> Result<usize, Error> {
    let key = ObjectKey::new("devices/7f3a9c/photos/2024-11-12/ü +1.jpg")?;
    let mut request = RequestWithCapacity::<1>::put(Bucket::new("examplebucket")?, key);
    request.content_type("image/jpeg")?;
    let endpoint = Endpoint::public(signer.scope().region());
    let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, url)?;
    Ok(presigned.url().len())
}
