//! A page for people who open the server in a browser: its buckets, and an upload by presigned PUT or by form.
//!
//! The page is for the machine's own user: it signs whatever it is asked to, so it answers on loopback connections
//! alone, under a loopback name (a page elsewhere could have its own name resolved to 127.0.0.1), and to no other
//! origin.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PostPolicy, Region, Request, Scheme, Signer, Timestamp,
};

use crate::body::Body;
use crate::error::{OssError, Result};
use crate::query::Query;
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::Wanted;

const HTML: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");
/// Everything of the page's own lives under a name that no bucket can have.
const ROOT: &str = "/-/";
/// Nothing but the page's own files runs, and it talks to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; \
     frame-ancestors 'none'; base-uri 'none'";
/// How long the page's URLs live, in seconds.
const LIFE: u32 = 600;

/// Answers a request for the page, if it is one.
pub(crate) fn answer(state: &State, parts: &Parts, host: &str, loopback: bool) -> Option<Result<Answer>> {
    let path = parts.uri.path();
    let own = path.starts_with(ROOT);
    let signed = parts.headers.contains_key(header::AUTHORIZATION) || parts.uri.query().is_some();
    let start = path == "/" && parts.method == Method::GET && !signed && accepts_html(&parts.headers);
    if !state.config.page || !(own || start) {
        return None;
    }
    if !loopback || !is_loopback(host) {
        return own
            .then(|| Err(OssError::access_denied("The page is for the machine that the server runs on.")));
    }
    let origin = parts.headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| origin.as_bytes() != format!("http://{host}").as_bytes()) {
        return Some(Err(OssError::access_denied("The page answers to no other origin.")));
    }
    if parts.method != Method::GET {
        return Some(Err(OssError::method_not_allowed(parts.method.as_str())));
    }
    Some(match path {
        "/" => Ok(file("text/html; charset=utf-8", index(state))),
        "/-/page.js" => Ok(file("text/javascript; charset=utf-8", SCRIPT.to_owned())),
        "/-/page.css" => Ok(file("text/css; charset=utf-8", STYLE.to_owned())),
        "/-/presign" => presign(state, parts.uri.query().unwrap_or_default(), host),
        _ => Err(OssError::new(404, "NoSuchKey", "The page has no such part.")),
    })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|value| value.to_str().is_ok_and(|list| list.contains("text/html")))
}

/// Whether a `Host` is a name of this machine that nobody else can define.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn file(media_type: &'static str, content: String) -> Answer {
    let mut answer = respond::empty(200);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *answer.body_mut() = Body::from(content);
    answer
}

fn index(state: &State) -> String {
    let mut rows = String::new();
    for (name, _) in state.store.buckets() {
        let all = Wanted { limit: usize::MAX, ..Wanted::default() };
        // A bucket that has just gone has no objects.
        let objects = state.store.list(&name, &all).unwrap_or_default().objects;
        let bytes: u64 = objects.iter().map(|listed| listed.meta.size).sum();
        // Bucket names need no escaping: letters, digits and hyphens.
        rows.push_str(&format!("<tr><td>{name}</td><td>{}</td><td>{bytes}</td></tr>\n", objects.len()));
    }
    if rows.is_empty() {
        rows.push_str("<tr><td colspan=\"3\">None yet: the first upload creates one.</td></tr>");
    }
    HTML.replace("{{region}}", &state.authority.region).replace("{{buckets}}", &rows)
}

/// What the page needs to upload one object: a URL for PUT, a form for POST, and a URL to look at it.
fn presign(state: &State, query: &str, host: &str) -> Result<Answer> {
    let query = Query::parse(query)?;
    let text = |name| query.value(name).unwrap_or_default();
    let refused = |error: &dyn std::fmt::Display| OssError::new(400, "InvalidArgument", error.to_string());
    let bucket = Bucket::new(text("bucket")).map_err(|error| refused(&error))?;
    let key = ObjectKey::new(text("key")).map_err(|error| refused(&error))?;
    let now = state.now();
    let usable = |expiry: Option<u64>| expiry.is_none_or(|end| end > now + u64::from(LIFE));
    let credential = state.authority.credentials.iter().find(|credential| usable(credential.expiry()));
    let credential = credential.ok_or_else(|| {
        OssError::new(
            503,
            "ServiceUnavailable",
            "The server was started without an access key that is valid for ten minutes.",
        )
    })?;
    let mut credentials =
        Credentials::new(credential.id(), credential.secret()).map_err(|error| refused(&error))?;
    if let Some(token) = credential.token() {
        credentials = credentials.with_security_token(token).map_err(|error| refused(&error))?;
    }
    let region = Region::new(&state.authority.region).map_err(|error| refused(&error))?;
    let now = Timestamp::from_unix(now).map_err(|error| refused(&error))?;
    let endpoint = Endpoint::path_style(host).map_err(|error| refused(&error))?.with_scheme(Scheme::Http);
    let expiry = Expiry::secs(LIFE).map_err(|error| refused(&error))?;
    let signer = Signer::new(&credentials, region, now);

    let mut put = Request::put(bucket, key);
    let mut policy = PostPolicy::for_key(bucket, key).map_err(|error| refused(&error))?;
    let media_type = text("type");
    if !media_type.is_empty() {
        put.content_type(media_type).map_err(|error| refused(&error))?;
        policy.content_type(media_type).map_err(|error| refused(&error))?;
    }
    let get = Request::get(bucket, key);
    let mut buffer = vec![0; 16 * 1024];
    let mut url = |request: &Request<'_>| match signer.presign(request, &endpoint, now, expiry, &mut buffer) {
        Ok(presigned) => Ok(serde_json::Value::from(presigned.url())),
        Err(error) => Err(refused(&error)),
    };
    let (put, get) = (url(&put)?, url(&get)?);
    let mut buffer = vec![0; 16 * 1024];
    let form =
        signer.sign_form(&policy, &endpoint, now, expiry, &mut buffer).map_err(|error| refused(&error))?;
    let mut answer =
        file("application/json", format!("{{\"put\":{put},\"get\":{get},\"form\":{}}}", form.to_json()));
    *answer.status_mut() = StatusCode::OK;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_those_that_nobody_else_can_define() {
        for host in [
            "localhost",
            "localhost:9000",
            "LOCALHOST:1",
            "127.0.0.1:9000",
            "127.9.9.9",
            "[::1]:9000",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "example.com", "localhost.example.com:80", "10.0.0.1", "0.0.0.0:80", "bucket.localhost"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
