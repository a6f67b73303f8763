//! Callbacks: what the server tells an application after an upload, posted only to a loopback address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::{OssError, Result};
use crate::query::encode;
use crate::store::Meta;

/// OSS waits so long for the application.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of the application's answer.
const MAX_ANSWER: usize = 3 * 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    callback_url: String,
    callback_host: Option<String>,
    callback_body: String,
    callback_body_type: Option<String>,
}

/// A callback that a request asks for.
#[derive(Debug)]
pub(crate) struct Callback {
    parameters: Parameters,
    /// `x:name` and its value.
    variables: HashMap<String, String>,
    json: bool,
}

impl Callback {
    /// Reads the base64 of the JSON parameters, and of the custom variables.
    pub(crate) fn parse(parameters: &str, variables: Option<&str>) -> Result<Self> {
        let variables = match variables {
            None => HashMap::new(),
            Some(text) => decode(text, "callback-var")?,
        };
        Self::with_variables(parameters, variables)
    }

    /// The same, with the variables at hand: a form has them as fields.
    pub(crate) fn with_variables(parameters: &str, variables: HashMap<String, String>) -> Result<Self> {
        let parameters: Parameters = decode(parameters, "callback")?;
        let json = match parameters.callback_body_type.as_deref() {
            None | Some("application/x-www-form-urlencoded") => false,
            Some("application/json") => true,
            Some(other) => {
                return Err(OssError::invalid_argument(
                    "The callback body type is not supported.",
                    "callbackBodyType",
                    other,
                ));
            }
        };
        if parameters.callback_url.is_empty() || parameters.callback_body.is_empty() {
            return Err(OssError::invalid_argument(
                "A callback needs callbackUrl and callbackBody.",
                "callback",
                "",
            ));
        }
        Ok(Self { parameters, variables, json })
    }

    /// Posts the callback; the application's answer becomes that of the upload.
    ///
    /// # Errors
    /// 203 CallbackFailed: the object is stored all the same.
    pub(crate) async fn post(&self, bucket: &str, meta: &Meta) -> Result<Bytes> {
        let body = self.body(bucket, meta);
        let mut reason = String::from("no URL was given");
        for url in self.parameters.callback_url.split(';').filter(|url| !url.is_empty()) {
            match timeout(PATIENCE, self.post_to(url, &body)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(why)) => reason = why,
                Err(_) => reason = "it took longer than 5 s".into(),
            }
        }
        Err(OssError::new(
            203,
            "CallbackFailed",
            format!("The object is stored, but its callback failed: {reason}."),
        )
        .ec("0007-00000203"))
    }

    async fn post_to(&self, url: &str, body: &str) -> std::result::Result<Bytes, String> {
        let uri: http::Uri = url.parse().map_err(|_| "the URL is malformed")?;
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if uri.scheme_str() != Some("http") || !loopback {
            return Err("this server posts only to http:// URLs of the loopback address".into());
        }
        let failed = |_| "the application could not be reached";
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await.map_err(failed)?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|_| "the application does not speak HTTP")?;
        tokio::spawn(connection);
        let authority = uri.authority().map_or(host, |authority| authority.as_str());
        let media_type = if self.json { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = http::Request::post(uri.path_and_query().map_or("/", |target| target.as_str()))
            .header(header::HOST, self.parameters.callback_host.as_deref().unwrap_or(authority))
            .header(header::USER_AGENT, HeaderValue::from_static("aliyun-oss-callback"))
            .header(header::CONTENT_TYPE, media_type)
            .body(Full::new(Bytes::from(body.to_owned())))
            .map_err(|_| "callbackHost is malformed")?;
        let answer = sender.send_request(request).await.map_err(|_| "the application did not answer")?;
        if answer.status() != 200 {
            return Err(format!("the application answered with status {}", answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        let body = body.map_err(|_| "the application's answer broke off or is over 3 MiB")?.to_bytes();
        match serde_json::from_slice::<serde::de::IgnoredAny>(&body) {
            Ok(_) => Ok(body),
            Err(_) => Err("the application's answer is not JSON".into()),
        }
    }

    /// The body with its variables filled in.
    fn body(&self, bucket: &str, meta: &Meta) -> String {
        let mut text = String::new();
        let mut rest = self.parameters.callback_body.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                text.push_str("${");
                rest = after;
                continue;
            };
            let value = self.variable(name, bucket, meta);
            let number = matches!(name, "size");
            match (self.json, number) {
                // As OSS: a text brings its own quotes.
                (true, false) => text.push_str(&serde_json::Value::from(value).to_string()),
                (true, true) => text.push_str(&value),
                (false, _) => text.push_str(&encode(&value)),
            }
            rest = after;
        }
        text + rest
    }

    fn variable(&self, name: &str, bucket: &str, meta: &Meta) -> String {
        match name {
            "bucket" => bucket.to_owned(),
            "object" => meta.key.clone(),
            "etag" => meta.etag.clone(),
            "size" => meta.size.to_string(),
            "mimeType" => meta.attributes.header("content-type").unwrap_or_default().to_owned(),
            "crc64" => meta.crc64.to_string(),
            "contentMd5" => meta.content_md5.clone().unwrap_or_default(),
            _ => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }
}

fn decode<T: serde::de::DeserializeOwned>(text: &str, name: &str) -> Result<T> {
    let bytes = STANDARD.decode(text.trim()).ok();
    let value = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    value.ok_or_else(|| {
        OssError::invalid_argument(
            "The callback configuration is not the base64 of the JSON that OSS documents.",
            name,
            "",
        )
    })
}
