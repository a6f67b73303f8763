//! CopyObject, and the copied parts of a multipart upload.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::attributes;
use crate::auth::{Access, iso8601_unix};
use crate::call::Call;
use crate::conditions::{Conditions, Verdict};
use crate::error::{OssError, Result};
use crate::query::{Query, decode};
use crate::receive::{MAX_OBJECT, Receipt, receipt_of};
use crate::respond::{self, Answer};
use crate::routes::put_object;
use crate::state::State;
use crate::store::{self, Found, Kind};
use crate::xml::Writer;

/// The object that `x-oss-copy-source` names.
async fn source(state: &State, call: &Call) -> Result<Found> {
    let text = call.header("x-oss-copy-source").unwrap_or_default();
    let malformed = || {
        OssError::invalid_argument(
            "x-oss-copy-source is /bucket/key, percent-encoded.",
            "x-oss-copy-source",
            text,
        )
    };
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let (bucket, key) = path.strip_prefix('/').unwrap_or(path).split_once('/').ok_or_else(malformed)?;
    let (bucket, key) = (decode(bucket)?, decode(key)?);
    crate::address::valid_key(&key).map_err(|_| malformed())?;
    let version = Query::parse(query)?.value("versionId").map(str::to_owned);
    let bucket_acl = state.bucket(&bucket)?.acl;
    let found = state.store.run(move |store| {
        let found = store.find(&bucket, &key, version.as_deref())?;
        if found.meta.is_marker() { Err(OssError::no_such_key(&key)) } else { Ok(found) }
    });
    let found = found.await;
    let object_acl = found.as_ref().ok().and_then(|found| found.meta.attributes.acl);
    call.authorize(Access::Read, object_acl.unwrap_or(bucket_acl))?;
    let found = found?;
    match Conditions::of_copy(&call.headers).judge(&found.meta) {
        Verdict::Go => Ok(found),
        Verdict::NotModified => Err(OssError::new(304, "NotModified", "The source was not modified.")),
        Verdict::Failed(header) => Err(crate::conditions::failed(header)),
    }
}

/// Whether a directive asks to replace what the source has.
fn replaces(headers: &HeaderMap, name: &'static str, replace: &str, keep: &str) -> Result<bool> {
    match headers.get(name).map(|value| value.to_str().unwrap_or_default()) {
        None => Ok(false),
        Some(value) if value == replace => Ok(true),
        // Another case of the word is not understood as it, and then OSS copies.
        Some(value) if value.eq_ignore_ascii_case(replace) || value.eq_ignore_ascii_case(keep) => Ok(false),
        Some(value) => {
            Err(OssError::invalid_argument(format!("{name} is {keep} or {replace}."), name, value))
        }
    }
}

pub(super) async fn run(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    state.open_bucket(&call.identity, &bucket).await?;
    let guard = put_object::guard(&call.headers)?;
    let found = source(state, call).await?;
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let named = attributes::from_headers(&call.headers)?;
    let mut kept = found.meta.attributes.clone();
    if replaces(&call.headers, "x-oss-metadata-directive", "REPLACE", "COPY")? {
        let media_type = kept.header("content-type").map(str::to_owned);
        kept.headers.clone_from(&named.headers);
        if let Some(media_type) = media_type.filter(|_| !call.headers.contains_key(CONTENT_TYPE)) {
            kept.set_header("content-type", &media_type);
        }
    } else if let Some(class) = named.header("x-oss-storage-class") {
        kept.set_header("x-oss-storage-class", class);
    }
    if replaces(&call.headers, "x-oss-tagging-directive", "Replace", "Copy")? {
        kept.tags = named.tags;
    }
    // An ACL is never copied.
    kept.acl = named.acl;
    let now = state.now();
    let source_version = found.meta.version.clone();
    let meta = state
        .store
        .run(move |store| {
            let old = found.meta;
            let mut sink = store.sink()?;
            sink.append(found.source, 0..old.size)?;
            let kind = if old.kind == Kind::Appendable { Kind::Normal } else { old.kind };
            let meta = store::Meta { key, kind, modified: now, attributes: kept, ..(*old).clone() };
            store.commit(&bucket, sink, meta, &guard)
        })
        .await?;
    let mut xml = Writer::document();
    xml.open("CopyObjectResult");
    xml.element("ETag", &meta.quoted_etag());
    xml.element("LastModified", &iso8601_unix(meta.modified));
    xml.close("CopyObjectResult");
    let mut answer = respond::xml(xml.finish());
    let headers = answer.headers_mut();
    put_object::describe(state, call.bucket()?, &meta, headers);
    // It would be that of the source, not of this answer's body.
    headers.remove("content-md5");
    if let Some(version) = &source_version {
        respond::set(headers, "x-oss-copy-source-version-id", version);
    }
    Ok(answer)
}

/// The bytes of a copied part.
pub(super) async fn part(state: &State, call: &Call) -> Result<Receipt> {
    let found = source(state, call).await?;
    let size = found.meta.size;
    let range = match call.header("x-oss-copy-source-range") {
        None => 0..size,
        Some(text) => match crate::range::wanted(Some(text), size, true) {
            crate::range::Wanted::Part(range) => range,
            _ => {
                return Err(OssError::new(416, "InvalidRange", "The requested range cannot be satisfied"));
            }
        },
    };
    if range.end - range.start > MAX_OBJECT {
        return Err(OssError::entity_too_large(MAX_OBJECT, range.end - range.start));
    }
    let with_md5 = state.config.md5;
    state.store.run(move |store| receipt_of(store, found.source, range, with_md5)).await
}
