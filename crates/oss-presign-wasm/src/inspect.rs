//! `inspect`: what a presigned URL says of itself, without signature and token: the result may be shown to anyone.

use oss_presign::verify::ParsedUrl;

use crate::failure::Failure;
use crate::texts::{Reader, Writer};
use crate::url_parts::UrlParts;

/// Inspects.
///
/// Arguments: URL.
///
/// Result: scheme, host, path as it is encoded; access key id, region, product; time of signing, expiry; `token` where the
/// credentials are temporary; names of additional headers in lower case.
///
/// # Errors
/// A URL that is no V4 presigned one.
pub fn inspect(mut arguments: Reader<'_>, result: &mut Writer) -> Result<(), Failure> {
    let parts = UrlParts::read(arguments.text()?)?;
    let url = ParsedUrl::parse(parts.query).map_err(|error| Failure::new(error.code(), error))?;
    result.text(parts.scheme);
    result.text(parts.host);
    result.text(parts.path);
    let credential = url.credential();
    result.text(credential.access_key_id());
    result.text(credential.region());
    result.text(credential.product());
    result.number(url.signed_at().unix());
    result.number(url.expires_at().unix());
    result.optional(url.has_security_token().then_some("token"));
    let names: Vec<_> = url.additional_headers().collect();
    result.number(names.len() as u64);
    names.iter().for_each(|name| result.text(&name.to_ascii_lowercase()));
    Ok(())
}
