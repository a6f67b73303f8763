//! What any device does that uploads, whatever its stream is: a presigned PUT, a presigned GET, and every byte compared.
//!
//! Settings (see `settings`): `size` bytes of object; `bucket`, `key`, `id`, `secret`, `region`, `host`; `url_buffer` and
//! `head_buffer` bytes of the two buffers, to see what short ones do.

use embedded_io::{ErrorKind, Read, Write};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PresignError, Region, RequestWithCapacity, Scheme,
    Signer,
};
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{ClockNotSet, Error, HttpRequest, Refusal};

use crate::board::{say, say_number};
use crate::clock::Clock;
use crate::object::{Comparison, Source};
use crate::settings::Settings;

/// Room for a URL. With the longest bucket, a key of 64 bytes and no token, 512 are plenty.
const URL_BYTES: usize = 512;
/// Room for the head of an answer, and for most of a refusal's XML.
pub const HEAD_BYTES: usize = 1024;

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
        Err(error) => return Err(Failure::refused(error, &connection)),
    }

    let get = RequestWithCapacity::<4>::get(bucket, key);
    let presigned = signer.presign(&get, &endpoint, now.timestamp(), expiry, url)?;
    let request = HttpRequest::presigned(&presigned)?;
    let mut comparison = Comparison { next: 0, equal: true };
    let limit = settings.number("limit", size);
    match connection.get_to(&request, &mut comparison, limit.into(), now) {
        Ok(answer) if answer.is_verified() => {}
        Ok(_) => return Err(Failure::Unverified),
        Err(error) => return Err(Failure::refused(error, &connection)),
    }
    if comparison.equal && comparison.next == size { Ok(()) } else { Err(Failure::Different) }
}

/// Why there is no verified upload.
pub enum Failure {
    /// The board lacks something.
    Board,
    /// A setting was refused, or the URL does not fit.
    Signing(oss_presign::Error),
    /// The exchange failed.
    Upload(Error),
    /// OSS stated no checksum.
    Unverified,
    /// The object came back otherwise than it was sent.
    Different,
    /// The certificate of the server was refused.
    Certificate {
        /// A bit for each reason, as the library of TLS counts them.
        reasons: u32,
    },
    /// TLS failed otherwise.
    Tls,
}

impl Failure {
    /// Says what OSS says while the connection still knows it.
    fn refused<S>(error: Error, connection: &Connection<'_, S>) -> Self {
        if let Some(reason) = connection.service_error() {
            say("code=");
            say(reason.code().unwrap_or("-"));
            say("\nec=");
            say(reason.ec().unwrap_or("-"));
            say("\n");
        }
        Self::Upload(error)
    }

    /// Names the failure, and gives its exit code.
    #[must_use]
    pub fn say(&self) -> i32 {
        let (name, code) = match self {
            Self::Board => ("board", 2),
            Self::Signing(oss_presign::Error::Presign(PresignError::BufferTooSmall { .. })) => {
                ("url-buffer", 3)
            }
            Self::Signing(_) => ("signing", 4),
            Self::Unverified => ("unverified", 5),
            Self::Different => ("different", 6),
            Self::Certificate { reasons } => {
                say_number("reasons", *reasons);
                ("certificate", 7)
            }
            Self::Tls => ("tls", 8),
            Self::Upload(Error::ClockNotSet(_)) => ("clock", 10),
            Self::Upload(Error::Refused(Refusal::Expired { .. })) => ("expired", 11),
            Self::Upload(Error::Io(ErrorKind::ConnectionRefused)) => ("refused", 12),
            Self::Upload(Error::Io(ErrorKind::TimedOut)) => ("timeout", 13),
            Self::Upload(Error::Io(_)) => ("io", 14),
            Self::Upload(Error::Cut(_)) => ("cut", 15),
            Self::Upload(Error::HeadTooLong { .. }) => ("head-buffer", 16),
            Self::Upload(Error::BodyTooLong { .. }) => ("body-limit", 17),
            Self::Upload(Error::Service { .. }) => ("service", 18),
            Self::Upload(Error::ChecksumMismatch { .. }) => ("checksum", 19),
            Self::Upload(_) => ("upload", 20),
        };
        say("result=");
        say(name);
        say("\n");
        code
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Upload(error)
    }
}

impl From<ClockNotSet> for Failure {
    fn from(error: ClockNotSet) -> Self {
        Self::Upload(error.into())
    }
}

impl From<Refusal> for Failure {
    fn from(error: Refusal) -> Self {
        Self::Upload(error.into())
    }
}

macro_rules! signing_failures {
    ($($error:ident),*) => {
        $(impl From<oss_presign::$error> for Failure {
            fn from(error: oss_presign::$error) -> Self {
                Self::Signing(error.into())
            }
        })*
    };
}

signing_failures!(
    CredentialsError,
    ScopeError,
    BucketError,
    ObjectKeyError,
    EndpointError,
    RequestError,
    ExpiryError,
    PresignError
);
