//! No request that verifies is said to have a mistake, and nothing that is sent makes the search fail.

use oss_presign::explain::{
    BucketPlace, Evidence, Finding, FormEvidence, KnownSecret, SentRequest, explain, explain_form,
};
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Region, RequestWithCapacity, Signer, Timestamp,
};
use proptest::prelude::*;

use crate::kinds::{ID, SECRET};

const SECRETS: [KnownSecret<'_>; 1] =
    [KnownSecret { name: None, access_key_id: ID, access_key_secret: SECRET, security_token: None }];
const BUDGET: u32 = 600;

/// Signs and explains; an error is a refusal of the input, before anything is signed.
fn signed(
    key: &str,
    headers: &[(String, String)],
    query: &[(String, String)],
    sign_host: bool,
) -> Result<(String, Finding), Error> {
    let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
    let credentials = Credentials::new(ID, SECRET)?;
    let key = ObjectKey::allowing_dot_segments(key)?;
    let mut request = RequestWithCapacity::<32>::put(Bucket::new("examplebucket")?, key);
    for (name, value) in headers {
        request.header(name, value)?;
    }
    for (name, value) in query {
        request.query(name, Some(value.as_str()))?;
    }
    if sign_host {
        request.additional_header("host")?;
    }
    let mut buffer = vec![0; 16 * 1024];
    let endpoint = Endpoint::public(region);
    let signer = Signer::new(&credentials, region, now);
    let url = signer.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
    let headers: Vec<(&str, &str)> = url.headers().chain([("host", url.host())]).collect();
    let sent = SentRequest { method: Some("PUT"), url: url.url(), headers: Some(&headers) };
    let evidence = Evidence { bucket: BucketPlace::Host("examplebucket"), ..Evidence::new(sent, &SECRETS) };
    Ok((url.url().to_owned(), explain(&evidence, BUDGET).finding().clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_signed_rightly_is_right(
        key in "[a-zA-Z0-9 /+%~.!'()*\u{e9}\u{301}中&=?#\\\\]{1,24}",
        headers in prop::collection::vec(("x-oss-meta-[a-z]{1,4}|content-type|content-md5", "[ -~\u{fc}]{0,12}"), 0..4),
        query in prop::collection::vec(("[a-zA-Z!/.-]{1,6}", "[ -~\u{fc}]{0,8}"), 0..4),
        sign_host in any::<bool>(),
    ) {
        if let Ok((url, finding)) = signed(&key, &headers, &query, sign_host) {
            prop_assert_eq!(finding, Finding::Right { method: "PUT".into() }, "{}", url);
        }
    }

    #[test]
    fn nothing_makes_the_search_fail(
        method in prop::option::of("[A-Za-z]{0,6}|中"),
        head in "(https?://)?[a-z.:]{0,12}[a-z/%+ \u{e9}\"<&;=?\\\\]{0,16}",
        query in "([a-z&=%+;\\\\ \u{e9}]|&amp;|=3D|%25|%2F){0,12}",
        date in "20241112T083238Z|00000000T000000Z|[0-9TZ]{0,17}",
        scope in "[a-z0-9/%]{0,24}|20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request",
        signature in "[0-9a-fA-F]{64}|[0-9a-f]{0,70}|[A-Za-z0-9+/=]{44}",
        headers in prop::option::of(prop::collection::vec(("[a-zA-Z-]{0,12}|host|Authorization|content-md5", "[ -~\u{e9}]{0,24}"), 0..4)),
    ) {
        let url = format!(
            "{head}?{query}&x-oss-credential={ID}%2F{scope}&x-oss-date={date}&x-oss-signature={signature}"
        );
        let headers: Option<Vec<(&str, &str)>> = headers
            .as_ref()
            .map(|headers| headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect());
        let sent = SentRequest { method: method.as_deref(), url: &url, headers: headers.as_deref() };
        let explanation = explain(&Evidence::new(sent, &SECRETS), BUDGET);
        prop_assert!(explanation.tried() <= BUDGET && explanation.mistakes().is_empty(), "{:?}", explanation);
        let credential = format!("{ID}/{scope}");
        let fields = [
            ("policy", query.as_str()),
            ("x-oss-credential", credential.as_str()),
            ("x-oss-date", date.as_str()),
            ("x-oss-signature", signature.as_str()),
        ];
        let form =
            FormEvidence { fields: &fields, signed_policy: None, secrets: &SECRETS, region: None, now: None };
        prop_assert!(explain_form(&form, BUDGET).mistakes().is_empty());
    }
}
