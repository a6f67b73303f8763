//! DeleteObject.

use crate::auth::Access;
use crate::call::Call;
use crate::error::Result;
use crate::respond::{self, Answer};
use crate::state::State;

pub(super) async fn run(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    let acl = state.bucket(&bucket)?.acl;
    call.authorize(Access::Write, acl)?;
    let version = call.version().map(str::to_owned);
    let now = state.now();
    let deleted = state.store.run(move |store| store.delete(&bucket, &key, version.as_deref(), now)).await?;
    let mut answer = respond::empty(204);
    if deleted.marker {
        respond::set(answer.headers_mut(), "x-oss-delete-marker", "true");
    }
    if let Some(version) = deleted.version {
        respond::set(answer.headers_mut(), "x-oss-version-id", &version);
    }
    Ok(answer)
}
