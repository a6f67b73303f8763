//! URLs of many keys are those that presigning one by one gives.

use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, PresignError, Region, Request, Signer,
    Timestamp,
};
use proptest::prelude::*;

const NOW: u64 = 1_731_400_358;

fn key() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9/ +&=%~._é中🦀-]{1,200}"
        .prop_filter("keys that are refused", |key| ObjectKey::new(key).is_ok())
}

fn endpoints(region: Region<'_>) -> Result<[Endpoint<'_>; 4], Error> {
    let cname = Endpoint::cname("a.cn")?;
    let path_style = Endpoint::path_style("http://127.0.0.1:9000")?;
    Ok([Endpoint::public(region), cname, path_style, Endpoint::accelerate()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equals_presigning_one_by_one(
        keys in prop::collection::vec(key(), 0..12),
        token in prop::option::of("[a-zA-Z0-9+/=]{1,300}"),
        content_type in prop::option::of("[a-z]{1,10}/[a-z ]{1,80}"),
        process in prop::option::of("[a-z/,_é ]{0,60}"),
        sign_host in any::<bool>(),
    ) {
        let region = Region::new("cn-hangzhou").unwrap();
        let mut credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        if let Some(token) = &token {
            credentials = credentials.with_security_token(token).unwrap();
        }
        let now = Timestamp::from_unix(NOW).unwrap();
        // With an allocator, the page's signer has its parameters encoded beforehand, and the others' not.
        let one_by_one = Signer::new(&credentials, region, now);
        #[cfg(feature = "alloc")]
        let signer = one_by_one.clone().with_cached_parameters();
        #[cfg(not(feature = "alloc"))]
        let signer = one_by_one.clone();
        let (at, one_by_one) = (signer.at(now).unwrap(), one_by_one.at(now).unwrap());
        let bucket = Bucket::new("examplebucket").unwrap();
        let describe = |mut request: Request<'static>| {
            let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
            if let Some(value) = &content_type {
                request.content_type(leak(value)).unwrap();
            }
            if let Some(value) = &process {
                request.query("x-oss-process", Some(leak(value))).unwrap();
            }
            if sign_host {
                request.sign_host().unwrap();
            }
            request
        };
        let expiry = Expiry::secs(600).unwrap();
        let description = describe(Request::for_bucket(Method::Put, bucket));
        for endpoint in endpoints(region).unwrap() {
            let mut template = [0; 4096];
            let page = at.many_keys(&description, &endpoint, expiry, &mut template).unwrap();
            let mut expected = Vec::new();
            for key in &keys {
                let leaked: &'static str = Box::leak(key.clone().into_boxed_str());
                let request = describe(Request::put(bucket, ObjectKey::new(leaked).unwrap()));
                let mut buffer = [0; 4096];
                let one = one_by_one.presign(&request, &endpoint, expiry, &mut buffer).unwrap();
                let headers: Vec<_> = one.headers().collect();
                prop_assert_eq!(page.headers().collect::<Vec<_>>(), headers);
                prop_assert_eq!(page.method(), one.method());
                prop_assert_eq!(page.expires_at(), one.expires_at());
                let url = one.url().to_owned();
                let mut second = [0; 4096];
                let encoded_once = at.presign(&request, &endpoint, expiry, &mut second).unwrap();
                prop_assert_eq!(encoded_once.url(), &url);
                let mut exact = vec![0; url.len()];
                prop_assert_eq!(page.presign(ObjectKey::new(key).unwrap(), &mut exact), Ok(url.as_str()));
                let mut short = vec![0; url.len() - 1];
                let refused = page.presign(ObjectKey::new(key).unwrap(), &mut short);
                prop_assert_eq!(refused, Err(PresignError::BufferTooSmall { needed: url.len() }));
                prop_assert!(short.iter().all(|&byte| byte == 0));
                expected.push(url);
            }
            #[cfg(feature = "alloc")]
            {
                // A page that was used before, with more and with fewer keys.
                for used_for in [0, 1, keys.len() + 1] {
                    let longer = "longer/".repeat(1 + used_for * 5);
                    let before = std::iter::repeat_n(ObjectKey::new(&longer).unwrap(), used_for);
                    let mut all = oss_presign::PresignedUrls::new();
                    page.presign_all(before, &mut all).unwrap();
                    prop_assert_eq!(all.is_empty(), used_for == 0);
                    let keys = keys.iter().map(|key| ObjectKey::new(key).unwrap());
                    page.presign_all(keys.clone(), &mut all).unwrap();
                    prop_assert_eq!(all.len(), keys.len());
                    prop_assert_eq!(all.urls().collect::<Vec<_>>(), expected.clone());
                }
            }
        }
    }
}

#[test]
fn refusals() -> Result<(), Error> {
    let region = Region::new("cn-hangzhou")?;
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let now = Timestamp::from_unix(NOW)?;
    let signer = Signer::new(&credentials.expiring_at(now.saturating_add(60)), region, now);
    let at = signer.at(now)?;
    let endpoint = Endpoint::public(region);
    let service = Request::for_service(Method::Get);
    let refused = at.many_keys(&service, &endpoint, Expiry::secs(60)?, &mut []).unwrap_err();
    assert_eq!(refused, PresignError::BucketMissing);
    let bucket = Request::for_bucket(Method::Get, Bucket::new("examplebucket")?);
    let refused = at.many_keys(&bucket, &endpoint, Expiry::secs(61)?, &mut []).unwrap_err();
    assert!(matches!(refused, PresignError::Expiry(_)));
    let refused = at.many_keys(&bucket, &endpoint, Expiry::secs(60)?, &mut []).unwrap_err();
    let PresignError::BufferTooSmall { needed } = refused else { panic!("{refused}") };
    assert!(at.many_keys(&bucket, &endpoint, Expiry::secs(60)?, &mut vec![0; needed]).is_ok());
    assert!(at.many_keys(&bucket, &endpoint, Expiry::secs(60)?, &mut vec![0; needed - 1]).is_err());
    Ok(())
}
