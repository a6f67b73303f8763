//! A page for people who open the server in a browser: what is stored, an upload, the requests, how a signature is made, and
//! what is wrong with a URL.
//!
//! It is for browsers of ES2022. `presign.js`, `upload.js` and `page.wasm` are those of the package for JavaScript, put here
//! by `cargo xtask wasm`: signatures are made and explained in the browser, and a secret that is typed there stays there.
//!
//! Its signer signs whatever it is asked to, so the page answers on loopback connections only, under a loopback name
//! (a page elsewhere could have its own name resolved to 127.0.0.1), to no other origin, and what it knows and signs
//! only to those who have the token that is printed at the start. Objects are of the same origin as the page: their
//! answers are sandboxed (see [`sandbox`]).

mod api;
mod sign;

use std::net::IpAddr;

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use sha2::{Digest as _, Sha256};

use crate::body::Body;
use crate::error::{OssError, Result};
use crate::respond::{self, Answer};
use crate::state::State;

const HTML: &str = include_str!("page.html");
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// The page's files: path, type and content.
const FILES: [(&str, &str, &[u8]); 6] = [
    ("/-/page.css", "text/css; charset=utf-8", include_bytes!("page.css")),
    ("/-/page.js", JAVASCRIPT, include_bytes!("page.js")),
    ("/-/signature.js", JAVASCRIPT, include_bytes!("signature.js")),
    ("/-/presign.js", JAVASCRIPT, include_bytes!("presign.js")),
    ("/-/upload.js", JAVASCRIPT, include_bytes!("upload.js")),
    ("/-/page.wasm", "application/wasm", include_bytes!("page.wasm")),
];
/// Everything of the page's own lives under a name that no bucket can have.
const ROOT: &str = "/-/";
/// Nothing but the page's own files runs, and it talks to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; \
     frame-ancestors 'none'; base-uri 'none'";
/// The header that carries the token.
const TOKEN: &str = "x-page-token";

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
    let own_origin = format!("{}://{host}", state.config.scheme);
    if origin.is_some_and(|origin| origin.as_bytes() != own_origin.as_bytes()) {
        return Some(Err(OssError::access_denied("The page answers to no other origin.")));
    }
    if parts.method != Method::GET {
        return Some(Err(OssError::method_not_allowed(parts.method.as_str())));
    }
    if path == "/" {
        return Some(Ok(file("text/html; charset=utf-8", HTML.into())));
    }
    if let Some((_, media_type, content)) = FILES.iter().find(|(name, ..)| *name == path) {
        return Some(Ok(file(media_type, Bytes::from_static(content))));
    }
    let answer = authorized(state, parts)
        .and_then(|()| api::answer(state, path, parts.uri.query().unwrap_or_default(), host));
    Some(answer.map(|json| file("application/json", json.to_string().into())))
}

/// Lets those pass who have the token.
fn authorized(state: &State, parts: &Parts) -> Result<()> {
    let given = parts.headers.get(TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
    let token = state.config.token.as_deref().unwrap_or_default().as_bytes();
    // Hashed, so that the time of the comparison tells nothing of the token.
    if !token.is_empty() && Sha256::digest(given) == Sha256::digest(token) {
        return Ok(());
    }
    Err(OssError::access_denied("The page asks with the token that the server printed when it started."))
}

/// Makes an answer that is not the page's harmless to it: a stored HTML file has the page's origin, and could
/// otherwise read the page's token out of a window.
pub(crate) fn sandbox(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
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

fn file(media_type: &'static str, content: Bytes) -> Answer {
    let mut answer = respond::empty(200);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *answer.body_mut() = Body::Bytes(content);
    answer
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
