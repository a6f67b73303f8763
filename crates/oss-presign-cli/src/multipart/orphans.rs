//! `multipart list` and `multipart abort --upload-id`: uploads that nobody has a plan of.

use oss_presign_std::Method;
use serde::Deserialize;
use serde_json::json;

use super::holder::tell_aborted;
use crate::arguments::{Life, MultipartAbort, MultipartList, Named, Signing};
use crate::failure::Failure;
use crate::listing::{decode, fetch, no_list};
use crate::log;
use crate::object_signer::ObjectSigner;
use crate::output;
use crate::presigned_input::PresignedInput;
use crate::transfer::{Problem, uploader};

#[derive(Deserialize)]
#[serde(rename = "ListMultipartUploadsResult")]
struct Page {
    #[serde(rename = "Upload", default)]
    uploads: Vec<Begun>,
    #[serde(rename = "IsTruncated")]
    is_truncated: bool,
    #[serde(rename = "NextKeyMarker", default)]
    next_key: String,
    #[serde(rename = "NextUploadIdMarker", default)]
    next_id: String,
}

/// An upload that was begun.
#[derive(Deserialize)]
struct Begun {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "UploadId")]
    id: String,
    #[serde(rename = "Initiated", default)]
    initiated: String,
}

/// Lists the uploads under a prefix, a line for each.
pub(super) fn list(arguments: &MultipartList, json: bool) -> Result<(), Failure> {
    let Named { bucket, key: prefix } = arguments.name.named()?;
    let signer = ObjectSigner::new(&bucket, &arguments.signing)?;
    let uploader = uploader(&arguments.network)?;
    let mut after: Option<(String, String)> = None;
    loop {
        let mut query = vec![
            ("uploads", String::new()),
            // XML cannot carry every key.
            ("encoding-type", "url".to_owned()),
            ("max-uploads", "1000".to_owned()),
        ];
        query.extend(prefix.clone().map(|prefix| ("prefix", prefix)));
        if let Some((key, id)) = &after {
            query.extend([("key-marker", key.clone()), ("upload-id-marker", id.clone())]);
        }
        let request = signer.sign_bucket(Method::Get, &query)?;
        let page = fetch(request, &uploader)?;
        let page: Page = quick_xml::de::from_str(&page).map_err(|_| no_list("something that is none"))?;
        for begun in page.uploads {
            let Begun { id, initiated, key } = begun;
            let key = decode(&key)?;
            if json {
                output::json(&json!({ "key": key, "upload_id": id, "initiated": initiated }))?;
            } else {
                let line = format!("{initiated:24}  {id}  oss://{bucket}/{key}");
                output::line(output::escaped(&line))?;
            }
        }
        if !page.is_truncated {
            return Ok(());
        }
        let next = Some((decode(&page.next_key)?, page.next_id));
        if next == after {
            // It would go on for ever.
            return Err(no_list("the marker that it was asked for"));
        }
        after = next;
    }
}

/// Gives up one upload of an object.
pub(super) fn abort(arguments: &MultipartAbort, id: &str, json: bool) -> Result<(), Failure> {
    let Named { bucket, key: Some(key) } = Named::of(&arguments.plan, None)? else {
        return Err(Failure::unusable("--upload-id is of an object: name it as oss://BUCKET/KEY"));
    };
    /// For one request, sent at once.
    const LIFE_SECONDS: u32 = 600;
    let signing = Signing { life: Life::seconds(LIFE_SECONDS), place: arguments.more.place.clone() };
    let signer = ObjectSigner::new(&bucket, &signing)?;
    let request = signer.sign(Method::Delete, &key, &[], &[("uploadId", id.to_owned())])?;
    log::request(&request);
    uploader(&arguments.network)?.delete(&request).send().map_err(|error| {
        let unknown = error.service().is_some_and(|service| service.code() == "NoSuchUpload");
        let presigned = PresignedInput::signed_here(request);
        let problem = Problem::of(Some(&presigned), &error);
        match unknown {
            true => problem
                .with_hint("`oss-presign multipart list` shows the uploads that there are, with their keys"),
            false => problem,
        }
    })?;
    tell_aborted(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let text = "<?xml version=\"1.0\"?><ListMultipartUploadsResult><Bucket>b</Bucket><KeyMarker></KeyMarker>\
            <NextKeyMarker>a%2B</NextKeyMarker><NextUploadIdMarker>I2</NextUploadIdMarker>\
            <IsTruncated>true</IsTruncated><Upload><Key>a%2B</Key><UploadId>I1</UploadId>\
            <StorageClass>Standard</StorageClass><Initiated>2012-02-23T04:18:23.000Z</Initiated></Upload>\
            <Upload><Key>a%2B</Key><UploadId>I2</UploadId></Upload></ListMultipartUploadsResult>";
        let page: Page = quick_xml::de::from_str(text).unwrap();
        let ids: Vec<&str> = page.uploads.iter().map(|upload| upload.id.as_str()).collect();
        assert_eq!((ids, page.next_key.as_str(), page.next_id.as_str()), (vec!["I1", "I2"], "a%2B", "I2"));
        assert_eq!(page.uploads[0].initiated, "2012-02-23T04:18:23.000Z");
        let none =
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";
        let none: Page = quick_xml::de::from_str(none).unwrap();
        assert!(none.uploads.is_empty() && !none.is_truncated);
    }
}
