//! Multipart uploads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

use crate::attributes;
use crate::auth::{Access, iso8601_unix};
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::receive::{Receipt, combine, upper_hex};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::routes::list::{self, Encoding};
use crate::routes::{copy_object, put_object};
use crate::state::State;
use crate::store::{self, Kind, NamedPart, PartMeta, UploadMeta};
use crate::xml::{self, Writer};

/// OSS's part numbers.
const NUMBERS: std::ops::RangeInclusive<u64> = 1..=10_000;

/// What ListParts repeats of a client that encrypts before it uploads, and the headers that it began the upload with.
const CLIENT_ENCRYPTION: [(&str, &str); 6] = [
    ("ClientEncryptionKey", "x-oss-meta-client-side-encryption-key"),
    ("ClientEncryptionStart", "x-oss-meta-client-side-encryption-start"),
    ("ClientEncryptionCekAlg", "x-oss-meta-client-side-encryption-cek-alg"),
    ("ClientEncryptionWrapAlg", "x-oss-meta-client-side-encryption-wrap-alg"),
    ("ClientEncryptionDataSize", "x-oss-meta-client-side-encryption-data-size"),
    ("ClientEncryptionPartSize", "x-oss-meta-client-side-encryption-part-size"),
];

/// What names an upload: bucket, key and id; whoever asks may write there.
fn named(state: &State, call: &Call) -> Result<(String, String, String)> {
    let bucket = call.bucket()?.to_owned();
    call.authorize(Access::Write, state.bucket(&bucket)?.acl)?;
    let id = call.query.value("uploadId").unwrap_or_default();
    if id.is_empty() {
        return Err(OssError::invalid_argument("The upload id is empty.", "uploadId", ""));
    }
    Ok((bucket, call.key()?.to_owned(), id.to_owned()))
}

/// InitiateMultipartUpload.
pub(super) async fn initiate(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    state.open_bucket(&call.identity, &bucket).await?;
    let encoding = Encoding::of(call)?;
    let guard = put_object::guard(&call.headers)?;
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let id = format!("{:032X}", fastrand::u128(..));
    let attributes = attributes::from_headers(&call.headers)?;
    let echoed = attributes.clone();
    let meta = UploadMeta { id: id.clone(), key: key.clone(), initiated: state.now(), attributes };
    let name = bucket.clone();
    state.store.run(move |store| store.begin_upload(&bucket, meta)).await?;
    let mut xml = Writer::document();
    xml.open("InitiateMultipartUploadResult");
    encoding.tell(&mut xml);
    xml.element("Bucket", &name);
    xml.element("Key", &encoding.apply(&key));
    xml.element("UploadId", &id);
    xml.close("InitiateMultipartUploadResult");
    let mut answer = respond::xml(xml.finish());
    put_object::echo_encryption(&echoed, answer.headers_mut());
    Ok(answer)
}

/// UploadPart and UploadPartCopy.
pub(super) async fn upload_part(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let (bucket, key, id) = named(state, call)?;
    let number = call.number("partNumber", NUMBERS)?;
    let number = number.and_then(|number| u32::try_from(number).ok());
    let number =
        number.ok_or_else(|| OssError::invalid_argument("The part number is empty.", "partNumber", ""))?;
    // Asked before the body is read: an upload that is not there needs none.
    state.store.upload(&bucket, &key, &id).map_err(|error| error.ec_of("NoSuchUpload", "0042-00000104"))?;
    let copied = call.headers.contains_key("x-oss-copy-source");
    let receipt = if copied {
        copy_object::part(state, call).await?
    } else {
        put_object::receive_body(state, call, body).await?
    };
    let Receipt { sink, size, md5, crc64 } = receipt;
    let modified = state.now();
    let etag = put_object::etag(md5, crc64, size);
    let meta = PartMeta { number, size, etag: etag.clone(), crc64, modified };
    state.store.run(move |store| store.put_part(&bucket, &key, &id, sink, meta)).await?;
    let mut answer = if copied {
        let mut xml = Writer::document();
        xml.open("CopyPartResult");
        xml.element("LastModified", &iso8601_unix(modified));
        xml.element("ETag", &format!("\"{etag}\""));
        xml.close("CopyPartResult");
        respond::xml(xml.finish())
    } else {
        respond::empty(200)
    };
    respond::set(answer.headers_mut(), "etag", &format!("\"{etag}\""));
    respond::set(answer.headers_mut(), "x-oss-hash-crc64ecma", &crc64.to_string());
    if let Some(md5) = md5.filter(|_| !copied) {
        respond::set(answer.headers_mut(), "content-md5", &STANDARD.encode(md5));
    }
    Ok(answer)
}

/// CompleteMultipartUpload.
pub(super) async fn complete(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let (bucket, key, id) = named(state, call)?;
    let encoding = Encoding::of(call)?;
    let guard = put_object::guard(&call.headers)?;
    let callback = put_object::callback(call)?;
    let named = attributes::acl(attributes::optional(&call.headers, "x-oss-object-acl")?.as_deref())?;
    let document = body.collect(xml::MAX).await?;
    state.store.upload(&bucket, &key, &id)?;
    let all = call.header("x-oss-complete-all") == Some("yes");
    let parts = if all { None } else { Some(parts(&document)?) };
    if all && !document.is_empty() {
        return Err(OssError::invalid_argument(
            "x-oss-complete-all comes without a body.",
            "x-oss-complete-all",
            "yes",
        )
        .ec("0042-00000216"));
    }
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let now = state.now();
    let meta = {
        let (bucket, key) = (bucket.clone(), key.clone());
        let complete = move |store: &store::Store| {
            let joined = store.join_parts(&bucket, &key, &id, parts.as_deref())?;
            let (mut etags, mut size, mut crc64) = (Md5::new(), 0, 0);
            for part in &joined.parts {
                etags.update(part.etag.as_bytes());
                crc64 = combine(crc64, part.crc64, part.size);
                size += part.size;
            }
            // Like OSS's: opaque, and with the number of parts behind a dash.
            let etag = format!("{}-{}", upper_hex(&etags.finalize()), joined.parts.len());
            let receipt = Receipt { sink: joined.sink, size, md5: None, crc64 };
            let mut meta = put_object::meta(&key, Kind::Multipart, &receipt, joined.attributes, now);
            meta.etag = etag;
            meta.attributes.acl = named.or(meta.attributes.acl);
            let meta = store.commit(&bucket, receipt.sink, meta, &guard)?;
            // A second completion at the same time has ended it already, with the same object.
            let _ = store.end_upload(&bucket, &key, &id);
            Ok(meta)
        };
        state.store.run(complete).await?
    };
    let mut xml = Writer::document();
    xml.open("CompleteMultipartUploadResult");
    encoding.tell(&mut xml);
    xml.element("Location", &call.object_url()?);
    xml.element("Bucket", &bucket);
    xml.element("Key", &encoding.apply(&key));
    xml.element("ETag", &meta.quoted_etag());
    xml.close("CompleteMultipartUploadResult");
    let mut answer = respond::xml(xml.finish());
    put_object::describe(state, &bucket, &meta, answer.headers_mut());
    put_object::call_back(callback, &bucket, &meta, answer).await
}

fn parts(document: &[u8]) -> Result<Vec<NamedPart>> {
    let root = xml::read(document, "CompleteMultipartUpload")?;
    let part = |part: &xml::Element| {
        let number = part.text_of("PartNumber").and_then(|text| text.trim().parse().ok());
        let number = number.filter(|number| NUMBERS.contains(&u64::from(*number)));
        let etag = part.text_of("ETag").map(|etag| etag.trim().trim_matches('"').to_owned());
        match (number, etag) {
            (Some(number), Some(etag)) => Ok(NamedPart { number, etag: Some(etag) }),
            _ => Err(OssError::malformed_xml("Each Part holds a PartNumber from 1 to 10000 and an ETag.")),
        }
    };
    root.all("Part").map(part).collect()
}

/// The fine-grained code that OSS has for ListParts and AbortMultipartUpload.
fn listed_or_ended(error: OssError) -> OssError {
    error.ec_of("NoSuchUpload", "0042-00000002")
}

/// AbortMultipartUpload.
pub(super) async fn abort(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key, id) = named(state, call)?;
    let ended = state.store.run(move |store| store.end_upload(&bucket, &key, &id)).await;
    ended.map_err(listed_or_ended)?;
    Ok(respond::empty(204))
}

/// ListParts.
pub(super) async fn list_parts(state: &State, call: &Call) -> Result<Answer> {
    let (bucket, key, id) = named(state, call)?;
    let encoding = Encoding::of(call)?;
    let limit = call.number("max-parts", 1..=1000)?.unwrap_or(1000);
    let marker = call.number("part-number-marker", 0..=10_000)?.unwrap_or(0);
    let (meta, mut parts) = state.store.upload(&bucket, &key, &id).map_err(listed_or_ended)?;
    parts.retain(|part| u64::from(part.number) > marker);
    let truncated = parts.len() as u64 > limit;
    parts.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut xml = Writer::document();
    xml.open("ListPartsResult");
    encoding.tell(&mut xml);
    xml.element("Bucket", &bucket);
    xml.element("Key", &encoding.apply(&key));
    xml.element("UploadId", &id);
    xml.element("StorageClass", meta.attributes.storage_class());
    xml.number("PartNumberMarker", marker);
    // Told without parts, too: SDKs insist on it.
    xml.number("NextPartNumberMarker", parts.last().map_or(marker, |last| u64::from(last.number)));
    xml.number("MaxParts", limit);
    xml.element("IsTruncated", if truncated { "true" } else { "false" });
    for (element, header) in CLIENT_ENCRYPTION {
        if let Some(value) = meta.attributes.header(header) {
            xml.element(element, value);
        }
    }
    for part in &parts {
        xml.open("Part");
        xml.number("PartNumber", u64::from(part.number));
        xml.element("LastModified", &iso8601_unix(part.modified));
        xml.element("ETag", &format!("\"{}\"", part.etag));
        xml.element("HashCrc64ecma", &part.crc64.to_string());
        xml.number("Size", part.size);
        xml.close("Part");
    }
    xml.close("ListPartsResult");
    Ok(respond::xml(xml.finish()))
}

/// ListMultipartUploads.
pub(super) async fn list_uploads(state: &State, call: &Call) -> Result<Answer> {
    let bucket = call.bucket()?.to_owned();
    call.authorize(Access::Own, state.bucket(&bucket)?.acl)?;
    let encoding = Encoding::of(call)?;
    let limit = call.number("max-uploads", 1..=1000)?.unwrap_or(1000);
    let text = |name| call.query.value(name).unwrap_or_default();
    let (prefix, marker) = (text("prefix"), (text("key-marker"), text("upload-id-marker")));
    let delimiter = text("delimiter");
    let mut uploads = state.store.uploads(&bucket)?;
    uploads.retain(|upload| {
        let place = (upload.key.as_str(), upload.id.as_str());
        let after = if marker.1.is_empty() { place.0 > marker.0 } else { place > marker };
        upload.key.starts_with(prefix) && (marker.0.is_empty() || after)
    });
    let (mut listed, mut groups, mut truncated) = (Vec::new(), Vec::<&str>::new(), false);
    // The last entry of the page: a group's name, or a key with its upload.
    let mut last = ("", "");
    for upload in &uploads {
        let group = list::group(&upload.key, prefix, delimiter);
        // A group is listed once, and not again on the page after it.
        if group.is_some_and(|group| groups.last() == Some(&group) || group == marker.0) {
            continue;
        }
        if (listed.len() + groups.len()) as u64 >= limit {
            truncated = true;
            break;
        }
        match group {
            Some(group) => {
                groups.push(group);
                last = (group, "");
            }
            None => {
                listed.push(upload);
                last = (&upload.key, &upload.id);
            }
        }
    }
    let mut xml = Writer::document();
    xml.open("ListMultipartUploadsResult");
    encoding.tell(&mut xml);
    xml.element("Bucket", &bucket);
    xml.element("KeyMarker", &encoding.apply(marker.0));
    xml.element("UploadIdMarker", marker.1);
    // Told on the last page, too: SDKs insist on them.
    xml.element("NextKeyMarker", &encoding.apply(last.0));
    xml.element("NextUploadIdMarker", last.1);
    xml.element("Delimiter", &encoding.apply(delimiter));
    xml.element("Prefix", &encoding.apply(prefix));
    xml.number("MaxUploads", limit);
    xml.element("IsTruncated", if truncated { "true" } else { "false" });
    for upload in listed {
        xml.open("Upload");
        xml.element("Key", &encoding.apply(&upload.key));
        xml.element("UploadId", &upload.id);
        xml.element("StorageClass", upload.attributes.storage_class());
        xml.element("Initiated", &iso8601_unix(upload.initiated));
        xml.close("Upload");
    }
    list::prefixes(&mut xml, &groups, encoding);
    xml.close("ListMultipartUploadsResult");
    Ok(respond::xml(xml.finish()))
}
