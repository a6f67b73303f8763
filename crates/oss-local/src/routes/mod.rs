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
mod parameters;
mod post_object;
mod put_object;
mod settings;
mod symlink;
mod tagging;

use http::{HeaderMap, Method};

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::respond::Answer;
use crate::routes::parameters::Level;
use crate::state::State;

/// Headers that restrict who may do what with an object. Nothing here enforces them, so nothing may accept them.
const UNENFORCED: [&str; 2] = ["x-oss-ac-", "x-oss-object-worm-"];

/// Runs the operation.
pub(crate) async fn run(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    refuse_unenforced(&call.headers)?;
    match (&call.address.bucket, &call.address.key) {
        (None, _) => on_service(state, call, parameters::selector(Level::Service, call)?),
        (Some(_), None) => on_bucket(state, call, body, parameters::selector(Level::Bucket, call)?).await,
        (Some(_), Some(_)) => on_object(state, call, body, parameters::selector(Level::Object, call)?).await,
    }
}

fn on_service(state: &State, call: &Call, selector: &str) -> Result<Answer> {
    match (&call.method, selector) {
        (&Method::GET, "") => bucket::list_buckets(state, call),
        _ => Err(OssError::method_not_allowed(call.method.as_str())),
    }
}

async fn on_bucket(state: &State, call: &Call, body: &mut RequestBody, selector: &str) -> Result<Answer> {
    match (&call.method, selector) {
        (&Method::GET, "") => list::objects(state, call).await,
        (&Method::GET, "versions") => list::versions(state, call).await,
        (&Method::GET, "uploads") => multipart::list_uploads(state, call).await,
        (&Method::GET, "acl") => acl::get_bucket(state, call),
        (&Method::GET, "bucketInfo") => bucket::info(state, call),
        (&Method::GET, "location") => bucket::location(state, call),
        (&Method::GET, "stat") => bucket::stat(state, call).await,
        (&Method::GET, "versioning") => bucket::get_versioning(state, call),
        (&Method::HEAD, "") => bucket::head(state, call),
        (&Method::PUT, "") => bucket::put(state, call, body).await,
        (&Method::PUT, "acl") => acl::put_bucket(state, call).await,
        (&Method::PUT, "versioning") => bucket::put_versioning(state, call, body).await,
        (&Method::DELETE, "") => bucket::delete(state, call).await,
        (&Method::GET, setting) => settings::get(state, call, setting),
        (&Method::PUT, setting) => settings::put(state, call, body, setting).await,
        (&Method::DELETE, setting) => settings::delete(state, call, setting).await,
        (&Method::POST, "") => post_object::run(state, call, body).await,
        (&Method::POST, "delete") => delete_objects::run(state, call, body).await,
        _ => Err(OssError::method_not_allowed(call.method.as_str())),
    }
}

async fn on_object(state: &State, call: &Call, body: &mut RequestBody, selector: &str) -> Result<Answer> {
    match (&call.method, selector) {
        (&Method::GET, "") | (&Method::HEAD, "" | "objectMeta") => get_object::run(state, call).await,
        (&Method::GET, "acl") => acl::get_object(state, call).await,
        (&Method::GET, "symlink") => symlink::get(state, call).await,
        (&Method::GET, "tagging") => tagging::get(state, call).await,
        (&Method::GET, "uploadId") => multipart::list_parts(state, call).await,
        (&Method::PUT, "") if call.headers.contains_key("x-oss-copy-source") => {
            copy_object::run(state, call).await
        }
        (&Method::PUT, "") => put_object::run(state, call, body).await,
        (&Method::PUT, "acl") => acl::put_object(state, call).await,
        (&Method::PUT, "partNumber") => multipart::upload_part(state, call, body).await,
        (&Method::PUT, "symlink") => symlink::put(state, call).await,
        (&Method::PUT, "tagging") => tagging::put(state, call, body).await,
        (&Method::POST, "append") => append_object::run(state, call, body).await,
        (&Method::POST, "uploads") => multipart::initiate(state, call).await,
        (&Method::POST, "uploadId") => multipart::complete(state, call, body).await,
        (&Method::DELETE, "") => delete_object::run(state, call).await,
        (&Method::DELETE, "tagging") => tagging::delete(state, call).await,
        (&Method::DELETE, "uploadId") => multipart::abort(state, call).await,
        _ => Err(OssError::method_not_allowed(call.method.as_str())),
    }
}

/// Refuses a write that asks for a protection which it would not get.
fn refuse_unenforced(headers: &HeaderMap) -> Result<()> {
    let restricts = |name: &str| UNENFORCED.iter().any(|prefix| name.starts_with(prefix));
    match headers.keys().find(|name| restricts(name.as_str())) {
        None => Ok(()),
        Some(name) => Err(OssError::not_implemented(format_args!("the header {name}, a restriction"))),
    }
}
