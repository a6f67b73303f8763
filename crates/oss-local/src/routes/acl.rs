//! ACLs of buckets and objects.

use crate::auth::Access;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::respond::{self, Answer};
use crate::routes::{get_object, owner, tagging};
use crate::state::State;
use crate::store::{Acl, BucketMeta};
use crate::xml::Writer;

fn document(grant: &str) -> Answer {
    let mut xml = Writer::document();
    xml.open("AccessControlPolicy");
    owner::write(&mut xml);
    xml.open("AccessControlList");
    xml.element("Grant", grant);
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    respond::xml(xml.finish())
}

/// The bucket ACL that the headers name.
pub(super) fn bucket_acl(call: &Call) -> Result<Option<Acl>> {
    let Some(text) = call.header("x-oss-acl") else {
        return Ok(None);
    };
    match Acl::parse(text) {
        Some(acl) => Ok(Some(acl)),
        None => Err(OssError::invalid_argument(
            "x-oss-acl is private, public-read or public-read-write.",
            "x-oss-acl",
            text,
        )),
    }
}

/// GetBucketAcl.
pub(super) fn get_bucket(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    Ok(document(state.bucket(call.bucket()?)?.acl.as_str()))
}

/// PutBucketAcl.
pub(super) async fn put_bucket(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let acl = bucket_acl(call)?
        .ok_or_else(|| OssError::invalid_argument("The header x-oss-acl is missing.", "x-oss-acl", ""))?;
    let name = call.bucket()?.to_owned();
    let location = format!("/{name}");
    let meta = BucketMeta { acl, ..state.new_bucket() };
    state
        .store
        .run(move |store| {
            // One that is not there is created, as by PutBucket.
            if store.create_bucket(&name, meta)? {
                return Ok(());
            }
            store.change_bucket(&name, |meta| meta.acl = acl)
        })
        .await?;
    let mut answer = respond::empty(200);
    respond::set(answer.headers_mut(), "location", &location);
    Ok(answer)
}

/// GetObjectACL.
pub(super) async fn get_object(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let found = get_object::find(state, call).await?;
    Ok(document(found.meta.attributes.acl.map_or("default", Acl::as_str)))
}

/// PutObjectACL.
pub(super) async fn put_object(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let acl = match call.header("x-oss-object-acl") {
        Some("default") => None,
        Some(text) if Acl::parse(text).is_some() => Acl::parse(text),
        other => {
            return Err(OssError::invalid_argument(
                "x-oss-object-acl is default, private, public-read or public-read-write.",
                "x-oss-object-acl",
                other.unwrap_or_default(),
            ));
        }
    };
    tagging::change(state, call, move |attributes| attributes.acl = acl).await
}
