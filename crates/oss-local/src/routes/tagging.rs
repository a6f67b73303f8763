//! Tags of objects.

use crate::attributes::check_tags;
use crate::auth::Access;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::{Acl, Attributes};
use crate::xml::{self, Writer};

/// Changes the attributes of the version that the request names.
pub(super) async fn change(
    state: &State,
    call: &Call,
    change: impl FnOnce(&mut Attributes) + Send + 'static,
) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    let version = call.version().map(str::to_owned);
    let changed = state
        .store
        .run(move |store| store.change_attributes(&bucket, &key, version.as_deref(), change))
        .await?;
    let mut answer = respond::empty(200);
    state.name_version(call.bucket()?, &changed, answer.headers_mut());
    Ok(answer)
}

/// GetObjectTagging.
pub(super) async fn get(state: &State, call: &Call) -> Result<Answer> {
    let found = super::get_object::find(state, call).await?;
    let mut xml = Writer::document();
    xml.open("Tagging");
    xml.open("TagSet");
    for (name, value) in &found.meta.attributes.tags {
        xml.open("Tag");
        xml.element("Key", name);
        xml.element("Value", value);
        xml.close("Tag");
    }
    xml.close("TagSet");
    xml.close("Tagging");
    Ok(respond::xml(xml.finish()))
}

/// PutObjectTagging.
pub(super) async fn put(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let root = xml::read(&body.collect(xml::MAX).await?, "Tagging")?;
    let set = root.all("TagSet").next().ok_or_else(|| OssError::malformed_xml("Tagging holds a TagSet."))?;
    let text = |tag: &xml::Element, name| tag.text_of(name).unwrap_or_default().to_owned();
    let tags: Vec<_> = set.all("Tag").map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
    check_tags(&tags)?;
    change(state, call, |attributes| attributes.tags = tags).await
}

/// DeleteObjectTagging.
pub(super) async fn delete(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    change(state, call, |attributes| attributes.tags.clear()).await?;
    Ok(respond::empty(204))
}
