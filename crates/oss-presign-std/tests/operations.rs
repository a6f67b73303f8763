//! Operations and options of the builder: each says what the core's own says.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use oss_presign_std::oss_presign::{
    AppendPosition, Bucket, Callback, ContentLength, ListObjects, MetaName, ObjectAcl, ObjectKey, PageSize,
    PartNumber, Place, PostPolicy, Request, RequestError, ResponseHeader, ServerSideEncryption, StorageClass,
    SymlinkTarget, Tagging, TrafficLimit,
};
use oss_presign_std::{Error, ManualClock, Method, Presigner, RequestBuilder};
use support::{BUCKET, at, builder};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;
const LIFE: Duration = Duration::from_secs(600);

fn presigner() -> Presigner {
    builder().clock(ManualClock::new(at(NOW))).build().unwrap()
}

fn object<'a>() -> (Bucket<'a>, ObjectKey<'a>) {
    (Bucket::new(BUCKET).unwrap(), ObjectKey::new("a").unwrap())
}

/// Both are signed in the same second, so they are equal to the last digit of the signature.
fn same(presigner: &Presigner, own: RequestBuilder<'_>, core: Result<Request<'_>, RequestError>) {
    let core = presigner.presign_request(&core.unwrap(), LIFE).unwrap();
    assert_eq!(own.expires_in(LIFE).presign().unwrap(), core);
}

#[test]
fn operations() {
    let p = &presigner();
    let (b, k) = object();
    let (position, part) = (AppendPosition::new(u64::MAX), PartNumber::new(10_000).unwrap());
    let target: SymlinkTarget = SymlinkTarget::new(ObjectKey::new("b/ü").unwrap()).unwrap();
    same(p, p.put(BUCKET, "a"), Ok(Request::put(b, k)));
    same(p, p.get(BUCKET, "a"), Ok(Request::get(b, k)));
    same(p, p.head(BUCKET, "a"), Ok(Request::head(b, k)));
    same(p, p.delete(BUCKET, "a"), Ok(Request::delete(b, k)));
    same(p, p.service_request(Method::Get), Ok(Request::for_service(Method::Get)));
    same(p, p.append(BUCKET, "a", u64::MAX), Request::append(b, k, &position));
    same(p, p.append(BUCKET, "a", 0), Request::append(b, k, &AppendPosition::new(0)));
    same(p, p.post(BUCKET, "a", "restore"), Request::post(b, k, "restore"));
    same(p, p.put_symlink(BUCKET, "a", "b/ü"), Request::put_symlink(b, k, &target));
    same(p, p.get_symlink(BUCKET, "a"), Request::get_symlink(b, k));
    same(p, p.put_tagging(BUCKET, "a"), Request::put_tagging(b, k));
    same(p, p.get_tagging(BUCKET, "a"), Request::get_tagging(b, k));
    same(p, p.delete_tagging(BUCKET, "a"), Request::delete_tagging(b, k));
    same(p, p.put_acl(BUCKET, "a", ObjectAcl::Private), Request::put_acl(b, k, ObjectAcl::Private));
    same(p, p.get_acl(BUCKET, "a"), Request::get_acl(b, k));
    same(p, p.initiate_multipart_upload(BUCKET, "a"), Request::initiate_multipart_upload(b, k));
    same(p, p.upload_part(BUCKET, "a", "ID", 10_000), Request::upload_part(b, k, "ID", &part));
    same(p, p.complete_multipart_upload(BUCKET, "a", "ID"), Request::complete_multipart_upload(b, k, "ID"));
    same(p, p.abort_multipart_upload(BUCKET, "a", "ID"), Request::abort_multipart_upload(b, k, "ID"));
    same(p, p.list_parts(BUCKET, "a", "ID"), Request::list_parts(b, k, "ID"));
    let size = PageSize::new(10).unwrap();
    let options = ListObjects::default().prefix("photos/").delimiter("/").page_size(&size);
    same(p, p.list_objects(BUCKET, &options), Request::list_objects(b, &options));
}

#[test]
fn options() {
    let p = &presigner();
    let (b, k) = object();
    let with = |describe: &dyn for<'r, 'a> Fn(&'r mut Request<'a>) -> Result<(), RequestError>| {
        let mut put = Request::put(b, k);
        describe(&mut put).map(|()| put)
    };
    let put = || p.put(BUCKET, "a");
    let length = ContentLength::new(5_368_709_120).unwrap();
    let mut core = Request::put(b, k);
    core.content_length(&length).unwrap();
    same(p, put().content_length(5_368_709_120), Ok(core));
    let owner = MetaName::new("owner").unwrap();
    let mut core = Request::put(b, k);
    core.meta(&owner, "42").unwrap();
    same(p, put().meta("owner", "42"), Ok(core.clone()));
    same(p, put().meta("x-oss-meta-owner", "42"), Ok(core));
    let limit = TrafficLimit::bits_per_second(819_200).unwrap();
    let mut core = Request::put(b, k);
    core.traffic_limit(&limit, Place::Query).unwrap();
    same(p, put().traffic_limit(819_200), Ok(core));
    same(
        p,
        put().storage_class(StorageClass::Archive),
        with(&|r| r.storage_class(StorageClass::Archive).map(drop)),
    );
    same(p, put().object_acl(ObjectAcl::Default), with(&|r| r.object_acl(ObjectAcl::Default).map(drop)));
    same(p, put().tagging("a=1&b"), with(&|r| r.tagging(Tagging::new("a=1&b").unwrap()).map(drop)));
    same(p, put().forbid_overwrite(), with(&|r| r.forbid_overwrite().map(drop)));
    for encryption in [ServerSideEncryption::Sm4, ServerSideEncryption::Kms { key_id: Some("id") }] {
        same(
            p,
            put().server_side_encryption(encryption),
            with(&|r| r.server_side_encryption(encryption).map(drop)),
        );
    }
    let callback = Callback::from_base64("eyJhIjoxfQ==").unwrap();
    for place in [Place::Header, Place::Query] {
        same(p, put().callback(callback, place), with(&|r| r.callback(callback, place).map(drop)));
        same(
            p,
            put().callback_variables(callback, place),
            with(&|r| r.callback_variables(callback, place).map(drop)),
        );
    }
    let mut core = Request::get(b, k);
    core.process("image/info").and_then(|get| get.version_id("v1")).unwrap();
    core.response_header(ResponseHeader::ContentType, "image/png").unwrap();
    let own = p.get(BUCKET, "a").process("image/info").version_id("v1");
    same(p, own.response_header(ResponseHeader::ContentType, "image/png"), Ok(core));
    // Several numbers and names in one request keep to their places.
    let mut core = Request::put(b, k);
    core.meta(&owner, "42").and_then(|put| put.content_length(&length)).unwrap();
    core.traffic_limit(&limit, Place::Query).and_then(|put| put.query("a", Some("1"))).unwrap();
    let own = put().query("a", "1").meta("owner", "42").traffic_limit(819_200);
    same(p, own.content_length(5_368_709_120), Ok(core));
}

#[test]
fn file_names_of_downloads() {
    let p = &presigner();
    // By RFC 6266, section 5, and RFC 8187, section 3.2.3.
    for (name, disposition) in [
        ("a b.txt", r#"attachment; filename="a b.txt""#),
        ("€ rates", "attachment; filename*=UTF-8''%E2%82%AC%20rates"),
        ("50%.txt", "attachment; filename*=UTF-8''50%25.txt"),
        ("a\"b'(c)*.txt", "attachment; filename*=UTF-8''a%22b%27%28c%29%2A.txt"),
        ("a\r\nb", "attachment; filename*=UTF-8''a%0D%0Ab"),
    ] {
        let mut core = Request::get(object().0, object().1);
        core.response_header(ResponseHeader::ContentDisposition, disposition).unwrap();
        same(p, p.get(BUCKET, "a").download_as(name), Ok(core));
    }
}

#[test]
fn the_first_refusal_is_said_when_it_is_signed() {
    let p = &presigner();
    for (request, code) in [
        (p.upload_part(BUCKET, "a", "", 0), "UploadIdEmpty"),
        (p.upload_part(BUCKET, "a", "ID", 0), "PartNumber"),
        (p.upload_part(BUCKET, "a", "ID", 10_001).traffic_limit(1), "PartNumber"),
        (p.put(BUCKET, "a").traffic_limit(1), "TrafficLimit"),
        (p.put(BUCKET, "a").content_length(5_368_709_121), "ContentLength"),
        (p.put(BUCKET, "a").tagging("a b"), "Tagging"),
        (p.put(BUCKET, "a").download_as("b"), "NotForMethod"),
        (p.put(BUCKET, "a").response_header(ResponseHeader::Expires, "0"), "NotForMethod"),
        (p.put_symlink(BUCKET, "a", "/b"), "KeyLeadingSlash"),
        (p.post(BUCKET, "a", ""), "BarePost"),
        (p.request(Method::Post, BUCKET, "a"), "BarePost"),
    ] {
        assert_eq!(request.presign().unwrap_err().code(), code);
        assert_eq!(request.presign_url().unwrap_err().code(), code);
    }
}

#[test]
fn forms() {
    let p = &presigner();
    let mut policy = PostPolicy::for_prefix(object().0, "user/42/").unwrap();
    policy.content_length_range(1..=10_485_760).unwrap().starts_with("content-type", "image/").unwrap();
    let form = p.post_form(&policy, LIFE).unwrap();
    let core = p.with_signer(|signer, endpoint, now| {
        let expiry = oss_presign_std::oss_presign::Expiry::secs(600)?;
        Ok::<_, Error>(signer.sign_form_to_owned(&policy, endpoint, now, expiry)?)
    });
    assert_eq!(form, core.unwrap());
    assert_eq!(form.expires_at(), at(NOW + 600));
    assert_eq!(form.open_fields(), ["content-type"]);
    let end = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 600);
    assert_eq!(p.post_form(&policy, end).unwrap(), form);
    assert_eq!(p.post_form(&policy, Duration::ZERO).unwrap_err().code(), "ExpiryZero");
}
