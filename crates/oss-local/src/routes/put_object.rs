//! PutObject.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

use crate::attributes;
use crate::body::Body;
use crate::call::Call;
use crate::callback::Callback;
use crate::error::{OssError, Result};
use crate::receive::{MAX_OBJECT, Receipt, receive, upper_hex};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::{self, Attributes, Guard, Kind, Meta};

pub(super) async fn run(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let (bucket, key) = (call.bucket()?.to_owned(), call.key()?.to_owned());
    state.open_bucket(&call.identity, &bucket).await?;
    let guard = guard(&call.headers)?;
    let callback = callback(call)?;
    let attributes = attributes::from_headers(&call.headers)?;
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let receipt = receive_body(state, call, body).await?;
    let meta = meta(&key, Kind::Normal, &receipt, attributes, state.now());
    let name = bucket.clone();
    let meta = state.store.run(move |store| store.commit(&name, receipt.sink, meta, &guard)).await?;
    let mut answer = respond::empty(200);
    describe(state, &bucket, &meta, answer.headers_mut());
    echo_encryption(&meta.attributes, answer.headers_mut());
    call_back(callback, &bucket, &meta, answer).await
}

/// The callback that the headers or the query ask for.
pub(super) fn callback(call: &Call) -> Result<Option<Callback>> {
    let named = |header, parameter| call.header(header).or_else(|| call.query.value(parameter));
    match named("x-oss-callback", "callback") {
        None => Ok(None),
        Some(parameters) => {
            let variables = named("x-oss-callback-var", "callback-var");
            Callback::parse(parameters, variables).map(Some)
        }
    }
}

/// Tells the application, and makes its answer that of the upload.
pub(crate) async fn call_back(
    callback: Option<Callback>,
    bucket: &str,
    meta: &Meta,
    mut answer: Answer,
) -> Result<Answer> {
    if let Some(callback) = callback {
        let body = match callback.post(bucket, meta).await {
            Ok(body) => body,
            // The object is stored, so the refusal carries its headers, too.
            Err(refusal) => {
                let told = answer.headers().iter();
                return Err(
                    told.fold(refusal, |refusal, (name, value)| refusal.header(name.clone(), value.clone()))
                );
            }
        };
        *answer.body_mut() = Body::Bytes(body);
        answer.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(answer)
}

/// Receives the body of an upload and checks its Content-MD5.
pub(super) async fn receive_body(state: &State, call: &Call, body: &mut RequestBody) -> Result<Receipt> {
    let expected = content_md5(&call.headers)?;
    if !body.is_framed() {
        return Err(OssError::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    }
    if let Some(length) = body.length().filter(|length| *length > MAX_OBJECT) {
        return Err(OssError::entity_too_large(MAX_OBJECT, length));
    }
    let with_md5 = state.config.md5 || expected.is_some();
    let receipt = receive(body, &state.store, with_md5, MAX_OBJECT).await?;
    if let (Some(expected), Some(found)) = (expected, receipt.md5)
        && expected != found
    {
        return Err(wrong_digest(&expected, &found));
    }
    Ok(receipt)
}

pub(super) fn wrong_digest(expected: &[u8; 16], found: &[u8; 16]) -> OssError {
    OssError::new(400, "InvalidDigest", "The Content-MD5 you specified did not match what we received.")
        .detail("ClientDigest", STANDARD.encode(expected))
        .detail("ServerDigest", STANDARD.encode(found))
}

pub(super) fn content_md5(headers: &HeaderMap) -> Result<Option<[u8; 16]>> {
    let Some(value) = headers.get("content-md5") else {
        return Ok(None);
    };
    match STANDARD.decode(value.as_bytes()).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()) {
        Some(md5) => Ok(Some(md5)),
        None => Err(OssError::new(
            400,
            "InvalidDigest",
            "The Content-MD5 you specified is not valid: it is the base64 of 16 bytes.",
        )),
    }
}

/// What the headers demand of a write.
pub(super) fn guard(headers: &HeaderMap) -> Result<Guard> {
    Ok(Guard { forbid_overwrite: forbid_overwrite(headers)?, follows: None })
}

fn forbid_overwrite(headers: &HeaderMap) -> Result<bool> {
    match headers.get("x-oss-forbid-overwrite").map(|value| value.as_bytes()) {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case(b"true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case(b"false") => Ok(false),
        Some(value) => Err(OssError::invalid_argument(
            "The x-oss-forbid-overwrite header is neither true nor false.",
            "x-oss-forbid-overwrite",
            &String::from_utf8_lossy(value),
        )
        .ec("0017-00000279")),
    }
}

/// The tag of some bytes. Without an MD5, by the operator's choice, it is of the same form but made of CRC and size.
pub(super) fn etag(md5: Option<[u8; 16]>, crc64: u64, size: u64) -> String {
    md5.map_or_else(|| format!("{crc64:016X}{size:016X}"), |md5| upper_hex(&md5))
}

/// The metadata of a body that has arrived.
pub(super) fn meta(key: &str, kind: Kind, receipt: &Receipt, attributes: Attributes, now: u64) -> Meta {
    Meta {
        key: key.to_owned(),
        version: None,
        sequence: 0,
        kind,
        size: receipt.size,
        etag: etag(receipt.md5, receipt.crc64, receipt.size),
        content_md5: receipt.md5.map(|md5| STANDARD.encode(md5)),
        crc64: receipt.crc64,
        modified: now,
        attributes,
        symlink_target: None,
    }
}

/// Names the encryption that the request asked for, as OSS does; nothing is encrypted here.
pub(super) fn echo_encryption(attributes: &Attributes, headers: &mut HeaderMap) {
    for name in attributes::ENCRYPTION {
        if let Some(value) = attributes.header(name) {
            respond::set(headers, name, value);
        }
    }
}

/// What the answer to a write says of the object.
pub(super) fn describe(state: &State, bucket: &str, meta: &Meta, headers: &mut HeaderMap) {
    respond::set(headers, "etag", &meta.quoted_etag());
    if let Some(md5) = &meta.content_md5 {
        respond::set(headers, "content-md5", md5);
    }
    respond::set(headers, "x-oss-hash-crc64ecma", &meta.crc64.to_string());
    state.name_version(bucket, meta, headers);
}
