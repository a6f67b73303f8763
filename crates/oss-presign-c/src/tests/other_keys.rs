//! Day keys, and keys that are somewhere else.

use core::ffi::c_void;
use core::ptr;

use super::{CREDENTIALS, ID, NOW, PUT, SCOPE, SECRET, memory, pairs, said, signer, text};
use crate::credentials::Identity;
use crate::day_key::{DayKey, oss_presign_derive_day_key, oss_presign_signer_init_day_key};
use crate::policy::Policy;
use crate::request::Request;
use crate::scope::Scope;
use crate::sign_externally::{
    ExternalSigner, oss_presign_sign_form_externally, oss_presign_sign_header_externally,
    oss_presign_sign_url_externally,
};
use crate::sign_form::{Form, oss_presign_sign_form};
use crate::sign_header::{SignedRequest, oss_presign_sign_header};
use crate::sign_url::{Url, oss_presign_sign_url};
use crate::signer::Signer;
use crate::status::Status;
use crate::text::{Field, Text};

const IDENTITY: Identity = Identity { access_key_id: text(ID), security_token: Text::ABSENT, expires_at: 0 };

fn derive(secret: Text, scope: &Scope, now: u64) -> (Status, [u8; 32]) {
    let mut key = [7; 32];
    // SAFETY: everything is alive.
    let status = unsafe { oss_presign_derive_day_key(secret, scope, now, key.as_mut_ptr()) };
    (status, key)
}

#[test]
fn a_day_key_is_of_its_day() {
    let (status, signing_key) = derive(text(SECRET), &SCOPE, NOW);
    assert_eq!(status, Status::Ok);
    let (_, tomorrow) = derive(text(SECRET), &SCOPE, NOW + 86_400);
    assert_ne!(signing_key, tomorrow);
    let init = |day_key: &DayKey| {
        let mut signer = memory::<Signer>();
        // SAFETY: everything is alive.
        let status = unsafe { oss_presign_signer_init_day_key(signer.as_mut_ptr(), day_key) };
        (status, signer)
    };
    let day_key = DayKey { identity: IDENTITY, scope: SCOPE, day: NOW, signing_key };
    let (status, signer) = init(&day_key);
    assert_eq!(status, Status::Ok);
    let (mut url, mut buffer) = (memory::<Url>(), vec![0_u8; 512]);
    let mut sign = |now| {
        let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: everything is alive, and nothing overlaps.
        unsafe {
            oss_presign_sign_url(signer.as_ptr(), &PUT, ptr::null(), now, 600, text, length, url.as_mut_ptr())
        }
    };
    // date -u -d 2024-11-13T00:00:00Z +%s
    assert_eq!(sign(1_731_455_999), Status::Ok);
    assert_eq!(sign(1_731_456_000), Status::StaleKey);
    assert_eq!(init(&DayKey { signing_key: [0; 32], ..day_key }).0, Status::DayKeyZero);
    assert_eq!(init(&DayKey { day: NOW * 1000, ..day_key }).0, Status::TimeAfterYear9999);
    let anonymous = Identity { access_key_id: Text::ABSENT, ..IDENTITY };
    assert_eq!(init(&DayKey { identity: anonymous, ..day_key }).0, Status::CredentialsEmpty);
}

#[test]
fn what_is_refused_leaves_no_key() {
    let other = Scope { region: text("cn-hangzhou-b"), ..SCOPE };
    for (secret, scope, now, refused) in [
        (Text::ABSENT, &SCOPE, NOW, Status::CredentialsEmpty),
        (text(SECRET), &other, NOW, Status::RegionZone),
        (text(SECRET), &SCOPE, NOW * 1000, Status::TimeAfterYear9999),
    ] {
        assert_eq!(derive(secret, scope, now), (refused, [0; 32]));
    }
}

/// Writes what the context has.
///
/// # Safety
/// `context` points to 32 bytes or is NULL, and `signature` points to 32 bytes.
unsafe extern "C" fn give(context: *mut c_void, string_to_sign: Text, signature: *mut u8) -> bool {
    assert!(
        said(&string_to_sign).starts_with("OSS4-HMAC-SHA256\n20241112T083238Z\n20241112/cn-hangzhou/oss/")
    );
    if context.is_null() {
        return false;
    }
    // SAFETY: as above.
    unsafe { ptr::copy_nonoverlapping(context.cast::<u8>(), signature, 32) };
    true
}

fn externally(context: *mut c_void, request: &Request) -> (Status, Vec<u8>, Url) {
    let external = ExternalSigner { identity: IDENTITY, scope: SCOPE, sign: Some(give), context };
    let (mut url, mut buffer) = (memory::<Url>(), vec![1_u8; 512]);
    let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: everything is alive, and nothing overlaps.
    unsafe {
        let place = url.as_mut_ptr();
        let status =
            oss_presign_sign_url_externally(&external, request, ptr::null(), NOW, 600, text, length, place);
        (status, buffer, url.assume_init_read())
    }
}

#[test]
fn a_signature_from_elsewhere_is_put_in_place() {
    let mut signature = [0x5a_u8; 32];
    let (status, buffer, url) = externally((&raw mut signature).cast(), &PUT);
    assert_eq!(status, Status::Ok);
    let written = std::str::from_utf8(&buffer[..url.url.length]).unwrap();
    assert!(written.ends_with(&format!("&x-oss-signature={}", "5a".repeat(32))), "{written}");
    assert_eq!(buffer[url.url.length], 0);
}

#[test]
fn without_a_signature_there_is_no_url() {
    let mut zeros = [0_u8; 32];
    for context in [ptr::null_mut(), (&raw mut zeros).cast()] {
        let (status, buffer, url) = externally(context, &PUT);
        assert_eq!(status, Status::ExternalSigner);
        assert!(buffer.iter().all(|byte| *byte == 0) && url.url.data.is_null());
    }
    let (status, ..) = externally(ptr::null_mut(), &Request { method: 0, ..PUT });
    assert_eq!(status, Status::UnknownConstant);
    let external = ExternalSigner { identity: IDENTITY, scope: SCOPE, sign: None, context: ptr::null_mut() };
    let (mut url, mut buffer) = (memory::<Url>(), vec![0_u8; 512]);
    let (text, length) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: everything is alive, and nothing overlaps.
    let status = unsafe {
        let place = url.as_mut_ptr();
        oss_presign_sign_url_externally(&external, &PUT, ptr::null(), NOW, 600, text, length, place)
    };
    assert_eq!(status, Status::NullPointer);
}

/// Header and form: the signature that the usual signer gives, given from elsewhere, gives the same.
#[test]
fn headers_and_forms_are_the_same() {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let (mut first, mut second) = (memory::<SignedRequest>(), memory::<SignedRequest>());
    let mut buffers = [[0_u8; 1024]; 4];
    let [a, b, c, d] = &mut buffers;
    // SAFETY: everything is alive, and nothing overlaps.
    unsafe {
        let place = first.as_mut_ptr();
        let status = oss_presign_sign_header(
            signer.as_ptr(),
            &PUT,
            ptr::null(),
            NOW,
            a.as_mut_ptr().cast(),
            1024,
            place,
        );
        assert_eq!(status, Status::Ok);
        let first = first.assume_init_ref();
        let authorization = said(&first.headers[0].value);
        let mut signature = bytes(authorization.rsplit('=').next().unwrap());
        let context = (&raw mut signature).cast();
        let external = ExternalSigner { identity: IDENTITY, scope: SCOPE, sign: Some(give), context };
        let (text, place) = (b.as_mut_ptr().cast(), second.as_mut_ptr());
        let status = oss_presign_sign_header_externally(&external, &PUT, ptr::null(), NOW, text, 1024, place);
        assert_eq!(status, Status::Ok);
        let second = second.assume_init_ref();
        let of = |signed: &SignedRequest| pairs(&signed.headers[..signed.header_count]);
        assert_eq!(of(first), of(second));
    }
    let policy = Policy {
        flags: 0,
        bucket: text("examplebucket"),
        key: text("a.jpg"),
        least_bytes: 0,
        most_bytes: 1000,
        conditions: ptr::null(),
        condition_count: 0,
    };
    let (mut first, mut second) = (memory::<Form>(), memory::<Form>());
    // SAFETY: everything is alive, and nothing overlaps.
    unsafe {
        let (text, place) = (c.as_mut_ptr().cast(), first.as_mut_ptr());
        let status =
            oss_presign_sign_form(signer.as_ptr(), &policy, ptr::null(), NOW, 600, text, 1024, place);
        assert_eq!(status, Status::Ok);
        let first = first.assume_init_ref();
        let mut signature = bytes(&said(&first.fields[first.field_count - 1].value));
        let context = (&raw mut signature).cast();
        let external = ExternalSigner { identity: IDENTITY, scope: SCOPE, sign: Some(give_form), context };
        let (text, place) = (d.as_mut_ptr().cast(), second.as_mut_ptr());
        let status =
            oss_presign_sign_form_externally(&external, &policy, ptr::null(), NOW, 600, text, 1024, place);
        assert_eq!(status, Status::Ok);
        let second = second.assume_init_ref();
        let of = |form: &Form| pairs(&form.fields[..form.field_count]);
        assert_eq!(of(first), of(second));
    }
}

/// As [`give`], for the string to sign of a form, which is its policy in base64.
///
/// # Safety
/// As [`give`].
unsafe extern "C" fn give_form(context: *mut c_void, string_to_sign: Text, signature: *mut u8) -> bool {
    assert!(said(&string_to_sign).starts_with("eyJ"));
    // SAFETY: as above.
    unsafe { ptr::copy_nonoverlapping(context.cast::<u8>(), signature, 32) };
    true
}

fn bytes(hex: &str) -> [u8; 32] {
    let digits: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    digits.try_into().unwrap()
}

#[test]
fn fields_need_both_texts() {
    // A field whose value is absent has an empty one.
    let field = Field { name: text("acl"), value: Text::ABSENT };
    let mut signature = [1_u8; 32];
    let request = Request { query: &field, query_count: 1, ..PUT };
    let (status, buffer, url) = externally((&raw mut signature).cast(), &request);
    assert_eq!(status, Status::Ok);
    assert!(std::str::from_utf8(&buffer[..url.url.length]).unwrap().contains("?acl&x-oss-"));
}
