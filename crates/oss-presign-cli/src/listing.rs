//! The objects of a bucket, page by page.

use std::time::Duration;

use oss_presign_std::{Method, PresignedRequest};
use oss_upload::ServiceError;
use oss_upload::driver::{ResponseHead, UrlParts};
use oss_upload_ureq::Error as TransferError;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::arguments::Network;
use crate::failure::{Class, Failure};
use crate::log;
use crate::object_signer::ObjectSigner;
use crate::presigned_input::PresignedInput;
use crate::transfer::Problem;

/// More than a page of 1000 keys, each of 1023 bytes that are percent-encoded.
const PAGE_LIMIT: u64 = 8 << 20;

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    /// Its bytes.
    pub(crate) size: u64,
    /// As the service writes it: 2027-01-31T18:00:00.000Z.
    pub(crate) last_modified: String,
}

/// What a list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Object(Listed),
    /// The keys up to a delimiter that others go on after.
    Folder(String),
}

/// Calls `found` with every object under a prefix, in the order of keys; with a delimiter, with what lies directly
/// under it.
pub(crate) fn each(
    signer: &ObjectSigner,
    prefix: &str,
    delimiter: &str,
    network: &Network,
    mut found: impl FnMut(Found) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![
            ("list-type", "2".to_owned()),
            // XML cannot carry every key.
            ("encoding-type", "url".to_owned()),
            ("max-keys", "1000".to_owned()),
            ("prefix", prefix.to_owned()),
            ("delimiter", delimiter.to_owned()),
        ];
        query.extend(after.clone().map(|token| ("continuation-token", token)));
        // An empty value would be signed as a bare name.
        query.retain(|(_, value)| !value.is_empty());
        let request = signer.sign_bucket(Method::Get, &query)?;
        let page: Page = read(&fetch(request, network)?)?;
        for folder in page.folders {
            found(Found::Folder(decode(&folder.prefix)?))?;
        }
        for object in page.objects {
            let Object { key, size, last_modified } = object;
            found(Found::Object(Listed { key: decode(&key)?, size, last_modified }))?;
        }
        after = match page.next.filter(|token| !token.is_empty()) {
            _ if !page.is_truncated => return Ok(()),
            None => return Err(no_list("no continuation token")),
            // It would go on for ever.
            token if token == after => return Err(no_list("the continuation token that it was asked for")),
            token => token,
        };
    }
}

/// Calls `found` with every object under a prefix.
pub(crate) fn each_object(
    signer: &ObjectSigner,
    prefix: &str,
    network: &Network,
    mut found: impl FnMut(Listed) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each(signer, prefix, "", network, |listed| match listed {
        Found::Object(object) => found(object),
        Found::Folder(_) => Err(no_list("a folder that nobody asked for")),
    })
}

/// The part of keys below the last folder of a prefix.
pub(crate) fn below<'k>(key: &'k str, prefix: &str) -> &'k str {
    let folder = prefix.rfind('/').map_or(0, |at| at + 1);
    key.get(folder..).unwrap_or(key)
}

pub(crate) fn decode(key: &str) -> Result<String, Failure> {
    let key = percent_decode_str(key).decode_utf8();
    Ok(key.map_err(|_| no_list("a key that is not UTF-8"))?.into_owned())
}

#[derive(Deserialize)]
#[serde(rename = "ListBucketResult")]
struct Page {
    #[serde(rename = "Contents", default)]
    objects: Vec<Object>,
    #[serde(rename = "CommonPrefixes", default)]
    folders: Vec<CommonPrefix>,
    #[serde(rename = "IsTruncated")]
    is_truncated: bool,
    #[serde(rename = "NextContinuationToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Size")]
    size: u64,
    #[serde(rename = "LastModified", default)]
    last_modified: String,
}

#[derive(Deserialize)]
struct CommonPrefix {
    #[serde(rename = "Prefix")]
    prefix: String,
}

fn read(text: &str) -> Result<Page, Failure> {
    quick_xml::de::from_str(text).map_err(|_| no_list("something that is none"))
}

pub(crate) fn no_list(what: &str) -> Failure {
    Failure::new(Class::Service, format!("the service answered a list with {what}"))
}

/// Fetches a page, in as many attempts as the arguments allow.
pub(crate) fn fetch(request: PresignedRequest, network: &Network) -> Result<String, Failure> {
    let presigned = PresignedInput::signed_here(request);
    if presigned.request.url().starts_with("http://")
        && !network.allow_http
        && !UrlParts::parse(presigned.request.url()).is_some_and(|url| url.is_loopback())
    {
        let hint = "use https, or give --allow-http";
        return Err(Failure::new(
            Class::Refused,
            "plain http to another machine shows the list to everyone on the way",
        )
        .with_hint(hint));
    }
    let mut attempt = 1;
    loop {
        log::request(&presigned.request);
        let failure = match once(&presigned, network) {
            Ok(text) => return Ok(text),
            Err(failure) => failure,
        };
        let passes = matches!(failure.class, Class::Network | Class::Service);
        if !passes || attempt >= network.attempts {
            return Err(failure);
        }
        std::thread::sleep(Duration::from_millis(200 << attempt.min(6)));
        attempt += 1;
    }
}

fn once(presigned: &PresignedInput, network: &Network) -> Result<String, Failure> {
    let seconds = |seconds: u32| Some(Duration::from_secs(u64::from(seconds)));
    let request = oss_upload_ureq::client().get(presigned.request.url()).config();
    let request = request
        .timeout_connect(seconds(network.connect_timeout))
        .timeout_recv_response(seconds(network.idle_timeout))
        .timeout_recv_body(seconds(network.idle_timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build();
    let unreachable = |error: ureq::Error| {
        Failure::new(Class::Network, format!("the list was not fetched: {error}")).with_hint(
            "see whether the endpoint is right and reachable from here: `oss-presign doctor --reach`",
        )
    };
    let mut response = request.call().map_err(unreachable)?;
    let body = response.body_mut().with_config().limit(PAGE_LIMIT).read_to_string().map_err(unreachable)?;
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(body);
    }
    let mut answer = ResponseHead::new(status);
    for (name, value) in response.headers() {
        answer.record(name.as_str(), value.as_bytes());
    }
    let error = TransferError::Service(Box::new(ServiceError::read(&answer, body.as_bytes())));
    Err(Problem::of(Some(presigned), &error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let page = read(
            "<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>\
             <NextContinuationToken>t</NextContinuationToken>\
             <Contents><Key>a%2Bb</Key><Size>3</Size><Owner><ID>1</ID></Owner></Contents>\
             <Contents><Key>c</Key><Size>0</Size></Contents></ListBucketResult>",
        )
        .unwrap();
        let keys: Vec<&str> = page.objects.iter().map(|object| object.key.as_str()).collect();
        assert_eq!((keys, page.next.as_deref(), page.is_truncated), (vec!["a%2Bb", "c"], Some("t"), true));
        let empty = read("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>").unwrap();
        assert!(empty.objects.is_empty() && empty.next.is_none());
        assert_eq!(read("<html>").err().unwrap().class, Class::Service);
    }
}
