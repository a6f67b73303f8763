//! `sign`: a presigned URL, or a request signed by header, and how its signature is made.

use std::fmt;

use oss_presign::{
    Addressing, Bucket, Endpoint, Expiry, Method, ObjectKey, PresignError, Product, Region,
    RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
};

use crate::credentials;
use crate::failure::Failure;
use crate::texts::{Reader, Writer};

/// The most headers, additional headers and parameters of a request.
const CAPACITY: usize = 64;

/// Signs.
///
/// Arguments: credentials; region, product or absent; method, bucket or absent, key or absent, `dots` where a key may have dot
/// segments; host of the endpoint or absent for the region's public one, addressing or absent, scheme or absent; headers;
/// names of additional headers; parameters, whose values may be absent; time; lifetime in seconds, absent for a signature in
/// the `Authorization` header.
///
/// Result: method, URL, expiry or absent, headers to send, canonical request, string to sign, signature.
///
/// # Errors
/// Those of the core.
pub fn sign(mut arguments: Reader<'_>, result: &mut Writer) -> Result<(), Failure> {
    let credentials = credentials::read(&mut arguments)?;
    let region = Region::new(arguments.text()?)?;
    let product = arguments.optional()?.map_or(Ok(Product::Oss), Product::parse)?;
    let mut request = new_request(&mut arguments)?;
    let endpoint = endpoint(&mut arguments, region)?;
    for (name, value) in arguments.pairs()? {
        request.header(name, value)?;
    }
    for name in arguments.optional_list(Reader::text)?.unwrap_or_default() {
        request.additional_header(name)?;
    }
    let parameters = arguments.optional_list(|texts| Ok((texts.text()?, texts.optional()?)))?;
    for (name, value) in parameters.unwrap_or_default() {
        request.query(name, value)?;
    }
    let now = Timestamp::from_unix(arguments.number()?)?;
    let signer = Signer::for_scope(&credentials, Scope::new(now, region, product));
    match arguments.optional_number()? {
        Some(seconds) => presign(&signer, &request, &endpoint, now, Expiry::secs(seconds)?, result),
        None => sign_header(&signer, &request, &endpoint, now, result),
    }
}

fn new_request<'a>(arguments: &mut Reader<'a>) -> Result<RequestWithCapacity<'a, CAPACITY>, Failure> {
    let method = Method::parse(arguments.text()?)?;
    let bucket = arguments.optional()?.map(Bucket::new).transpose()?;
    let key = arguments.optional()?;
    let any_key = arguments.optional()? == Some("dots");
    let check = if any_key { ObjectKey::allowing_dot_segments } else { ObjectKey::new };
    Ok(match (bucket, key) {
        (Some(bucket), Some(key)) => RequestWithCapacity::new(method, bucket, check(key)?),
        (Some(bucket), None) => RequestWithCapacity::for_bucket(method, bucket),
        (None, None) => RequestWithCapacity::for_service(method),
        (None, Some(_)) => return Err(PresignError::BucketMissing.into()),
    })
}

fn endpoint<'a>(arguments: &mut Reader<'a>, region: Region<'a>) -> Result<Endpoint<'a>, Failure> {
    let host = arguments.optional()?;
    let addressing = arguments.optional()?.map_or(Ok(Addressing::VirtualHosted), Addressing::parse)?;
    let endpoint = match host {
        Some(host) => Endpoint::new(host, addressing)?,
        None => Endpoint::public(region),
    };
    endpoint.check_region(region)?;
    Ok(match arguments.optional()? {
        Some(scheme) => endpoint.with_scheme(Scheme::parse(scheme)?),
        None => endpoint,
    })
}

fn presign(
    signer: &Signer<'_>,
    request: &RequestWithCapacity<'_, CAPACITY>,
    endpoint: &Endpoint<'_>,
    now: Timestamp,
    expiry: Expiry,
    result: &mut Writer,
) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    if let Err(PresignError::BufferTooSmall { needed }) =
        signer.presign(request, endpoint, now, expiry, &mut buffer)
    {
        buffer.resize(needed, 0);
    }
    let presigned = signer.presign(request, endpoint, now, expiry, &mut buffer)?;
    result.text(presigned.method().as_str());
    result.text(presigned.url());
    result.number(presigned.expires_at().unix());
    write_headers(presigned.headers(), result);
    write_written(|writer| presigned.write_canonical_request(writer), result)?;
    write_written(|writer| presigned.write_string_to_sign(writer), result)?;
    result.text(presigned.signature());
    Ok(())
}

fn sign_header(
    signer: &Signer<'_>,
    request: &RequestWithCapacity<'_, CAPACITY>,
    endpoint: &Endpoint<'_>,
    now: Timestamp,
    result: &mut Writer,
) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    if let Err(PresignError::BufferTooSmall { needed }) =
        signer.sign_header(request, endpoint, now, &mut buffer)
    {
        buffer.resize(needed, 0);
    }
    let authorized = signer.sign_header(request, endpoint, now, &mut buffer)?;
    result.text(authorized.method().as_str());
    result.text(authorized.url());
    result.optional(None);
    write_headers(authorized.headers(), result);
    write_written(|writer| authorized.write_canonical_request(writer), result)?;
    write_written(|writer| authorized.write_string_to_sign(writer), result)?;
    result.text(authorized.signature());
    Ok(())
}

fn write_headers<'h>(headers: impl Iterator<Item = (&'h str, &'h str)>, result: &mut Writer) {
    let headers: Vec<_> = headers.collect();
    result.number(headers.len() as u64);
    for (name, value) in headers {
        result.text(&name.to_ascii_lowercase());
        result.text(value);
    }
}

fn write_written(
    write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result,
    result: &mut Writer,
) -> Result<(), Failure> {
    let mut text = String::new();
    write(&mut text).map_err(|_| PresignError::Internal)?;
    result.text(&text);
    Ok(())
}
