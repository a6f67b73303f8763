//! GetObject and HeadObject.

use http::header::{self, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::attributes;
use crate::body::Body;
use crate::call::{Access, Call};
use crate::error::{OssError, Result};
use crate::range::{Wanted, wanted};
use crate::respond::{self, Answer};
use crate::service::Service;
use crate::store::Found;

pub(super) async fn run(service: &Service, call: &Call) -> Result<Answer> {
    let found = find(service, call).await?;
    let meta = &found.meta;
    let size = meta.size;
    let standard = call.header("x-oss-range-behavior") == Some("standard");
    let range = match wanted(call.header(header::RANGE), size, standard) {
        Wanted::Unsatisfiable => {
            let whole = HeaderValue::try_from(format!("bytes */{size}"));
            let refusal = OssError::new(416, "InvalidRange", "The requested range cannot be satisfied")
                .detail("ActualObjectSize", size.to_string());
            return Err(match whole {
                Ok(whole) => refusal.header(header::CONTENT_RANGE, whole),
                Err(_) => refusal,
            });
        }
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
    };
    let mut answer = Response::new(Body::empty());
    let headers = answer.headers_mut();
    attributes::to_headers(&meta.attributes, headers);
    super::put_object::describe(meta, headers);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    respond::set(headers, "last-modified", &respond::http_date(meta.modified));
    respond::set(headers, "x-oss-object-type", meta.kind.as_str());
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
        *answer.body_mut() = Body::stored(found.source, range);
    }
    Ok(answer)
}

/// The version that the request names, if whoever asks may read it.
pub(super) async fn find(service: &Service, call: &Call) -> Result<Found> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    let version = call.version().map(str::to_owned);
    let bucket_acl = service.bucket(&bucket).await?.acl;
    let found = {
        let key = key.clone();
        service.store.run(move |store| store.find(&bucket, &key, version.as_deref())).await
    };
    let object_acl = found.as_ref().ok().and_then(|found| found.meta.attributes.acl);
    // Before anything is said about the object: a stranger does not learn whether it is there.
    call.authorize(Access::Read, object_acl.unwrap_or(bucket_acl))?;
    let found = found?;
    if found.meta.is_marker() {
        let version = HeaderValue::try_from(found.meta.version_id());
        let mut refusal = if call.version().is_some() {
            OssError::method_not_allowed(call.method.as_str())
        } else {
            OssError::no_such_key(&key)
        };
        refusal = refusal
            .header(header::HeaderName::from_static("x-oss-delete-marker"), HeaderValue::from_static("true"));
        return Err(match version {
            Ok(version) => refusal.header(header::HeaderName::from_static("x-oss-version-id"), version),
            Err(_) => refusal,
        });
    }
    Ok(found)
}
