//! What any device does that uploads, whatever its stream is: a presigned PUT, a presigned GET, and every byte compared.
//!
//! Settings (see `settings`): `size` bytes of object; `bucket`, `key`, `id`, `secret`, `region`, `host`; `url_buffer` and
//! `head_buffer` bytes of the two buffers, to see what short ones do.

use embedded_io::{Read, Write};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, RequestWithCapacity, Scheme, Signer,
};
use oss_upload_embedded::HttpRequest;
use oss_upload_embedded::blocking::Connection;

use crate::board::say;
use crate::clock::Clock;
use crate::object::{Comparison, Source};
use crate::settings::{Settings, URL_BYTES};

pub use crate::failure::Failure;
pub use crate::settings::HEAD_BYTES;

/// Uploads the object over a connected stream, fetches it, and compares.
#[inline(never)]
pub fn upload<S: Read + Write>(
    stream: S,
    scheme: Scheme,
    settings: &Settings<'_>,
    clock: &Clock,
) -> Result<(), Failure> {
    let credentials = Credentials::new(
        settings.text("id", "fake-access-key-id"),
        settings.text("secret", "fake-access-key-secret"),
    )?;
    let region = Region::new(settings.text("region", "cn-hangzhou"))?;
    // The local server takes the bucket as the first segment of the path.
    let endpoint = Endpoint::path_style(settings.text("host", "10.0.2.2"))?.with_scheme(scheme);
    let bucket = Bucket::new(settings.text("bucket", "examplebucket"))?;
    let key = ObjectKey::new(settings.text("key", "firmware/object"))?;
    let expiry = Expiry::secs(600)?;
    let signer = Signer::new(&credentials, region, clock.now()?.timestamp());

    let mut url = [0; URL_BYTES];
    let url = url.get_mut(..settings.number("url_buffer", URL_BYTES as u32) as usize).unwrap_or_default();
    let mut head = [0; HEAD_BYTES];
    let head = head.get_mut(..settings.number("head_buffer", HEAD_BYTES as u32) as usize).unwrap_or_default();
    let mut connection = Connection::new(stream, head);
    let size = settings.number("size", 50_000);

    let now = clock.now()?;
    let mut put = RequestWithCapacity::<4>::put(bucket, key);
    put.content_type("application/octet-stream")?;
    let presigned = signer.presign(&put, &endpoint, now.timestamp(), expiry, url)?;
    let request = HttpRequest::presigned(&presigned)?;
    match connection.put_from(&request, Source { next: 0 }, size.into(), now) {
        Ok(answer) if answer.is_verified() => say("put=verified\n"),
        Ok(_) => return Err(Failure::Unverified),
        Err(error) => return Err(Failure::refused(error, connection.service_error())),
    }

    let get = RequestWithCapacity::<4>::get(bucket, key);
    let presigned = signer.presign(&get, &endpoint, now.timestamp(), expiry, url)?;
    let request = HttpRequest::presigned(&presigned)?;
    let mut comparison = Comparison { next: 0, equal: true };
    let limit = settings.number("limit", size);
    match connection.get_to(&request, &mut comparison, limit.into(), now) {
        Ok(answer) if answer.is_verified() => {}
        Ok(_) => return Err(Failure::Unverified),
        Err(error) => return Err(Failure::refused(error, connection.service_error())),
    }
    if comparison.is_whole(size) { Ok(()) } else { Err(Failure::Different) }
}
