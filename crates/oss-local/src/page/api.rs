//! What the page asks for, as JSON.

use serde_json::{Value, json};

use super::sign;
use crate::error::{OssError, Result};
use crate::query::Query;
use crate::state::State;
use crate::store::{Versioning, Wanted};

/// Keys that the page shows of a bucket.
const SHOWN: usize = 200;

/// Answers what a holder of the token asks for.
pub(super) fn answer(state: &State, path: &str, query: &str, host: &str) -> Result<Value> {
    let query = Query::parse(query)?;
    match path {
        "/-/state" => Ok(stored(state)),
        "/-/objects" => objects(state, &query),
        "/-/presign" => sign::object(state, &query, host),
        "/-/plan" => sign::plan(state, &query, host),
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
