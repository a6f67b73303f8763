//! What a presigner is told, and what it answers.
#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use oss_presign_std::oss_presign::{self, Bucket, ExpiryError, ObjectKey, Request};
use oss_presign_std::{
    Clock, ClockError, ClockOffset, Credentials, Endpoint, EnvironmentError, Error, ManualClock, Method,
    Presigner, Scheme,
};
use support::{BUCKET, ID, SECRET, at, builder, verify};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;

fn presigner() -> Presigner {
    builder().clock(ManualClock::new(at(NOW))).build().unwrap()
}

#[test]
fn everything_that_is_bound_is_handed_out_and_verifies() {
    let presigner = presigner();
    let put = presigner
        .put(BUCKET, "photos/ü +1.jpg")
        .content_type("image/jpeg")
        .content_md5("1B2M2Y8AsgTpgAmY7PhCfg==")
        .content_length(7)
        .meta("Owner", "42")
        .meta("X-Oss-Meta-Kind", "a b")
        .header("x-unsigned", "not owed")
        .query("x-oss-process", "image/resize,w_100")
        .sub_resource("acl")
        .sign_host()
        .expires_in(Duration::from_millis(600_999))
        .presign()
        .unwrap();
    let headers: Vec<_> = put.headers().collect();
    let expected = [
        ("content-length", "7"),
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("content-type", "image/jpeg"),
        ("x-oss-meta-kind", "a b"),
        ("x-oss-meta-owner", "42"),
    ];
    assert_eq!(headers, expected);
    assert_eq!(put.expires_at(), at(NOW + 600), "fractions of a second are dropped");
    assert!(put.missing_headers().is_empty());
    verify(&put, at(NOW)).unwrap();
    for (method, request) in [
        (Method::Get, presigner.get(BUCKET, "a")),
        (Method::Head, presigner.head(BUCKET, "a")),
        (Method::Delete, presigner.delete(BUCKET, "a")),
        (Method::Post, presigner.request(Method::Post, BUCKET, "a").sub_resource("uploads")),
        (Method::Get, presigner.bucket_request(Method::Get, BUCKET).query("list-type", "2")),
    ] {
        let request = request.presign().unwrap();
        assert_eq!((request.method(), request.expires_at()), (method, at(NOW + 900)));
        verify(&request, at(NOW)).unwrap();
    }
}

#[test]
fn more_than_a_few_headers_and_a_long_url() {
    let names: Vec<String> = (0..64).map(|number| format!("x-oss-meta-{number}")).collect();
    let value = "é".repeat(40);
    let presigner = presigner();
    let mut request = presigner.put(BUCKET, "a");
    for name in &names {
        request = request.header(name, &value).query(name, &value);
    }
    let presigned = request.presign().unwrap();
    assert_eq!(presigned.headers().count(), 64);
    assert_eq!(presigned.url(), request.presign_url().unwrap());
    let refused = request.clone().content_type("a/b").presign().unwrap_err();
    assert_eq!(refused.code(), "TooMany");
}

#[test]
fn longer_than_the_credentials_is_refused_with_both_times_or_clamped() {
    let credentials = Credentials::with_security_token(ID, SECRET, "fake-token").unwrap();
    let credentials = credentials.expiring_at(at(NOW + 300));
    let builder = || builder().credentials(credentials.clone()).clock(ManualClock::new(at(NOW)));
    let presigner = builder().build().unwrap();
    let request = presigner.get(BUCKET, "a").expires_in(Duration::from_secs(301));
    let expected =
        ExpiryError::OutlivesCredentials { url_end: at(NOW + 301), credentials_end: at(NOW + 300) };
    let error = request.presign().unwrap_err();
    assert_eq!(error, Error::from(oss_presign::PresignError::Expiry(expected)));
    assert_eq!(error.code(), "ExpiryOutlivesCredentials");
    let text = error.to_string();
    assert!(text.contains("2024-11-12T08:37:39Z") && text.contains("2024-11-12T08:37:38Z"), "{text}");
    assert_eq!(request.clamp_to_credentials().presign().unwrap().expires_at(), at(NOW + 300));
    assert_eq!(
        presigner.get(BUCKET, "a").expires_in(Duration::from_secs(300)).presign().unwrap().expires_at(),
        at(NOW + 300)
    );
    let clamping = builder().clamp_to_credentials().build().unwrap();
    assert_eq!(clamping.get(BUCKET, "a").presign().unwrap().expires_at(), at(NOW + 300));
    let late = presigner.with_clock_offset(ClockOffset::from_seconds(300));
    assert_eq!(
        late.get(BUCKET, "a").clamp_to_credentials().presign().unwrap_err().code(),
        "CredentialsExpired"
    );
}

#[test]
fn lives_by_duration_and_by_absolute_time() {
    let presigner = presigner();
    let code = |life| presigner.get(BUCKET, "a").expires_in(life).presign().unwrap_err().code();
    assert_eq!(code(Duration::from_millis(999)), "ExpiryZero");
    assert_eq!(code(Duration::from_secs(604_801)), "ExpiryTooLong");
    assert_eq!(code(Duration::MAX), "ExpiryTooLong");
    let until = |end| presigner.get(BUCKET, "a").expires_at(end).presign();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    assert_eq!(until(now + Duration::from_millis(1500)).unwrap().expires_at(), at(NOW + 1));
    assert_eq!(until(now + Duration::from_secs(604_800)).unwrap().expires_at(), at(NOW + 604_800));
    assert_eq!(until(now).unwrap_err().code(), "ExpiryInThePast");
    assert_eq!(until(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).unwrap_err().code(), "ExpiryInThePast");
    let day = builder().clock(ManualClock::new(at(NOW))).default_expiry(Duration::from_secs(86_400));
    let url = day.build().unwrap().get(BUCKET, "a").presign().unwrap();
    assert_eq!(url.expires_at(), at(NOW + 86_400));
}

#[test]
fn endpoints_of_the_presigner_and_of_a_request() {
    let host = |builder: oss_presign_std::PresignerBuilder| {
        let url = builder.build().unwrap().get(BUCKET, "a").presign_url().unwrap();
        url.split_once("/a?").unwrap().0.to_owned()
    };
    assert_eq!(host(builder()), "https://examplebucket.oss-cn-hangzhou.aliyuncs.com");
    assert_eq!(host(builder().internal()), "https://examplebucket.oss-cn-hangzhou-internal.aliyuncs.com");
    assert_eq!(host(builder().dual_stack()), "https://examplebucket.cn-hangzhou.oss.aliyuncs.com");
    assert_eq!(host(builder().accelerate()), "https://examplebucket.oss-accelerate.aliyuncs.com");
    assert_eq!(
        host(builder().accelerate_overseas()),
        "https://examplebucket.oss-accelerate-overseas.aliyuncs.com"
    );
    assert_eq!(host(builder().cname("static.example.com:8443")), "https://static.example.com:8443");
    assert_eq!(host(builder().path_style("http://localhost:9000")), "http://localhost:9000/examplebucket");
    assert_eq!(host(builder().endpoint("127.0.0.1:9000")), "https://127.0.0.1:9000/examplebucket");
    let presigner = presigner();
    let url = presigner.get(BUCKET, "a").endpoint(Endpoint::accelerate()).presign_url().unwrap();
    assert!(url.starts_with("https://examplebucket.oss-accelerate.aliyuncs.com/a?"));
    let plain = "http://examplebucket.oss-cn-hangzhou-internal.aliyuncs.com";
    assert_eq!(host(builder().internal().scheme(Scheme::Http)), plain);
    let over_tls = builder().path_style("http://localhost:9000").scheme(Scheme::Https);
    assert_eq!(host(over_tls), "https://localhost:9000/examplebucket", "the scheme that is set counts more");
    let error = builder().endpoint("https://oss-cn-hangzhou.aliyuncs.com/path").build().unwrap_err();
    assert_eq!(error.code(), "EndpointNotAHost");
}

#[test]
fn refusals_keep_the_codes_of_the_core() {
    let presigner = presigner();
    for (request, code) in [
        (presigner.put("Examplebucket", "a"), "BucketUpperCase"),
        (presigner.put(BUCKET, "/a"), "KeyLeadingSlash"),
        (presigner.put(BUCKET, "a/../b"), "KeyDotSegment"),
        (presigner.put(BUCKET, ""), "KeyEmpty"),
        (presigner.put(BUCKET, "a").header("a b", "c"), "HeaderName"),
        (presigner.put(BUCKET, "a").meta("owner:", "c"), "HeaderName"),
        (presigner.put(BUCKET, "a").content_type("a\r\nb"), "HeaderValueControlCharacter"),
        (presigner.put(BUCKET, "a").content_type("a").header("Content-Type", "b"), "DuplicateHeader"),
        (presigner.put(BUCKET, "a").query("x-oss-expires", "1"), "ReservedQuery"),
        (presigner.put(BUCKET, "a").additional_header("range"), "AdditionalHeaderMissing"),
        (presigner.request(Method::Post, BUCKET, "a"), "BarePost"),
    ] {
        let mut text = String::from("kept");
        assert_eq!(request.presign_url_into(&mut text).unwrap_err().code(), code);
        assert_eq!(text, "kept");
        assert_eq!(request.presign().unwrap_err().code(), code);
    }
    assert!(presigner.put(BUCKET, "a/../b").allow_dot_segments().presign().is_ok());
    let error = builder().region("oss-cn-hangzhou").build().unwrap_err();
    assert_eq!(error.code(), "RegionDecorated");
    assert_eq!(Presigner::builder().region("cn-hangzhou").build().unwrap_err(), Error::NoCredentials);
    let keyed = Presigner::builder().credentials(Credentials::new(ID, SECRET).unwrap());
    assert_eq!(keyed.build().unwrap_err(), Error::NoRegion);
}

#[test]
fn a_clock_that_was_never_set_signs_nothing() {
    let unset = || builder().clock(ManualClock::new(at(1_000)));
    assert_eq!(unset().build().unwrap_err(), Error::Clock(ClockError::NotSet { now: at(1_000) }));
    let presigner = presigner().with_clock_offset(ClockOffset::between(at(NOW), at(86_400)));
    let error = presigner.get(BUCKET, "a").presign().unwrap_err();
    assert_eq!(error, Error::Clock(ClockError::NotSet { now: at(86_400) }));
    assert!(error.to_string().contains("1970-01-02T00:00:00Z"), "{error}");
}

#[test]
fn an_offset_moves_the_signing_time() {
    let slow = ClockOffset::between(at(NOW), at(NOW + 3600));
    assert_eq!((slow.seconds(), ClockOffset::between(at(NOW + 3600), at(NOW)).seconds()), (3600, -3600));
    let corrected = presigner().with_clock_offset(slow);
    let url = corrected.get(BUCKET, "a").presign().unwrap();
    assert_eq!(url.expires_at(), at(NOW + 3600 + 900));
    assert!(url.url().contains("x-oss-date=20241112T093238Z"), "{url:?}");
}

#[test]
fn configured_by_variables() {
    let variables = |name: &str| {
        let value = match name {
            "OSS_ACCESS_KEY_ID" => ID,
            "OSS_ACCESS_KEY_SECRET" => SECRET,
            "OSS_REGION" => "us-east-1",
            "OSS_ENDPOINT" => "http://127.0.0.1:9000",
            _ => return None,
        };
        Some(OsString::from(value))
    };
    let presigner = Presigner::builder().with_variables(variables).unwrap().build().unwrap();
    let url = presigner.get(BUCKET, "a").presign_url().unwrap();
    assert!(url.starts_with("http://127.0.0.1:9000/examplebucket/a?x-oss-credential=fake-access-key-id%2F"));
    assert!(url.contains("%2Fus-east-1%2Foss%2F"));
    let given = builder().accelerate().with_variables(variables).unwrap().build().unwrap();
    let url = given.get(BUCKET, "a").presign_url().unwrap();
    assert!(url.contains("oss-accelerate") && url.contains("cn-hangzhou"), "what is given counts more");
    let nameless = |name: &str| (name != "OSS_REGION").then(|| variables(name)).flatten();
    let error = Presigner::builder().with_variables(nameless).unwrap_err();
    assert_eq!(error, Error::Environment(EnvironmentError::NoRegion));
}

#[cfg(feature = "system-clock")]
mod of_the_process {
    use std::env;

    use super::*;
    use crate::support::answer_of_child;

    /// Tells a child to sign by what is in its environment.
    const CHILD: &str = "OSS_PRESIGN_TEST_ENVIRONMENT_CHILD";

    #[test]
    fn child() {
        let answer = match env::var(CHILD).as_deref() {
            Ok("url") => Presigner::from_env().and_then(|presigner| presigner.get(BUCKET, "a").presign_url()),
            Ok("id") => Credentials::from_env().map(|credentials| credentials.access_key_id().to_owned()),
            _ => return,
        };
        println!("answer: {}", answer.unwrap_or_else(|error| format!("{} {error}", error.code())));
    }

    #[test]
    fn configured_by_the_environment_of_the_process() {
        let (child, id, secret) =
            ((CHILD, "url"), ("OSS_ACCESS_KEY_ID", ID), ("OSS_ACCESS_KEY_SECRET", SECRET));
        let region = ("OSS_REGION", "us-east-1");
        let endpoint = ("OSS_ENDPOINT", "http://127.0.0.1:9000");
        let url = answer_of_child("of_the_process::child", [child, id, secret, region, endpoint]);
        let beginning = "http://127.0.0.1:9000/examplebucket/a?x-oss-credential=fake-access-key-id%2F";
        assert!(url.starts_with(beginning) && url.contains("%2Fus-east-1%2Foss%2F"), "{url}");
        let url = answer_of_child("of_the_process::child", [child, id, secret, region]);
        assert!(url.starts_with("https://examplebucket.oss-us-east-1.aliyuncs.com/a?"), "{url}");
        let refused = answer_of_child("of_the_process::child", [child, id, secret]);
        assert!(refused.starts_with("EnvironmentNoRegion "), "{refused}");
        let refused = answer_of_child("of_the_process::child", [child, id, region]);
        assert!(refused.starts_with("EnvironmentHalfSet OSS_ACCESS_KEY_SECRET "), "{refused}");
        assert_eq!(answer_of_child("of_the_process::child", [(CHILD, "id"), id, secret]), ID);
        let refused = answer_of_child("of_the_process::child", [(CHILD, "id"), region]);
        assert!(refused.starts_with("EnvironmentNoCredentials "), "{refused}");
    }
}

#[test]
fn a_clock_by_itself_refuses_a_time_before_it_was_set() {
    assert_eq!(ManualClock::new(at(NOW)).timestamp(), Ok(at(NOW)));
    // 2020-01-01T00:00:00Z is 1577836800.
    assert_eq!(ManualClock::new(at(1_577_836_800)).timestamp(), Ok(at(1_577_836_800)));
    let unset = ManualClock::new(at(1_577_836_799)).timestamp();
    assert_eq!(unset, Err(ClockError::NotSet { now: at(1_577_836_799) }));
}

#[test]
fn the_core_signer_is_lent() {
    let presigner = presigner();
    let scope = presigner.with_signer(|signer, _, now| {
        assert_eq!(now, at(NOW));
        Ok::<_, Error>(signer.scope().to_string())
    });
    assert_eq!(scope.unwrap(), "20241112/cn-hangzhou/oss/aliyun_v4_request");
}

#[test]
fn requests_of_the_core_and_by_header() {
    let presigner = presigner();
    let (bucket, key) = (Bucket::new(BUCKET).unwrap(), ObjectKey::new("a").unwrap());
    let mut request = Request::put(bucket, key);
    request.content_type("image/jpeg").unwrap();
    let described = presigner.put(BUCKET, "a").content_type("image/jpeg");
    let life = Duration::from_secs(900);
    assert_eq!(presigner.presign_request(&request, life).unwrap(), described.presign().unwrap());
    assert_eq!(presigner.presign_request(&request, Duration::ZERO).unwrap_err().code(), "ExpiryZero");
    let authorized = described.expires_in(Duration::ZERO).authorize().unwrap();
    assert_eq!(presigner.authorize_request(&request).unwrap(), authorized);
    let names: Vec<_> = authorized.headers().map(|(name, _)| name).collect();
    assert_eq!(names, ["authorization", "x-oss-content-sha256", "x-oss-date", "content-type"]);
}

#[test]
fn an_endpoint_of_another_region_or_of_a_bucket_is_refused() {
    let code = |endpoint: &str| builder().endpoint(endpoint).build().err().map(|error| error.code());
    assert_eq!(code("oss-cn-hangzhou-internal.aliyuncs.com"), None);
    assert_eq!(code("oss-accelerate.aliyuncs.com"), None);
    assert_eq!(code("oss.example.com"), None);
    assert_eq!(code("oss-cn-beijing.aliyuncs.com"), Some("EndpointOtherRegion"));
    assert_eq!(code("examplebucket.oss-cn-hangzhou.aliyuncs.com"), Some("EndpointBeginsWithBucket"));
    let error = builder().endpoint("https://examplebucket.oss-cn-hangzhou.aliyuncs.com").build().unwrap_err();
    assert!(error.to_string().contains("write `oss-cn-hangzhou.aliyuncs.com`"), "{error}");
    let beijing = Endpoint::virtual_hosted("oss-cn-beijing.aliyuncs.com").unwrap();
    let error = presigner().get(BUCKET, "a").endpoint(beijing).presign().unwrap_err();
    assert_eq!(error.code(), "EndpointOtherRegion");
    assert!(
        error.to_string().contains("`cn-beijing`") && error.to_string().contains("`cn-hangzhou`"),
        "{error}"
    );
}
