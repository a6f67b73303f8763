//! AppendObject.

use crate::attributes;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::receive::{Receipt, combine};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::routes::put_object;
use crate::state::State;
use crate::store::{Kind, position_not_equal};

pub(super) async fn run(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    state.open_bucket(&call.identity, &bucket).await?;
    let Some(position) = call.number("position", 0..=u64::MAX)? else {
        return Err(OssError::invalid_argument("The position to append at is missing.", "position", ""));
    };
    let old = state.store.head(&bucket, &key);
    if old.as_ref().is_some_and(|old| old.kind != Kind::Appendable) {
        return Err(OssError::new(409, "ObjectNotAppendable", "The object is not appendable"));
    }
    let length = old.as_ref().map_or(0, |old| old.size);
    if position != length {
        return Err(position_not_equal(length));
    }
    let named = attributes::from_headers(&call.headers)?;
    let receipt = put_object::receive_body(state, call, body).await?;
    let mut guard = put_object::guard(&call.headers)?;
    guard.follows = Some(old.as_ref().map(|old| old.sequence));
    let now = state.now();
    let name = bucket.clone();
    let meta = state
        .store
        .run(move |store| {
            let Receipt { sink, size, md5, crc64 } = receipt;
            let Some(old) = old else {
                let mut receipt = Receipt { sink, size, md5, crc64 };
                // The MD5 is that of the first piece only, so it is no Content-MD5 of the object.
                let mut meta = put_object::meta(&key, Kind::Appendable, &receipt, named, now);
                receipt.md5 = None;
                meta.content_md5 = None;
                return store.commit(&bucket, receipt.sink, meta, &guard);
            };
            // The old bytes, then the new ones: the object is never seen with a part of them.
            let mut whole = store.sink()?;
            let found = store.find(&bucket, &key, None)?;
            if found.meta.sequence != old.sequence {
                return Err(position_not_equal(found.meta.size));
            }
            whole.append(found.source, 0..old.size)?;
            whole.append(sink.into_source()?, 0..size)?;
            let receipt = Receipt {
                sink: whole,
                size: old.size + size,
                md5: None,
                crc64: combine(old.crc64, crc64, size),
            };
            let meta = put_object::meta(&key, Kind::Appendable, &receipt, old.attributes.clone(), now);
            store.commit(&bucket, receipt.sink, meta, &guard)
        })
        .await?;
    let mut answer = respond::empty(200);
    put_object::describe(state, &name, &meta, answer.headers_mut());
    put_object::echo_encryption(&meta.attributes, answer.headers_mut());
    respond::set(answer.headers_mut(), "x-oss-next-append-position", &meta.size.to_string());
    Ok(answer)
}
