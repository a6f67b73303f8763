//! What signing writes, and where.

use core::ptr;

use super::{CREDENTIALS, NOW, PUT, SCOPE, memory, pairs, presign, said, signer, text};
use crate::policy::{Condition, OSS_PRESIGN_ONE_OF, OSS_PRESIGN_STARTS_WITH, Policy};
use crate::request::{OSS_PRESIGN_KEY_IS_PREFIX, Request};
use crate::sign_form::{Form, oss_presign_sign_form};
use crate::sign_header::{SignedRequest, oss_presign_sign_header};
use crate::status::Status;
use crate::text::{Field, Text};

#[test]
fn a_url_with_its_parts_and_headers() {
    let headers = [Field::of("Content-Type", "image/jpeg"), Field::of("accept", "*/*")];
    let request = Request { headers: headers.as_ptr(), header_count: 2, ..PUT };
    let (status, written, url) = presign(&request, 512);
    assert_eq!(status, Status::Ok);
    assert_eq!(url.url.length, written.len());
    let host = "examplebucket.oss-cn-hangzhou.aliyuncs.com";
    assert!(written.starts_with(&format!("https://{host}/photos/%C3%BC%20%2B1.jpg?x-oss-")), "{written}");
    assert_eq!(url.host.length, host.len());
    assert_eq!(url.target.length, written.len() - "https://".len() - host.len());
    assert_eq!(url.expires_at, NOW + 600);
    // `accept` is not signed, so nobody needs to send it.
    assert_eq!(pairs(&url.headers[..url.header_count]), [("Content-Type".into(), "image/jpeg".into())]);
    assert_eq!(url.needed, 0);
}

#[test]
fn a_small_buffer_says_how_many_bytes_are_needed() {
    let (status, written, empty) = presign(&PUT, 0);
    assert_eq!((status, written.as_str()), (Status::BufferTooSmall, ""));
    for capacity in [1, 100, empty.needed - 1] {
        let (status, written, url) = presign(&PUT, capacity);
        assert_eq!((status, written.as_str(), url.needed), (Status::BufferTooSmall, "", empty.needed));
        assert!(url.url.data.is_null());
    }
    let (status, written, _) = presign(&PUT, empty.needed);
    assert_eq!((status, written.len()), (Status::Ok, empty.needed - 1));
}

#[test]
fn a_header_with_everything_to_send() {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let headers = [Field::of("x-oss-meta-owner", "42")];
    let request = Request { headers: headers.as_ptr(), header_count: 1, ..PUT };
    let (mut small, mut buffer) = (memory::<SignedRequest>(), vec![0_u8; 400]);
    // SAFETY: everything is alive, and nothing overlaps.
    let signed = unsafe {
        let sign = |capacity: usize, buffer: *mut u8, signed: *mut SignedRequest| {
            oss_presign_sign_header(
                signer.as_ptr(),
                &request,
                ptr::null(),
                NOW,
                buffer.cast(),
                capacity,
                signed,
            )
        };
        assert_eq!(sign(0, ptr::null_mut(), small.as_mut_ptr()), Status::BufferTooSmall);
        let needed = small.assume_init_ref().needed;
        assert_eq!(sign(needed - 1, buffer.as_mut_ptr(), small.as_mut_ptr()), Status::BufferTooSmall);
        assert!(buffer[..needed].iter().all(|byte| *byte == 0));
        assert_eq!(sign(needed, buffer.as_mut_ptr(), small.as_mut_ptr()), Status::Ok);
        small.assume_init_ref()
    };
    assert_eq!(
        said(&signed.url),
        "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/%C3%BC%20%2B1.jpg"
    );
    assert_eq!(said(&signed.target), "/photos/%C3%BC%20%2B1.jpg");
    let headers = pairs(&signed.headers[..signed.header_count]);
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["authorization", "x-oss-content-sha256", "x-oss-date", "x-oss-meta-owner"]);
    assert!(
        headers[0].1.starts_with("OSS4-HMAC-SHA256 Credential=fake-access-key-id/20241112/cn-hangzhou/oss/")
    );
    assert_eq!(headers[2].1, "20241112T083238Z");
}

#[test]
fn a_form_with_fields_and_open_fields() {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let types = [text("image/jpeg"), text("image/png")];
    let conditions = [
        Condition {
            rule: OSS_PRESIGN_ONE_OF,
            field: text("content-type"),
            value: Text::ABSENT,
            values: types.as_ptr(),
            value_count: 2,
        },
        Condition {
            rule: OSS_PRESIGN_STARTS_WITH,
            field: text("x-oss-meta-owner"),
            value: text("4"),
            values: ptr::null(),
            value_count: 0,
        },
    ];
    let policy = Policy {
        flags: OSS_PRESIGN_KEY_IS_PREFIX,
        bucket: text("examplebucket"),
        key: text("user/eric/"),
        least_bytes: 1,
        most_bytes: 10_485_760,
        conditions: conditions.as_ptr(),
        condition_count: 2,
    };
    let (mut form, mut buffer) = (memory::<Form>(), vec![0_u8; 1024]);
    // SAFETY: everything is alive, and nothing overlaps.
    let (status, form) = unsafe {
        let status = oss_presign_sign_form(
            signer.as_ptr(),
            &policy,
            ptr::null(),
            NOW,
            600,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            form.as_mut_ptr(),
        );
        (status, form.assume_init_ref())
    };
    assert_eq!(status, Status::Ok);
    assert_eq!(said(&form.url), "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/");
    let fields = pairs(&form.fields[..form.field_count]);
    assert_eq!(fields[0], ("key".to_owned(), "user/eric/${filename}".to_owned()));
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["key", "policy", "x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-signature"]
    );
    let open: Vec<String> = form.open_fields[..form.open_field_count].iter().map(said).collect();
    assert_eq!(open, ["content-type", "x-oss-meta-owner"]);
    assert_eq!(form.expires_at, NOW + 600);
}
