//! Cross-origin access: a browser shows a page the answer only if these headers are there.

use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::cors_rules::{self, Rule};
use crate::error::{OssError, Result};

/// Which pages may use the server from another origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cors {
    /// Every origin; the default of a local server.
    #[default]
    AnyOrigin,
    /// These origins (`https://app.example.com`, without a trailing slash).
    Origins(Vec<String>),
    /// None: no CORS header at all, as on a bucket without CORS rules.
    Off,
}

const METHODS: &str = "GET, PUT, POST, DELETE, HEAD";
const EXPOSED: &str = "ETag, Content-MD5, Content-Range, Date, x-oss-request-id, x-oss-server-time, x-oss-ec, x-oss-err, \
     x-oss-version-id, x-oss-hash-crc64ecma, x-oss-object-type, x-oss-next-append-position";

/// What decides about a request of another origin: the rules of its bucket, or the server's setting where it has none.
#[derive(Debug)]
pub(crate) enum Policy {
    Server(Cors),
    Bucket(Vec<Rule>),
}

impl Cors {
    /// The value of Access-Control-Allow-Origin for a page at `origin`.
    fn allowed(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match self {
            Self::AnyOrigin => Some(HeaderValue::from_static("*")),
            Self::Origins(list) => {
                list.iter().any(|one| one.as_bytes() == origin.as_bytes()).then(|| origin.clone())
            }
            Self::Off => None,
        }
    }

    /// The headers that allow a page at `origin` to use an answer, if it may.
    fn allow(&self, origin: &HeaderValue, method: &str) -> Option<HeaderMap> {
        let allowed =
            self.allowed(origin).filter(|_| METHODS.split(", ").any(|allowed| allowed == method))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        Some(headers)
    }
}

impl Policy {
    fn allow(&self, origin: &HeaderValue, method: &str, names: Option<&HeaderValue>) -> Option<HeaderMap> {
        match self {
            Self::Server(cors) => cors.allow(origin, method),
            Self::Bucket(rules) => {
                let names = names.map(|names| names.to_str().unwrap_or("*"));
                cors_rules::find(rules, origin.to_str().ok()?, method, names).map(|rule| rule.allow(origin))
            }
        }
    }

    /// Adds what an answer to a page of another origin needs, errors included.
    pub(crate) fn decorate(&self, method: &Method, request: &HeaderMap, answer: &mut HeaderMap) {
        let Some(origin) = request.get(header::ORIGIN) else {
            return;
        };
        answer.append(header::VARY, HeaderValue::from_static("Origin"));
        // A preflight is about the request that follows it.
        let asked = request.get(header::ACCESS_CONTROL_REQUEST_METHOD).filter(|_| method == Method::OPTIONS);
        let method = asked.map_or(method.as_str(), |asked| asked.to_str().unwrap_or_default());
        answer.extend(self.allow(origin, method, None).unwrap_or_default());
    }

    /// The further headers of the answer to a preflight.
    pub(crate) fn preflight(&self, request: &HeaderMap) -> Result<HeaderMap> {
        let (Some(origin), Some(method)) =
            (request.get(header::ORIGIN), request.get(header::ACCESS_CONTROL_REQUEST_METHOD))
        else {
            return Err(OssError::new(
                400,
                "InvalidArgument",
                "An OPTIONS request needs the headers Origin and Access-Control-Request-Method.",
            ));
        };
        let names = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        if self.allow(origin, method.to_str().unwrap_or_default(), names).is_none() {
            return Err(OssError::new(
                403,
                "AccessForbidden",
                "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, \
                 request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted \
                 by the resource's CORS spec.",
            ));
        }
        let mut answer = HeaderMap::new();
        if let Some(names) = names {
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        // Chromium asks this before a public page may reach a loopback address.
        if request.contains_key("access-control-request-private-network") {
            answer.insert(
                HeaderName::from_static("access-control-allow-private-network"),
                HeaderValue::from_static("true"),
            );
        }
        Ok(answer)
    }
}
