//! What is refused, and by which status.

use core::ptr;

use super::{CREDENTIALS, NOW, PUT, SCOPE, memory, presign, signer, text};
use crate::credentials::Credentials;
use crate::endpoint::{
    Endpoint, OSS_PRESIGN_CNAME, OSS_PRESIGN_INTERNAL, OSS_PRESIGN_VIRTUAL_HOSTED, oss_presign_endpoint_init,
    oss_presign_endpoint_init_host,
};
use crate::request::{OSS_PRESIGN_BUCKET, OSS_PRESIGN_SERVICE, Request};
use crate::scope::{OSS_PRESIGN_CLOUD_BOX, Scope};
use crate::sign_url::{Url, oss_presign_sign_url};
use crate::signer::{Signer, oss_presign_signer_clear, oss_presign_signer_init};
use crate::status::Status;
use crate::text::{Field, Text};

fn refused(request: Request) -> Status {
    let (status, written, url) = presign(&request, 512);
    assert_eq!((written.as_str(), url.needed), ("", 0));
    assert!(url.url.data.is_null() && url.header_count == 0);
    status
}

#[test]
fn requests() {
    assert_eq!(refused(Request { method: 0, ..PUT }), Status::UnknownConstant);
    assert_eq!(refused(Request { method: 7, ..PUT }), Status::UnknownConstant);
    assert_eq!(refused(Request { target: 3, ..PUT }), Status::UnknownConstant);
    assert_eq!(refused(Request { flags: 8, ..PUT }), Status::UnknownConstant);
    assert_eq!(refused(Request { bucket: Text::ABSENT, ..PUT }), Status::BucketLength);
    // A key that is forgotten is no request for the bucket.
    assert_eq!(refused(Request { key: Text::ABSENT, ..PUT }), Status::KeyEmpty);
    assert_eq!(refused(Request { target: OSS_PRESIGN_BUCKET, ..PUT }), Status::UnusedText);
    assert_eq!(
        refused(Request { target: OSS_PRESIGN_SERVICE, key: Text::ABSENT, ..PUT }),
        Status::UnusedText
    );
    assert_eq!(refused(Request { key: text("a/../b"), ..PUT }), Status::KeyDotSegment);
    let without_data = Text { data: ptr::null(), length: 1 };
    assert_eq!(refused(Request { key: without_data, ..PUT }), Status::TextWithoutData);
    let latin = Text { data: b"caf\xe9".as_ptr().cast(), length: 4 };
    assert_eq!(refused(Request { key: latin, ..PUT }), Status::TextNotUtf8);
    assert_eq!(refused(Request { header_count: 1, ..PUT }), Status::NullPointer);
    let many: Vec<String> = (0..9).map(|n| format!("x-oss-meta-{n}")).collect();
    let many: Vec<Field> = many.iter().map(|name| Field::of(name, "v")).collect();
    assert_eq!(refused(Request { headers: many.as_ptr(), header_count: 9, ..PUT }), Status::TooMany);
    assert_eq!(refused(Request { query: many.as_ptr(), query_count: 9, ..PUT }), Status::TooMany);
    let date = [Field::of("x-oss-date", "20241112T083238Z")];
    assert_eq!(refused(Request { headers: date.as_ptr(), header_count: 1, ..PUT }), Status::ReservedHeader);
    let range = [text("range")];
    let request = Request { additional_headers: range.as_ptr(), additional_header_count: 1, ..PUT };
    assert_eq!(refused(request), Status::AdditionalHeaderMissing);
}

/// Signs at a time, and gives the status.
fn sign(
    signer: *const Signer,
    request: *const Request,
    endpoint: *const Endpoint,
    now: u64,
    expires_in: u32,
) -> Status {
    let (mut url, mut buffer) = (memory::<Url>(), vec![0_u8; 512]);
    let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: everything is alive, and nothing overlaps.
    unsafe {
        oss_presign_sign_url(signer, request, endpoint, now, expires_in, text, length, url.as_mut_ptr())
    }
}

#[test]
fn null_and_memory_that_was_never_made() {
    let ready = signer(&CREDENTIALS, &SCOPE);
    let zero = Box::<Signer>::new_zeroed();
    let zero_endpoint = Box::<Endpoint>::new_zeroed();
    assert_eq!(sign(ptr::null(), &PUT, ptr::null(), NOW, 600), Status::NullPointer);
    assert_eq!(sign(ready.as_ptr(), ptr::null(), ptr::null(), NOW, 600), Status::NullPointer);
    assert_eq!(sign(zero.as_ptr(), &PUT, ptr::null(), NOW, 600), Status::SignerNotReady);
    assert_eq!(sign(ready.as_ptr(), &PUT, zero_endpoint.as_ptr(), NOW, 600), Status::EndpointNotReady);
    // SAFETY: everything is alive or NULL.
    unsafe {
        let status = oss_presign_sign_url(
            ready.as_ptr(),
            &PUT,
            ptr::null(),
            NOW,
            600,
            ptr::null_mut(),
            0,
            ptr::null_mut(),
        );
        assert_eq!(status, Status::NullPointer);
        let mut url = memory::<Url>();
        let status = oss_presign_sign_url(
            ready.as_ptr(),
            &PUT,
            ptr::null(),
            NOW,
            600,
            ptr::null_mut(),
            1,
            url.as_mut_ptr(),
        );
        assert_eq!(status, Status::NullPointer);
        oss_presign_signer_clear(ptr::null_mut());
        assert_eq!(oss_presign_signer_init(ptr::null_mut(), &CREDENTIALS, &SCOPE, NOW), Status::NullPointer);
    }
}

#[test]
fn times() {
    let ready = signer(&CREDENTIALS, &SCOPE);
    let at = |now, expires_in| sign(ready.as_ptr(), &PUT, ptr::null(), now, expires_in);
    // date -u -d 2024-11-13T00:00:00Z +%s
    assert_eq!(at(1_731_455_999, 600), Status::Ok);
    assert_eq!(at(1_731_456_000, 600), Status::StaleKey);
    assert_eq!(at(NOW * 1000, 600), Status::TimeAfterYear9999);
    assert_eq!(at(NOW, 0), Status::ExpiryZero);
    assert_eq!(at(NOW, 604_801), Status::ExpiryTooLong);
    let temporary = Credentials { expires_at: NOW + 599, security_token: text("t"), ..CREDENTIALS };
    let temporary = signer(&temporary, &SCOPE);
    assert_eq!(sign(temporary.as_ptr(), &PUT, ptr::null(), NOW, 600), Status::ExpiryOutlivesCredentials);
    let clamped = Request { flags: crate::request::OSS_PRESIGN_CLAMP_EXPIRY, ..PUT };
    assert_eq!(sign(temporary.as_ptr(), &clamped, ptr::null(), NOW, 600), Status::Ok);
    assert_eq!(sign(temporary.as_ptr(), &clamped, ptr::null(), NOW + 599, 600), Status::CredentialsExpired);
}

#[test]
fn a_signer_that_is_refused_is_not_ready() {
    let mut place = signer(&CREDENTIALS, &SCOPE);
    let mut init = |credentials: Credentials, scope: Scope| {
        // SAFETY: everything is alive.
        let status = unsafe { oss_presign_signer_init(place.as_mut_ptr(), &credentials, &scope, NOW) };
        if status != Status::Ok {
            // Not the one that was there before either.
            assert_eq!(sign(place.as_ptr(), &PUT, ptr::null(), NOW, 600), Status::SignerNotReady);
        }
        status
    };
    let absent = Credentials { access_key_secret: Text::ABSENT, ..CREDENTIALS };
    assert_eq!(init(absent, SCOPE), Status::CredentialsEmpty);
    assert_eq!(
        init(Credentials { security_token: text(""), ..CREDENTIALS }, SCOPE),
        Status::CredentialsEmpty
    );
    assert_eq!(
        init(CREDENTIALS, Scope { region: text("oss-cn-hangzhou"), ..SCOPE }),
        Status::RegionDecorated
    );
    assert_eq!(init(CREDENTIALS, Scope { product: 2, ..SCOPE }), Status::UnknownConstant);
    assert_eq!(init(CREDENTIALS, SCOPE), Status::Ok);
}

#[test]
fn endpoints() {
    let mut place = memory::<Endpoint>();
    let mut host = |host: &str, addressing| {
        // SAFETY: everything is alive.
        unsafe { oss_presign_endpoint_init_host(place.as_mut_ptr(), text(host), addressing, &SCOPE) }
    };
    assert_eq!(host("oss-cn-hangzhou-internal.aliyuncs.com", OSS_PRESIGN_VIRTUAL_HOSTED), Status::Ok);
    let other = "oss-cn-beijing.aliyuncs.com";
    assert_eq!(host(other, OSS_PRESIGN_VIRTUAL_HOSTED), Status::EndpointOtherRegion);
    assert_eq!(host("", OSS_PRESIGN_CNAME), Status::EndpointEmpty);
    assert_eq!(host("example.com", 0), Status::UnknownConstant);
    let cloud_box = Scope { region: text("cb-f8z7yvzgwfkl9q0h"), product: OSS_PRESIGN_CLOUD_BOX };
    // SAFETY: everything is alive.
    unsafe {
        let status = oss_presign_endpoint_init(place.as_mut_ptr(), OSS_PRESIGN_INTERNAL, &cloud_box);
        assert_eq!(status, Status::EndpointOfCloudBox);
        // Nor does the public one follow from a cloud box's id.
        let signer = signer(&CREDENTIALS, &cloud_box);
        assert_eq!(sign(signer.as_ptr(), &PUT, ptr::null(), NOW, 600), Status::EndpointOfCloudBox);
        assert_eq!(sign(signer.as_ptr(), &PUT, place.as_ptr(), NOW, 600), Status::EndpointNotReady);
        assert_eq!(oss_presign_endpoint_init(place.as_mut_ptr(), 0, &SCOPE), Status::UnknownConstant);
        assert_eq!(oss_presign_endpoint_init(place.as_mut_ptr(), OSS_PRESIGN_INTERNAL, &SCOPE), Status::Ok);
    }
}

/// The core's errors may grow: each variant is named in `refusal`, or is one that this interface cannot cause.
#[cfg_attr(miri, ignore = "it reads sources, and runs no unsafe code")]
#[test]
fn every_error_of_the_core_has_a_status() {
    const REFUSALS: &str = include_str!("../refusal.rs");
    const CANNOT_HAPPEN: [&str; 14] = [
        // Texts of times, methods and names that this interface takes as numbers, or not at all.
        "NotIso8601Basic",
        "NotHttpDate",
        "NotRfc3339",
        "InThePast",
        "Product",
        "Addressing",
        "NotAScope",
        // Operations that have no constructor here.
        "BarePost",
        "UploadIdEmpty",
        "NotForMethod",
        "Status",
        "Redirect",
        // Signing many keys at once.
        "BucketMissing",
        // Its error is looked at.
        "Expiry",
    ];
    let sources = [
        include_str!("../../../oss-presign/src/time.rs"),
        include_str!("../../../oss-presign/src/credentials_error.rs"),
        include_str!("../../../oss-presign/src/scope_error.rs"),
        include_str!("../../../oss-presign/src/bucket.rs"),
        include_str!("../../../oss-presign/src/object_key.rs"),
        include_str!("../../../oss-presign/src/endpoint_error.rs"),
        include_str!("../../../oss-presign/src/request_error.rs"),
        include_str!("../../../oss-presign/src/expiry.rs"),
        include_str!("../../../oss-presign/src/post_policy/error.rs"),
        include_str!("../../../oss-presign/src/presign_error.rs"),
        include_str!("../../../oss-presign/src/verify/error.rs"),
        include_str!("../../../oss-presign/src/verify/form_error.rs"),
    ];
    let mut found = 0;
    for source in sources {
        let (name, variants) = source.split_once("Error {\n").expect("an enum of errors");
        let name = name.rsplit(' ').next().unwrap();
        let section = REFUSALS.split_once(&format!("statuses!({name}Error:")).map_or("", |(_, rest)| rest);
        let section = section.split(");").next().unwrap();
        for line in variants.split("\n}\n").next().unwrap().lines() {
            let Some(variant) = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))
            else {
                continue;
            };
            let variant = variant.split([',', ' ', '(']).next().unwrap();
            let known = section.contains(&format!(" {variant} =>"))
                || REFUSALS.contains(&format!("{name}Error::{variant}"))
                || CANNOT_HAPPEN.contains(&variant);
            assert!(known, "{name}Error::{variant} has no status");
            found += 1;
        }
    }
    assert!(found > 80, "{found}");
}
