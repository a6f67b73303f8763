//! PostObject: the upload of a browser's form.

use std::collections::HashMap;

use http::header::HeaderMap;
use http::{HeaderName, HeaderValue};

use crate::address::valid_key;
use crate::attributes;
use crate::auth::Identity;
use crate::call::Call;
use crate::callback::Callback;
use crate::error::{OssError, Result};
use crate::form::{Fields, Form, field, malformed, with_form};
use crate::receive::{MAX_OBJECT, receive};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::routes::put_object;
use crate::state::State;
use crate::store::{self, Attributes, Kind};
use crate::xml::Writer;

pub(super) async fn run(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let content_type = call.header(http::header::CONTENT_TYPE).map(str::to_owned);
    if !body.is_framed() {
        return Err(OssError::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    }
    with_form(content_type.as_deref(), body, async |form| upload(state, call, form).await).await
}

async fn upload(state: &State, call: &Call, mut form: Form) -> Result<Answer> {
    let bucket = call.bucket()?.to_owned();
    let key = key(&mut form)?;
    let fields = form.fields.clone();
    // Judged before the file is read, but for its size, and again with it.
    let identity = state.authority.identify_form(&bucket, &fields, None, call.arrived)?;
    state.open_bucket(&identity, &bucket).await?;
    let headers = headers(&fields)?;
    let guard = put_object::guard(&headers)?;
    if guard.forbid_overwrite && state.would_overwrite(&bucket, &key) {
        return Err(store::file_already_exists());
    }
    let callback = callback(&fields)?;
    let success = Success::of(&fields)?;
    let attributes = attributes(&fields, &headers, form.file.media_type.as_deref())?;
    let expected = put_object::content_md5(&headers)?;

    let receipt =
        receive(&mut form.file, &state.store, state.config.md5 || expected.is_some(), MAX_OBJECT).await?;
    form.finish().await?;
    if let (Some(expected), Some(found)) = (expected, receipt.md5)
        && expected != found
    {
        return Err(put_object::wrong_digest(&expected, &found));
    }
    if identity != Identity::Anonymous {
        state.authority.identify_form(&bucket, &fields, Some(receipt.size), call.arrived)?;
    }
    let meta = put_object::meta(&key, Kind::Normal, &receipt, attributes, state.now());
    let name = bucket.clone();
    let meta = state.store.run(move |store| store.commit(&name, receipt.sink, meta, &guard)).await?;
    let mut answer = success.answer(call, &bucket, &key, &meta.quoted_etag());
    put_object::describe(state, &bucket, &meta, answer.headers_mut());
    put_object::call_back(callback, &bucket, &meta, answer).await
}

/// The key of the new object; it replaces the field, because the policy is about this one.
fn key(form: &mut Form) -> Result<String> {
    let name = form.file.name.clone().unwrap_or_default();
    // Some browsers once sent the whole path.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let place = form.fields.iter_mut().find(|(field, _)| field.eq_ignore_ascii_case("key"));
    let Some((_, value)) = place else {
        return Err(malformed("The form has no field named key before its file."));
    };
    *value = value.replace("${filename}", name);
    valid_key(value)?;
    Ok(value.clone())
}

/// The fields that are headers of a plain upload.
fn headers(fields: &Fields) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
        else {
            // Only a field that means a header must be able to be one.
            if name.to_ascii_lowercase().starts_with("x-oss-meta-") {
                return Err(OssError::invalid_argument("The field cannot be a header.", name, value));
            }
            continue;
        };
        headers.insert(name, value);
    }
    Ok(headers)
}

fn attributes(fields: &Fields, headers: &HeaderMap, file_type: Option<&str>) -> Result<Attributes> {
    let mut headers = headers.clone();
    let named = field(fields, "x-oss-content-type").or(field(fields, "content-type")).or(file_type);
    match named.and_then(|named| HeaderValue::from_bytes(named.as_bytes()).ok()) {
        Some(media_type) => headers.insert("content-type", media_type),
        None => headers.remove("content-type"),
    };
    attributes::from_headers(&headers)
}

fn callback(fields: &Fields) -> Result<Option<Callback>> {
    let Some(parameters) = field(fields, "callback") else {
        return Ok(None);
    };
    let variables = fields.iter().filter(|(name, _)| name.starts_with("x:"));
    let variables: HashMap<_, _> = variables.cloned().collect();
    Callback::with_variables(parameters, variables).map(Some)
}

/// How the form wants to be answered.
struct Success {
    redirect: Option<String>,
    status: u16,
}

impl Success {
    fn of(fields: &Fields) -> Result<Self> {
        let redirect = field(fields, "success_action_redirect").filter(|url| !url.is_empty());
        if let Some(url) = redirect
            && (!url.starts_with("http://") && !url.starts_with("https://")
                || HeaderValue::from_str(url).is_err())
        {
            return Err(OssError::invalid_argument(
                "success_action_redirect is an absolute http or https URL.",
                "success_action_redirect",
                url,
            ));
        }
        // As OSS: what is not one of the three means 204.
        let status = match field(fields, "success_action_status") {
            Some("200") => 200,
            Some("201") => 201,
            _ => 204,
        };
        Ok(Self { redirect: redirect.map(str::to_owned), status })
    }

    fn answer(self, call: &Call, bucket: &str, key: &str, etag: &str) -> Answer {
        if let Some(url) = self.redirect {
            let encode = crate::query::encode;
            let join = if url.contains('?') { '&' } else { '?' };
            let mut answer = respond::empty(303);
            let target =
                format!("{url}{join}bucket={}&key={}&etag={}", encode(bucket), encode(key), encode(etag));
            respond::set(answer.headers_mut(), "location", &target);
            return answer;
        }
        let location = call.url_of(bucket, key);
        let mut answer = if self.status == 201 {
            let mut xml = Writer::document();
            xml.open("PostResponse");
            xml.element("Bucket", bucket);
            xml.element("Location", &location);
            xml.element("Key", key);
            xml.element("ETag", etag);
            xml.close("PostResponse");
            let mut answer = respond::xml(xml.finish());
            *answer.status_mut() = http::StatusCode::CREATED;
            answer
        } else {
            respond::empty(self.status)
        };
        respond::set(answer.headers_mut(), "location", &location);
        answer
    }
}
