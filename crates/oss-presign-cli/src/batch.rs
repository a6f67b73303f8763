//! `oss-presign batch`: JSON Lines in, JSON Lines out.
//!
//! One line out per line in, in order and without waiting for the next one. A line that cannot be signed
//! becomes an error line; the others are not affected.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Read, Write};

use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region, Request,
    Scheme, Scope, Signer, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::key_cache::KeyCache;

/// More than everything that a URL takes from the defaults and that signing adds, in bytes.
const DEFAULTS_BYTES: usize = 32 * 1024;

/// How long a URL lives when a line does not say, in seconds.
const DEFAULT_EXPIRES: i64 = 3600;

/// What a line may leave out.
pub(crate) struct Defaults {
    /// The environment's, or why it has none.
    pub(crate) credentials: Result<oss_presign_std::Credentials, String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
}

/// How it went, as an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Every line was signed.
    AllSigned = 0,
    /// Some line was refused.
    SomeRefused = 1,
    /// Some line was no JSON object.
    UnusableInput = 2,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    scheme: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    endpoint: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    style: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    bucket: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    product: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    access_key_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    access_key_secret: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    security_token: Option<Cow<'a, str>>,
    #[serde(default)]
    timestamp: Option<i64>,
    #[serde(default)]
    expires: Option<i64>,
    #[serde(borrow, default)]
    headers: Option<Vec<(Text<'a>, Text<'a>)>>,
    #[serde(borrow, default)]
    additional_headers: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    query: Option<Vec<(Text<'a>, Option<Text<'a>>)>>,
    #[serde(default)]
    allow_dot_segments: bool,
}

/// A string that is borrowed from the line where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Serialize)]
struct Signed<'a> {
    id: Option<&'a RawValue>,
    method: &'static str,
    url: &'a str,
    headers: &'a [(Cow<'a, str>, &'a str)],
    expires_at: u64,
    signature: &'a str,
    canonical_request: &'a str,
    string_to_sign: &'a str,
}

#[derive(Serialize)]
struct Refused<'a> {
    id: Option<&'a RawValue>,
    error: Reason<'a>,
}

#[derive(Serialize)]
struct Reason<'a> {
    code: &'a str,
    message: String,
}

/// Why a line was not signed.
enum Refusal {
    /// Signing refused it.
    Sign(Error),
    /// A field is missing, or has a value that is not among the known ones.
    Field { code: &'static str, message: String },
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Sign(error.into())
    }
}

fn missing(field: &str, elsewhere: &str) -> Refusal {
    Refusal::Field { code: "MissingField", message: format!("`{field}` is missing{elsewhere}") }
}

fn unknown(field: &str, value: &str, known: &str) -> Refusal {
    let message = format!("`{field}` is `{}`: write {known}", value.escape_debug());
    Refusal::Field { code: "InvalidField", message }
}

/// Signs every line of `input`.
pub(crate) fn run(
    mut input: BufReader<impl Read>,
    mut output: impl Write,
    defaults: &Defaults,
    clock: impl Fn() -> Result<Timestamp, String>,
) -> io::Result<Outcome> {
    let mut outcome = Outcome::AllSigned;
    let mut batch = Batch::new(defaults, clock);
    let mut line = Vec::new();
    let mut number = 0u64;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(outcome);
        }
        number += 1;
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        outcome = outcome.max(batch.line(text, number, &mut output)?);
        // Whoever feeds this line by line waits for the answer; whoever feeds a file does not.
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
    }
}

struct Batch<'d, C> {
    defaults: &'d Defaults,
    clock: C,
    keys: KeyCache,
    url: Vec<u8>,
    canonical_request: String,
    string_to_sign: String,
}

impl<'d, C: Fn() -> Result<Timestamp, String>> Batch<'d, C> {
    fn new(defaults: &'d Defaults, clock: C) -> Self {
        Self {
            defaults,
            clock,
            keys: KeyCache::default(),
            url: vec![0; DEFAULTS_BYTES],
            canonical_request: String::new(),
            string_to_sign: String::new(),
        }
    }

    fn line(&mut self, text: &[u8], number: u64, output: &mut impl Write) -> io::Result<Outcome> {
        // A derived `Deserialize` would read an array as well, field by field.
        let is_object = text.trim_ascii_start().starts_with(b"{");
        let line = if is_object {
            serde_json::from_slice::<Line<'_>>(text)
        } else {
            Err(serde::de::Error::custom("expected a JSON object"))
        };
        let line = match line {
            Ok(line) => line,
            Err(error) => return unreadable(text, number, &error, output),
        };
        let Err(refusal) = self.sign(&line, text.len(), output)? else { return Ok(Outcome::AllSigned) };
        let (code, message) = match refusal {
            Refusal::Sign(error) => (error.code(), error.to_string()),
            Refusal::Field { code, message } => (code, message),
        };
        write_line(output, &Refused { id: line.id, error: Reason { code, message } })?;
        Ok(Outcome::SomeRefused)
    }

    fn sign(
        &mut self,
        line: &Line<'_>,
        line_length: usize,
        output: &mut impl Write,
    ) -> io::Result<Result<(), Refusal>> {
        match line.kind.as_deref() {
            None | Some("presign") => self.presign(line, line_length, output),
            Some(other) => Ok(Err(unknown("kind", other, "`presign`"))),
        }
    }

    fn presign(
        &mut self,
        line: &Line<'_>,
        line_length: usize,
        output: &mut impl Write,
    ) -> io::Result<Result<(), Refusal>> {
        let Self { keys, url, canonical_request, string_to_sign, .. } = self;
        let described = describe(line, self.defaults, &self.clock);
        let Description { credentials, scope, now, endpoint, expiry, request } = match described {
            Ok(described) => described,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let signer = Signer::with_key(
            &credentials,
            scope,
            keys.key(line.access_key_secret.as_deref(), &credentials, &scope),
        );
        // No byte of the line takes more than three in the URL.
        url.resize(url.len().max(3 * line_length + DEFAULTS_BYTES), 0);
        let presigned = match signer.presign(&request, &endpoint, now, expiry, url) {
            Ok(presigned) => presigned,
            Err(error) => return Ok(Err(error.into())),
        };
        canonical_request.clear();
        string_to_sign.clear();
        let written = presigned
            .write_canonical_request(canonical_request)
            .and_then(|()| presigned.write_string_to_sign(string_to_sign));
        written.map_err(io::Error::other)?;
        let headers: Vec<(Cow<'_, str>, &str)> =
            presigned.headers().map(|(name, value)| (lower_case(name), value)).collect();
        let signed = Signed {
            id: line.id,
            method: presigned.method().as_str(),
            url: presigned.url(),
            headers: &headers,
            expires_at: presigned.expires_at().unix(),
            signature: presigned.signature(),
            canonical_request,
            string_to_sign,
        };
        write_line(output, &signed)?;
        Ok(Ok(()))
    }
}

/// A line that is no JSON object, or one with a field of the wrong type.
fn unreadable(
    text: &[u8],
    number: u64,
    error: &serde_json::Error,
    output: &mut impl Write,
) -> io::Result<Outcome> {
    #[derive(Deserialize)]
    struct Identity<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    let identity = serde_json::from_slice::<Identity<'_>>(text).ok();
    let (id, code, outcome) = match identity {
        Some(identity) if text.trim_ascii_start().starts_with(b"{") => {
            (identity.id, "InvalidField", Outcome::SomeRefused)
        }
        _ => (None, "InvalidJson", Outcome::UnusableInput),
    };
    let message = format!("line {number}: {error}");
    write_line(output, &Refused { id, error: Reason { code, message } })?;
    Ok(outcome)
}

struct Description<'l> {
    credentials: Credentials<'l>,
    scope: Scope<'l>,
    now: Timestamp,
    endpoint: Endpoint<'l>,
    expiry: Expiry,
    request: Request<'l>,
}

fn describe<'l>(
    line: &'l Line<'_>,
    defaults: &'l Defaults,
    clock: &impl Fn() -> Result<Timestamp, String>,
) -> Result<Description<'l>, Refusal> {
    let credentials = credentials(line, defaults)?;
    let region = line.region.as_deref().or(defaults.region.as_deref());
    let region = Region::new(region.ok_or_else(|| missing("region", ", and so is OSS_REGION"))?)?;
    let product = line.product.as_deref().map_or(Ok(Product::Oss), Product::parse)?;
    let now = match line.timestamp {
        Some(seconds) => Timestamp::from_unix(u64::try_from(seconds).map_err(|_| {
            unknown("timestamp", &seconds.to_string(), "seconds since 1970-01-01T00:00:00Z, not before")
        })?)?,
        None => clock().map_err(|message| Refusal::Field { code: "Clock", message })?,
    };
    let expiry = expiry(line.expires.unwrap_or(DEFAULT_EXPIRES))?;
    let endpoint = endpoint(line, defaults, region)?;
    let request = request(line)?;
    Ok(Description { credentials, scope: Scope::new(now, region, product), now, endpoint, expiry, request })
}

/// The line's own credentials, or the default ones: never one half of each.
fn credentials<'l>(line: &'l Line<'_>, defaults: &'l Defaults) -> Result<Credentials<'l>, Refusal> {
    let credentials = match (&line.access_key_id, &line.access_key_secret) {
        (Some(id), Some(secret)) => Credentials::new(id, secret)?,
        (None, None) => match &defaults.credentials {
            Ok(credentials) => credentials.to_core()?,
            Err(reason) => return Err(missing("access_key_id", &format!(", and {reason}"))),
        },
        (Some(_), None) => return Err(missing("access_key_secret", " beside `access_key_id`")),
        (None, Some(_)) => return Err(missing("access_key_id", " beside `access_key_secret`")),
    };
    Ok(match line.security_token.as_deref() {
        Some(token) => credentials.with_security_token(token)?,
        None => credentials,
    })
}

fn expiry(seconds: i64) -> Result<Expiry, Refusal> {
    // What is below the range is refused as its lower end is, what is above it as its upper end.
    let clamped = u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
    Ok(Expiry::secs(clamped)?)
}

fn endpoint<'l>(
    line: &'l Line<'_>,
    defaults: &'l Defaults,
    region: Region<'l>,
) -> Result<Endpoint<'l>, Refusal> {
    let addressing = match line.style.as_deref() {
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
    match line.scheme.as_deref() {
        None => Ok(endpoint),
        Some("https") => Ok(endpoint.with_scheme(Scheme::Https)),
        Some("http") => Ok(endpoint.with_scheme(Scheme::Http)),
        Some(other) => Err(unknown("scheme", other, "`https` or `http`")),
    }
}

fn request<'l>(line: &'l Line<'_>) -> Result<Request<'l>, Refusal> {
    let method = line.method.as_deref().ok_or_else(|| missing("method", ""))?;
    let method = Method::parse(method)?;
    let bucket = Bucket::new(line.bucket.as_deref().ok_or_else(|| missing("bucket", ""))?)?;
    let mut request = match line.key.as_deref() {
        Some(key) if line.allow_dot_segments => {
            Request::with_capacity(method, bucket, ObjectKey::allowing_dot_segments(key)?)
        }
        Some(key) => Request::with_capacity(method, bucket, ObjectKey::new(key)?),
        None => Request::for_bucket(method, bucket),
    };
    for (name, value) in line.headers.iter().flatten() {
        request = request.header(&name.0, &value.0)?;
    }
    for name in line.additional_headers.iter().flatten() {
        request = request.additional_header(&name.0)?;
    }
    for (name, value) in line.query.iter().flatten() {
        request = request.query(&name.0, value.as_ref().map(|value| &*value.0))?;
    }
    Ok(request)
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn write_line(output: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}
