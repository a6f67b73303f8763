//! Signs one URL of texts that it learns at run time, and says what that cost: what `cargo xtask c` compares the C interface
//! with. The request, the access key and the region are bytes, as a configuration in flash or a message from a server has them,
//! and nothing is known of them before they are read. `presign` takes less flash, because there the compiler knows the texts and
//! checks them itself.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::{exit, say, say_bytes, say_number};
use firmware::measure::{measure, static_bytes};
use firmware::signing::{NOW, URL_BYTES};
use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Region, Request, Signer,
    Timestamp,
};

/// The access key of a device, and where it signs for.
struct Configuration {
    access_key_id: &'static [u8],
    access_key_secret: &'static [u8],
    /// The token of temporary credentials, and when they expire.
    security_token: Option<(&'static [u8], u64)>,
    region: &'static [u8],
    /// The host of the endpoint, if it is not the public one of the region.
    endpoint: Option<&'static [u8]>,
}

/// A request, as somebody tells the device to sign it.
struct Job {
    method: &'static [u8],
    bucket: &'static [u8],
    /// Without a key, the request is for the bucket itself.
    key: Option<&'static [u8]>,
    headers: &'static [Pair],
    additional_headers: &'static [&'static [u8]],
    query: &'static [Pair],
    expires_in: u32,
}

/// A name and a value.
type Pair = (&'static [u8], &'static [u8]);

/// Why nothing was signed.
enum Refusal {
    NotText,
    Unsigned(Error),
}

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    // What crates/oss-presign-c/board/presign.c signs.
    static CONFIGURATION: Configuration = Configuration {
        access_key_id: b"fake-access-key-id",
        access_key_secret: b"fake-access-key-secret",
        security_token: None,
        region: b"cn-hangzhou",
        endpoint: None,
    };
    static JOB: Job = Job {
        method: b"PUT",
        bucket: b"examplebucket",
        key: Some("devices/7f3a9c/photos/2024-11-12/ü +1.jpg".as_bytes()),
        headers: &[(b"content-type", b"image/jpeg")],
        additional_headers: &[],
        query: &[],
        expires_in: 600,
    };
    let mut url = [0; URL_BYTES];
    let (signed, cost) = measure(|| {
        // The compiler must not know what they say.
        sign(black_box(&CONFIGURATION), black_box(&JOB), black_box(NOW), black_box(&mut url[..]))
    });
    match &signed {
        Ok(length) => {
            say("url=");
            say_bytes(url.get(..*length).unwrap_or_default());
        }
        Err(Refusal::NotText) => say("some text is not UTF-8"),
        Err(Refusal::Unsigned(error)) => {
            black_box(error);
            say("refused");
        }
    }
    say("\n");
    cost.say();
    say_number("static", static_bytes());
    exit(if signed.is_ok() { 0 } else { 1 })
}

/// Writes the URL to `url`, and returns its length.
#[inline(never)]
fn sign(configuration: &Configuration, job: &Job, unix: u64, url: &mut [u8]) -> Result<usize, Refusal> {
    let now = Timestamp::from_unix(unix)?;
    let signer = signer(configuration, now)?;
    let request = request(job)?;
    let endpoint = endpoint(configuration, signer.scope().region())?;
    let expiry = Expiry::secs(job.expires_in)?.clamped_to_credentials();
    let presigned = signer.presign(&request, &endpoint, now, expiry, url)?;
    // What an HTTP client is given, beside the URL.
    black_box((presigned.host(), presigned.target()));
    for header in presigned.headers() {
        black_box(header);
    }
    Ok(presigned.url().len())
}

fn signer(configuration: &Configuration, now: Timestamp) -> Result<Signer<'_>, Refusal> {
    let (id, secret) = (text(configuration.access_key_id)?, text(configuration.access_key_secret)?);
    let mut credentials = Credentials::new(id, secret)?;
    if let Some((token, expires_at)) = configuration.security_token {
        credentials = credentials.with_security_token(text(token)?)?;
        credentials = credentials.expiring_at(Timestamp::from_unix(expires_at)?);
    }
    Ok(Signer::new(&credentials, Region::new(text(configuration.region)?)?, now))
}

fn endpoint<'a>(configuration: &'a Configuration, region: Region<'a>) -> Result<Endpoint<'a>, Refusal> {
    let Some(host) = configuration.endpoint else { return Ok(Endpoint::public(region)) };
    let endpoint = Endpoint::new(text(host)?, Addressing::VirtualHosted)?;
    endpoint.check_region(region)?;
    Ok(endpoint)
}

fn request(job: &Job) -> Result<Request<'_>, Refusal> {
    let (method, bucket) = (Method::parse(text(job.method)?)?, Bucket::new(text(job.bucket)?)?);
    let mut request = match job.key {
        Some(key) => Request::new(method, bucket, ObjectKey::new(text(key)?)?),
        None => Request::for_bucket(method, bucket),
    };
    for (name, value) in job.headers {
        request.header(text(name)?, text(value)?)?;
    }
    for name in job.additional_headers {
        request.additional_header(text(name)?)?;
    }
    for (name, value) in job.query {
        request.query(text(name)?, Some(text(value)?))?;
    }
    Ok(request)
}

fn text(bytes: &[u8]) -> Result<&str, NotText> {
    core::str::from_utf8(bytes).map_err(|_| NotText)
}

struct NotText;

impl From<NotText> for Refusal {
    fn from(NotText: NotText) -> Self {
        Self::NotText
    }
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Unsigned(error.into())
    }
}
