//! Which operation a request is.

mod acl;
mod append_object;
mod bucket;
mod copy_object;
mod delete_object;
mod delete_objects;
mod get_object;
mod list;
mod multipart;
mod owner;
mod post_object;
mod put_object;
mod symlink;
mod tagging;

use http::Method;

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::inbound::Inbound;
use crate::respond::Answer;
use crate::state::State;

/// Sub-resources of OSS. One that no route below takes is a clear NotImplemented, never a plain GET or PUT.
const SUB_RESOURCES: [&str; 49] = [
    "accessPoint",
    "accessmonitor",
    "acl",
    "append",
    "archiveDirectRead",
    "asyncFetch",
    "bucketInfo",
    "cname",
    "comp",
    "cors",
    "delete",
    "encryption",
    "https",
    "httpsConfig",
    "img",
    "inventory",
    "lifecycle",
    "live",
    "location",
    "logging",
    "metaQuery",
    "mirror",
    "objectInfo",
    "objectMeta",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "qos",
    "referer",
    "replication",
    "requestPayment",
    "resourceGroup",
    "restore",
    "rtc",
    "seal",
    "stat",
    "style",
    "symlink",
    "tagging",
    "transferAcceleration",
    "udf",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "vod",
    "website",
    "worm",
    "x-oss-async-process",
];

/// Runs the operation.
pub(crate) async fn run(state: &State, call: &Call, body: &mut Inbound) -> Result<Answer> {
    // The list is sorted; of `partNumber` and `uploadId` the first decides.
    let sub_resource = SUB_RESOURCES.into_iter().find(|name| call.query.has(name));
    match (&call.address.bucket, &call.address.key) {
        (None, _) => on_service(state, call, sub_resource),
        (Some(_), None) => on_bucket(state, call, body, sub_resource).await,
        (Some(_), Some(_)) => on_object(state, call, body, sub_resource).await,
    }
}

fn on_service(state: &State, call: &Call, sub_resource: Option<&str>) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET, None) => bucket::list_buckets(state, call),
        _ => Err(unknown(call, sub_resource)),
    }
}

async fn on_bucket(
    state: &State,
    call: &Call,
    body: &mut Inbound,
    sub_resource: Option<&str>,
) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET, None) => list::objects(state, call).await,
        (&Method::GET, Some("versions")) => list::versions(state, call).await,
        (&Method::GET, Some("uploads")) => multipart::list_uploads(state, call).await,
        (&Method::GET, Some("acl")) => acl::get_bucket(state, call),
        (&Method::GET, Some("bucketInfo")) => bucket::info(state, call),
        (&Method::GET, Some("location")) => bucket::location(state, call),
        (&Method::GET, Some("stat")) => bucket::stat(state, call).await,
        (&Method::GET, Some("versioning")) => bucket::get_versioning(state, call),
        (&Method::HEAD, None) => bucket::head(state, call),
        (&Method::PUT, None) => bucket::put(state, call, body).await,
        (&Method::PUT, Some("acl")) => acl::put_bucket(state, call).await,
        (&Method::PUT, Some("versioning")) => bucket::put_versioning(state, call, body).await,
        (&Method::DELETE, None) => bucket::delete(state, call).await,
        (&Method::POST, None) => post_object::run(state, call, body).await,
        (&Method::POST, Some("delete")) => delete_objects::run(state, call, body).await,
        _ => Err(unknown(call, sub_resource)),
    }
}

async fn on_object(
    state: &State,
    call: &Call,
    body: &mut Inbound,
    sub_resource: Option<&str>,
) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET | &Method::HEAD, None | Some("objectMeta")) => get_object::run(state, call).await,
        (&Method::GET, Some("acl")) => acl::get_object(state, call).await,
        (&Method::GET, Some("symlink")) => symlink::get(state, call).await,
        (&Method::GET, Some("tagging")) => tagging::get(state, call).await,
        (&Method::GET, Some("uploadId")) => multipart::list_parts(state, call).await,
        (&Method::PUT, None) if call.headers.contains_key("x-oss-copy-source") => {
            copy_object::run(state, call).await
        }
        (&Method::PUT, None) => put_object::run(state, call, body).await,
        (&Method::PUT, Some("acl")) => acl::put_object(state, call).await,
        (&Method::PUT, Some("partNumber")) => multipart::upload_part(state, call, body).await,
        (&Method::PUT, Some("symlink")) => symlink::put(state, call).await,
        (&Method::PUT, Some("tagging")) => tagging::put(state, call, body).await,
        (&Method::POST, Some("append")) => append_object::run(state, call, body).await,
        (&Method::POST, Some("uploads")) => multipart::initiate(state, call).await,
        (&Method::POST, Some("uploadId")) => multipart::complete(state, call, body).await,
        (&Method::DELETE, None) => delete_object::run(state, call).await,
        (&Method::DELETE, Some("tagging")) => tagging::delete(state, call).await,
        (&Method::DELETE, Some("uploadId")) => multipart::abort(state, call).await,
        _ => Err(unknown(call, sub_resource)),
    }
}

fn unknown(call: &Call, sub_resource: Option<&str>) -> OssError {
    let known =
        matches!(call.method, Method::GET | Method::HEAD | Method::PUT | Method::POST | Method::DELETE);
    match sub_resource {
        Some(name) if known => {
            OssError::not_implemented(format_args!("{} with the sub-resource ?{name}", call.method))
        }
        _ => OssError::method_not_allowed(call.method.as_str()),
    }
}
