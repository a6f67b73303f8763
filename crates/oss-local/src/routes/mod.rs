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
mod post_object;
mod put_object;
mod symlink;
mod tagging;

use http::Method;

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::inbound::Inbound;
use crate::respond::Answer;
use crate::service::Service;

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
/// The most bytes of an XML document.
pub(crate) const MAX_XML: usize = 2 * 1024 * 1024;

/// Runs the operation.
pub(crate) async fn run(service: &Service, call: &Call, body: &mut Inbound) -> Result<Answer> {
    // The list is sorted; of `partNumber` and `uploadId` the first decides.
    let sub_resource = SUB_RESOURCES.into_iter().find(|name| call.query.has(name));
    match (&call.address.bucket, &call.address.key) {
        (None, _) => on_service(service, call, sub_resource),
        (Some(_), None) => on_bucket(service, call, body, sub_resource).await,
        (Some(_), Some(_)) => on_object(service, call, body, sub_resource).await,
    }
}

fn on_service(service: &Service, call: &Call, sub_resource: Option<&str>) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET, None) => bucket::list_buckets(service, call),
        _ => Err(unknown(call, sub_resource)),
    }
}

async fn on_bucket(
    service: &Service,
    call: &Call,
    body: &mut Inbound,
    sub_resource: Option<&str>,
) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET, None) => list::objects(service, call).await,
        (&Method::GET, Some("versions")) => list::versions(service, call).await,
        (&Method::GET, Some("uploads")) => multipart::list_uploads(service, call).await,
        (&Method::GET, Some("acl")) => acl::get_bucket(service, call),
        (&Method::GET, Some("bucketInfo")) => bucket::info(service, call),
        (&Method::GET, Some("location")) => bucket::location(service, call),
        (&Method::GET, Some("stat")) => bucket::stat(service, call).await,
        (&Method::GET, Some("versioning")) => bucket::get_versioning(service, call),
        (&Method::HEAD, None) => bucket::head(service, call),
        (&Method::PUT, None) => bucket::put(service, call, body).await,
        (&Method::PUT, Some("acl")) => acl::put_bucket(service, call).await,
        (&Method::PUT, Some("versioning")) => bucket::put_versioning(service, call, body).await,
        (&Method::DELETE, None) => bucket::delete(service, call).await,
        (&Method::POST, None) => post_object::run(service, call, body).await,
        (&Method::POST, Some("delete")) => delete_objects::run(service, call, body).await,
        _ => Err(unknown(call, sub_resource)),
    }
}

async fn on_object(
    service: &Service,
    call: &Call,
    body: &mut Inbound,
    sub_resource: Option<&str>,
) -> Result<Answer> {
    match (&call.method, sub_resource) {
        (&Method::GET | &Method::HEAD, None | Some("objectMeta")) => get_object::run(service, call).await,
        (&Method::GET, Some("acl")) => acl::get_object(service, call).await,
        (&Method::GET, Some("symlink")) => symlink::get(service, call).await,
        (&Method::GET, Some("tagging")) => tagging::get(service, call).await,
        (&Method::GET, Some("uploadId")) => multipart::list_parts(service, call).await,
        (&Method::PUT, None) if call.headers.contains_key("x-oss-copy-source") => {
            copy_object::run(service, call).await
        }
        (&Method::PUT, None) => put_object::run(service, call, body).await,
        (&Method::PUT, Some("acl")) => acl::put_object(service, call).await,
        (&Method::PUT, Some("partNumber")) => multipart::upload_part(service, call, body).await,
        (&Method::PUT, Some("symlink")) => symlink::put(service, call).await,
        (&Method::PUT, Some("tagging")) => tagging::put(service, call, body).await,
        (&Method::POST, Some("append")) => append_object::run(service, call, body).await,
        (&Method::POST, Some("uploads")) => multipart::initiate(service, call).await,
        (&Method::POST, Some("uploadId")) => multipart::complete(service, call, body).await,
        (&Method::DELETE, None) => delete_object::run(service, call).await,
        (&Method::DELETE, Some("tagging")) => tagging::delete(service, call).await,
        (&Method::DELETE, Some("uploadId")) => multipart::abort(service, call).await,
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

/// The owner of everything.
pub(crate) const OWNER: &str = "1234567890123456";

/// A number in the query.
fn number(call: &Call, name: &'static str, range: std::ops::RangeInclusive<u64>) -> Result<Option<u64>> {
    let Some(text) = call.query.value(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse().ok().filter(|value| digits && range.contains(value)) {
        Some(value) => Ok(Some(value)),
        None => Err(OssError::invalid_argument(
            format!("{name} must be an integer from {} to {}.", range.start(), range.end()),
            name,
            text,
        )),
    }
}
