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
/// The encryption that a request asks for, which the answers repeat.
pub(crate) const ENCRYPTION: [&str; 3] = [
    "x-oss-server-side-encryption",
    "x-oss-server-side-data-encryption",
    "x-oss-server-side-encryption-key-id",
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
    name.starts_with(META) || name == "x-oss-storage-class" || ENCRYPTION.contains(&name)
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
    let acl = self::acl(acl.as_deref())?;
    let tags = tagging.map_or(Ok(Vec::new()), |text| tags(&text))?;
    Ok(Attributes { headers: kept, acl, tags })
}

/// Reads `x-oss-object-acl`; None: that of the bucket.
pub(crate) fn acl(text: Option<&str>) -> Result<Option<Acl>> {
    match text {
        None | Some("default") => Ok(None),
        Some(text) => Acl::parse(text).map(Some).ok_or_else(|| {
            OssError::invalid_argument("The object ACL is not one that OSS knows.", "x-oss-object-acl", text)
        }),
    }
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

/// OSS's limits: 10 tags, names of 1 to 128 bytes, values of up to 256, of letters, digits, blanks and `+-=._:/`; no
/// name twice.
pub(crate) fn check_tags(tags: &[(String, String)]) -> Result<()> {
    let twice =
        tags.iter().enumerate().any(|(at, (name, _))| tags.iter().take(at).any(|(other, _)| other == name));
    let too_long = tags.iter().any(|(name, value)| name.is_empty() || name.len() > 128 || value.len() > 256);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" +-=._:/".contains(&byte);
    let odd = tags.iter().any(|(name, value)| !name.bytes().chain(value.bytes()).all(allowed));
    if tags.len() > MAX_TAGS || twice || too_long || odd {
        return Err(OssError::new(
            400,
            "InvalidTag",
            "At most 10 tags, each name once and of 1 to 128 bytes, values of up to 256 bytes, of letters, digits, blanks \
             and the characters + - = . _ : /.",
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
