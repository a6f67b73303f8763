//! ListObjects, ListObjectsV2, ListObjectVersions.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::auth::{Access, iso8601_unix};
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::query::encode;
use crate::respond::{self, Answer};
use crate::routes::owner;
use crate::state::State;
use crate::store::{Meta, Wanted};
use crate::xml::Writer;

/// How keys are written: as they are, or percent-encoded, because XML cannot carry every key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    url: bool,
}

impl Encoding {
    pub(super) fn of(call: &Call) -> Result<Self> {
        match call.query.value("encoding-type").or(call.header("encoding-type")).unwrap_or_default() {
            "" => Ok(Self { url: false }),
            "url" => Ok(Self { url: true }),
            other => {
                Err(OssError::invalid_argument("encoding-type can only be url.", "encoding-type", other))
            }
        }
    }

    pub(super) fn apply<'t>(self, text: &'t str) -> Cow<'t, str> {
        if self.url { encode(text).into() } else { text.into() }
    }

    pub(super) fn tell(self, xml: &mut Writer) {
        if self.url {
            xml.element("EncodingType", "url");
        }
    }
}

async fn wanted(state: &State, call: &Call, after: String) -> Result<(String, Wanted)> {
    let bucket = call.bucket()?.to_owned();
    call.authorize(Access::Read, state.bucket(&bucket)?.acl)?;
    let limit = call.number("max-keys", 1..=1000)?.unwrap_or(100);
    let text = |name| call.query.value(name).unwrap_or_default().to_owned();
    let wanted = Wanted {
        prefix: text("prefix"),
        delimiter: text("delimiter"),
        after,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    Ok((bucket, wanted))
}

/// ListObjects and ListObjectsV2.
pub(super) async fn objects(state: &State, call: &Call) -> Result<Answer> {
    let encoding = Encoding::of(call)?;
    let second = match call.query.value("list-type") {
        None => false,
        Some("2") => true,
        Some(other) => {
            return Err(OssError::invalid_argument("list-type can only be 2.", "list-type", other));
        }
    };
    let text = |name| call.query.value(name).unwrap_or_default();
    let token = text("continuation-token");
    let after = if !second {
        text("marker").to_owned()
    } else if token.is_empty() {
        text("start-after").to_owned()
    } else {
        let decoded = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.ok_or_else(|| {
            OssError::invalid_argument(
                "The continuation token is not one of this server.",
                "continuation-token",
                token,
            )
        })?
    };
    let (bucket, wanted) = wanted(state, call, after).await?;
    let (name, limit) = (bucket.clone(), wanted.limit);
    let page = state.store.run(move |store| store.list(&bucket, &wanted)).await?;

    let mut xml = Writer::document();
    xml.open("ListBucketResult");
    xml.element("Name", &name);
    xml.element("Prefix", &encoding.apply(text("prefix")));
    if second {
        xml.element("StartAfter", &encoding.apply(text("start-after")));
        if !token.is_empty() {
            xml.element("ContinuationToken", token);
        }
    } else {
        xml.element("Marker", &encoding.apply(text("marker")));
    }
    xml.number("MaxKeys", limit as u64);
    xml.element("Delimiter", &encoding.apply(text("delimiter")));
    encoding.tell(&mut xml);
    xml.element("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    match &page.next {
        Some(next) if second => xml.element("NextContinuationToken", &STANDARD.encode(next)),
        Some(next) => xml.element("NextMarker", &encoding.apply(next)),
        None => {}
    }
    let with_owner = !second || text("fetch-owner") == "true";
    for listed in &page.objects {
        xml.open("Contents");
        xml.element("Key", &encoding.apply(&listed.meta.key));
        entry(&mut xml, &listed.meta);
        if with_owner {
            owner::write(&mut xml);
        }
        xml.close("Contents");
    }
    prefixes(&mut xml, &page.prefixes, encoding);
    if second {
        xml.number("KeyCount", (page.objects.len() + page.prefixes.len()) as u64);
    }
    xml.close("ListBucketResult");
    Ok(respond::xml(xml.finish()))
}

fn entry(xml: &mut Writer, meta: &Meta) {
    xml.element("LastModified", &iso8601_unix(meta.modified));
    if meta.is_marker() {
        return;
    }
    xml.element("ETag", &meta.quoted_etag());
    xml.element("Type", meta.kind.as_str());
    xml.number("Size", meta.size);
    xml.element("StorageClass", meta.attributes.storage_class());
}

/// The group of a key: what it begins with, to the delimiter after the prefix.
pub(super) fn group<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    let rest = key.strip_prefix(prefix).filter(|_| !delimiter.is_empty())?;
    key.get(..prefix.len() + rest.find(delimiter)? + delimiter.len())
}

pub(super) fn prefixes(xml: &mut Writer, prefixes: &[impl AsRef<str>], encoding: Encoding) {
    for prefix in prefixes {
        let prefix = prefix.as_ref();
        xml.open("CommonPrefixes");
        xml.element("Prefix", &encoding.apply(prefix));
        xml.close("CommonPrefixes");
    }
}

/// ListObjectVersions. A page ends between objects, so that `key-marker` suffices to say where to go on.
pub(super) async fn versions(state: &State, call: &Call) -> Result<Answer> {
    let encoding = Encoding::of(call)?;
    let text = |name| call.query.value(name).unwrap_or_default();
    let (bucket, wanted) = wanted(state, call, text("key-marker").to_owned()).await?;
    let (name, limit) = (bucket.clone(), wanted.limit);
    let page = state.store.run(move |store| store.list_versions(&bucket, &wanted)).await?;

    let mut xml = Writer::document();
    xml.open("ListVersionsResult");
    xml.element("Name", &name);
    xml.element("Prefix", &encoding.apply(text("prefix")));
    xml.element("KeyMarker", &encoding.apply(text("key-marker")));
    xml.element("VersionIdMarker", text("version-id-marker"));
    xml.number("MaxKeys", limit as u64);
    xml.element("Delimiter", &encoding.apply(text("delimiter")));
    encoding.tell(&mut xml);
    xml.element("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    // Told on the last page, too, and empty: SDKs insist on them.
    xml.element("NextKeyMarker", &encoding.apply(page.next.as_deref().unwrap_or_default()));
    xml.element("NextVersionIdMarker", "");
    for listed in &page.objects {
        let element = if listed.meta.is_marker() { "DeleteMarker" } else { "Version" };
        xml.open(element);
        xml.element("Key", &encoding.apply(&listed.meta.key));
        xml.element("VersionId", listed.meta.version_id());
        xml.element("IsLatest", if listed.latest { "true" } else { "false" });
        entry(&mut xml, &listed.meta);
        owner::write(&mut xml);
        xml.close(element);
    }
    prefixes(&mut xml, &page.prefixes, encoding);
    xml.close("ListVersionsResult");
    Ok(respond::xml(xml.finish()))
}
