//! An endpoint of another region than the signer's is refused by every way of signing: no such signature can be valid.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PostPolicy, PresignError, Region, Request, Signer,
    Timestamp,
};

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn region(id: &str) -> Region<'_> {
    Region::new(id).unwrap()
}

fn credentials() -> Credentials<'static> {
    Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap()
}

/// Signs in every way. Returns the result that all of them have.
fn sign(signer: &Signer<'_>, endpoint: &Endpoint<'_>) -> Result<(), PresignError> {
    let bucket = Bucket::new("examplebucket").unwrap();
    let request = Request::put(bucket, ObjectKey::new("a").unwrap());
    let policy = PostPolicy::for_prefix(bucket, "user/").unwrap();
    let (expiry, at) = (Expiry::secs(600).unwrap(), signer.at(now()).unwrap());
    let mut buffer = [0; 2048];
    let url = signer.presign(&request, endpoint, now(), expiry, &mut buffer).map(drop);
    for other in [
        at.presign(&request, endpoint, expiry, &mut buffer).map(drop),
        at.many_keys(&request, endpoint, expiry, &mut buffer).map(drop),
        signer.url_length(&request, endpoint, now(), expiry).map(drop),
        signer.sign_header(&request, endpoint, now(), &mut buffer).map(drop),
        signer.sign_form(&policy, endpoint, now(), expiry, &mut buffer).map(drop),
    ] {
        assert_eq!(other, url, "{endpoint:?}");
    }
    url
}

#[test]
fn another_region_is_refused() {
    let signer = Signer::new(&credentials(), region("cn-hangzhou"), now());
    let beijing = region("cn-beijing");
    for endpoint in [
        Endpoint::public(beijing),
        Endpoint::internal(beijing),
        Endpoint::dual_stack(beijing),
        Endpoint::virtual_hosted("oss-cn-beijing.aliyuncs.com").unwrap(),
        Endpoint::path_style("http://oss-cn-beijing-internal.aliyuncs.com").unwrap(),
    ] {
        let error = sign(&signer, &endpoint).unwrap_err();
        assert_eq!(error.code(), "EndpointOtherRegion");
        assert!(error.to_string().contains("sign for `cn-beijing`"), "{error}");
    }
}

#[test]
fn hosts_of_the_region_or_of_no_known_region_are_signed_for() {
    let hangzhou = region("cn-hangzhou");
    let signer = Signer::new(&credentials(), hangzhou, now());
    for endpoint in [
        Endpoint::public(hangzhou),
        Endpoint::dual_stack(hangzhou),
        Endpoint::virtual_hosted("oss-cn-hangzhou-internal.aliyuncs.com").unwrap(),
        Endpoint::accelerate(),
        Endpoint::accelerate_overseas(),
        Endpoint::cname("examplebucket.oss-cn-beijing.example.com").unwrap(),
        Endpoint::path_style("127.0.0.1:9000").unwrap(),
    ] {
        assert_eq!(sign(&signer, &endpoint), Ok(()), "{endpoint:?}");
    }
}

#[test]
fn a_cloud_box_is_signed_for_by_its_id() {
    let (id, hangzhou) = (region("cb-123"), region("cn-hangzhou"));
    let endpoint = Endpoint::cloud_box(id, hangzhou);
    assert_eq!(sign(&Signer::for_cloud_box(&credentials(), id, now()), &endpoint), Ok(()));
    assert!(sign(&Signer::new(&credentials(), hangzhou, now()), &endpoint).is_err());
}
