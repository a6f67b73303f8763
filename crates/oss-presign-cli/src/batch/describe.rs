//! What a line describes, in the core's terms.

use oss_presign::{
    Addressing, Bucket, Credentials, DayKey, Endpoint, Expiry, Method, ObjectKey, Product, Region,
    RequestWithCapacity, Scheme, Scope, Timestamp,
};

use super::Defaults;
use super::line::{Line, Refusal, missing, unknown};

/// How long a URL lives when a line does not say, in seconds.
const DEFAULT_EXPIRES: i64 = 3600;

/// What signs a line, in the core's form.
#[derive(Clone, Copy)]
pub(super) enum LineSource<'l> {
    Credentials(Credentials<'l>),
    DayKey(DayKey<'l>),
}

/// Who signs, when, for where.
pub(super) struct Identity<'l> {
    pub(super) source: LineSource<'l>,
    pub(super) region: Region<'l>,
    pub(super) scope: Scope<'l>,
    pub(super) now: Timestamp,
}

pub(super) fn identity<'l>(
    line: &'l Line<'_>,
    defaults: &'l Defaults,
    default_source: Option<LineSource<'l>>,
    clock: &impl Fn() -> Result<Timestamp, String>,
) -> Result<Identity<'l>, Refusal> {
    let source = source(line, defaults, default_source)?;
    let region = line.region.as_deref().or(defaults.region.as_deref());
    let region = Region::new(region.ok_or_else(|| missing("region", ", and so is OSS_REGION"))?)?;
    let product = line.product.as_deref().map_or(Ok(Product::Oss), Product::parse)?;
    if let LineSource::DayKey(day_key) = &source {
        day_key.check_region(region, product)?;
    }
    let now = match line.timestamp {
        Some(seconds) => Timestamp::from_unix(u64::try_from(seconds).map_err(|_| {
            unknown("timestamp", &seconds.to_string(), "seconds since 1970-01-01T00:00:00Z, not before")
        })?)?,
        None => clock().map_err(|message| Refusal::Field { code: "Clock", message })?,
    };
    Ok(Identity { source, region, scope: Scope::new(now, region, product), now })
}

/// The line's own credentials, or what signs by default: never one half of each.
fn source<'l>(
    line: &'l Line<'_>,
    defaults: &Defaults,
    default_source: Option<LineSource<'l>>,
) -> Result<LineSource<'l>, Refusal> {
    let credentials = match (&line.access_key_id, &line.access_key_secret, default_source) {
        (Some(id), Some(secret), _) => Credentials::new(id, secret)?,
        (None, None, Some(LineSource::Credentials(credentials))) => credentials,
        (None, None, Some(by_day_key)) if line.security_token.is_none() => return Ok(by_day_key),
        (None, None, Some(_)) => return Err(missing("access_key_id", " beside `security_token`")),
        (None, None, None) => {
            let reason = defaults.source.as_ref().err().map_or("", String::as_str);
            return Err(missing("access_key_id", &format!(", and {reason}")));
        }
        (Some(_), None, _) => return Err(missing("access_key_secret", " beside `access_key_id`")),
        (None, Some(_), _) => return Err(missing("access_key_id", " beside `access_key_secret`")),
    };
    Ok(LineSource::Credentials(match line.security_token.as_deref() {
        Some(token) => credentials.with_security_token(token)?,
        None => credentials,
    }))
}

pub(super) fn expiry(line: &Line<'_>) -> Result<Expiry, Refusal> {
    let seconds = line.expires.unwrap_or(DEFAULT_EXPIRES);
    // What is below the range is refused as its lower end is, what is above it as its upper end.
    let clamped = u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
    Ok(Expiry::secs(clamped)?)
}

pub(super) fn endpoint<'l>(
    line: &'l Line<'_>,
    defaults: &'l Defaults,
    region: Region<'l>,
) -> Result<Endpoint<'l>, Refusal> {
    let addressing = match line.style.as_deref() {
        None if line.endpoint.is_none() => defaults.addressing,
        None | Some("virtual") => Addressing::VirtualHosted,
        Some("path") => Addressing::Path,
        Some("cname") => Addressing::Cname,
        Some(other) => return Err(unknown("style", other, "`virtual`, `path` or `cname`")),
    };
    let endpoint = match line.endpoint.as_deref().or(defaults.endpoint.as_deref()) {
        Some(host) => Endpoint::new(host, addressing)?,
        None if addressing == Addressing::VirtualHosted => Endpoint::public(region),
        None => return Err(missing("endpoint", ", and `style` needs one")),
    };
    endpoint.check_region(region)?;
    match line.scheme.as_deref() {
        None => Ok(endpoint),
        Some("https") => Ok(endpoint.with_scheme(Scheme::Https)),
        Some("http") => Ok(endpoint.with_scheme(Scheme::Http)),
        Some(other) => Err(unknown("scheme", other, "`https` or `http`")),
    }
}

pub(super) fn request<'l, const CAPACITY: usize>(
    line: &'l Line<'_>,
) -> Result<RequestWithCapacity<'l, CAPACITY>, Refusal> {
    let method = line.method.as_deref().ok_or_else(|| missing("method", ""))?;
    let method = Method::parse(method)?;
    let bucket = Bucket::new(line.bucket.as_deref().ok_or_else(|| missing("bucket", ""))?)?;
    let mut request = match line.key.as_deref() {
        Some(key) if line.allow_dot_segments => {
            RequestWithCapacity::new(method, bucket, ObjectKey::allowing_dot_segments(key)?)
        }
        Some(key) => RequestWithCapacity::new(method, bucket, ObjectKey::new(key)?),
        None => RequestWithCapacity::for_bucket(method, bucket),
    };
    for (name, value) in line.headers.iter().flatten() {
        request.header(name, value)?;
    }
    for name in line.additional_headers.iter().flatten() {
        request.additional_header(name)?;
    }
    for (name, value) in line.query.iter().flatten() {
        request.query(name, value.as_deref())?;
    }
    Ok(request)
}
