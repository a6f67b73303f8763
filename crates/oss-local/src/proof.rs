//! The proof of why a signature was refused. The server knows the secrets, so it can search for the mistakes that make the
//! signature.

use oss_presign::Timestamp;
use oss_presign::explain::{
    BucketPlace, Evidence, FormEvidence, KnownSecret, Mistake, SentRequest, explain, explain_form,
};

use crate::auth::{Authority, Signed};
use crate::error::OssError;

/// The number of signatures that are made for one refusal: every mistake by itself and the commonest pairs, in some 20 ms.
const BUDGET: u32 = 10_000;

/// Returns whether the way in which a request was signed may be the reason of its refusal.
pub(crate) fn is_of_signature(error: &OssError) -> bool {
    ["SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidSecurityToken"].contains(&&*error.code)
        || (error.code == "InvalidArgument" && error.ec.as_deref().is_some_and(|ec| ec.starts_with("0002-")))
}

/// Returns the mistakes that make the signature of a request, or none if none was found.
pub(crate) fn of_request(authority: &Authority, signed: &Signed<'_>, now: u64) -> Vec<Mistake> {
    let text = |(name, value): (&'_ http::HeaderName, &'_ http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<(String, String)> = signed.headers.iter().filter_map(text).collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = format!("http://local{}?{}", signed.path, signed.query);
    let sent = SentRequest { method: Some(signed.method), url: &url, headers: Some(&headers) };
    let secrets = known_secrets(authority);
    let bucket = match &signed.address.bucket {
        Some(bucket) if signed.address.bucket_in_host => BucketPlace::Host(bucket),
        _ => BucketPlace::Path,
    };
    let evidence = Evidence {
        bucket,
        region: Some(&authority.region),
        now: Timestamp::from_unix(now).ok(),
        ..Evidence::new(sent, &secrets)
    };
    explain(&evidence, BUDGET).mistakes().to_vec()
}

/// Returns the mistakes that make the signature of a form, or none if none was found.
pub(crate) fn of_form(authority: &Authority, fields: &[(&str, &str)], now: Timestamp) -> Vec<Mistake> {
    let evidence = FormEvidence {
        fields,
        signed_policy: None,
        secrets: &known_secrets(authority),
        region: Some(&authority.region),
        now: Some(now),
    };
    explain_form(&evidence, BUDGET).mistakes().to_vec()
}

fn known_secrets(authority: &Authority) -> Vec<KnownSecret<'_>> {
    let known = authority.credentials.iter().map(|credential| KnownSecret {
        name: None,
        access_key_id: credential.id(),
        access_key_secret: credential.secret(),
        security_token: credential.token(),
    });
    known.collect()
}
