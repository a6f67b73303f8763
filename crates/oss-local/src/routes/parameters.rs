//! Which operation the parameters of a request select, and whether all of them are understood.
//!
//! OSS has dozens of sub-resources and gets new ones. One that is not known here must not turn the request into a
//! plain read, write or deletion of the object, so every parameter has to be on a list of the operation that takes it.

use http::Method;

use crate::call::Call;
use crate::error::{OssError, Result};

/// What a request is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Service,
    Bucket,
    Object,
}

/// An operation: the parameter that selects it (empty: none does), and the further ones that it takes.
struct Operation {
    level: Level,
    methods: &'static [Method],
    selector: &'static str,
    takes: &'static [&'static str],
}

/// Every operation takes these. Who pays for a request makes no difference here.
const COMMON: [&str; 9] = [
    "x-oss-additional-headers",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-request-payer",
    "x-oss-security-token",
    "x-oss-signature",
    "x-oss-signature-version",
    "x-oss-traffic-limit",
];

const LIST: [&str; 9] = [
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "list-type",
    "marker",
    "max-keys",
    "prefix",
    "start-after",
];
const READ: [&str; 7] = [
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "versionId",
];
const READ_PROCESSED: [&str; 8] = [
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "versionId",
    "x-oss-process",
];
const VERSION: [&str; 1] = ["versionId"];

const GET: &[Method] = &[Method::GET];
const HEAD: &[Method] = &[Method::HEAD];
const PUT: &[Method] = &[Method::PUT];
const POST: &[Method] = &[Method::POST];
const DELETE: &[Method] = &[Method::DELETE];
const GET_PUT: &[Method] = &[Method::GET, Method::PUT];
const GET_PUT_DELETE: &[Method] = &[Method::GET, Method::PUT, Method::DELETE];

const fn on_bucket(
    methods: &'static [Method],
    selector: &'static str,
    takes: &'static [&'static str],
) -> Operation {
    Operation { level: Level::Bucket, methods, selector, takes }
}

const fn on_object(
    methods: &'static [Method],
    selector: &'static str,
    takes: &'static [&'static str],
) -> Operation {
    Operation { level: Level::Object, methods, selector, takes }
}

const OPERATIONS: [Operation; 38] = [
    Operation { level: Level::Service, methods: GET, selector: "", takes: &["marker", "max-keys", "prefix"] },
    on_bucket(GET, "", &LIST),
    on_bucket(
        GET,
        "versions",
        &["delimiter", "encoding-type", "key-marker", "max-keys", "prefix", "version-id-marker"],
    ),
    on_bucket(
        GET,
        "uploads",
        &["delimiter", "encoding-type", "key-marker", "max-uploads", "prefix", "upload-id-marker"],
    ),
    on_bucket(GET_PUT, "acl", &[]),
    on_bucket(GET, "bucketInfo", &[]),
    on_bucket(GET_PUT_DELETE, "cors", &[]),
    on_bucket(GET_PUT_DELETE, "encryption", &[]),
    on_bucket(GET_PUT_DELETE, "lifecycle", &[]),
    on_bucket(GET_PUT_DELETE, "logging", &[]),
    on_bucket(GET_PUT_DELETE, "policy", &[]),
    on_bucket(GET_PUT_DELETE, "publicAccessBlock", &[]),
    on_bucket(GET_PUT, "referer", &[]),
    on_bucket(GET_PUT_DELETE, "tagging", &[]),
    on_bucket(GET_PUT_DELETE, "website", &[]),
    on_bucket(GET, "location", &[]),
    on_bucket(GET, "stat", &[]),
    on_bucket(GET_PUT, "versioning", &[]),
    on_bucket(HEAD, "", &[]),
    on_bucket(PUT, "", &[]),
    on_bucket(DELETE, "", &[]),
    on_bucket(POST, "", &[]),
    on_bucket(POST, "delete", &["encoding-type"]),
    on_object(GET, "", &READ_PROCESSED),
    on_object(HEAD, "", &READ),
    on_object(HEAD, "objectMeta", &VERSION),
    on_object(GET_PUT, "acl", &VERSION),
    on_object(GET, "symlink", &VERSION),
    on_object(PUT, "symlink", &[]),
    on_object(GET_PUT_DELETE, "tagging", &VERSION),
    on_object(GET, "uploadId", &["encoding-type", "max-parts", "part-number-marker"]),
    on_object(PUT, "", &["callback", "callback-var"]),
    on_object(PUT, "partNumber", &["uploadId"]),
    on_object(POST, "append", &["position"]),
    on_object(POST, "uploads", &["encoding-type"]),
    on_object(POST, "uploadId", &["callback", "callback-var", "encoding-type"]),
    on_object(DELETE, "", &VERSION),
    on_object(DELETE, "uploadId", &[]),
];

/// The parameter that selects the operation; empty where none does.
///
/// # Errors
/// NotImplemented with the first parameter that no operation takes here, and MethodNotAllowed.
pub(super) fn selector(level: Level, call: &Call) -> Result<&'static str> {
    let offered =
        |operation: &&Operation| operation.level == level && operation.methods.contains(&call.method);
    let offered: Vec<_> = OPERATIONS.iter().filter(offered).collect();
    let selected =
        |operation: &&&Operation| !operation.selector.is_empty() && call.query.has(operation.selector);
    let plain = |operation: &&&Operation| operation.selector.is_empty();
    let operation = offered.iter().find(selected).or_else(|| offered.iter().find(plain));
    let (selector, takes) =
        operation.map_or(("", &[][..]), |operation| (operation.selector, operation.takes));
    let known = |name: &str| name == selector || COMMON.contains(&name) || takes.contains(&name);
    match call.query.names().find(|name| !known(name)) {
        Some(name) => {
            Err(OssError::not_implemented(format_args!("{} with the parameter ?{name}", call.method)))
        }
        None if operation.is_some() => Ok(selector),
        None => Err(OssError::method_not_allowed(call.method.as_str())),
    }
}
