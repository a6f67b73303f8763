//! `multipart renew`: a plan whose requests have expired, signed anew for the same upload.

use oss_presign_std::{Error, PresignedRequest};
use oss_upload::driver::UrlParts;
use oss_upload_ureq::{MultipartPlan, PlanStep};
use percent_encoding::percent_decode_str;

use super::{SignedUpload, plan};
use crate::arguments::{MultipartRenew, Named};
use crate::failure::Failure;
use crate::object_signer::ObjectSigner;
use crate::output;

/// Signs every request of a plan again, and prints the new plan.
pub(super) fn run(arguments: &MultipartRenew) -> Result<(), Failure> {
    let earlier = plan::read(&arguments.plan)?;
    let first = [PlanStep::Complete, PlanStep::Initiate].iter().find_map(|&step| earlier.request(step));
    let first = first.ok_or_else(|| Failure::unusable("the plan has no request"))?;
    let candidates = match &arguments.sign {
        Some(object) => {
            let Named { bucket, key: Some(key) } = Named::of(object, None)? else {
                return Err(Failure::unusable("--sign takes oss://BUCKET/KEY"));
            };
            vec![(bucket, key)]
        }
        None => candidates(first.url()),
    };
    // Which bucket the URL's host or path names is known when signing for that bucket makes the same URL.
    let mut made = None;
    for (bucket, key) in candidates {
        let signer = ObjectSigner::new(&bucket, &arguments.signing)?;
        let Ok(signed) = signer.sign_again(&key, first) else { continue };
        if target(&signed) == target(first) {
            return output::json(&renewed(&earlier, &signer, &key)?);
        }
        made.get_or_insert_with(|| target(&signed).to_owned());
    }
    let planned = target(first);
    Err(Failure::unusable(match made {
        Some(made) => format!("the plan is for {planned}, and this would sign for {made}"),
        None => format!("the plan is for {planned}, which shows no bucket"),
    })
    .with_hint(
        "give the --endpoint and --style that the plan was made with; with --style cname also --sign oss://BUCKET/KEY",
    ))
}

fn renewed(earlier: &MultipartPlan, signer: &ObjectSigner, key: &str) -> Result<MultipartPlan, Error> {
    let Some(id) = earlier.upload_id() else {
        let begin = match earlier.request(PlanStep::Initiate) {
            Some(begin) => signer.sign_again(key, begin)?,
            None => SignedUpload { signer, key, headers: &[] }.sign(PlanStep::Initiate, "")?,
        };
        return Ok(MultipartPlan::to_initiate(earlier.layout(), begin));
    };
    MultipartPlan::sign(earlier.layout(), id, |step| match earlier.request(step) {
        Some(request) => signer.sign_again(key, request),
        None => SignedUpload { signer, key, headers: &[] }.sign(step, id),
    })
}

/// Scheme, host and path.
fn target(request: &PresignedRequest) -> &str {
    request.url().split('?').next().unwrap_or_default()
}

/// The buckets and keys that a URL can be of: the host's first label or the path's first segment is the bucket.
fn candidates(url: &str) -> Vec<(String, String)> {
    let Some(parts) = UrlParts::parse(url) else { return Vec::new() };
    let path = url.split('?').next().unwrap_or_default();
    let path = path.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let by_host = parts.authority.split_once('.').map(|(label, _)| (label, path));
    let decoded = |(bucket, key): (&str, &str)| {
        let key = percent_decode_str(key).decode_utf8().ok()?;
        (!key.is_empty()).then(|| (bucket.to_owned(), key.into_owned()))
    };
    [by_host, path.split_once('/')].into_iter().flatten().filter_map(decoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_in_urls() {
        let found = |url: &str| candidates(url);
        let pair = |bucket: &str, key: &str| (bucket.to_owned(), key.to_owned());
        assert_eq!(
            found("https://photos.oss-cn-hangzhou.aliyuncs.com/a/%C3%BC%20b?uploadId=1"),
            [pair("photos", "a/ü b"), pair("a", "ü b")]
        );
        assert_eq!(found("http://localhost:9000/photos/a?x"), [pair("photos", "a")]);
        assert_eq!(found("http://127.0.0.1:9000/photos/a?x"), [pair("127", "photos/a"), pair("photos", "a")]);
        assert!(found("https://static.example.com?x").is_empty());
    }
}
