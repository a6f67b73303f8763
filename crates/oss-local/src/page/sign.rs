//! What the page gets signed: URLs and a form for one object, and plans of uploads in parts.

use std::fmt::Display;

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PostPolicy, Region, Request, Scheme, Signer, Timestamp,
};
use oss_upload::{MultipartPlan, PartLayout, PlanStep};
use serde_json::{Value, json};

use crate::error::{OssError, Result};
use crate::query::Query;
use crate::state::State;

/// How long the page's URLs live, in seconds.
const LIFE: u32 = 600;

/// What every signature of the page is made with.
struct Signing<'s> {
    signer: Signer<'s>,
    endpoint: Endpoint<'s>,
    now: Timestamp,
    expiry: Expiry,
}

impl<'s> Signing<'s> {
    fn new(state: &'s State, host: &'s str) -> Result<Self> {
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
        let mut credentials = Credentials::new(credential.id(), credential.secret()).map_err(refused)?;
        if let Some(token) = credential.token() {
            credentials = credentials.with_security_token(token).map_err(refused)?;
        }
        let region = Region::new(&state.authority.region).map_err(refused)?;
        let now = Timestamp::from_unix(unix).map_err(refused)?;
        let scheme = if state.config.scheme == "https" { Scheme::Https } else { Scheme::Http };
        let endpoint = Endpoint::path_style(host).map_err(refused)?.with_scheme(scheme);
        let expiry = Expiry::secs(LIFE).map_err(refused)?;
        Ok(Self { signer: Signer::new(&credentials, region, now), endpoint, now, expiry })
    }

    fn presign(&self, request: &Request<'_>) -> Result<oss_presign::PresignedRequest> {
        self.signer.presign_to_owned(request, &self.endpoint, self.now, self.expiry).map_err(refused)
    }
}

fn refused(error: impl Display) -> OssError {
    OssError::new(400, "InvalidArgument", error.to_string())
}

fn bucket_and_key<'q>(query: &'q Query) -> Result<(Bucket<'q>, ObjectKey<'q>)> {
    let text = |name| query.value(name).unwrap_or_default();
    Ok((Bucket::new(text("bucket")).map_err(refused)?, ObjectKey::new(text("key")).map_err(refused)?))
}

/// What the page needs to upload one object: a URL for PUT, a form for POST, and a URL to look at it.
pub(super) fn object(state: &State, query: &Query, host: &str) -> Result<Value> {
    let (bucket, key) = bucket_and_key(query)?;
    let signing = Signing::new(state, host)?;
    let mut put = Request::put(bucket, key);
    let mut policy = PostPolicy::for_key(bucket, key).map_err(refused)?;
    if let Some(media_type) = query.value("type").filter(|text| !text.is_empty()) {
        put.content_type(media_type).map_err(refused)?;
        policy.content_type(media_type).map_err(refused)?;
    }
    let (put, get) = (signing.presign(&put)?, signing.presign(&Request::get(bucket, key))?);
    let mut buffer = vec![0; 16 * 1024];
    let form = signing.signer.sign_form(&policy, &signing.endpoint, signing.now, signing.expiry, &mut buffer);
    let form: Value = serde_json::from_str(&form.map_err(refused)?.to_json())
        .map_err(|_| OssError::new(500, "InternalError", "The form could not be written."))?;
    Ok(json!({
        "put": put.url(),
        "get": get.url(),
        "headers": put.headers().collect::<Vec<_>>(),
        "form": form,
        "expires_at": put.expires_at().unix(),
    }))
}

/// What the page needs to upload a file of a size in parts: a plan that begins the upload, or with the id of an upload one
/// that carries it out. A file of one part goes up by a single PUT.
pub(super) fn plan(state: &State, query: &Query, host: &str) -> Result<Value> {
    let (bucket, key) = bucket_and_key(query)?;
    let signing = Signing::new(state, host)?;
    let size = query.value("size").and_then(|text| text.parse().ok());
    let size = size.ok_or_else(|| refused("`size` is the file's size in bytes"))?;
    let layout = PartLayout::automatic(size).map_err(refused)?;
    let Some(upload_id) = query.value("upload_id").filter(|text| !text.is_empty()) else {
        let is_single = layout.count() == 1;
        let mut request = if is_single {
            Request::put(bucket, key)
        } else {
            Request::new(PlanStep::Initiate.method(), bucket, key)
        };
        if let Some(media_type) = query.value("type").filter(|text| !text.is_empty()) {
            request.content_type(media_type).map_err(refused)?;
        }
        if is_single {
            return Ok(json!(signing.presign(&request)?));
        }
        request.query("uploads", None).map_err(refused)?;
        return Ok(json!(MultipartPlan::to_initiate(layout, signing.presign(&request)?)));
    };
    let plan = MultipartPlan::sign(layout, upload_id, |step| {
        let parameters = step.query(upload_id);
        let mut request = Request::new(step.method(), bucket, key);
        for (name, value) in &parameters {
            request.query(name, Some(value)).map_err(refused)?;
        }
        signing.presign(&request)
    })?;
    Ok(json!(plan))
}
