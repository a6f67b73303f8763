//! Which operation a request is.

mod delete_object;
mod get_object;
mod put_object;

use http::Method;

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::inbound::Inbound;
use crate::respond::Answer;
use crate::service::Service;

/// Sub-resources of OSS. One that no route below takes is a clear NotImplemented, never a plain GET or PUT.
const SUB_RESOURCES: [&str; 46] = [
    "accessPoint",
    "accessmonitor",
    "acl",
    "append",
    "archiveDirectRead",
    "asyncFetch",
    "bucketInfo",
    "callback",
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
    "objectMeta",
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
    "vod",
    "website",
    "worm",
    "x-oss-process",
];

/// Runs the operation.
pub(crate) async fn run(service: &Service, call: &Call, body: &mut Inbound) -> Result<Answer> {
    let sub_resource = call.query.names().find(|name| SUB_RESOURCES.contains(name)).map(str::to_owned);
    let on_object = call.address.key.is_some();
    if let Some(name) = sub_resource {
        return Err(OssError::not_implemented(format_args!("the sub-resource ?{name} with {}", call.method)));
    }
    if call.address.bucket.is_none() || !on_object {
        return Err(OssError::not_implemented(format_args!("{} on a bucket or on the service", call.method)));
    }
    match call.method {
        Method::PUT => put_object::run(service, call, body).await,
        Method::GET | Method::HEAD => get_object::run(service, call).await,
        Method::DELETE => delete_object::run(service, call).await,
        _ => Err(OssError::method_not_allowed(call.method.as_str())),
    }
}
