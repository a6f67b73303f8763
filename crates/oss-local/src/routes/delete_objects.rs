//! DeleteMultipleObjects.

use md5::{Digest as _, Md5};

use crate::address::valid_key;
use crate::auth::Access;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::routes::{list, put_object};
use crate::state::State;
use crate::xml::{self, Writer};

const MAX_KEYS: usize = 1000;

pub(super) async fn run(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let bucket = call.bucket()?.to_owned();
    call.authorize(Access::Write, state.bucket(&bucket)?.acl)?;
    let expected = put_object::content_md5(&call.headers)?;
    let encoding = list::Encoding::of(call)?;
    let document = body.collect(xml::MAX).await?;
    let found: [u8; 16] = Md5::digest(&document).into();
    if expected.is_some_and(|expected| expected != found) {
        return Err(put_object::wrong_digest(&expected.unwrap_or_default(), &found));
    }
    let root = xml::read(&document, "Delete")?;
    let quiet = root.text_of("Quiet") == Some("true");
    let mut wanted = Vec::new();
    for object in root.all("Object") {
        let key = object.text_of("Key").unwrap_or_default().to_owned();
        valid_key(&key)?;
        wanted.push((key, object.text_of("VersionId").map(str::to_owned)));
    }
    if wanted.is_empty() || wanted.len() > MAX_KEYS {
        return Err(OssError::malformed_xml("A Delete document holds 1 to 1000 objects."));
    }
    let now = state.now();
    let deleted = state
        .store
        .run(move |store| {
            let delete = |(key, version): (String, Option<String>)| {
                let done = store.delete(&bucket, &key, version.as_deref(), now)?;
                Ok((key, version, done))
            };
            wanted.into_iter().map(delete).collect::<Result<Vec<_>>>()
        })
        .await?;
    let mut xml = Writer::document();
    xml.open("DeleteResult");
    encoding.tell(&mut xml);
    for (key, version, done) in deleted.into_iter().filter(|_| !quiet) {
        xml.open("Deleted");
        xml.element("Key", &encoding.apply(&key));
        if let Some(version) = &version {
            xml.element("VersionId", version);
        }
        if done.marker {
            xml.element("DeleteMarker", "true");
            xml.element("DeleteMarkerVersionId", done.version.as_deref().unwrap_or("null"));
        }
        xml.close("Deleted");
    }
    xml.close("DeleteResult");
    Ok(respond::xml(xml.finish()))
}
