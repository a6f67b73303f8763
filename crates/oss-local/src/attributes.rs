//! What a request says about the object that it makes: the headers that are kept and given back.

use http::HeaderMap;
use http::header::{self, HeaderName, HeaderValue};

use crate::error::{OssError, Result};
use crate::query::decode;
use crate::store::{Acl, Attributes};

/// Kept as they are.
const KEPT: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::EXPIRES,
];
const META: &str = "x-oss-meta-";
/// The most bytes of all `x-oss-meta-*` headers together.
const MAX_META: usize = 8 * 1024;
const STORAGE_CLASSES: [&str; 5] = ["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];
/// OSS allows ten tags on an object.
const MAX_TAGS: usize = 10;

/// Reads the attributes of an upload from its headers.
pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Attributes> {
    let mut kept = Vec::new();
    for (name, value) in headers {
        let name = name.as_str();
        if KEPT.iter().any(|one| one == name) || is_kept_extension(name) {
            kept.push((name.to_owned(), text(name, value)?));
        }
    }
    build(kept, optional(headers, "x-oss-object-acl")?, optional(headers, "x-oss-tagging")?)
}

fn is_kept_extension(name: &str) -> bool {
    name.starts_with(META)
        || name == "x-oss-storage-class"
        || matches!(name, "x-oss-server-side-encryption" | "x-oss-server-side-data-encryption")
}

/// Checks and completes the attributes that a request or a form names.
pub(crate) fn build(
    mut kept: Vec<(String, String)>,
    acl: Option<String>,
    tagging: Option<String>,
) -> Result<Attributes> {
    let meta = kept.iter().filter(|(name, _)| name.starts_with(META));
    if meta.map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_META {
        return Err(OssError::new(400, "InvalidArgument", "The size of the user metadata exceeds 8 KB."));
    }
    if let Some((name, class)) = kept.iter().find(|(name, _)| name == "x-oss-storage-class")
        && !STORAGE_CLASSES.contains(&class.as_str())
    {
        return Err(OssError::invalid_argument("The specified storage class is not valid.", name, class));
    }
    if !kept.iter().any(|(name, _)| name == "content-type") {
        kept.push(("content-type".into(), "application/octet-stream".into()));
    }
    kept.sort();
    let acl = match acl.as_deref() {
        None | Some("default") => None,
        Some(text) => Some(Acl::parse(text).ok_or_else(|| {
            OssError::invalid_argument("The object ACL is not one that OSS knows.", "x-oss-object-acl", text)
        })?),
    };
    let tags = tagging.map_or(Ok(Vec::new()), |text| tags(&text))?;
    Ok(Attributes { headers: kept, acl, tags })
}

/// `a=1&b=2`, percent-encoded.
fn tags(text: &str) -> Result<Vec<(String, String)>> {
    let mut tags = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push((decode(name)?, decode(value)?));
    }
    check_tags(&tags)?;
    Ok(tags)
}

/// OSS's limits: 10 tags, names of 1 to 128 bytes, values of up to 256, no name twice.
pub(crate) fn check_tags(tags: &[(String, String)]) -> Result<()> {
    let twice =
        tags.iter().enumerate().any(|(at, (name, _))| tags.iter().take(at).any(|(other, _)| other == name));
    let too_long = tags.iter().any(|(name, value)| name.is_empty() || name.len() > 128 || value.len() > 256);
    if tags.len() > MAX_TAGS || twice || too_long {
        return Err(OssError::new(
            400,
            "InvalidTag",
            "At most 10 tags, each name once and of 1 to 128 bytes, values of up to 256 bytes.",
        ));
    }
    Ok(())
}

/// The text of a header, where it is there.
pub(crate) fn optional(headers: &HeaderMap, name: &str) -> Result<Option<String>> {
    headers.get(name).map(|value| text(name, value)).transpose()
}

fn text(name: &str, value: &HeaderValue) -> Result<String> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err(OssError::invalid_argument("The header's value is not UTF-8.", name, "")),
    }
}

/// Gives the kept headers back.
pub(crate) fn to_headers(attributes: &Attributes, headers: &mut HeaderMap) {
    for (name, value) in &attributes.headers {
        // Both were headers once.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.insert(name, value);
        }
    }
    headers.entry("x-oss-storage-class").or_insert(HeaderValue::from_static("Standard"));
}
