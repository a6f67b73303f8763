//! Requests that the server accepts.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Scheme, Signer, Timestamp,
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The targets of a PUT and a GET, good for an hour.
pub(crate) fn targets(host: &str, key: &str) -> Outcome<(String, String)> {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let region = Region::new("cn-hangzhou")?;
    let now = Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let endpoint = Endpoint::path_style(host)?.with_scheme(Scheme::Http);
    let signer = Signer::new(&credentials, region, now);
    let (bucket, key) = (Bucket::new("load")?, ObjectKey::new(key)?);
    let target = |request: &Request<'_>| {
        let mut buffer = [0; 1024];
        let presigned = signer.presign(request, &endpoint, now, Expiry::secs(3600)?, &mut buffer)?;
        Outcome::Ok(presigned.target().to_owned())
    };
    Ok((target(&Request::put(bucket, key))?, target(&Request::get(bucket, key))?))
}
