//! GetObject and HeadObject.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::attributes;
use crate::auth::{Access, Identity};
use crate::body::Body;
use crate::call::Call;
use crate::conditions::{self, Conditions, Verdict};
use crate::error::{OssError, Result};
use crate::image;
use crate::range::{Wanted, wanted};
use crate::respond::{self, Answer};
use crate::routes::put_object;
use crate::state::State;
use crate::store::{Found, Kind, Meta};

/// `response-<name>` in the query replaces the header of the answer.
const OVERRIDES: [&str; 6] = [
    "content-type",
    "content-language",
    "expires",
    "cache-control",
    "content-disposition",
    "content-encoding",
];

pub(super) async fn run(state: &State, call: &Call) -> Result<Answer> {
    let overrides = overrides(call)?;
    let mut found = find(state, call).await?;
    let link = (found.meta.kind == Kind::Symlink).then(|| found.meta.clone());
    if let Some(link) = &link {
        found = target(state, call, link).await?;
    }
    let meta = found.meta.clone();
    let mut described = HeaderMap::new();
    describe(&meta, &mut described);
    put_object::describe(state, call.bucket()?, &meta, &mut described);
    match Conditions::of_read(&call.headers).judge(&meta) {
        Verdict::Go => {}
        Verdict::Failed(condition) => return Err(conditions::failed(condition)),
        Verdict::NotModified => {
            let mut answer = respond::empty(304);
            for name in ["etag", "last-modified", "x-oss-version-id"] {
                if let Some(value) = described.remove(name) {
                    answer.headers_mut().insert(name, value);
                }
            }
            return Ok(answer);
        }
    }
    if call.query.has("objectMeta") {
        return Ok(short(described, meta.size));
    }
    if let Some(process) = call.query.value("x-oss-process").filter(|_| call.method == Method::GET) {
        let mut answer = image::answer(state, call, found, process).await?;
        answer.headers_mut().extend(overrides);
        return Ok(answer);
    }
    let size = meta.size;
    let standard = call.header("x-oss-range-behavior") == Some("standard");
    let range = match wanted(call.header(header::RANGE), size, standard) {
        Wanted::Unsatisfiable => {
            let refusal = OssError::new(416, "InvalidRange", "The requested range cannot be satisfied")
                .detail("ActualObjectSize", size.to_string());
            return Err(with_header(refusal, header::CONTENT_RANGE, &format!("bytes */{size}")));
        }
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
    };
    let mut answer = Response::new(Body::empty());
    *answer.headers_mut() = described;
    let headers = answer.headers_mut();
    if let Some(link) = &link {
        respond::set(headers, "last-modified", &respond::http_date(link.modified));
        respond::set(headers, "x-oss-object-type", link.kind.as_str());
    }
    headers.extend(overrides);
    if let Some(range) = &range {
        respond::set(headers, "content-range", &format!("bytes {}-{}/{size}", range.start, range.end - 1));
        // It is the whole object's.
        headers.remove("content-md5");
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let range = range.unwrap_or(0..size);
    if call.method == Method::HEAD {
        answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    } else {
        *answer.body_mut() = Body::stored(state.store.clone(), found.source, range);
    }
    Ok(answer)
}

/// GetObjectMeta: what identifies the content, and nothing of what the client said about it.
fn short(mut described: HeaderMap, size: u64) -> Answer {
    let mut answer = respond::empty(200);
    for name in ["etag", "last-modified", "x-oss-hash-crc64ecma", "x-oss-version-id"] {
        if let Some(value) = described.remove(name) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    answer
}

fn describe(meta: &Meta, headers: &mut HeaderMap) {
    attributes::to_headers(&meta.attributes, headers);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    respond::set(headers, "last-modified", &respond::http_date(meta.modified));
    respond::set(headers, "x-oss-object-type", meta.kind.as_str());
    if meta.kind == Kind::Appendable {
        respond::set(headers, "x-oss-next-append-position", &meta.size.to_string());
    }
    if !meta.attributes.tags.is_empty() {
        respond::set(headers, "x-oss-tagging-count", &meta.attributes.tags.len().to_string());
    }
}

/// The headers that the query replaces.
fn overrides(call: &Call) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for name in OVERRIDES {
        let parameter = format!("response-{name}");
        let Some(text) = call.query.value(&parameter) else {
            continue;
        };
        if call.identity == Identity::Anonymous {
            return Err(OssError::new(400, "InvalidRequest", format!("{parameter} needs a signed request.")));
        }
        let value = HeaderValue::from_bytes(text.as_bytes());
        let value = value.map_err(|_| {
            OssError::invalid_argument("The value cannot be one of a header.", &parameter, text)
        })?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

/// The version that the request names, if whoever asks may read it.
pub(super) async fn find(state: &State, call: &Call) -> Result<Found> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    let version = call.version().map(str::to_owned);
    let bucket_acl = state.bucket(&bucket)?.acl;
    let found = {
        let key = key.clone();
        state.store.run(move |store| store.find(&bucket, &key, version.as_deref())).await
    };
    let object_acl = found.as_ref().ok().and_then(|found| found.meta.attributes.acl);
    // Before anything is said about the object: a stranger does not learn whether it is there.
    call.authorize(Access::Read, object_acl.unwrap_or(bucket_acl))?;
    let found = found?;
    if found.meta.is_marker() {
        let refusal = if call.version().is_some() {
            OssError::method_not_allowed(call.method.as_str())
        } else {
            OssError::no_such_key(&key)
        };
        let refusal = with_header(refusal, HeaderName::from_static("x-oss-delete-marker"), "true");
        return Err(with_header(
            refusal,
            HeaderName::from_static("x-oss-version-id"),
            found.meta.version_id(),
        ));
    }
    Ok(found)
}

/// The object that a symlink points to.
async fn target(state: &State, call: &Call, link: &Meta) -> Result<Found> {
    let bucket = call.bucket()?.to_owned();
    let bucket_acl = state.bucket(&bucket)?.acl;
    let key = link.symlink_target.clone().unwrap_or_default();
    let found = state.store.run(move |store| store.find(&bucket, &key, None)).await;
    let found = found.ok().filter(|found| !found.meta.is_marker());
    let Some(found) = found else {
        return Err(OssError::new(404, "SymlinkTargetNotExist", "The symlink target object does not exist"));
    };
    call.authorize(Access::Read, found.meta.attributes.acl.unwrap_or(bucket_acl))?;
    if found.meta.kind == Kind::Symlink {
        return Err(OssError::new(400, "InvalidTargetType", "The symlink's target object type is invalid"));
    }
    Ok(found)
}

fn with_header(refusal: OssError, name: HeaderName, value: &str) -> OssError {
    match HeaderValue::try_from(value) {
        Ok(value) => refusal.header(name, value),
        Err(_) => refusal,
    }
}
