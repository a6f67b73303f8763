//! What was signed is verified, and what was changed is refused.

use core::ffi::c_void;
use core::ptr;

use super::{CREDENTIALS, ID, NOW, PUT, SCOPE, SECRET, memory, pairs, presign, said, signer, text};
use crate::day_key::oss_presign_derive_day_key;
use crate::policy::Policy;
use crate::received::{ReceivedForm, ReceivedRequest};
use crate::request::Request;
use crate::scope::Scope;
use crate::sign_form::{Form, oss_presign_sign_form};
use crate::sign_header::{SignedRequest, oss_presign_sign_header};
use crate::status::Status;
use crate::text::{Field, Text};
use crate::verify::{
    KnownKey, Verified, oss_presign_verify_form, oss_presign_verify_header, oss_presign_verify_url,
};

/// Knows one access key, whose secret is the context.
///
/// # Safety
/// `context` points to a `Text`, and `key` to a `KnownKey`.
unsafe extern "C" fn lookup(
    context: *mut c_void,
    access_key_id: Text,
    date: Text,
    key: *mut KnownKey,
) -> bool {
    assert_eq!(said(&date), "20241112");
    // SAFETY: as above.
    unsafe { (*key).access_key_secret = *context.cast::<Text>() };
    said(&access_key_id) == ID
}

fn received(url: &str) -> ReceivedRequest {
    let (path, query) = url.strip_prefix("https://").unwrap().split_once('?').unwrap();
    let path = &path[path.find('/').unwrap()..];
    ReceivedRequest {
        method: text("PUT"),
        bucket: text("examplebucket"),
        path: text(path),
        query: text(query),
        headers: ptr::null(),
        header_count: 0,
    }
}

fn verify_url(
    url: &str,
    change: impl FnOnce(&mut ReceivedRequest),
    now: u64,
    mut secret: Text,
) -> (Status, Verified) {
    let mut received = received(url);
    change(&mut received);
    let mut verified = memory::<Verified>();
    // SAFETY: everything is alive, and nothing overlaps.
    unsafe {
        let context = (&raw mut secret).cast();
        let status =
            oss_presign_verify_url(&received, &SCOPE, now, Some(lookup), context, verified.as_mut_ptr());
        (status, verified.assume_init_read())
    }
}

#[test]
fn a_url() {
    let (_, url, _) = presign(&PUT, 512);
    let secret = text(SECRET);
    let (status, verified) = verify_url(&url, |_| {}, NOW + 599, secret);
    assert_eq!(status, Status::Ok);
    assert_eq!((verified.signed_at, verified.expires_at), (NOW, NOW + 600));
    assert!(verified.http_status == 0 && verified.code.data.is_null());

    let (status, verified) = verify_url(&url, |received| received.method = text("DELETE"), NOW, secret);
    assert_eq!(status, Status::ReceivedSignatureMismatch);
    assert_eq!((verified.signed_at, verified.expires_at), (0, 0));
    assert_eq!((verified.http_status, said(&verified.code)), (403, "SignatureDoesNotMatch".into()));
    assert_eq!(said(&verified.ec), "0002-00000201");

    assert_eq!(verify_url(&url, |_| {}, NOW + 600, secret).0, Status::ReceivedExpired);
    assert_eq!(verify_url(&url, |_| {}, NOW, text("other")).0, Status::ReceivedSignatureMismatch);
    // An empty secret is nobody's: with it anybody could sign.
    for secret in [Text::ABSENT, text("")] {
        let (status, verified) = verify_url(&url, |_| {}, NOW, secret);
        assert_eq!((status, verified.signed_at), (Status::CredentialsEmpty, 0));
    }
    let other = url.replace(ID, "other-id");
    assert_eq!(verify_url(&other, |_| {}, NOW, secret).0, Status::ReceivedUnknownAccessKeyId);
}

/// Knows everybody by the day key that is the context.
///
/// # Safety
/// `context` points to 32 bytes, and `key` to a `KnownKey`.
unsafe extern "C" fn day_key(context: *mut c_void, _: Text, _: Text, key: *mut KnownKey) -> bool {
    // SAFETY: as above.
    unsafe { (*key).signing_key = context.cast() };
    true
}

#[test]
fn by_a_day_key() {
    let (_, url, _) = presign(&PUT, 512);
    let mut key = [0_u8; 32];
    let received = received(&url);
    let verify = |key: &mut [u8; 32]| {
        let mut verified = memory::<Verified>();
        // SAFETY: everything is alive, and nothing overlaps.
        unsafe {
            let (context, verified) = (key.as_mut_ptr().cast(), verified.as_mut_ptr());
            oss_presign_verify_url(&received, &SCOPE, NOW, Some(day_key), context, verified)
        }
    };
    assert_eq!(verify(&mut key), Status::DayKeyZero);
    // SAFETY: everything is alive.
    unsafe { oss_presign_derive_day_key(text(SECRET), &SCOPE, NOW, key.as_mut_ptr()) };
    assert_eq!(verify(&mut key), Status::Ok);
    key[0] ^= 1;
    assert_eq!(verify(&mut key), Status::ReceivedSignatureMismatch);
}

#[test]
fn a_header() {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let (mut signed, mut buffer) = (memory::<SignedRequest>(), vec![0_u8; 512]);
    let headers = [Field::of("content-type", "image/jpeg")];
    let request = Request { headers: headers.as_ptr(), header_count: 1, ..PUT };
    // SAFETY: everything is alive, and nothing overlaps.
    let signed = unsafe {
        let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        oss_presign_sign_header(
            signer.as_ptr(),
            &request,
            ptr::null(),
            NOW,
            text,
            length,
            signed.as_mut_ptr(),
        );
        signed.assume_init_ref()
    };
    let verify = |region: &str, headers: &[Field]| {
        let received = ReceivedRequest {
            method: text("PUT"),
            bucket: text("examplebucket"),
            path: signed.target,
            query: Text::ABSENT,
            headers: headers.as_ptr(),
            header_count: headers.len(),
        };
        let scope = Scope { region: text(region), product: 0 };
        let (mut verified, mut secret) = (memory::<Verified>(), text(SECRET));
        // SAFETY: everything is alive, and nothing overlaps.
        unsafe {
            let context = (&raw mut secret).cast();
            oss_presign_verify_header(&received, &scope, NOW, Some(lookup), context, verified.as_mut_ptr())
        }
    };
    let headers = &signed.headers[..signed.header_count];
    assert_eq!(verify("cn-hangzhou", headers), Status::Ok);
    assert_eq!(verify("cn-beijing", headers), Status::ReceivedScopeRegion);
    assert_eq!(verify("cn-hangzhou", &headers[..headers.len() - 1]), Status::ReceivedSignatureMismatch);
    assert_eq!(verify("cn-hangzhou", &[headers, headers].concat()), Status::ReceivedDuplicateHeader);
    let many = vec![Field::of("a", "b"); 65];
    assert_eq!(verify("cn-hangzhou", &many), Status::ReceivedTooMany);
}

#[test]
fn a_form() {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let policy = Policy {
        flags: 0,
        bucket: text("examplebucket"),
        key: text("a.jpg"),
        least_bytes: 0,
        most_bytes: 1000,
        conditions: ptr::null(),
        condition_count: 0,
    };
    let (mut form, mut buffer) = (memory::<Form>(), vec![0_u8; 1024]);
    // SAFETY: everything is alive, and nothing overlaps.
    let form = unsafe {
        let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        oss_presign_sign_form(
            signer.as_ptr(),
            &policy,
            ptr::null(),
            NOW,
            600,
            text,
            length,
            form.as_mut_ptr(),
        );
        form.assume_init()
    };
    let verify = |fields: &[Field], file_bytes: u64, now: u64| {
        let (fields, field_count) = (fields.as_ptr(), fields.len());
        let received = ReceivedForm { bucket: text("examplebucket"), fields, field_count, file_bytes };
        let (mut verified, mut secret) = (memory::<Verified>(), text(SECRET));
        // SAFETY: everything is alive, and nothing overlaps.
        unsafe {
            let (context, verified) = ((&raw mut secret).cast(), verified.as_mut_ptr());
            oss_presign_verify_form(&received, &SCOPE, now, Some(lookup), context, verified)
        }
    };
    let fields = &form.fields[..form.field_count];
    assert_eq!(pairs(fields)[0].1, "a.jpg");
    assert_eq!(verify(fields, 1000, NOW), Status::Ok);
    assert_eq!(verify(fields, 1001, NOW), Status::ReceivedFileTooLarge);
    assert_eq!(verify(fields, 1000, NOW + 600), Status::ReceivedPolicyExpired);
    let mut other = fields.to_vec();
    other[0].value = text("b.jpg");
    assert_eq!(verify(&other, 1000, NOW), Status::ReceivedConditionNotMet);
    assert_eq!(verify(&[], 1000, NOW), Status::ReceivedParameterMissing);
}
