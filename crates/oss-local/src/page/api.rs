//! What the page asks for, as JSON.

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PostPolicy, Region, Request, Scheme, Signer, Timestamp,
};
use serde_json::{Value, json};

use crate::error::{OssError, Result};
use crate::query::Query;
use crate::state::State;
use crate::store::{Versioning, Wanted};

/// How long the page's URLs live, in seconds.
const LIFE: u32 = 600;
/// Keys that the page shows of a bucket.
const SHOWN: usize = 200;

/// Answers what a holder of the token asks for.
pub(super) fn answer(state: &State, path: &str, query: &str, host: &str) -> Result<Value> {
    let query = Query::parse(query)?;
    match path {
        "/-/state" => Ok(stored(state)),
        "/-/objects" => objects(state, &query),
        "/-/presign" => presign(state, &query, host),
        "/-/log" => Ok(log(state, &query)),
        _ => Err(OssError::new(404, "NoSuchKey", "The page has no such part.")),
    }
}

fn stored(state: &State) -> Value {
    let bucket = |(name, meta): (String, crate::store::BucketMeta)| {
        let all = Wanted { limit: usize::MAX, ..Wanted::default() };
        // A bucket that has just gone has no objects.
        let objects = state.store.list(&name, &all).unwrap_or_default().objects;
        let bytes: u64 = objects.iter().map(|listed| listed.meta.size).sum();
        let versioned = meta.versioning == Versioning::Enabled;
        json!({ "name": name, "versioned": versioned, "objects": objects.len(), "bytes": bytes })
    };
    let buckets: Vec<_> = state.store.buckets().into_iter().map(bucket).collect();
    json!({ "region": state.authority.region, "now": state.now(), "buckets": buckets })
}

fn objects(state: &State, query: &Query) -> Result<Value> {
    let wanted = Wanted { limit: SHOWN, ..Wanted::default() };
    let page = state.store.list(query.value("bucket").unwrap_or_default(), &wanted)?;
    let object = |listed: &crate::store::Listed| {
        let meta = &listed.meta;
        json!({ "key": meta.key, "bytes": meta.size, "modified": meta.modified })
    };
    let objects: Vec<_> = page.objects.iter().map(object).collect();
    Ok(json!({ "objects": objects, "more": page.next.is_some() }))
}

fn log(state: &State, query: &Query) -> Value {
    let since = query.value("since").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (next, records) = state.config.log.since(since);
    json!({ "next": next, "records": records })
}

/// What the page needs to upload one object: a URL for PUT, a form for POST, and a URL to look at it.
fn presign(state: &State, query: &Query, host: &str) -> Result<Value> {
    let text = |name| query.value(name).unwrap_or_default();
    let refused = |error: &dyn std::fmt::Display| OssError::new(400, "InvalidArgument", error.to_string());
    let bucket = Bucket::new(text("bucket")).map_err(|error| refused(&error))?;
    let key = ObjectKey::new(text("key")).map_err(|error| refused(&error))?;
    let unix = state.now();
    let usable = |expiry: Option<u64>| expiry.is_none_or(|end| end > unix + u64::from(LIFE));
    let credential = state.authority.credentials.iter().find(|credential| usable(credential.expiry()));
    let credential = credential.ok_or_else(|| {
        OssError::new(
            503,
            "ServiceUnavailable",
            "The server was started without an access key that is valid for ten minutes.",
        )
    })?;
    let mut credentials =
        Credentials::new(credential.id(), credential.secret()).map_err(|error| refused(&error))?;
    if let Some(token) = credential.token() {
        credentials = credentials.with_security_token(token).map_err(|error| refused(&error))?;
    }
    let region = Region::new(&state.authority.region).map_err(|error| refused(&error))?;
    let now = Timestamp::from_unix(unix).map_err(|error| refused(&error))?;
    let scheme = if state.config.scheme == "https" { Scheme::Https } else { Scheme::Http };
    let endpoint = Endpoint::path_style(host).map_err(|error| refused(&error))?.with_scheme(scheme);
    let expiry = Expiry::secs(LIFE).map_err(|error| refused(&error))?;
    let signer = Signer::new(&credentials, region, now);

    let mut put = Request::put(bucket, key);
    let mut policy = PostPolicy::for_key(bucket, key).map_err(|error| refused(&error))?;
    let media_type = text("type");
    let mut headers = Vec::new();
    if !media_type.is_empty() {
        put.content_type(media_type).map_err(|error| refused(&error))?;
        policy.content_type(media_type).map_err(|error| refused(&error))?;
        headers.push(["content-type", media_type]);
    }
    let get = Request::get(bucket, key);
    let mut buffer = vec![0; 16 * 1024];
    let mut url = |request: &Request<'_>| match signer.presign(request, &endpoint, now, expiry, &mut buffer) {
        Ok(presigned) => Ok(presigned.url().to_owned()),
        Err(error) => Err(refused(&error)),
    };
    let (put, get) = (url(&put)?, url(&get)?);
    let mut buffer = vec![0; 16 * 1024];
    let form =
        signer.sign_form(&policy, &endpoint, now, expiry, &mut buffer).map_err(|error| refused(&error))?;
    let form: Value = serde_json::from_str(&form.to_json())
        .map_err(|_| OssError::new(500, "InternalError", "The form could not be written."))?;
    Ok(json!({
        "put": put,
        "get": get,
        "headers": headers,
        "form": form,
        "expires_at": unix + u64::from(LIFE),
    }))
}
