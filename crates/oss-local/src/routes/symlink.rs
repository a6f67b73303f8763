//! Symbolic links.

use crate::attributes;
use crate::auth::Access;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::query::decode;
use crate::receive::receipt;
use crate::respond::{self, Answer};
use crate::routes::put_object;
use crate::state::State;
use crate::store::{self, Guard, Kind};

/// PutSymlink.
pub(super) async fn put(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    state.open_bucket(&call.identity, &bucket).await?;
    let target = call.header("x-oss-symlink-target").unwrap_or_default();
    let target = decode(target)?;
    if crate::address::valid_key(&target).is_err() {
        return Err(OssError::invalid_argument(
            "x-oss-symlink-target is the percent-encoded key of an object.",
            "x-oss-symlink-target",
            &target,
        ));
    }
    let guard = put_object::guard(&call.headers)?;
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let attributes = attributes::from_headers(&call.headers)?;
    let now = state.now();
    let meta = state
        .store
        .run(move |store| {
            let receipt = receipt(store, Vec::new(), true)?;
            let mut meta = put_object::meta(&key, Kind::Symlink, &receipt, attributes, now);
            meta.symlink_target = Some(target);
            store.commit(&bucket, receipt.sink, meta, &Guard { ..guard })
        })
        .await?;
    let mut answer = respond::empty(200);
    put_object::describe(state, call.bucket()?, &meta, answer.headers_mut());
    Ok(answer)
}

/// GetSymlink.
pub(super) async fn get(state: &State, call: &Call) -> Result<Answer> {
    let acl = state.bucket(call.bucket()?)?.acl;
    call.authorize(Access::Read, acl)?;
    let found = super::get_object::find(state, call).await?;
    let Some(target) = &found.meta.symlink_target else {
        return Err(OssError::new(400, "NotSymlink", "The object is not a symlink."));
    };
    let mut answer = respond::empty(200);
    attributes::to_headers(&found.meta.attributes, answer.headers_mut());
    respond::set(answer.headers_mut(), "x-oss-symlink-target", &crate::query::encode(target));
    respond::set(answer.headers_mut(), "etag", &found.meta.quoted_etag());
    respond::set(answer.headers_mut(), "last-modified", &respond::http_date(found.meta.modified));
    state.name_version(call.bucket()?, &found.meta, answer.headers_mut());
    Ok(answer)
}
