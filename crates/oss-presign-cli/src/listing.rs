//! The objects of a bucket, page by page.

use oss_presign_std::{Method, PresignedRequest};
use oss_upload_ureq::Uploader;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

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
    uploader: &Uploader,
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
        let page: Page = read(&fetch(request, uploader)?)?;
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
    uploader: &Uploader,
    mut found: impl FnMut(Listed) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each(signer, prefix, "", uploader, |listed| match listed {
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

/// Fetches a page.
pub(crate) fn fetch(request: PresignedRequest, uploader: &Uploader) -> Result<String, Failure> {
    log::request(&request);
    let page = uploader.get(&request).bytes(PAGE_LIMIT).map_err(|error| {
        let presigned = PresignedInput::signed_here(request);
        Failure::from(Problem::of(Some(&presigned), &error))
    })?;
    String::from_utf8(page).map_err(|_| no_list("something that is not UTF-8"))
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
